"""Every route of the service has a call, and both clients have it as a method."""

import inspect
import re
from urllib.parse import quote

import pytest

from xinheng.client import AsyncClient, Client, calls
from xinheng.core.settings import load_settings
from xinheng.serving import create_app

DESCRIPTION = create_app(load_settings()).openapi()
OPERATIONS = {
    operation["operationId"]: (method.upper(), path, operation)
    for path, operations in DESCRIPTION["paths"].items()
    for method, operation in operations.items()
    if not path.startswith(("/v1/session", "/v1/sign-in"))  # which are for browsers
}
GIVEN = {
    "identifier": "uscc:91 a/b",
    "name": "grades",
    "since": "2026-01-01",
    "records": [{"kind": "penalty"}],
    "identifiers": ["a"],
}


def called(name):
    function = getattr(calls, name)
    needed = [
        each.name
        for each in inspect.signature(function).parameters.values()
        if each.default is inspect.Parameter.empty
    ]
    return function(**{each: GIVEN[each] for each in needed})


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_route_has_a_call_that_asks_for_what_it_is_described_as(name):
    method, path, operation = OPERATIONS[name]
    call = called(name)
    assert (call.route, call.method) == (name, method)
    filled = re.sub(r"\{(\w+)\}", lambda found: quote(GIVEN[found[1]], safe=""), path)
    assert call.path == filled
    described = {each["name"] for each in operation.get("parameters", []) if each["in"] == "query"}
    assert set(call.params) <= described
    [good] = [status for status in operation["responses"] if status.startswith("2")]
    [content] = operation["responses"][good]["content"].values()
    models = re.findall(r"#/components/schemas/(\w+)", str(content))
    if models:
        assert call.answer.__name__ in models


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_a_route_has_a_method_that_is_explained(kind, name):
    assert getattr(kind, name).__doc__


def test_both_clients_have_the_same_methods_with_the_same_parameters():
    def public(kind):
        return {
            name: [*inspect.signature(each).parameters]
            for name, each in vars(kind).items()
            if not name.startswith("_")
        }

    assert public(Client) == public(AsyncClient)
