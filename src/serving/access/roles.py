"""Roles: who there is, what each may do, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from ...core.errors import NotFoundError

__all__ = ["PERSONAL", "ROLES", "Duty", "Permission", "Role", "find_permission", "find_role"]


class Permission(StrEnum):
    """One thing that can be allowed."""

    READ_CATALOGUE = "read catalogue"
    READ_GRADE = "read grade"
    READ_EXPLANATION = "read explanation"
    READ_RECORDS = "read records"
    READ_PERSONAL_DATA = "read personal data"
    READ_CHANGES = "read changes"
    ASK_WHAT_IF = "ask what-if"
    SCORE_BATCHES = "score batches"
    POST_RECORDS = "post records"
    OBJECT = "object"
    DECIDE = "decide"
    SECOND = "second"
    PROPOSE_PROMOTION = "propose promotion"
    PROMOTE = "promote"
    READ_AUDIT = "read audit"
    READ_ACCESS = "read access"
    READ_OPERATIONS = "read operations"
    RUN_JOBS = "run jobs"
    MANAGE_KEYS = "manage keys"
    MANAGE_ACCOUNTS = "manage accounts"


PERSONAL = frozenset(
    {
        Permission.DECIDE,
        Permission.SECOND,
        Permission.PROMOTE,
        Permission.MANAGE_KEYS,
        Permission.MANAGE_ACCOUNTS,
    }
)
"""What a person answers for, and no program by itself."""


class Role(StrEnum):
    """What somebody is to the service; each account and each key has exactly one."""

    CONSUMER = "consumer"
    DEPARTMENT = "department"
    INSPECTOR = "inspector"
    SUPERVISOR = "supervisor"
    DATA_SCIENTIST = "data scientist"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


@dataclass(frozen=True, slots=True)
class Duty:
    """What a role is called, what it may do, and why that and no more."""

    zh: str
    permissions: frozenset[Permission]
    why: str
    bound: bool = False
    """Whether whoever has the role must be held to named districts."""


_P = Permission

ROLES: Mapping[Role, Duty] = MappingProxyType(
    {
        Role.CONSUMER: Duty(
            "公众与经营者",
            frozenset({_P.READ_CATALOGUE, _P.OBJECT}),
            "Grades are an internal basis of supervision and are not published; what the "
            "indicators are is no secret, and whoever is graded may object.",
        ),
        Role.DEPARTMENT: Duty(
            "部门",
            frozenset(
                {
                    _P.READ_CATALOGUE,
                    _P.READ_GRADE,
                    _P.READ_EXPLANATION,
                    _P.READ_RECORDS,
                    _P.READ_CHANGES,
                    _P.SCORE_BATCHES,
                    _P.POST_RECORDS,
                }
            ),
            "Its programs deliver records and allocate its own checks by the grade, in its own "
            "district; they need no natural person for that, and decide nothing.",
            bound=True,
        ),
        Role.INSPECTOR: Duty(
            "执法人员",
            frozenset(
                {
                    _P.READ_CATALOGUE,
                    _P.READ_GRADE,
                    _P.READ_EXPLANATION,
                    _P.READ_RECORDS,
                    _P.READ_PERSONAL_DATA,
                    _P.ASK_WHAT_IF,
                    _P.POST_RECORDS,
                    _P.OBJECT,
                }
            ),
            "Stands at the door of the enterprise: needs its address and whom to ask for, records "
            "what was found, and takes objections down. Decides on no grade of an own check.",
            bound=True,
        ),
        Role.SUPERVISOR: Duty(
            "监管人员",
            frozenset(
                {
                    _P.READ_CATALOGUE,
                    _P.READ_GRADE,
                    _P.READ_EXPLANATION,
                    _P.READ_RECORDS,
                    _P.READ_PERSONAL_DATA,
                    _P.READ_CHANGES,
                    _P.ASK_WHAT_IF,
                    _P.SCORE_BATCHES,
                    _P.OBJECT,
                    _P.DECIDE,
                    _P.SECOND,
                    _P.PROMOTE,
                }
            ),
            "Answers for grades: reviews, decides, is the second pair of eyes for others' "
            "decisions, and signs a new model into force. Delivers no records to decide on.",
        ),
        Role.DATA_SCIENTIST: Duty(
            "数据科学家",
            frozenset(
                {
                    _P.READ_CATALOGUE,
                    _P.READ_GRADE,
                    _P.READ_EXPLANATION,
                    _P.READ_RECORDS,
                    _P.READ_CHANGES,
                    _P.ASK_WHAT_IF,
                    _P.SCORE_BATCHES,
                    _P.READ_OPERATIONS,
                    _P.PROPOSE_PROMOTION,
                }
            ),
            "Makes models out of masked records and proposes them; who made a model does not put "
            "it into force.",
        ),
        Role.ADMINISTRATOR: Duty(
            "系统管理员",
            frozenset(
                {
                    _P.READ_CATALOGUE,
                    _P.READ_OPERATIONS,
                    _P.RUN_JOBS,
                    _P.READ_ACCESS,
                    _P.MANAGE_KEYS,
                    _P.MANAGE_ACCOUNTS,
                }
            ),
            "Runs the service and lets people in; reads no grade, so that power over keys is no "
            "power over what they open, and every key it makes stands in the audit. What it may "
            "not do itself, and what decides or administers, it does not give alone.",
        ),
        Role.AUDITOR: Duty(
            "审计人员",
            frozenset({_P.READ_CATALOGUE, _P.READ_AUDIT, _P.READ_ACCESS, _P.READ_OPERATIONS}),
            "Sees who read and changed what; changes nothing, and cannot read what others may.",
        ),
    }
)


def find_role(name: str) -> Role:
    """Return a role by its name.

    Raises
    ------
    NotFoundError
        If there is no such role; the message lists those there are.

    Examples
    --------
    >>> find_role("data scientist").name
    'DATA_SCIENTIST'
    """
    try:
        return Role(name)
    except ValueError:
        raise NotFoundError.among("role", name, Role) from None


def find_permission(name: str) -> Permission:
    """Return a permission by its name.

    Raises
    ------
    NotFoundError
        If there is no such permission; the message lists those there are.

    Examples
    --------
    >>> find_permission("read grade").name
    'READ_GRADE'
    """
    try:
        return Permission(name)
    except ValueError:
        raise NotFoundError.among("permission", name, Permission) from None
