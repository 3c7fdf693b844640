"""The explanation of one grade: what the model saw, what the law adds, and the records behind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from ..archive import Lineage
from ..core import time
from ..core.errors import InvalidError
from ..features import Events, Examination, References, evidence_of, examine, known_before
from ..grading import Grade, Level, Scorer, combine, settled
from ..ledger.reviews import Setting
from .attribution.additivity import hold
from .attribution.contributions import contributions
from .law.actions import Actions
from .law.publicity import Publicity
from .reasons import DimensionSum, Reason, State, reason, sum_by_dimension
from .records import MissedDeadline, Records, SharedRecord, Usual, missed_of, usual_of
from .warning import DowngradeWarning
from .words.form import UNNOTICED
from .words.sentences import Sentences

__all__ = ["Decisive", "Explanation", "Override", "explain", "level_of"]

STRONGEST = 8
LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Decisive:
    """An indicator without whose contribution alone the model's level would be another."""

    indicator: str
    level: Level


@dataclass(frozen=True, slots=True)
class Override:
    """A level that a person set in place of the one that was given, and why.

    Parameters
    ----------
    level, by, reason
        What was set, by whom, and why.
    until
        The last day number on which it holds.
    second
        Who agreed; None where nobody had to.
    basis
        The law that it rests on.
    since
        The first day number on which it holds.
    case
        Number of the review.
    """

    level: Level
    by: str
    reason: str
    until: int
    second: str | None = None
    basis: str = ""
    since: int = 0
    case: int = 0

    @classmethod
    def of(cls, setting: Setting | None) -> "Override | None":
        """Return what people set as the ledger has it; None where they set nothing."""
        if setting is None or setting.level is None:
            return None
        return cls(
            Level.of(setting.level),
            setting.by,
            setting.reason,
            setting.until,
            setting.second,
            setting.basis,
            setting.first,
            setting.case,
        )

    def holds(self, day: int) -> bool:
        """Tell whether it holds on a day."""
        return self.since <= day <= self.until

    def to_dict(self) -> dict[str, Any]:
        """Return it as values that JSON knows."""
        return {
            "level": str(self.level),
            "by": self.by,
            "second": self.second,
            "reason": self.reason,
            "basis": self.basis,
            "since": time.show(self.since),
            "until": time.show(self.until),
            "case": self.case,
        }


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an enterprise has its grade.

    Parameters
    ----------
    grade
        The grade, with its distance to the next levels and the rules that applied.
    likely
        Best and worst level that the probability's interval reaches, before rules, from the
        previous level if hysteresis counts.
    decisive
        The indicators that decide the model's level, each for itself, the strongest first.
    override
        What a person set in its place, where that holds on the day.
    base
        The margin expected of an enterprise of which nothing is known.
    reasons
        Of every indicator, the strongest first; with `base` they sum to the margin.
    dimensions
        The reasons summed by dimension, the strongest first.
    records
        By indicator id, the records behind each of the strongest reasons, largest share first;
        none where the value rests on there being none.
    usual
        By indicator id, what was usual in the groups on which a rate or a median rests.
    missed
        By indicator id, the deadlines that passed without what was due, where there are any.
    rule_records
        By rule id, the records that trigger it.
    note
        What has to be known about the days of publicity and repair, in Chinese and in English;
        None if none of the records has such a day.
    warning
        The downgrade warning in force; None if there is none.
    """

    grade: Grade
    likely: tuple[Level, Level]
    decisive: tuple[Decisive, ...]
    override: Override | None
    base: float
    reasons: tuple[Reason, ...]
    dimensions: tuple[DimensionSum, ...]
    records: dict[str, tuple[SharedRecord, ...]]
    usual: dict[str, tuple[Usual, ...]]
    missed: dict[str, tuple[MissedDeadline, ...]]
    rule_records: dict[str, tuple[SharedRecord, ...]]
    note: tuple[str, str] | None = None
    warning: DowngradeWarning | None = None

    @property
    def level(self) -> Level:
        """The level that counts: what a person set, where law and warning let it, or was given."""
        return level_of(self.grade, self.override, self.warning)

    def counted(self, modelled: Level) -> Level:
        """Return the level that would count if the model's were this one, all else as it is."""
        if self.override is not None:
            return self.level
        card = self.grade.card_level
        start = modelled if card is None else max(modelled, card)
        found = combine(start, [rule.effect for rule in self.grade.rules])
        return found if self.warning is None else max(found, self.warning.level)

    @property
    def streams(self) -> frozenset[str]:
        """The kinds of the records behind it."""
        told = (*self.records.values(), *self.rule_records.values())
        return frozenset(record.kind for records in told for record in records)

    def traced(self, origins: Mapping[int, Lineage]) -> "Explanation":
        """Return the explanation with where the records behind it are from."""
        records, rule_records = (
            {
                name: tuple(replace(each, origin=origins.get(each.record)) for each in some)
                for name, some in told.items()
            }
            for told in (self.records, self.rule_records)
        )
        return replace(self, records=records, rule_records=rule_records)

    def to_dict(self, languages: Sequence[str] = LANGUAGES) -> dict[str, Any]:
        """Return the explanation as values that JSON knows; days as text, missing as None.

        Sentences are told in the languages that are asked for.
        """
        return {
            "level": str(self.level),
            "grade": self.grade.to_dict(),
            "likely": [str(level) for level in self.likely],
            "decisive": [
                {"id": each.indicator, "level": str(each.level)} for each in self.decisive
            ],
            "override": None if self.override is None else self.override.to_dict(),
            "warning": None if self.warning is None else self.warning.to_dict(),
            "base": self.base,
            "reasons": [
                {
                    "id": each.indicator.id,
                    "zh": each.indicator.zh,
                    "en": each.indicator.en,
                    "dimension": each.indicator.dimension,
                    "value": _number(each.value),
                    "unit_zh": each.indicator.unit_zh,
                    "unit_en": each.indicator.unit_en,
                    "state": str(each.state),
                    "contribution": each.contribution,
                    **{f"sentence_{name}": getattr(each, name) for name in languages},
                    "records": _told(self.records.get(each.indicator.id)),
                    "missed": [day.to_dict() for day in self.missed.get(each.indicator.id, ())],
                    "usual": [usual.to_dict() for usual in self.usual.get(each.indicator.id, ())],
                }
                for each in self.reasons
            ],
            "dimensions": [
                {
                    "id": each.dimension,
                    "zh": each.zh,
                    "en": each.en,
                    "contribution": each.contribution,
                }
                for each in self.dimensions
            ],
            "rule_records": {rule: _told(records) for rule, records in self.rule_records.items()},
            "note_zh": None if self.note is None else self.note[0],
            "note_en": None if self.note is None else self.note[1],
        }


def explain(
    scorer: Scorer,
    events: Events,
    enterprise: int,
    as_of: int,
    *,
    references: References | None = None,
    previous: npt.ArrayLike | None = None,
    grade: Grade | None = None,
    strongest: int = STRONGEST,
    origins: Mapping[int, Lineage] | None = None,
    override: Override | None = None,
    warning: DowngradeWarning | None = None,
    actions: Actions | None = None,
    publicity: Publicity | None = None,
    sentences: Sentences | None = None,
) -> Explanation:
    """Explain the grade of one enterprise as of a day.

    Parameters
    ----------
    scorer
        Whose bundle decides.
    events
        The events of at least this enterprise.
    enterprise, as_of
        Dense number, and day number.
    references
        As for `features.compute`, if the catalogue has rates.
    previous
        Code of the model's level in the grade before, if hysteresis is to count; shape (1,).
    grade
        The grade that is explained, where it is known already: that of the same scorer, events,
        references and previous level. It is computed if not given.
    strongest
        For how many reasons, at most, the records are looked up; never for one without effect.
    origins
        Where the enterprise's records are from (`Archive.lineage`).
    override
        What a person set, if somebody did.
    warning
        The downgrade warning that was served, if there is one.
    actions, publicity
        By which clocks records are repaired and public; those of the package if not given.
    sentences
        The words of indicators; those of the standard ones if not given.

    Raises
    ------
    InvalidError
        If `strongest` is negative.
    IntegrityError
        If base and contributions do not sum to the margin of the grade.
    """
    if strongest < 0:
        raise InvalidError(
            f"the records of {strongest} reasons cannot be looked up; give 0 or more"
        )
    bundle = scorer.bundle
    seen = examine(bundle.catalogue, events, enterprise, as_of, references=references)
    law = None
    if grade is None or grade.rules:
        law = examine(bundle.rules.catalogue, seen.own, enterprise, as_of)
        grade = grade or scorer.examined(seen, law, previous)
    parts, base = contributions(bundle.blend, seen.row[None, :])
    hold(parts, base, np.array([grade.margin]))
    words = sentences or Sentences.default()
    reasons = [
        reason(*each, words)
        for each in zip(
            bundle.catalogue, seen.row.tolist(), states_of(seen), parts[0].tolist(), strict=True
        )
    ]
    reasons.sort(key=lambda each: (-abs(each.contribution), each.indicator.id))
    strong = [each for each in reasons[:strongest] if abs(each.contribution) >= UNNOTICED]
    found = {each.indicator.id: evidence_of(seen, each.indicator.id) for each in strong}
    triggers = {rule.id: evidence_of(law, rule.id) for rule in grade.rules if law is not None}
    scale = bundle.policy.on(as_of).scale
    low, high = scale.level_of([grade.lower, grade.upper], grade.previous).tolist()
    own = known_before(seen.own, as_of)
    look = Records(own, as_of, origins or {}, actions, publicity)
    records = {
        each.indicator.id: look.shared(found[each.indicator.id], each.contribution)
        for each in strong
    }
    rule_records = {name: look.meeting(each) for name, each in triggers.items()}
    told = chain(*records.values(), *rule_records.values())
    return Explanation(
        grade=grade,
        likely=(Level(low), Level(high)),
        decisive=_decisive(scorer, grade, reasons),
        override=override if override and override.holds(as_of) else None,
        base=float(base[0]),
        reasons=tuple(reasons),
        dimensions=sum_by_dimension(reasons),
        records=records,
        usual={name: usual for name, each in found.items() if (usual := usual_of(each))},
        missed={
            each.indicator.id: missed
            for each in strong
            if (missed := missed_of(found[each.indicator.id], each.contribution))
        },
        rule_records=rule_records,
        note=look.note if any(each.clocks.by_law for each in told) else None,
        warning=warning if warning and warning.holds(as_of) else None,
    )


def level_of(
    grade: Grade, override: Override | None, warning: DowngradeWarning | None = None
) -> Level:
    """Return the level that counts for an enterprise of which people may have set one."""
    effects = [rule.effect for rule in grade.rules]
    people, warned = (None if each is None else each.level for each in (override, warning))
    return settled(grade.level, people, effects, warned)


def _decisive(scorer: Scorer, grade: Grade, reasons: Sequence[Reason]) -> tuple[Decisive, ...]:
    """Return the reasons without any one of which the model's level would be another."""
    bundle = scorer.bundle
    without = np.array([grade.margin - each.contribution for each in reasons])
    before = None if grade.previous is None else np.full(len(without), int(grade.previous))
    scale = bundle.policy.on(grade.as_of).scale
    codes = scale.place(without, bundle.calibrator, before).codes.tolist()
    return tuple(
        Decisive(each.indicator.id, Level(code))
        for each, code in zip(reasons, codes, strict=True)
        if code != grade.model_level
    )


def states_of(seen: Examination) -> list[State]:
    """Tell values from what others or a declaration stand in for, and what does not apply."""
    conditions = [np.isnan(seen.row), seen.missing, seen.on_others()]
    states = [State.NOT_APPLICABLE, State.MISSING, State.UNSEEN]
    return [State(each) for each in np.select(conditions, states, State.KNOWN).tolist()]


def _number(value: float) -> float | None:
    return None if np.isnan(value) else value


def _told(records: tuple[SharedRecord, ...] | None) -> list[dict[str, Any]] | None:
    return None if records is None else [each.to_dict() for each in records]
