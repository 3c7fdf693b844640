"""Grants: what one account or key may do, a role narrowed by a scope."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self, TypeVar

from ...core.errors import ForbiddenError, InvalidError
from .roles import PERSONAL, ROLES, Permission, Role, find_permission, find_role

__all__ = ["Grant", "Principal", "Scope"]

Word = TypeVar("Word", bound=str)
KEY = "key"
NARROWING = ("permissions", "districts", "categories", "sources")


@dataclass(frozen=True, slots=True)
class Scope:
    """What a role is narrowed to; None where it is not.

    Parameters
    ----------
    permissions
        Those kept of the role's.
    districts, categories
        The enterprises it reaches: by district, and by category of food or business; codes as the
        archive has them. An enterprise whose district or category nobody knows is not reached by
        a scope that names some.
    sources
        The sources whose records it may post; none where it names none.

    Examples
    --------
    >>> futian = Scope(districts=frozenset({"440304"}))
    >>> futian.reaches("440304", ["0101"]), futian.reaches("440305", ["0101"])
    (True, False)
    """

    permissions: frozenset[Permission] | None = None
    districts: frozenset[str] | None = None
    categories: frozenset[str] | None = None
    sources: frozenset[str] | None = None

    def narrowed(self, other: "Scope") -> Self:
        """Return what both scopes have in common."""
        return type(self)(
            _common(self.permissions, other.permissions),
            _common(self.districts, other.districts),
            _common(self.categories, other.categories),
            _common(self.sources, other.sources),
        )

    def reaches(self, district: str | None, categories: Collection[str] = ()) -> bool:
        """Tell whether an enterprise of a district and of some categories is within the scope."""
        here = self.districts is None or district in self.districts
        of_these = self.categories is None or not self.categories.isdisjoint(categories)
        return here and of_these


@dataclass(frozen=True, slots=True)
class Grant:
    """A role and the scope that narrows it.

    Raises
    ------
    InvalidError
        If the scope keeps what the role does not have, reaches nothing at all, or names no
        district for a role that is bound to some.

    Examples
    --------
    >>> read = Scope(frozenset({Permission.READ_GRADE}), districts=frozenset({"440304"}))
    >>> grant = Grant(Role.DEPARTMENT, read)
    >>> grant.allows(Permission.READ_GRADE), grant.allows(Permission.POST_RECORDS)
    (True, False)
    """

    role: Role
    scope: Scope = Scope()

    def __post_init__(self) -> None:
        duty, scope = ROLES[self.role], self.scope
        for what in NARROWING:
            if getattr(scope, what) == frozenset():
                raise InvalidError(
                    f"the scope keeps no {what}, so nothing could be done with it; name some, or "
                    "leave them out where the role is not to be narrowed by them"
                )
        more = (scope.permissions or frozenset()) - duty.permissions
        if more:
            raise InvalidError(
                f"a scope narrows a role and never widens it: {self.role} has no permission to "
                f"{', '.join(sorted(more))}. It has: {', '.join(sorted(duty.permissions))}"
            )
        if duty.bound and scope.districts is None:
            raise InvalidError(
                f"the role {self.role} is held to its own districts; name them, such as "
                '--district 440304, or districts = ["440304"] in a file'
            )

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """Return the grant of which `to_dict` made these values.

        Raises
        ------
        NotFoundError, InvalidError
            If there is no such role or permission, or the role has lost what the scope keeps.
        """
        role = find_role(values["role"])
        named = values.get("permissions")
        kept = None if named is None else frozenset(map(find_permission, named))
        codes = (_codes(values.get(name)) for name in ("districts", "categories", "sources"))
        return cls(role, Scope(kept, *codes))

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON has it, for who keeps it.

        Examples
        --------
        >>> Grant(Role.INSPECTOR, Scope(districts=frozenset({"440304"}))).to_dict()
        {'role': 'inspector', 'districts': ['440304']}
        """
        narrowed = {name: getattr(self.scope, name) for name in NARROWING}
        lists = {name: sorted(kept) for name, kept in narrowed.items() if kept is not None}
        return {"role": self.role.value, **lists}

    def unknown_districts(self, day: int) -> list[str]:
        """Return the districts that it names and the table of codes does not have on a day.

        Examples
        --------
        >>> from ...core import time
        >>> grant = Grant(Role.INSPECTOR, Scope(districts=frozenset({"440304", "440399"})))
        >>> grant.unknown_districts(time.day("2026-03-01"))
        ['440399']
        """
        from ...core.codes import CodeTable

        named = sorted(self.scope.districts or ())
        known = CodeTable.load("district").check(named, day)
        return [code for code, there in zip(named, known, strict=True) if not there]

    @property
    def permissions(self) -> frozenset[Permission]:
        """What is allowed."""
        kept, given = self.scope.permissions, ROLES[self.role].permissions
        return given if kept is None else kept & given

    def allows(self, permission: Permission) -> bool:
        """Tell whether something is allowed."""
        return permission in self.permissions

    def within(self, other: "Grant") -> "Grant":
        """Return what of this grant another one allows as well.

        Raises
        ------
        ForbiddenError
            If that is nothing.

        Examples
        --------
        >>> both = Grant(Role.SUPERVISOR).within(Grant(Role.AUDITOR))
        >>> both.allows(Permission.READ_CATALOGUE), both.allows(Permission.READ_GRADE)
        (True, False)
        """
        mine, theirs = self.scope, other.scope
        scope = Scope(
            self.permissions & other.permissions,
            _common(mine.districts, theirs.districts),
            _common(mine.categories, theirs.categories),
            ((mine.sources or frozenset()) & (theirs.sources or frozenset())) or None,
        )
        try:
            return replace(self, scope=scope)
        except InvalidError:
            raise ForbiddenError(
                f"of what this {self.role} may, the {other.role} whose it is may nothing; whoever "
                "manages keys and accounts can issue another"
            ) from None


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks.

    Parameters
    ----------
    actor
        Who proved it, as the audit has it.
    grant, channel
        What is granted, and in which channel.
    means
        By which it was proved: `key` or `session`.
    person
        Whose key or account it is, as the audit has it; None where it is nobody's.
    before
        The keys whose place it took, the first first.
    """

    actor: str
    grant: Grant
    channel: str
    means: str
    person: str | None = None
    before: tuple[str, ...] = ()

    @property
    def holder(self) -> str:
        """Under which name it has what it asked for before, whichever key it asked by."""
        return self.before[0] if self.before else self.actor

    @property
    def author(self) -> str:
        """As whom it answers for what it does: two who are called the same are one person."""
        return self.person or self.holder

    def allows(self, permission: Permission) -> bool:
        """Tell whether something is allowed; what people answer for, to nobody's key."""
        return self.grant.allows(permission) and not self._lacks_person(permission)

    def _lacks_person(self, permission: Permission) -> bool:
        return permission in PERSONAL and self.means == KEY and self.person is None

    def require(self, permission: Permission) -> None:
        """Refuse unless something is allowed.

        Raises
        ------
        ForbiddenError
            That names the permission, and the roles that have it.

        Examples
        --------
        >>> someone = Principal("key a1", Grant(Role.CONSUMER), "web", "key")
        >>> someone.require(Permission.READ_GRADE)  # doctest: +IGNORE_EXCEPTION_DETAIL
        Traceback (most recent call last):
        ForbiddenError: the role consumer has no permission to read grade ...
        """
        if self.allows(permission):
            return
        if self.grant.allows(permission):
            raise ForbiddenError(
                f"this key is nobody's, and to {permission} is for people; whoever manages keys "
                "can say whose it is (xinheng keys rotate ID --person NAME)"
            )
        having = [role for role, duty in ROLES.items() if permission in duty.permissions]
        if self.grant.role in having:
            raise ForbiddenError(
                f"this {self.means} is narrowed, and the permission to {permission} is not among "
                "what it keeps; ask whoever manages keys and accounts for one that keeps it"
            )
        raise ForbiddenError(
            f"the role {self.grant.role} has no permission to {permission}; "
            f"{_all(having)} {'has' if len(having) == 1 else 'have'} it"
        )

    def require_source(self, source: str) -> None:
        """Refuse unless the records of a source may be posted.

        Raises
        ------
        ForbiddenError
            That names the sources that may.

        Examples
        --------
        >>> scope = Scope(districts=frozenset({"440304"}), sources=frozenset({"city-tax"}))
        >>> someone = Principal("key a1", Grant(Role.DEPARTMENT, scope), "program", "key")
        >>> someone.require_source("city-tax")
        >>> someone.require_source("city-court")  # doctest: +IGNORE_EXCEPTION_DETAIL
        Traceback (most recent call last):
        ForbiddenError: this key posts no records of the source 'city-court'; it posts those of ...
        """
        mine = self.grant.scope.sources or frozenset()
        if source not in mine:
            theirs = f"those of {', '.join(sorted(mine))}" if mine else "none: its scope names none"
            raise ForbiddenError(
                f"this {self.means} posts no records of the source {source!r}; it posts {theirs}. "
                "Each department posts its own; ask whoever manages keys and accounts"
            )

    def require_reach(self, district: str | None, categories: Collection[str] = ()) -> None:
        """Refuse unless an enterprise of a district and of some categories is within the scope.

        Raises
        ------
        ForbiddenError
            That says what the scope reaches, and nothing of the enterprise.
        """
        scope = self.grant.scope
        if scope.reaches(district, categories):
            return
        reached = [
            f"{what} {', '.join(sorted(codes))}"
            for what, codes in (("districts", scope.districts), ("categories", scope.categories))
            if codes is not None
        ]
        raise ForbiddenError(
            f"this enterprise is not among those that this {self.means} reaches: "
            f"{'; '.join(reached)}"
        )


def _codes(named: Iterable[str] | None) -> frozenset[str] | None:
    return None if named is None else frozenset(named)


def _common(ours: frozenset[Word] | None, theirs: frozenset[Word] | None) -> frozenset[Word] | None:
    if ours is None or theirs is None:
        return theirs if ours is None else ours
    return ours & theirs


def _all(names: Sequence[str]) -> str:
    """Return names as they are read out.

    Examples
    --------
    >>> _all(["department"]), _all(["inspector", "supervisor", "auditor"])
    ('department', 'inspector, supervisor and auditor')
    """
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
