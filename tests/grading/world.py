"""A small made-up city with a real model: what the tests of grading and explaining share."""

from dataclasses import replace
from functools import cache
from typing import Any

import lightgbm as lgb
import numpy as np
import pandas as pd
import pyarrow as pa
from scipy.special import expit

from xinheng.core.time import NEVER, day
from xinheng.features import Catalogue, Events, Indicator, compute, count, days_since, largest
from xinheng.grading import (
    STATUTES,
    Blend,
    ModelCard,
    Parts,
    Policy,
    Purpose,
    Reference,
    ScoreCard,
    fit_calibrator,
)

TODAY = day("2026-03-01")
CLOCKS = {"withdrawn": NEVER, "repaired": NEVER, "ended": NEVER, "ended_available": NEVER}


def record(enterprise: int, stream: str, occurred: str | int, **more: Any) -> dict[str, Any]:
    """One event: `stream` as "kind:code"; available the day it occurred, unless said."""
    when = occurred if isinstance(occurred, int) else day(occurred)
    numbers = {"case": 0, "severity": np.nan, "value": np.nan, "available": when, **CLOCKS}
    return {"enterprise": enterprise, "stream": stream, "occurred": when, **numbers, **more}


def events_of(*records: dict[str, Any]) -> Events:
    frame = pd.DataFrame([record(0, "award:city", 0), *records])
    frame["record"] = np.arange(len(frame))
    streams = sorted(frame["stream"].unique())
    frame["stream"] = frame["stream"].map(streams.index)
    frame = frame.sort_values(["enterprise", "occurred", "available", "record"])
    vocabulary = [tuple(stream.partition(":")[::2]) for stream in streams]
    return Events.from_table(pa.Table.from_pandas(frame, preserve_index=False), vocabulary)


def rows_of(*pairs: tuple[int, int]) -> pd.DataFrame:
    return pd.DataFrame(list(pairs), columns=["enterprise", "as_of"])


def indicator(name: str, zh: str, en: str, **parts: Any) -> Indicator:
    common = {"dimension": "IH", "missing": 0.0, "basis": "made up", "formula": "see expression"}
    return Indicator(id=name, zh=zh, en=en, **{**common, **parts})


CATALOGUE = Catalogue((
    indicator("IH01", "近两年严重问题数", "Critical items in two years",
              expression=count("inspection.critical", window=730), direction=1,
              unit_zh="项", unit_en="items"),
    indicator("IH02", "距上次检查天数", "Days since the last inspection",
              expression=days_since("inspection"), missing=3650.0, unit_zh="天", unit_en="days"),
    indicator("PN08", "近三年最重处罚种类", "Heaviest penalty kind in three years",
              dimension="PN", expression=largest("penalty", field="severity", window=1096),
              direction=1),
    indicator("EA01", "有效HACCP认证", "Valid HACCP certificate", dimension="EA",
              expression=count("certificate:haccp", state="open"), direction=-1,
              populations=("producer",)),
))  # fmt: skip
NOT_FOR_GRADES = indicator(
    "CX01", "所在区检查数", "Inspections here", expression=count("inspection"), use="scheduling",
    dimension="CX",
)  # fmt: skip


@cache
def city(enterprises: int = 400) -> Events:
    """Enterprises 1 … n with inspections, critical items, penalties; every third a producer."""
    rng = np.random.default_rng(5)
    records = []
    for number in range(1, enterprises + 1):
        bad = rng.gamma(1.0, 1.0)
        for _ in range(rng.poisson(3)):
            when = int(TODAY - rng.integers(1, 1500))
            records.append(record(number, "inspection:routine.pass", when, severity=0.0))
            if rng.random() < bad / 3:
                records.append(record(number, "inspection.critical:routine", when, value=1.0))
        records += [
            record(
                number,
                "penalty:market.food.label",
                int(TODAY - rng.integers(1, 1500)),
                severity=float(rng.integers(1, 3)),
                ended=0,
                ended_available=0,
            )
            for _ in range(rng.poisson(bad / 3))
        ]
        if number % 3 == 0:
            records.append(record(number, "licence:food_production.0104", "2020-01-01", value=14.0))
            if rng.random() < 0.5:
                records.append(record(number, "certificate:haccp", "2024-01-01"))
    return events_of(*records)


def city_rows(enterprises: int = 400, as_of: int = TODAY) -> pd.DataFrame:
    return rows_of(*((number, as_of) for number in range(1, enterprises + 1)))


@cache
def parts() -> Parts:
    """What a bundle is made of, from a model trained on the city."""
    matrix = compute(CATALOGUE, city(), city_rows())
    rng = np.random.default_rng(6)
    risk = -2 + matrix["IH01"] + 0.6 * matrix["PN08"] - 0.8 * matrix["EA01"].fillna(0)
    outcomes = rng.random(len(matrix)) < expit(risk)
    booster = train(matrix, outcomes, list(CATALOGUE.monotone_constraints()))
    margins = np.asarray(booster.predict(matrix.to_numpy(), raw_score=True))
    card = ModelCard(
        purpose=Purpose.GRADE, cohort="made up", label="a violation",
        windows={"train": ("2022-01-01", "2025-12-31")}, rows={"train": len(matrix)},
        measures={"auc": (0.7, 0.65, 0.75)}, seed=6, cut="2026-01-01",
    )  # fmt: skip
    return Parts(
        blend=Blend(booster),
        calibrator=fit_calibrator(margins, outcomes, replicates=30, seed=1),
        policy=Policy.default(),
        score_card=ScoreCard.default(),
        catalogue=CATALOGUE,
        rules=STATUTES,
        reference=Reference.of(matrix, margins),
        card=card,
    )


def train(matrix: pd.DataFrame, outcomes: Any, constraints: list[int]) -> lgb.Booster:
    settings = {
        "objective": "binary", "num_leaves": 7, "learning_rate": 0.2, "min_data_in_leaf": 5,
        "verbosity": -1, "num_threads": 1, "deterministic": True, "seed": 1,
        "monotone_constraints": constraints,
    }  # fmt: skip
    names = list(matrix.columns)
    data = lgb.Dataset(matrix.to_numpy(), np.asarray(outcomes, float), feature_name=names)
    return lgb.train(settings, data, 20)


def scheduling_parts() -> Parts:
    """The same with a scheduling indicator and who inspected, marked as scheduling."""
    catalogue = CATALOGUE.extended(NOT_FOR_GRADES)
    matrix = compute(catalogue, city(), city_rows())
    matrix["inspector_3"] = np.arange(len(matrix)) % 2
    outcomes = (matrix["IH01"] + matrix["inspector_3"]) > 1
    booster = train(matrix, outcomes, [0] * 6)
    card = replace(parts().card, purpose=Purpose.SCHEDULING, inspector=True)
    return replace(parts(), blend=Blend(booster), catalogue=catalogue, card=card)
