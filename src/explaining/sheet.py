"""The sheet: why one enterprise has its level, on two pages that print, load and run nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from ..core import time
from ..core.templating import environment, resource
from ..grading import AtLeast, Bundle, Effect
from .explanation import Explanation, level_of
from .movement.movement import Movement
from .numbers import signed
from .reasons import Reason
from .records import MissedDeadline, SharedRecord, Usual
from .remedies.remedies import Outcome, Remedies
from .wording import (
    Words,
    tell_clocks,
    tell_kind,
    tell_missed,
    tell_step,
    tell_until,
    words_of,
)
from .words.amounts import CUT_DIGITS, percent
from .words.form import UNNOTICED

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["Subject", "render_sheet"]

Language = Literal["zh", "en"]
RECORDS, OUTCOMES, HALF = 3, 5, 48.0


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a sheet is about, and from what.

    Parameters
    ----------
    identifier, name
        Of the enterprise.
    bundle
        By which it was graded.
    sequence
        The last delivery of records that was seen.
    """

    identifier: str
    bundle: Bundle
    sequence: int
    name: str = ""


def render_sheet(
    subject: Subject,
    explanation: Explanation,
    *,
    movement: Movement | None = None,
    remedies: Remedies | None = None,
    horizon: int = 400,
    language: str = "zh",
) -> str:
    """Return the sheet as one page of HTML.

    Parameters
    ----------
    subject, explanation
        Whom it is about, and why it has its level.
    movement
        Why its level moved since a day; left out if not given.
    remedies, horizon
        What would improve it, and within how many days; left out if not given.
    language
        `zh` or `en`.

    Raises
    ------
    NotFoundError
        If there is no such language.
    """
    words = words_of(language)
    page = _Page(words, language, explanation)
    grade = explanation.grade
    return (
        _environment()
        .get_template("sheet.html.j2")
        .render(
            words=words,
            language=language,
            style=resource(__package__, "sheet.css"),
            identifier=subject.identifier,
            name=subject.name,
            as_of=time.show(grade.as_of),
            level=explanation.level,
            grade=grade,
            probability=words["probability"].format(
                days=subject.bundle.policy.on(grade.as_of).horizon_days
            ),
            could_be=page.could_be(),
            standing=list(page.standing()),
            ways=list(page.ways()),
            decided=page.decided(),
            decisive=page.decisive(),
            rules=page.rules(),
            reasons=page.reasons(),
            rest=page.rest(),
            base=explanation.base,
            note=page.note(),
            dimensions=[
                {"name": each.zh if page.zh else each.en, "contribution": each.contribution}
                for each in explanation.dimensions
            ],
            movement=None if movement is None else page.movement(movement),
            remedies=None if remedies is None else page.remedies(remedies),
            left_out=""
            if remedies is None or not remedies.left_out
            else words["left_out"].format(count=remedies.left_out),
            no_remedies=words["no_remedies"].format(days=horizon),
            objection=words["objections"],
            sequence=subject.sequence,
            learned=subject.bundle.card.learned_until,
        )
    )


class _Page:
    """What the sheet says of an explanation, in one language."""

    def __init__(self, words: Words, language: str, explanation: Explanation) -> None:
        self.words, self.zh, self.explanation = words, language == "zh", explanation
        self.strong = explanation.reasons[: len(explanation.records)]

    def could_be(self) -> str:
        """Return which levels the interval reaches, if several."""
        best, worst = self.explanation.likely
        return "" if best is worst else self.words["could_be"].format(best=best, worst=worst)

    def standing(self) -> Iterator[str]:
        """Yield what else decided the level."""
        grade, override = self.explanation.grade, self.explanation.override
        if grade.card_level is not None:
            yield f"{self.words['card_level']} {grade.card_level}"
        if grade.previous is not None:
            yield self.words["previous"].format(level=grade.previous)
        if override is not None:
            yield self.words["override"].format(
                by=override.by,
                given=grade.level,
                level=override.level,
                until=time.show(override.until),
                reason=override.reason,
            )
        if (warning := self.explanation.warning) is not None:
            yield self.words["warning"].format(**warning.to_dict())

    def ways(self) -> Iterator[str]:
        """Yield how far it is to the next levels: of the model, where another level counts."""
        grade = self.explanation.grade
        modelled = self.explanation.level is grade.model_level
        for name, distance, end in (
            ("better", grade.better, "best"),
            ("worse", grade.worse, "worst"),
        ):
            if distance is None:
                if modelled:
                    yield self.words[end]
                continue
            moved = self.explanation.counted(distance.level) is distance.level
            yield self.words[name].format(
                owner="" if modelled and moved else self.words["of_model"],
                level=distance.level,
                margin=signed(grade.margin),
                cut=signed(distance.cut),
                probability=percent(distance.probability, CUT_DIGITS),
            )

    def decided(self) -> str:
        """Return what decided the level in place of the model or beside it, if anything did."""
        grade, override = self.explanation.grade, self.explanation.override
        if self._is_warned():
            by = "decided_by_warning"
        elif override is not None:
            is_theirs = self.explanation.level is override.level
            by = "decided_by_person" if is_theirs else "decided_by_rule"
        elif grade.level is grade.model_level:
            by = self._beside()
        else:
            start = grade.model_level if grade.card_level is None else grade.card_level
            by = "decided_by_card" if grade.level is start else "decided_by_rule"
        return str(self.words[by].format(level=grade.model_level)) if by else ""

    def _beside(self) -> str:
        """Return what would keep the level if the model's were better, if anything would."""
        better, level = self.explanation.grade.better, self.explanation.level
        if better is None or self.explanation.counted(better.level) < level:
            return ""
        grade, warning = self.explanation.grade, self.explanation.warning
        if warning is not None and warning.level is level:
            return "warning_too"
        return "card_too" if grade.card_level is level else "rule_too"

    def _is_warned(self) -> bool:
        """Tell whether the level is worse by a downgrade warning than it would be without."""
        grade, override = self.explanation.grade, self.explanation.override
        return self.explanation.level > level_of(grade, override)

    def decisive(self) -> list[dict[str, str]]:
        """Return the indicators that decide by themselves."""
        reasons = {each.indicator.id: each for each in self.explanation.reasons}
        return [
            {
                "name": self._name(reasons[each.indicator]),
                "says": self.words["without"].format(
                    effect=signed(reasons[each.indicator].contribution), level=each.level
                ),
            }
            for each in self.explanation.decisive[:OUTCOMES]
        ]

    def rules(self) -> list[dict[str, Any]]:
        """Return the statutory rules that applied, with the records that triggered them."""
        return [
            {
                "name": rule.zh if self.zh else rule.en,
                "basis": rule.basis,
                "alone": self.words["rule_alone"].format(
                    effect=self._effect(rule.effect), level=rule.alone
                ),
                "records": self._records(self.explanation.rule_records[rule.id]),
            }
            for rule in self.explanation.grade.rules
        ]

    def _effect(self, effect: Effect) -> str:
        if isinstance(effect, AtLeast):
            return str(self.words["at_least"].format(level=effect.level))
        return str(self.words["worse_by"].format(steps=effect.steps, limit=effect.limit))

    def reasons(self) -> list[dict[str, Any]]:
        """Return the strongest reasons with their records."""
        most = max((abs(each.contribution) for each in self.strong), default=1.0)
        return [
            {
                "contribution": each.contribution,
                "width": round(HALF * each.contribution / most, 2),
                "sentence": each.zh if self.zh else each.en,
                "records": self._behind(each.indicator.id),
            }
            for each in self.strong
        ]

    def rest(self) -> dict[str, Any] | None:
        """Return what all other indicators add."""
        others = self.explanation.reasons[len(self.strong) :]
        if not others:
            return None
        total = sum(each.contribution for each in others)
        return {"contribution": total, "says": self.words["rest"].format(count=len(others))}

    def note(self) -> str:
        """Return what has to be known about the days told of records, if any are."""
        return "" if self.explanation.note is None else self.explanation.note[not self.zh]

    def movement(self, found: Movement) -> dict[str, Any]:
        """Return why the level moved."""
        before, after = found.levels
        says = self.words["same_level" if before is after else "moved"]
        return {
            "title": self.words["movement"].format(day=time.show(found.before.as_of)),
            "says": says.format(level=after, before=before, after=after),
            "parts": list(self._parts(found)),
        }

    def _parts(self, found: Movement) -> Iterator[dict[str, Any]]:
        """Yield what did it, one by one, and the causes that hardly did anything together."""
        rest = []
        for part in found.parts:
            if max(abs(part.log_odds), abs(part.steps)) < UNNOTICED:
                rest.append(part)
                continue
            sentence = part.zh if self.zh else part.en
            yield {"sentence": sentence, "log_odds": part.log_odds, "steps": part.steps}
        if rest:
            causes = "; ".join(self.words["causes"][part.cause] for part in rest)
            yield {
                "sentence": self.words["hardly"].format(causes=causes),
                "log_odds": sum(part.log_odds for part in rest),
                "steps": sum(part.steps for part in rest),
            }

    def remedies(self, found: Remedies) -> list[dict[str, str]]:
        """Return the remedies, the best level first."""
        return [
            {
                "reaches": self.words["reaches"].format(level=each.level, day=time.show(each.day)),
                "holds": tell_until(each, self.words),
                "steps": self._steps(each),
            }
            for each in found.outcomes[:OUTCOMES]
        ]

    def _steps(self, outcome: Outcome) -> str:
        if not outcome.steps:
            return str(self.words["wait"])
        return "; ".join(
            (step.action.zh if self.zh else step.action.en) + tell_step(step, self.words)
            for step in outcome.in_order
        )

    def _name(self, reason: Reason) -> str:
        return reason.indicator.zh if self.zh else reason.indicator.en

    def _behind(self, indicator: str) -> list[str]:
        """Return the records that have a share in a reason, or why none has."""
        records = self.explanation.records[indicator]
        against = sum(each.against for each in records)
        told = [*map(self._missed, self.explanation.missed.get(indicator, ()))]
        told += self._records([each for each in records if each.share])
        if against:
            told.append(self.words["against"].format(count=against))
        usual = map(self._usual, self.explanation.usual.get(indicator, ()))
        return told or list(dict.fromkeys(usual))

    def _missed(self, deadline: MissedDeadline) -> str:
        told = tell_missed(deadline, self.words)
        return f"{told}{self.words['other_way']}" if deadline.against else told

    def _usual(self, usual: Usual) -> str:
        group = self.words["groups"].get(usual.group, self.words["group"])
        return str(
            self.words["of_group"].format(
                group=group, outcomes=f"{usual.outcomes:,}", own=f"{usual.own:,}"
            )
        )

    def _records(self, records: Sequence[SharedRecord]) -> list[str]:
        told = ["; ".join(self._record(each)) for each in records[:RECORDS]]
        if len(records) > RECORDS:
            told.append(self.words["more_records"].format(count=len(records) - RECORDS))
        return told

    def _record(self, record: SharedRecord) -> Iterator[str]:
        origin = record.origin
        number = f"{self.words['record']} {record.record}" if origin is None else origin.number
        department = "" if origin is None else f", {origin.department}"
        kind = tell_kind(record.kind, self.words)
        yield f"{time.show(record.occurred)} {kind} {number}{department}"
        yield from tell_clocks(record.clocks, self.words)


@cache
def _environment() -> "Environment":
    made = environment(__package__)
    made.filters |= {"percent": lambda share: f"{share:.1%}", "signed": signed}
    return made
