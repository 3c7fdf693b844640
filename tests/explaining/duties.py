"""A made-up town whose enterprises have duties and lists to leave, and who grades it."""

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
from scipy.special import expit

from xinheng.core.time import day
from xinheng.features import Catalogue, Events, Missed, compute, count, days_since, latest, minimum
from xinheng.grading import Blend, Bundle, Reference, Scorer, fit_calibrator

from ..grading.world import TODAY, indicator, parts, record, rows_of, train
from .spans import events_with

FINE, DUE = "penalty.kind:market.food.fine", "penalty.due:market.food"
LABEL = "penalty.violation:food.label"
ABNORMAL, UNREPORTED = "list_entry:abnormal.unreachable", "list_entry:abnormal.report_missing"
SERIOUS, IN_TIME = "list_entry:serious_dishonesty.other_harm", "annual_report.due:on_time"
CATALOGUE = Catalogue((
    indicator("A", "未整改", "Open orders", expression=count("rectification", state="open"),
              direction=1),
    indicator("B", "处罚", "Penalties",
              expression=count("penalty.kind", window=1096, repaired="leaves"), direction=1),
    indicator("C", "异常", "Abnormal", expression=count("list_entry:abnormal.*", state="open"),
              direction=1),
    indicator("D", "认证", "Certificates", direction=-1,
              expression=minimum(count("certificate:haccp", state="open"), 1)),
    indicator("E", "距处罚", "Days since a penalty", missing=3650.0, direction=-1,
              expression=days_since("penalty.kind")),
    indicator("F", "关键项", "Critical items",
              expression=count("inspection.critical", window=365), direction=1),
    indicator("G", "年报逾期", "Reports missed", direction=1,
              expression=Missed(streams=(IN_TIME,), years=3, turn=(7, 1), since=2015,
                                start=latest("enterprise.established"))),
    indicator("H", "认证数", "Too much paper", expression=count("certificate:gmp"), direction=1),
    indicator("I", "曾列严重失信", "Past serious entries", direction=1,
              expression=count("list_entry:serious_dishonesty.*", state="closed")),
))  # fmt: skip
MANY = 300


def enterprise(number: int, rng: np.random.Generator) -> list[dict[str, Any]]:
    """Records of one, each with its own number: several streams of one share it."""
    found: list[dict[str, Any]] = []

    def tell(*streams: str, low: int = 5, high: int = 900, **more: Any) -> None:
        when, name = int(TODAY - rng.integers(low, high)), number * 100 + len(found)
        found.extend(record(number, each, when, record=name, **more) for each in streams)

    for streams, often, more in (
        (["rectification"], 0.7, {"value": 30.0}),
        ([FINE, LABEL], 0.5, {"severity": 2.0}),
        ([FINE, DUE], 0.3, {"severity": 2.0, "value": 15.0}),
        ([ABNORMAL], 0.4, {}),
        ([UNREPORTED], 0.3, {}),
        (["inspection.critical:routine"], 0.8, {"value": 1.0}),
    ):
        for _ in range(rng.poisson(often)):
            tell(*streams, **more)
    if rng.random() < 0.25:
        tell(SERIOUS, low=200)
    if rng.random() < 0.4:
        tell("enterprise.population:producer", "licence:production.0104", low=1000, high=1001)
    if rng.random() < 0.5:
        tell("enterprise.established", low=2000, high=2001, value=float(TODAY - 2000))
        for year in (2023, 2024, 2025):
            if rng.random() < 0.7:
                name = number * 100 + len(found)
                filed = {"record": name, "case": name, "available": day(f"{year}-05-04")}
                found.append(record(number, IN_TIME, f"{year}-06-30", **filed))
    return found or [record(number, "award:city", TODAY - 100, record=number * 100)]


@cache
def records() -> dict[int, list[dict[str, Any]]]:
    rng = np.random.default_rng(4)
    return {number: enterprise(number, rng) for number in range(1, MANY + 1)}


@cache
def town() -> Events:
    return events_with(*(each for mine in records().values() for each in mine))


@cache
def scorer() -> Scorer:
    rows = rows_of(*((number, TODAY) for number in range(1, MANY + 1)))
    matrix = compute(CATALOGUE, town(), rows)
    risk = matrix["A"] + matrix["B"] + matrix["C"] + matrix["F"] + matrix["G"] - matrix["D"] - 3.5
    outcomes = np.random.default_rng(6).random(len(matrix)) < expit(1.5 * risk)
    booster = train(matrix, outcomes, list(CATALOGUE.monotone_constraints()))
    margins = np.asarray(booster.predict(matrix.to_numpy(), raw_score=True))
    made = replace(
        parts(),
        blend=Blend(booster),
        catalogue=CATALOGUE,
        calibrator=fit_calibrator(margins, outcomes, replicates=20, seed=1),
        reference=Reference.of(matrix, margins),
    )
    fields = {name: getattr(made, name) for name in made.__dataclass_fields__}
    return Scorer(Bundle(**fields, digest="d" * 64, key="k"))
