"""Movements played: an enterprise between two days, of which it is known what did what."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
from scipy.special import expit

from xinheng.explaining import Movement, Standpoint, explain_movement
from xinheng.features import Events, References, build_references, compute, standard_catalogue
from xinheng.grading import Blend, Bundle, Reference, Scorer, fit_calibrator

from ..grading.world import TODAY, events_of, parts, record, rows_of, train

BEFORE = TODAY - 120
WHO = 7
FINE = "penalty:market.food.fine"
SCORE, CHECK = "inspection.score:routine", "inspection:routine.pass"
CRITICAL, COMPLAINT = "inspection.critical:routine", "complaint:food.quality"
ORDER, FOUNDED = "rectification:order", "enterprise.established:day"
STREAMS = (FINE, "penalty.kind:market.food.fine", SCORE, CHECK, CRITICAL, COMPLAINT, ORDER, FOUNDED)
CATALOGUE = standard_catalogue().select(
    ids=["PN06", "PN08", "PN11", "IH_SCORE_LAST", "IH_CRITICAL_1Y", "IH_SINCE_ROUTINE", "CC07",
         "CC11", "EA08", "RL01"]
)  # fmt: skip
Records = Sequence[dict[str, Any]]


def own(stream: str, occurred: int, **more: Any) -> dict[str, Any]:
    """A record of the enterprise."""
    return record(WHO, stream, occurred, **more)


def fine(occurred: int, **more: Any) -> dict[str, Any]:
    """A fine over food."""
    return own(FINE, occurred, severity=2.0, **more)


def visit(occurred: int, score: float) -> list[dict[str, Any]]:
    """A routine inspection with its score."""
    return [own(CHECK, occurred), own(SCORE, occurred, value=score)]


@cache
def crowd() -> tuple[dict[str, Any], ...]:
    """Records of all others, who score better of late."""
    rng = np.random.default_rng(8)
    found = []
    for number in range(100, 300):
        for stream in STREAMS[:-1]:
            for _ in range(rng.poisson(0.8)):
                when = int(TODAY - rng.integers(3, 1200))
                score = 80.0 + (TODAY - when < 60) * 16 + float(rng.integers(0, 9))
                value = {SCORE: score, ORDER: 30.0}.get(stream, 1.0)
                found.append(record(number, stream, when, severity=2.0, value=value))
        found.append(record(number, FOUNDED, TODAY - 2000, value=TODAY - 2000.0))
    return tuple(found)


def everybody(records: Records) -> Events:
    """Events of the enterprise and all others, of the same streams whatever it has."""
    return events_of(*(record(1, stream, 0) for stream in STREAMS), *crowd(), *records)


@cache
def references() -> References:
    """What is usual, which the enterprise itself has no part in."""
    return build_references(CATALOGUE, everybody([]))


@cache
def scorer() -> Scorer:
    """Who grades it."""
    rows = rows_of(*((number, TODAY) for number in range(100, 300)))
    matrix = compute(CATALOGUE, everybody([]), rows, references=references())
    risk = 2 * matrix["PN06"] + matrix["IH_CRITICAL_1Y"] - matrix["IH_SCORE_LAST"] / 2 + 2
    risk += matrix["CC11"] + matrix["CC07"] - matrix["PN11"] / 8 - matrix["IH_SINCE_ROUTINE"] / 40
    outcomes = np.random.default_rng(6).random(len(matrix)) < expit(risk)
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


def standpoints(then: Records, now: Records) -> tuple[Standpoint, Standpoint]:
    """The two from which the grades are given; what is in both stands at the same place."""
    one, other = (
        Standpoint(scorer(), everybody(records).of(WHO), day, references())
        for records, day in ((then, BEFORE), (now, TODAY))
    )
    return one, other


def played(then: Records, now: Records) -> Movement:
    """Why the grade moved between what there was then and what there is now."""
    return explain_movement(*standpoints(then, now), WHO)


OLD = [fine(BEFORE - 60), fine(BEFORE - 50), *visit(BEFORE - 200, 84.0)]
LEAVES = own(CRITICAL, TODAY - 400, value=2.0)
PLAYS: dict[str, tuple[Records, Records]] = {
    "time passes": (OLD, OLD),
    "a fine is repaired": (OLD, [OLD[0] | {"repaired": BEFORE + 5}, *OLD[1:]]),
    "a fine is repaired and two are new": (
        OLD,
        [
            OLD[0] | {"repaired": BEFORE + 5},
            *OLD[1:],
            fine(BEFORE + 20) | {"severity": 3.0},
            fine(BEFORE + 30),
        ],
    ),
    "a fine is repaired and one is new": (
        OLD,
        [OLD[0] | {"repaired": BEFORE + 5}, *OLD[1:], fine(BEFORE + 20)],
    ),
    "items grew too old": ([LEAVES], [LEAVES]),
    "items grew too old and two are new": (
        [LEAVES],
        [LEAVES, own(CRITICAL, TODAY - 10, value=2.0)],
    ),
    "it is inspected itself": (OLD, [*OLD, *visit(TODAY - 20, 61.0)]),
    "complaints move from one window to the other": (
        [own(COMPLAINT, BEFORE - ago) for ago in (5, 9, 12)],
        [own(COMPLAINT, BEFORE - ago) for ago in (5, 9, 12)],
    ),
    "an order is overdue in time": (
        [own(ORDER, BEFORE - 5, value=30.0)],
        [own(ORDER, BEFORE - 5, value=30.0)],
    ),
    "an order is told and becomes overdue": ([], [own(ORDER, BEFORE + 5, value=30.0)]),
}
