"""Roles and scopes: each may do what the table says, and a scope only ever takes away."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core import ForbiddenError, InvalidError, NotFoundError
from xinheng.serving.access import (
    ROLES,
    Grant,
    Permission,
    Principal,
    Role,
    Scope,
    find_permission,
    find_role,
)

from .world import BUREAU, SUPERVISOR

P = Permission
DISTRICTS = st.sampled_from(["440303", "440304", "440305", "440306"])
CATEGORIES = st.sampled_from(["0101", "0601", "catering"])


def maybe(elements):
    return st.none() | st.frozensets(elements)


SCOPES = st.builds(Scope, maybe(st.sampled_from(Permission)), maybe(DISTRICTS), maybe(CATEGORIES))


def having(permission):
    return {role for role, duty in ROLES.items() if permission in duty.permissions}


def test_every_role_has_a_duty_and_a_reason_and_every_permission_a_role():
    assert set(ROLES) == set(Role)
    assert all(duty.why.endswith(".") and duty.zh for duty in ROLES.values())
    assert [permission for permission in Permission if not having(permission)] == []


@pytest.mark.parametrize(
    ("permission", "roles"),
    [
        (P.READ_GRADE, {Role.DEPARTMENT, Role.INSPECTOR, Role.SUPERVISOR, Role.DATA_SCIENTIST}),
        (P.READ_PERSONAL_DATA, {Role.INSPECTOR, Role.SUPERVISOR}),
        (P.DECIDE, {Role.SUPERVISOR}),
        (P.READ_AUDIT, {Role.AUDITOR}),
        (P.MANAGE_KEYS, {Role.ADMINISTRATOR}),
    ],
)
def test_what_is_delicate_is_for_few(permission, roles):
    assert having(permission) == roles


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (P.MANAGE_KEYS, P.READ_GRADE),
        (P.MANAGE_ACCOUNTS, P.DECIDE),
        (P.READ_AUDIT, P.MANAGE_KEYS),
        (P.READ_AUDIT, P.DECIDE),
        (P.PROPOSE_PROMOTION, P.PROMOTE),
        (P.POST_RECORDS, P.DECIDE),
    ],
)
def test_what_nobody_does_alone_is_not_in_one_role(one, other):
    assert having(one).isdisjoint(having(other))


def test_a_department_is_held_to_a_district_of_its_own():
    with pytest.raises(InvalidError, match="held to its own districts"):
        Grant(Role.DEPARTMENT)
    principal = Principal("key a", BUREAU, "program", "key")
    principal.require_reach("440304")
    for district in ("440305", None):
        with pytest.raises(ForbiddenError, match="this key reaches: districts 440304"):
            principal.require_reach(district)


def test_a_scope_of_categories_reaches_whatever_has_one_of_them():
    scope = Scope(categories=frozenset({"0101", "0601"}))
    assert scope.reaches(None, ["0601", "2201"])
    assert not scope.reaches("440304", ["2201"])
    assert not scope.reaches("440304")


def test_a_scope_cannot_widen_a_role():
    with pytest.raises(InvalidError, match="auditor has no permission to decide"):
        Grant(Role.AUDITOR, Scope(frozenset({P.DECIDE, P.READ_AUDIT})))


@pytest.mark.parametrize("what", ["permissions", "districts", "categories"])
def test_a_scope_that_keeps_nothing_is_refused(what):
    with pytest.raises(InvalidError, match=f"keeps no {what}"):
        Grant(Role.SUPERVISOR, Scope(**{what: frozenset()}))


def test_a_refusal_names_who_may():
    with pytest.raises(ForbiddenError, match="department has no permission to decide; supervisor"):
        Principal("key a", BUREAU, "program", "key").require(P.DECIDE)
    narrowed = Grant(Role.SUPERVISOR, Scope(frozenset({P.READ_GRADE})))
    with pytest.raises(ForbiddenError, match="this session is narrowed"):
        Principal("account li", narrowed, "console", "session").require(P.DECIDE)
    assert Principal("account li", SUPERVISOR, "console", "session").require(P.DECIDE) is None


@pytest.mark.parametrize(("find", "near"), [(find_role, "auditr"), (find_permission, "read grad")])
def test_a_mistyped_name_is_answered_with_the_nearest(find, near):
    with pytest.raises(NotFoundError, match="did you mean"):
        find(near)


@given(SCOPES, SCOPES, st.none() | DISTRICTS, st.frozensets(CATEGORIES))
def test_what_a_narrowed_scope_reaches_both_reach(one, other, place, lines):
    both = one.narrowed(other)
    assert both == other.narrowed(one)
    assert both.narrowed(one) == both
    if both.reaches(place, lines):
        assert one.reaches(place, lines)
        assert other.reaches(place, lines)


@given(st.sampled_from(Role), SCOPES)
def test_no_grant_allows_what_its_role_does_not(role, scope):
    try:
        grant = Grant(role, scope)
    except InvalidError:
        return
    assert Grant.of(json.loads(json.dumps(grant.to_dict()))) == grant
    assert grant.permissions <= ROLES[role].permissions
    assert all(grant.allows(each) == (each in grant.permissions) for each in Permission)
