"""Masking: what of natural persons is kept out of answers to those who need no persons.

Persons in key posts are numbers in the archive and stand in no answer. What can stand in one is
listed in `PLACES`; identity and telephone numbers are looked for in every other text as well,
since a department may number its documents by anything. A name in a text of which nothing else
in the answer says that it is one cannot be found: texts that people write are masked whole.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ...core.errors import PolicyError
from ...core.identifiers import USCC, uscc_fault
from ...core.scrub import IDENTITY, PHONE
from .fieldset import FieldSet
from .grants import Grant
from .roles import Permission

__all__ = [
    "MARK",
    "OURS",
    "PLACES",
    "Kind",
    "Masks",
    "Place",
    "is_individual",
    "masks_for",
    "without_numbers",
]

MARK = "***"
INDIVIDUAL = "92"
"""How the code of an individual business 个体工商户 begins (GB 32100-2015)."""

EITHER = re.compile(r"\d{3}[- ]?\d{4}")
"""What both have in common: most texts have nothing of it, and are soon done with."""
LEAST = 10
OURS = frozenset(
    {
        *("bundle", "chain", "digest", "dropped", "follows", "ground", "instance", "record"),
        *("secret", "setup_code"),
    }
)
"""Fields that hold numbers of our own, in which nothing is looked for."""


class Kind(StrEnum):
    """What of a natural person it is; a remark is a text that somebody wrote."""

    NAME = "name"
    IDENTITY = "identity"
    PHONE = "phone"
    ADDRESS = "address"
    REMARK = "remark"


@dataclass(frozen=True, slots=True)
class Place:
    """A field of an answer that holds personal data as a whole.

    Parameters
    ----------
    answer
        Name of the answer in the OpenAPI document.
    path
        Dotted path of the field in it; lists are passed through.
    kind
        What it holds.
    of_individuals
        Whether it is personal only where the enterprise, named by `enterprise` beside it, is an
        individual operator.
    """

    answer: str
    path: str
    kind: Kind
    of_individuals: bool = False


PLACES: tuple[Place, ...] = (
    *(
        place
        for answer, path in (
            ("GradeAnswer", "override"),
            ("ExplanationAnswer", "override"),
            ("ExplanationAnswer", "grade.override"),
            ("ShortExplanationAnswer", "grade.override"),
            ("MovementAnswer", "before.override"),
            ("MovementAnswer", "after.override"),
            ("WhatIfAnswer", "before.override"),
            ("WhatIfAnswer", "after.override"),
            ("ScoresAnswer", "scores.grade.override"),
        )
        for place in (
            Place(answer, f"{path}.by", Kind.NAME),
            Place(answer, f"{path}.second", Kind.NAME),
            Place(answer, f"{path}.reason", Kind.REMARK),
        )
    ),
    Place("QueueAnswer", "reviews.taken_by", Kind.NAME),
    Place("ReviewAnswer", "taken_by", Kind.NAME),
    Place("ReviewAnswer", "events.actor", Kind.NAME),
    Place("ReviewAnswer", "events.reason", Kind.REMARK),
    Place("ReviewAnswer", "events.contests", Kind.REMARK),
    Place("ReviewAnswer", "events.faults.what", Kind.REMARK),
    Place("AlarmAnswer", "acts.actor", Kind.NAME),
    Place("AlarmAnswer", "acts.reason", Kind.REMARK),
    Place("DowngradeAnswer", "events.actor", Kind.NAME),
    Place("DowngradeAnswer", "events.reason", Kind.REMARK),
    Place("DowngradeAnswer", "events.statement", Kind.REMARK),
    Place("DowngradeAnswer", "events.evidence", Kind.REMARK),
    Place("PromotionsAnswer", "promotions.by", Kind.NAME),
    Place("PromotionsAnswer", "promotions.second", Kind.NAME),
    Place("PromotionsAnswer", "promotions.reason", Kind.REMARK),
    Place("EnterprisesAnswer", "enterprises.name", Kind.NAME, of_individuals=True),
    Place("ProfileAnswer", "name", Kind.NAME, of_individuals=True),
    Place("ProfileAnswer", "former_names", Kind.NAME, of_individuals=True),
    Place("ProfileAnswer", "address", Kind.ADDRESS, of_individuals=True),
)

Originals = dict[str, None]


@dataclass(frozen=True, slots=True)
class Masks:
    """Kinds of personal data that are masked, and the fields that hold them.

    Examples
    --------
    >>> masks = Masks(frozenset({Kind.PHONE}))
    >>> masks.of_answer("GradeAnswer", {"number": "tel. 138 0013 8000", "margin": 0.3})
    {'number': 'tel. ***', 'margin': 0.3}
    """

    kinds: frozenset[Kind] = frozenset()
    places: tuple[Place, ...] = PLACES

    def of_answer(self, name: str, answer: Any) -> Any:
        """Return an answer, as read from JSON, without personal data of these kinds.

        What a place holds is masked there, and wherever else in the answer it stands.
        """
        if not self.kinds:
            return answer
        originals: Originals = {}
        for place in self.places:
            if place.answer == name and place.kind in self.kinds:
                steps = place.path.split(".")
                answer = _cover(answer, steps, place.of_individuals, originals)
        found = sorted((text for text in originals if _tells(text)), key=len, reverse=True)
        return self._search(answer, found)

    def touch(self, name: str, content: bytes) -> bool:
        """Tell whether an answer may hold something to mask, from its JSON as it is sent.

        It is right where it says no, and takes a tenth of the time of looking: a number in a text
        is a number in its JSON, but for what is escaped there.

        Examples
        --------
        >>> masks = Masks(frozenset({Kind.PHONE}))
        >>> masks.touch("GradeAnswer", b'{"number": "tel. 13800138000"}')
        True
        >>> masks.touch("GradeAnswer", b'{"margin": 0.3}')
        False
        """
        if not self.kinds:
            return False
        if any(place.answer == name and place.kind in self.kinds for place in self.places):
            return True
        text = content.decode()
        return bool("\\u" in text or IDENTITY.search(text) or PHONE.search(text))

    def check(self, schemas: Any) -> None:
        """Refuse places that are in no answer; `schemas` as in the OpenAPI document.

        Raises
        ------
        PolicyError
            That names the place.
        """
        for place in self.places:
            try:
                FieldSet.of([place.path]).check(place.answer, schemas, "places of personal data")
            except PolicyError as error:
                raise PolicyError(f"{error}. Where it is gone, take it out of PLACES") from None

    def _search(self, value: Any, originals: Sequence[str], field: str = "") -> Any:
        if isinstance(value, str):
            return value if field in OURS else self._clean(value, originals)
        if isinstance(value, list):
            return [self._search(each, originals, field) for each in value]
        if isinstance(value, dict):
            return {
                self._clean(key, ()): self._search(each, originals, key)
                for key, each in value.items()
            }
        return value

    def _clean(self, text: str, originals: Sequence[str]) -> str:
        if not originals and (len(text) < LEAST or not EITHER.search(text)):
            return text
        cleaned = text
        for original in originals:
            cleaned = cleaned.replace(original, MARK)
        if Kind.IDENTITY in self.kinds:
            cleaned = IDENTITY.sub(_unless_enterprise, cleaned)
        if Kind.PHONE in self.kinds:
            cleaned = PHONE.sub(MARK, cleaned)
        return MARK if any(original in cleaned for original in originals) else cleaned


NUMBERS = Masks(frozenset({Kind.IDENTITY, Kind.PHONE}), ())


def masks_for(grant: Grant, channel: Masks) -> Masks:
    """Return what is masked for somebody in a channel: all, where the role needs no persons.

    Examples
    --------
    >>> from .roles import Role
    >>> masks_for(Grant(Role.DATA_SCIENTIST), Masks()).kinds == frozenset(Kind)
    True
    >>> masks_for(Grant(Role.SUPERVISOR), Masks()).kinds
    frozenset()
    """
    if grant.allows(Permission.READ_PERSONAL_DATA):
        return channel
    return Masks(frozenset(Kind), channel.places)


def without_numbers(text: str) -> str:
    """Return a text that somebody sent without the identity and telephone numbers in it.

    Examples
    --------
    >>> without_numbers("9144030071526726XG 13800138000")
    '9144030071526726XG ***'
    """
    return str(NUMBERS.of_answer("", text))


def is_individual(identifier: object) -> bool:
    """Tell whether an enterprise is an individual operator, or may be one for all its code says.

    Examples
    --------
    >>> is_individual("92440300MA5XNG010A"), is_individual("uscc:9144030071526726XG")
    (True, False)
    """
    if not isinstance(identifier, str):
        return True
    scheme, _, code = identifier.rpartition(":")
    return scheme not in {"", USCC} or uscc_fault(code) is not None or code.startswith(INDIVIDUAL)


def _cover(value: Any, steps: Sequence[str], of_individuals: bool, originals: Originals) -> Any:
    """Return a value in which what lies at the end of the steps is covered, and keep what was."""
    if isinstance(value, list):
        return [_cover(each, steps, of_individuals, originals) for each in value]
    if not steps:
        originals.update(dict.fromkeys(_texts(value)))
        return None if value is None else MARK
    if not isinstance(value, dict) or steps[0] not in value:
        return value
    last = len(steps) == 1
    if last and of_individuals and not is_individual(value.get("enterprise")):
        return value
    inner = _cover(value[steps[0]], steps[1:], of_individuals, originals)
    return {**value, steps[0]: inner}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield str(value)


def _tells(text: str) -> bool:
    """Tell whether a text tells something: one character would be found in every other text."""
    return len(text) > 1 and bool(text.strip("*" + " "))


def _unless_enterprise(found: "re.Match[str]") -> str:
    return found[0] if uscc_fault(found[0]) is None and found[0][0] == "9" else MARK
