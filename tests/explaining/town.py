"""A made-up town, and who grades it."""

from dataclasses import replace
from functools import cache
from itertools import chain
from typing import Any

import numpy as np
from scipy.special import expit

from xinheng.features import Catalogue, Events, compute, count, days_since, minimum
from xinheng.grading import Blend, Bundle, Reference, Scorer, fit_calibrator

from ..grading.world import TODAY, events_of, indicator, parts, record, rows_of, train

FINE = "penalty.kind:market.food.fine"
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
))  # fmt: skip


def enterprise(number: int, rng: np.random.Generator) -> list[dict[str, Any]]:
    """Records of one: orders, penalties, list entries, critical items, now and then a licence."""
    found = []
    for stream, often, more in (
        ("rectification:", 0.8, {"value": 30.0}),
        (FINE, 0.7, {"severity": 2.0}),
        ("list_entry:abnormal.address", 0.5, {}),
        ("inspection.critical:routine", 0.8, {"value": 1.0}),
        ("penalty.due:market.food", 0.2, {"value": 15.0}),
    ):
        for _ in range(rng.poisson(often)):
            when = int(TODAY - rng.integers(5, 900))
            found.append(record(number, stream.rstrip(":"), when, **more))
    if rng.random() < 0.5:
        found.append(record(number, "enterprise.population:producer", TODAY - 1000))
    return found or [record(number, "award:city", TODAY - 100)]


@cache
def town(many: int = 300) -> Events:
    rng = np.random.default_rng(4)
    records = chain.from_iterable(enterprise(number, rng) for number in range(1, many + 1))
    return events_of(*records)


@cache
def scorer() -> Scorer:
    rows = rows_of(*((number, TODAY) for number in range(1, 301)))
    matrix = compute(CATALOGUE, town(), rows)
    risk = matrix["A"] + matrix["B"] + matrix["C"] + matrix["F"] - matrix["D"] - 2.5
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
