"""A warning of an enterprise: which rule, since when, on which records, and how grave."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ...core import time
from ...features import Events, Evidence, evidence
from ...grading import Rules
from .warningpolicy import Gravity

__all__ = ["Warned", "warned"]

REGISTER = "enterprise."


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """What a rule tells of an enterprise as of a day.

    Attributes
    ----------
    rule
        Id of the rule.
    number
        Dense number of the enterprise.
    as_of, since
        The day as of which it is told, and from which day on it has been so without a break.
    gravity
        How grave it is, by policy.
    records
        Keys of the records behind it, the latest first.
    basis
        What it rests on.
    sentence
        What happened, in one plain sentence by language: "zh" and "en".
    """

    rule: str
    number: int
    as_of: int
    since: int
    gravity: Gravity
    records: tuple[str, ...]
    basis: str
    sentence: Mapping[str, str]

    def to_dict(self) -> dict[str, Any]:
        """Return the warning as values that JSON knows; days as text."""
        return {
            "rule": self.rule,
            "as_of": time.show(self.as_of),
            "since": time.show(self.since),
            "gravity": str(self.gravity),
            "records": list(self.records),
            "basis": self.basis,
            "sentence": dict(self.sentence),
        }


def warned(
    rules: Rules,
    rule: str,
    events: Events,
    enterprise: int,
    as_of: int,
    *,
    since: int,
    gravity: Gravity,
) -> Warned:
    """Return the warning of an enterprise for whom a rule is met as of a day, with its records.

    Parameters
    ----------
    rules, rule
        The rules, and the id of the one that is met.
    events
        Of at least this enterprise.
    enterprise, as_of
        Dense number, and day number.
    since, gravity
        As of `Warned`.
    """
    found = evidence(rules.catalogue, rule, events.of(enterprise), enterprise, as_of)
    behind = found.events.take(_behind(found))
    last = dict(zip(behind.record.tolist(), behind.occurred.tolist(), strict=True))
    records = tuple(str(r) for r in sorted(last, key=lambda r: (-last[r], r)))
    declared = rules[rule]
    return Warned(
        rule=rule,
        number=enterprise,
        as_of=as_of,
        since=since,
        gravity=gravity,
        records=records,
        basis=declared.basis,
        sentence=_sentence(declared.zh, declared.en, since, sorted(last.values())),
    )


def _behind(found: Evidence) -> npt.NDArray[np.intp]:
    """Return the events by which the condition is met: not the register, nor what speaks against.

    What a record of the past is compared with speaks against a surge.
    """
    vocabulary, events = found.events.vocabulary, found.events
    register = np.array([kind.startswith(REGISTER) for kind, _ in vocabulary], np.bool_)
    told = (found.shares > 0) & ~register[events.stream]
    speaking = told & ~(found.effects < 0)
    return np.flatnonzero(speaking if speaking.any() else told)


def _sentence(zh: str, en: str, since: int, days: list[int]) -> dict[str, str]:
    """Return what is so, since when, and on how many records of which days."""
    start = time.show(since)
    told = {"zh": f"{zh}，自 {start} 起", "en": f"{en[:1].upper()}{en[1:]}, since {start}"}
    if not days:
        return {"zh": f"{told['zh']}。", "en": f"{told['en']}."}
    first, last = time.show(days[0]), time.show(days[-1])
    dated = (
        (f"{first}", f"of {first}")
        if first == last
        else (f"{first} 至 {last}", f"of {first} to {last}")
    )
    word = "record" if len(days) == 1 else "records"
    return {
        "zh": f"{told['zh']}；依据 {len(days)} 条记录（{dated[0]}）。",
        "en": f"{told['en']}; by {len(days)} {word} {dated[1]}.",
    }
