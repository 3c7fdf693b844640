"""Whatever happens to records: a changed level has a cause, and it is true by trial."""

import json
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cache, cached_property

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from xinheng.core.errors import IntegrityError
from xinheng.core.time import NEVER, Change, Event, Span, day, spans
from xinheng.features import Catalogue, Events, compute, count, days_since, largest
from xinheng.features.hindsight import known_before
from xinheng.grading import Blend, Bundle, Reference, Scorer, fit_calibrator
from xinheng.grading.dynamic import Between, Seen
from xinheng.grading.dynamic.between import BY_DAY, WAYS
from xinheng.grading.dynamic.inforce import InForce
from xinheng.grading.dynamic.matrices import Matrices
from xinheng.grading.dynamic.retrospect import Given, Retrospect
from xinheng.grading.dynamic.step import Step
from xinheng.grading.dynamic.why import WORDS
from xinheng.grading.scores import LEVELS, ruled
from xinheng.ledger import Run

from ..world import events_of, indicator, parts, record, rows_of, train
from .test_cause import bundle_of

BEFORE, NOW, SINCE = day("2026-02-01"), day("2026-03-01"), day("2023-10-01")
WHO = np.arange(1, 5, dtype=np.int32)
CATALOGUE = Catalogue((
    indicator("IH01", "一", "Failed in two years", direction=1,
              expression=count("inspection:routine.fail", window=730)),
    indicator("IH02", "二", "Days since an inspection", direction=1, missing=3650.0,
              expression=days_since("inspection")),
    indicator("PN08", "三", "Heaviest penalty, unless repaired", direction=1, dimension="PN",
              expression=largest("penalty", field="severity", repaired="leaves")),
    indicator("PN09", "四", "Lists it is on", direction=1, dimension="PN",
              expression=count("list_entry", state="open")),
    indicator("EA01", "五", "Certificates that hold", direction=-1, dimension="EA",
              expression=count("certificate", state="open")),
))  # fmt: skip
STREAMS = {
    "inspection:routine.pass": "inspection:routine.fail",
    "inspection:routine.fail": "inspection:routine.pass",
    "penalty:market.food.label": "penalty:market.food.label",
    "list_entry:abnormal.x": "list_entry:serious_dishonesty.",
    "list_entry:serious_dishonesty.": "list_entry:abnormal.x",
    "certificate:haccp": "certificate:haccp",
}
BETWEEN = st.integers(BEFORE, NOW - 1)
LEAVING = BETWEEN.map(lambda when: when - 730)
DAYS = st.one_of(st.integers(SINCE, NOW + 9), BETWEEN, LEAVING)
UNDONE = st.lists(BETWEEN.map(lambda when: (when, Change.REINSTATED)), max_size=1)
HISTORY = st.lists(st.tuples(DAYS, st.sampled_from(list(Change))), max_size=3)


@cache
def bundle() -> Bundle:
    """A model that asks of all five, so that levels change often."""
    rng = np.random.default_rng(7)
    highest = np.array([3, 900, 3, 2, 2])
    matrix = pd.DataFrame(rng.integers(0, highest + 1, (3_000, 5)), columns=list(CATALOGUE.ids))
    risk = -3 + matrix.to_numpy() @ [1.2, 0.003, 0.8, 1.1, -1.0]
    outcomes = rng.random(len(matrix)) < expit(risk)
    booster = train(matrix.astype(float), outcomes, list(CATALOGUE.monotone_constraints()))
    margins = np.asarray(booster.predict(matrix.to_numpy(), raw_score=True))
    made = replace(
        parts(),
        blend=Blend(booster),
        catalogue=CATALOGUE,
        calibrator=fit_calibrator(margins, outcomes, replicates=5, seed=1),
        reference=Reference.of(matrix, margins),
    )
    return bundle_of(made)


@st.composite
def records(draw: st.DrawFn) -> list[dict]:
    """The spans of one record to which anything may happen, and which may be corrected."""
    stream = draw(st.sampled_from(sorted(STREAMS)))
    occurred = draw(DAYS)
    available = occurred + draw(st.sampled_from([0, 0, 5, 60]))
    planned = draw(st.sampled_from([NEVER, NEVER, BEFORE + 9, NOW + 99]))
    happened = draw(HISTORY) + draw(UNDONE)
    events = [Event(max(when, available), when, change) for when, change in happened]
    first = Span(available, ended=planned, ended_available=min(planned, available))
    corrected = draw(st.one_of(st.just(NEVER), DAYS.map(lambda when: max(when, available + 1))))
    found = []
    for span in spans(first, events):
        clocks = {name: getattr(span, name) for name in ("repaired", "ended", "ended_available")}
        said = {"severity": 1.0, **clocks}
        if span.available < corrected:
            until = min(span.withdrawn, corrected)
            found.append(
                record(0, stream, occurred, available=span.available, withdrawn=until, **said)
            )
        if span.withdrawn > corrected:
            since = max(span.available, corrected)
            said["severity"] = 3.0
            found.append(
                record(
                    0, STREAMS[stream], occurred, available=since, withdrawn=span.withdrawn, **said
                )
            )
    return found


def town_of(told: list[tuple[int, list[dict]]]) -> Events:
    """The events of some enterprises, the spans of a record under one number."""
    rows = [
        {**span, "enterprise": who, "value": float(number)}
        for number, (who, each) in enumerate(told)
        for span in each
    ]
    events = events_of(*rows)
    own = events.take(np.flatnonzero(events.enterprise > 0))
    numbered = replace(own, record=own.value.astype(np.int64), value=np.full(len(own), np.nan))
    order = np.lexsort([numbered.record, own.available, own.occurred, own.enterprise])
    return numbered.take(order)


class Known(Matrices):
    """What a bundle is told of events in memory."""

    def __init__(self, bundle: Bundle, events: Events) -> None:
        self.bundle, self.events = bundle, events
        self._indicators = len(bundle.catalogue)
        self.catalogue = bundle.catalogue.extended(*(rule.indicator for rule in bundle.rules))

    def of(self, events: Events, enterprises: np.ndarray, as_of: int) -> pd.DataFrame:
        return compute(self.catalogue, events, rows_of(*((who, as_of) for who in enterprises)))

    def frame(self, as_of: int) -> pd.DataFrame:
        return self.of(known_before(self.events, as_of), WHO, as_of)

    def references(self, as_of: int) -> None:
        """Return nothing: no indicator rests on others."""

    def retrospect(self, enterprises: np.ndarray, given: Given, as_of: int) -> Retrospect:
        return Remembered(self, enterprises, given, as_of)


@dataclass(frozen=True, eq=False)
class Remembered(Retrospect):
    """What was known of a few."""

    def _as_of(self, as_of: int) -> Events:
        known = known_before(self.matrices.events, as_of)
        return known.take(np.flatnonzero(np.isin(known.enterprise, self.enterprises)))

    @cached_property
    def _known(self) -> Events:
        return self._as_of(self.given.as_of)

    @cached_property
    def _heard(self) -> Events:
        return self._as_of(self.as_of)


def steps(world: Known) -> tuple[InForce, InForce, list[dict], pa.Table]:
    """Grade all twice; return what was in force before and is now, and what changed."""
    scorer, size = Scorer(world.bundle), int(WHO.max()) + 1
    standing = InForce(list(world.bundle.rules.ids))
    standing.make_room(size)
    run = Run(
        id=1, after=0, at=pd.Timestamp(0, tz="UTC"), actor="li", as_of=BEFORE, reason="start",
        everybody=True, sequence=1, bundle=world.bundle.digest, policy="", enterprises=0, first=0,
        changed=0, held=0, levels={}, digest="",
    )  # fmt: skip
    found = []
    for as_of, runs in ((BEFORE, {}), (NOW, {1: run})):
        ids = pa.array([str(number) for number in range(size)])
        step = Step(
            scorer=scorer, matrices=world, standing=standing, runs=runs, read=lambda _: world,
            ids=ids, as_of=as_of,
        )  # fmt: skip
        [table] = step.tables([world.frame(as_of)])
        step.settle(1)
        found.append(deepcopy(standing))
    return *found, [*step.changes()], table


def level_without(world: Known, before: InForce, now: InForce, change: dict) -> str:
    """The level with exactly what is named put back, of the enterprise alone."""
    who, words = change["number"], change["cause"].split()
    known, heard = (
        each.take(np.flatnonzero(each.enterprise == who))
        for each in (known_before(world.events, day) for day in (BEFORE, NOW))
    )
    alone = Between(np.array([who], np.int32), Seen(known, BEFORE, None), Seen(heard, NOW, None))
    back = np.array([[word in words for word in (*WAYS, *BY_DAY)]])
    values = alone.rows(world.bundle.catalogue, np.array([0]), back)[0]
    edition = world.bundle.policy.on(NOW)
    margin = world.bundle.blend.margins(values[None])
    model = edition.scale.place(margin, world.bundle.calibrator, before.model[[who]]).codes
    met, old = int(now.met[who]), int(before.met[who])
    met &= ~(met & ~old) if "rule_met" in words else -1
    met |= (old & ~met) if "rule_lifted" in words else 0
    rules = world.bundle.rules.ids
    return LEVELS[ruled(model, np.array([met]), rules, edition.rules)[0][0]]


@settings(max_examples=50)
@given(st.lists(st.tuples(st.sampled_from(WHO.tolist()), records()), min_size=4, max_size=16))
def test_every_change_has_a_cause_and_without_it_the_level_is_the_one_before(
    told: list[tuple[int, list[dict]]],
) -> None:
    world = Known(bundle(), town_of(told))
    before, now, changes, table = steps(world)
    moved = WHO[before.level[WHO] != now.level[WHO]]
    assert [change["number"] for change in changes] == moved.tolist()
    causes = dict(zip(table["enterprise"].to_pylist(), table["cause"].to_pylist(), strict=True))
    for change in changes:
        words = change["cause"].split()
        assert words
        assert causes[change["number"]] == change["cause"]
        assert words == [word for word in WORDS if word in words]
        assert change["previous"] == LEVELS[before.level[change["number"]]]
        assert level_without(world, before, now, change) == change["previous"]
        detail = json.loads(change["detail"])
        assert ("rule_met" in words) == ("rule_met" in detail)
        assert detail["margin"] == [each.margin[change["number"]] for each in (before, now)]


OLD, FEB = BEFORE - 300, BEFORE + 9
HEAVY = {"severity": 3.0}
CLOSED = {"ended": OLD + 9, "ended_available": OLD + 9}
SEEN = [record(0, "inspection:routine.pass", BEFORE - 9)]
PENALTY, LISTED, FAILED = "penalty:market.food.label", "list_entry:any.x", "inspection:routine.fail"


def spans_of(stream: str, first: dict, then: dict) -> list[dict]:
    """Two spans of one record, of which the second begins between the two grades."""
    return [
        record(0, stream, OLD, **{"withdrawn": FEB} | first),
        record(0, stream, OLD, **{"available": FEB} | then),
    ]


@pytest.mark.parametrize(
    ("told", "cause"),
    [
        ([[record(0, PENALTY, FEB, **HEAVY)]], "new_records"),
        ([[record(0, PENALTY, OLD, available=FEB, **HEAVY)]], "new_records"),
        ([[record(0, PENALTY, OLD, withdrawn=FEB, **HEAVY)]], "withdrawn_records"),
        ([spans_of(PENALTY, HEAVY, HEAVY | {"repaired": FEB})], "repaired_records"),
        ([spans_of(LISTED, {}, {"ended": FEB, "ended_available": FEB})], "ended_records"),
        ([spans_of(PENALTY, {"severity": 1.0}, HEAVY)], "corrected_records"),
        # A repair that was revoked, an end and a withdrawal that were taken back.
        ([spans_of(PENALTY, HEAVY | {"repaired": OLD + 9}, HEAVY)], "reinstated_records"),
        ([spans_of(LISTED, CLOSED, {})], "reinstated_records"),
        ([spans_of(PENALTY, HEAVY | {"withdrawn": OLD + 9}, HEAVY)], "reinstated_records"),
        # Failures that leave two years, and a certificate that runs out as it said it would.
        ([[record(0, FAILED, FEB - 730)], [record(0, FAILED, FEB - 729)]], "aged_out"),
        (
            [[record(0, "certificate:haccp", OLD, ended=FEB, ended_available=OLD)],
             [record(0, LISTED, OLD)]],
            "time",
        ),
    ],
)  # fmt: skip
def test_a_cause_of_every_kind_by_hand(told: list[list[dict]], cause: str) -> None:
    world = Known(bundle(), town_of([(1, each) for each in [SEEN, *told]]))
    before, now, [change], _ = steps(world)
    assert (change["number"], change["cause"]) == (1, cause)
    assert level_without(world, before, now, change) == change["previous"] != change["level"]


def test_several_ways_are_named_only_where_it_takes_several() -> None:
    """Two penalties came, one was withdrawn, and a third that does not matter was corrected."""
    heavy = [record(0, PENALTY, FEB, **HEAVY)]
    light = spans_of(PENALTY, {"severity": 1.0}, {"severity": 1.5})
    failed = spans_of(FAILED, {"repaired": OLD + 9}, {})
    world = Known(bundle(), town_of([(1, SEEN), (1, heavy), (1, light), (1, failed)]))
    before, now, [change], _ = steps(world)
    assert change["cause"] == "new_records"
    assert level_without(world, before, now, change) == change["previous"]
    twice = [record(0, PENALTY, FEB, **HEAVY)], spans_of(PENALTY, {"severity": 1.0}, HEAVY)
    world = Known(bundle(), town_of([(1, SEEN), *((1, each) for each in twice)]))
    before, now, [change], _ = steps(world)
    assert change["cause"] == "new_records corrected_records"
    assert level_without(world, before, now, change) == change["previous"]


def test_a_change_without_a_cause_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    world = Known(bundle(), town_of([(1, SEEN), (1, [record(0, PENALTY, FEB, **HEAVY)])]))
    nothing = pd.DataFrame({"enterprise": [], "told": []})
    monkeypatch.setattr(Remembered, "told", lambda *_: nothing)
    with pytest.raises(IntegrityError, match="levels of 1 enterprises changed without a cause"):
        steps(world)
