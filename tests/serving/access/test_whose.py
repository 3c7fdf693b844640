"""Whose a key or an account is."""

from dataclasses import replace

import pytest

from xinheng.core import ForbiddenError, InvalidError, NotFoundError
from xinheng.serving.access import Grant, Permission, Principal, Role, Scope

from .test_keys import DAYS
from .world import SUPERVISOR, WORDS


@pytest.fixture
def people(world):
    for name in ("li", "wang", "chen"):
        world.accounts.create(name, SUPERVISOR, WORDS)
    return world.accounts


def test_an_account_is_of_whoever_it_is_called_after(people):
    assert people.who("account li") == "account li"
    assert people.who("oidc city/00u-li") == "oidc city/00u-li"


def test_an_account_is_of_whom_it_is_said_to_be(people):
    people.set_person("li", "oidc city/00u-li")
    assert people.who("account li") == "oidc city/00u-li"
    people.set_person("wang", "account li")
    assert people.who("account wang") == "oidc city/00u-li"
    people.set_person("wang", None)
    assert people.who("account wang") == "account wang"


def test_nobody_is_in_a_circle(people):
    people.set_person("li", "account wang")
    people.set_person("wang", "account chen")
    for name, person in (("chen", "account li"), ("li", "account li")):
        with pytest.raises(InvalidError, match="is the person of"):
            people.set_person(name, person)
    assert people.who("account li") == "account chen"


def test_who_is_said_to_be_somebodys_is_out_of_use_with_them(people):
    people.disable("wang")
    for actor in ("account li", "oidc city/00u-li"):
        assert people.narrowed(SUPERVISOR, actor).permissions == SUPERVISOR.permissions
    for actor in ("account wang", "account nobody"):
        with pytest.raises(ForbiddenError, match="out of use"):
            people.narrowed(SUPERVISOR, actor)


def test_a_key_does_no_more_than_the_account_of_whose_it_is(people):
    scope = Scope(districts=frozenset({"440304"}), sources=frozenset({"a", "b"}))
    people.regrant("li", Grant(Role.INSPECTOR, scope))
    found = people.narrowed(SUPERVISOR, "account li")
    assert (found.role, found.scope.districts) == (Role.SUPERVISOR, {"440304"})
    assert found.permissions == SUPERVISOR.permissions & people.find("li").grant.permissions
    posting = Grant(Role.INSPECTOR, replace(scope, sources=frozenset({"b", "c"})))
    assert people.narrowed(posting, "account li").scope.sources == {"b"}
    silent = Grant(Role.INSPECTOR, replace(scope, sources=None))
    assert people.narrowed(silent, "account li").scope.sources is None
    with pytest.raises(ForbiddenError, match="may nothing"):
        people.narrowed(Grant(Role.INSPECTOR, Scope(districts=frozenset({"440305"}))), "account li")
    assert people.narrowed(SUPERVISOR, "oidc city/00u-li") == SUPERVISOR


def test_a_person_is_named_as_the_audit_names_them(world):
    for person in ("", " ", "x" * 101, "li\n"):
        with pytest.raises(InvalidError, match="person"):
            world.keys.issue("hotline", SUPERVISOR, "program", DAYS, person=person)


def test_a_rotated_key_stays_somebodys_and_knows_the_line_it_comes_of(world):
    first = world.keys.issue("hotline", SUPERVISOR, "program", DAYS, person="account li").key
    second = world.keys.rotate(first.id, DAYS).key
    third = world.keys.rotate(second.id, DAYS, person="account wang").key
    assert [each.person for each in (second, third)] == ["account li", "account wang"]
    assert [world.keys.before(each) for each in (first, second, third)] == [
        (), (first.id,), (first.id, second.id),
    ]  # fmt: skip
    world.key_store.change(first.id, lambda _: None)
    assert world.keys.before(third) == (first.id, second.id)


def test_a_key_answers_for_nothing_that_people_do():
    key = Principal("key b", SUPERVISOR, "program", "key", before=("key a",))
    assert (key.holder, key.author) == ("key a", "key a")
    assert key.allows(Permission.READ_GRADE)
    for permission in (Permission.DECIDE, Permission.SECOND, Permission.PROMOTE):
        assert not key.allows(permission)
        with pytest.raises(ForbiddenError, match="--person"):
            key.require(permission)
    somebodys = Principal("key b", SUPERVISOR, "program", "key", person="account li")
    assert somebodys.author == "account li"
    assert somebodys.require(Permission.DECIDE) is None


def test_an_account_that_is_there_is_named(people):
    with pytest.raises(NotFoundError, match="no account 'nobody'"):
        people.whose("nobody")
    assert people.whose("LI") == "account li"
    assert people.whose("oidc city/00u-li") == "oidc city/00u-li"
