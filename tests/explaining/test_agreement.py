"""Causes that runs name, held against why the grade moved: the two rest on the same trials."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from xinheng.explaining import Standpoints
from xinheng.explaining.movement.game import Game
from xinheng.explaining.movement.shapley import coalitions
from xinheng.explaining.movement.sides import Side
from xinheng.features import Catalogue, Rate, count, days_since
from xinheng.grading import Blend, GradeBook, Parts, Reference, fit_calibrator
from xinheng.grading.dynamic import Carried, advance, run_of
from xinheng.grading.scores import LEVELS
from xinheng.ledger import Change

from ..grading.dynamic.world import AT, Town, change, on, record, with_policy
from ..grading.world import indicator, parts, train

SHOPS = [f"S{number:03}" for number in range(120)]
FIRST, DAYS = date(2022, 1, 1), 800
CATALOGUE = Catalogue((
    indicator("IH01", "一", "Failed inspections", direction=1,
              expression=count("inspection:*.fail", window=365)),
    indicator("IH02", "二", "Days since an inspection", missing=400.0, direction=1,
              expression=days_since("inspection", window=400)),
    indicator("IH03", "三", "Above what is usual", direction=1,
              expression=10 * Rate(group="category", streams=("inspection",),
                                   positive=("inspection:*.fail",), strength=1.0)
              + count("inspection:*.fail", window=180)),
    indicator("IH04", "四", "Lists", direction=1,
              expression=count("list_entry", state="open", window=500)),
))  # fmt: skip
WORD = {"rule_met": "rules", "rule_lifted": "rules"}


def made_of(seed: int) -> Parts:
    """A model that asks of all of it, so that levels change often."""
    rng = np.random.default_rng(seed)
    columns = [rng.integers(0, high, 3_000) for high in (5, 401, 6, 4)]
    matrix = pd.DataFrame(dict(zip(CATALOGUE.ids, columns, strict=True))).astype(float)
    matrix["IH03"] += rng.random(3_000) * 10
    risk = -7 + matrix.to_numpy() @ [0.8, 0.006, 0.6, 0.9 + 0.3 * seed]
    outcomes = rng.random(len(matrix)) < expit(risk)
    booster = train(matrix, outcomes, [1, 1, 1, 1])
    margins = np.asarray(booster.predict(matrix.to_numpy(), raw_score=True))
    return replace(
        parts(),
        blend=Blend(booster),
        catalogue=CATALOGUE,
        calibrator=fit_calibrator(margins, outcomes, replicates=5, seed=1),
        reference=Reference.of(matrix, margins),
    )


def told() -> Iterator[dict[str, str]]:
    """What was told of the shops, some of it late, some of it undone."""
    rng = np.random.default_rng(5)
    for shop in SHOPS:
        yield record("enterprise", shop, "2021-06-01", "")
        for place, offset in enumerate(rng.integers(0, DAYS, 7).tolist()):
            when = FIRST + timedelta(days=offset)
            later = str(when + timedelta(days=int(rng.choice([0, 0, 40, 200]))))
            kind = str(rng.choice(["inspection", "inspection", "list_entry"]))
            what = {"inspection": str(rng.choice(["", "1"])), "list_entry": "abnormal.address"}
            each = record(kind, shop, when, what[kind], number=f"{shop}-{place}", told=later)
            yield each
            if rng.random() < 0.4:
                undone = date.fromisoformat(later) + timedelta(days=int(rng.integers(1, 200)))
                yield change(each, "withdrawn", str(undone))


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town that is told of in parts, under two models and two policies."""
    place: Town = Town(Path(tmp_path_factory.mktemp("town")))
    rows = [*told()]
    some = np.random.default_rng(6).random(len(rows)) < 0.9
    first = [row for row, flag in zip(rows, some, strict=True) if flag or not row["of"]]
    place.deliver(first)
    one = place.sign(made_of(0))
    other = place.sign(made_of(1))
    lenient = place.sign(with_policy(made_of(1), '"D" = 0.45', '"D" = 0.5'))
    start = on("2023-05-01")
    advance(place.gradings, one, on("2023-09-01"), at=AT, actor="li", start=start)
    place.deliver(row for row in rows if row not in first)
    advance(place.gradings, one, on("2023-11-01"), at=AT, actor="li")
    advance(place.gradings, other, on("2023-12-01"), at=AT, actor="li")
    advance(place.gradings, lenient, on("2024-02-01"), at=AT, actor="li")
    yield place
    place.ledger.close()


def games(place: Town, enough: int) -> Iterator[tuple[Change, Game]]:
    """Levels that changed in a run, some of each cause, and the game between their two grades."""
    gradings, told = place.gradings, Counter[str]()
    for run in gradings.history.runs():
        bundle = place.read(run.bundle)
        before = Carried(gradings, bundle.policy).levels
        book = GradeBook(place.archive, bundle, sequence=run.sequence, before=before)
        sides = Standpoints(gradings, book)
        for each in gradings.history.changes(run=run.id):
            told[each.cause] += 1
            if told[each.cause] > enough:
                continue
            earlier = run_of(gradings, run.as_of - 1, each.number)
            two = (
                sides.given(each.number, earlier),
                sides.present(each.number, run.as_of, earlier),
            )
            yield each, Game(*(Side(one, each.number) for one in two))


@pytest.mark.parametrize("enough", [4, pytest.param(12, marks=pytest.mark.slow)])
def test_what_a_run_names_did_it_and_put_back_gives_the_level_before(
    town: Town, enough: int
) -> None:
    """A run whose policy has another scale starts hysteresis anew, which is a part by itself."""
    seen: set[str] = set()
    for each, game in games(town, enough):
        words = {WORD.get(word, word) for word in each.cause.split()} - {"released"}
        seen |= words
        sets, players = coalitions(len(game.players)), np.array(game.players)
        kept = np.flatnonzero((sets == ~np.isin(players, [*words])).all(axis=1))[0]
        before, now, back = (LEVELS[int(code)] for code in game.worth[[0, -1, kept], 1])
        assert (before, now) == (each.previous, each.level)
        if "policy" in words:
            assert any(game.parts[word] != (0, 0) for word in ("policy", "hysteresis"))
            continue
        assert back == each.previous, (each, game.parts)
        assert all(any(game.parts[word]) for word in words)
    assert {"new_records", "withdrawn_records", "aged_out", "time", "others", "model"} <= seen
