"""Every route of the service has a call, and both clients have it as a method."""

import inspect
import re
from urllib.parse import quote

import pytest

from xinheng.client import AsyncClient, Client, Decision, calls
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
    "content": b"enterprise\n",
    "webhook": "wh_0",
    "source": "bureau",
    "receipt": "5f0c2a52-58d6-4a3b-9f4e-3c4c2f0d8e11",
    "url": "https://hooks.example/grades",
    "case": 41,
    "key": "ulINl8iGnU",
    "account": "li",
    "holder": "district bureau",
    "grant": {"role": "department", "districts": ["440304"]},
    "version": 4,
    "reason": "整改已现场核实",
    "decision": Decision(decision="confirm", reason_code="as_found", reason="与现场一致"),
    "received": "2026-03-02",
    "contests": "处罚已被撤销",
    "alarm": 12,
    "document": "深市监警〔2026〕7号",
    "method": "direct",
    "delivered": "2026-03-09",
    "statement": "第三次处罚正在复议",
    "answer": "upheld",
}


def called(name):
    function = getattr(calls, name)
    needed = [
        each.name
        for each in inspect.signature(function).parameters.values()
        if each.default is inspect.Parameter.empty
    ]
    return function(**{each: GIVEN[each] for each in needed})


def described(operation, place):
    return [
        (each["name"], each["required"])
        for each in operation.get("parameters", [])
        if each["in"] == place and each["name"] != "X-Purpose"  # which is the client's
    ]


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_route_has_a_call_that_asks_for_what_it_is_described_as(name):
    method, path, operation = OPERATIONS[name]
    call = called(name)
    assert (call.route, call.method) == (name, method)
    filled = re.sub(r"\{(\w+)\}", lambda found: quote(str(GIVEN[found[1]]), safe=""), path)
    assert call.path == filled
    assert set(call.params) <= {name for name, _ in described(operation, "query")}
    headers = {name.title() for name in call.headers} - {"Accept", "Content-Type"}
    assert headers <= {name.title() for name, _ in described(operation, "header")}
    assert headers >= {name.title() for name, needed in described(operation, "header") if needed}
    good = [each for status, each in operation["responses"].items() if status.startswith("2")]
    content = [each["content"] for each in good if "content" in each]
    assert content
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
            for name, each in inspect.getmembers(kind, inspect.isfunction)
            if not name.startswith("_")
        }

    assert public(Client) == public(AsyncClient)
