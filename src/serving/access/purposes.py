"""Purposes: what a grade is read for; every read names one, and the audit keeps it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self
from urllib.parse import unquote

from ...core.editions import DatedEdition, Editions, in_order, read_dates
from ...core.errors import ForbiddenError, InvalidError, NotFoundError, unknown
from ...core.table import Table
from .roles import Role, find_role

__all__ = ["Purpose", "PurposeCode", "PurposeEdition", "Purposes"]

CASE = re.compile(r"[\w〔〕()（）\[\]【】.,/·-]{1,80}")
CASES = ("none", "allowed", "required")


@dataclass(frozen=True, slots=True)
class PurposeCode:
    """A purpose that can be named.

    Parameters
    ----------
    code, zh, en, basis
        What it is called, and what it rests on.
    case
        Whether the number of a case goes with it: `none`, `allowed` or `required`.
    roles
        Who can have it.
    """

    code: str
    zh: str
    en: str
    basis: str
    case: str
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Purpose:
    """What one read is for, as the audit keeps it.

    Examples
    --------
    >>> str(Purpose("complaint", "2026-0117"))
    'complaint:2026-0117'
    """

    code: str
    case: str | None = None

    def __str__(self) -> str:
        return self.code if self.case is None else f"{self.code}:{self.case}"


@dataclass(frozen=True, slots=True)
class PurposeEdition(DatedEdition):
    """The purposes that there are over a stretch of days, by code."""

    codes: Mapping[str, PurposeCode]

    def read(self, text: str | None, role: Role) -> Purpose:
        """Return the purpose that somebody names.

        Parameters
        ----------
        text
            `code`, or `code:case number`; what is not ASCII percent-encoded in UTF-8, as headers
            carry nothing else. None where none was named.
        role
            Who names it.

        Raises
        ------
        InvalidError
            If none was named, there is no such one, or its case number is missing, out of place,
            or no such number.
        ForbiddenError
            If it is not one of the role's.

        Examples
        --------
        >>> from datetime import date
        >>> purposes = Purposes.default().on(date(2026, 3, 1))
        >>> purposes.read("complaint:%E6%8A%95%E8%AF%892026-0117", Role.INSPECTOR)
        Purpose(code='complaint', case='投诉2026-0117')
        """
        having = {code: each for code, each in self.codes.items() if role in each.roles}
        if not text:
            raise InvalidError(
                "no purpose was named, and every reading of a grade has one. Name one as "
                f"X-Purpose: code or code:case number. There are: {', '.join(sorted(having))}"
            )
        code, colon, case = unquote(text, errors="replace").strip().partition(":")
        if code not in self.codes:
            raise InvalidError(unknown("purpose", code[:40], having))
        if code not in having:
            raise ForbiddenError(
                f"the purpose {code} is not one of the role {role}, which has: "
                f"{', '.join(sorted(having)) or 'none'}"
            )
        if colon and not CASE.fullmatch(case):
            raise InvalidError(
                "a case number has at most 80 letters, digits and . , / - 〔〕 () [], and no blanks"
            )
        expected = having[code].case
        if expected == "required" and not case:
            raise InvalidError(
                f"the purpose {code} goes with the number of its case; name it as {code}:NUMBER"
            )
        if expected == "none" and case:
            raise InvalidError(f"the purpose {code} has no case; name it without a number")
        return Purpose(code, case or None)


@dataclass(frozen=True, slots=True)
class Purposes(Editions[PurposeEdition]):
    """Purposes with the days on which each edition of them holds.

    Examples
    --------
    >>> from datetime import date
    >>> Purposes.default().on(date(2026, 3, 1)).codes["case"].zh
    '案件办理'
    """

    KIND: ClassVar[str] = "purposes"
    SHIPPED: ClassVar[str] = "access/purposes.toml"

    @classmethod
    def parse(cls, text: str, source: str) -> Self:
        """Read them from text; `source` names it in errors. See `load`."""
        table = Table.parse(text, source)
        name = table.take("name", str)
        editions = [_edition(each) for each in table.tables("edition", 1)]
        table.finish()
        return cls(name, in_order(editions, source), text)


def _edition(table: Table) -> PurposeEdition:
    dates = read_dates(table)
    codes: dict[str, PurposeCode] = {}
    for each in table.tables("purpose", 1):
        purpose = _purpose(each)
        if purpose.code in codes:
            each.refuse("code", purpose.code, "a code that no other purpose has")
        codes[purpose.code] = purpose
    table.finish()
    return PurposeEdition(*dates, codes)


def _purpose(table: Table) -> PurposeCode:
    code = table.take("code", str)
    if not re.fullmatch("[a-z]+(_[a-z]+)*", code):
        table.refuse("code", code, "small letters, with _ between words")
    roles = table.texts("roles")
    try:
        having = frozenset(map(find_role, roles))
    except NotFoundError:
        table.refuse("roles", list(roles), "some of: " + ", ".join(Role))
    found = PurposeCode(
        code,
        table.take("zh", str),
        table.take("en", str),
        table.take("basis", str),
        table.among("case", CASES, "allowed"),
        having,
    )
    table.finish()
    return found
