"""The description of the service is true, and its page needs no other host."""

import re

import pytest

from xinheng.serving import answers, orders, questions, statements
from xinheng.serving.access.needs import NEEDS
from xinheng.serving.problem import MEDIA_TYPE, Problem

from ..archive.department import ALPHA

MODELS = [
    Problem,
    *(each for each in vars(answers).values() if isinstance(each, type)),
    questions.ScoresQuestion,
    questions.SignInQuestion,
    questions.ProofQuestion,
    questions.PasswordQuestion,
    questions.CodeQuestion,
    questions.WhatIfQuestion,
    *(getattr(statements, name) for name in statements.__all__),
    *(getattr(orders, name) for name in orders.__all__),
    questions.SetUpQuestion,
    questions.WebhookQuestion,
]
ONE = "/v1/enterprises/{identifier}"
HOOK = "/v1/webhooks/{webhook}"
SUBSCRIPTION = "/v1/subscriptions/{webhook}"
DOWNGRADE = "/v1/downgrades/{case}"
ELSEWHERE = "/v1/sign-in/{provider}"
FOREIGN = re.compile(r"""(?:https?:)?//[\w.-]+""")


@pytest.fixture(scope="module")
def description(client):
    return client.get("/openapi.json").json()


@pytest.mark.parametrize("model", MODELS)
def test_an_example_is_what_its_schema_says(model):
    for example in model.model_config["json_schema_extra"]["examples"]:
        assert model.model_validate(example).model_dump(mode="json") == example


def test_the_examples_reach_the_description(description):
    schemas = description["components"]["schemas"]
    assert {model.__name__ for model in MODELS} <= set(schemas)
    assert all(schemas[model.__name__]["examples"] for model in MODELS)
    assert "HTTPValidationError" not in schemas


def test_the_description_names_every_route_and_every_status(description):
    found = {
        (method, path): sorted(operation["responses"])
        for path, operations in description["paths"].items()
        for method, operation in operations.items()
    }
    always = ["200", "413", "421", "500"]
    guarded = [*always, "400", "401", "403", "429", "503"]
    reading = sorted([*guarded, "304", "404", "422"])
    posting = sorted([*guarded, "404", "422"])
    acting = sorted([*posting, "409", "428"])
    changing = sorted({*posting, "409"})
    account = "/v1/accounts/{account}"
    changes = ("reset", "drop-factor", "agree", "disable", "enable", "sign-out")
    acts = sorted(name.removeprefix("review_") for name in NEEDS if name.startswith("review_"))
    noted = ("note", "close", "reopen")
    warned = {name.removeprefix("downgrade_") for name in NEEDS if name.startswith("downgrade_")}
    warned -= {"document", "escalate"}
    about = ("profile", "grade", "grades", "explanation", "records", "movement", "remedies")
    assert found == {
        **{("get", f"{ONE}/{tail}"): reading for tail in about},
        ("get", "/v1/enterprises"): sorted([*guarded, "304", "422"]),
        ("get", "/v1/overview"): sorted([*guarded, "304", "422"]),
        ("post", "/v1/scores"): posting,
        ("post", "/v1/scores/file"): sorted([*posting, "406", "415"]),
        ("post", "/v1/records"): sorted([*guarded, "202", "422", "507"]),
        ("get", "/v1/records/{receipt}"): reading,
        ("get", "/v1/webhooks"): sorted([*guarded, "304", "422"]),
        ("post", "/v1/webhooks"): sorted([*guarded, "422"]),
        ("get", HOOK): reading,
        ("delete", HOOK): posting,
        ("post", f"{HOOK}/resume"): sorted([*posting, "409"]),
        ("get", f"{HOOK}/deliveries"): reading,
        ("get", "/v1/subscriptions"): sorted(guarded),
        **{("post", f"{SUBSCRIPTION}/{act}"): posting for act in ("pause", "resume")},
        ("get", "/v1/webhook-keys"): always,
        ("post", "/v1/what-if"): posting,
        ("get", "/v1/changes"): sorted([*guarded, "304", "422"]),
        ("get", "/v1/indicators"): sorted([*guarded, "304", "422"]),
        ("get", "/v1/model"): sorted([*guarded, "304"]),
        ("get", "/v1/model/promotions"): sorted([*guarded, "304"]),
        ("get", "/v1/state"): sorted(guarded),
        ("get", "/v1/metrics"): sorted(guarded),
        ("get", "/v1/jobs"): sorted(guarded),
        ("get", "/v1/jobs/{name}/runs"): sorted([*guarded, "404", "422"]),
        ("post", "/v1/jobs/{name}/runs"): sorted(
            [*(each for each in guarded if each != "200"), "202", "404", "422"]
        ),
        ("get", "/v1/keys"): sorted([*guarded, "304", "422"]),
        ("get", "/v1/keys/{key}"): reading,
        ("post", "/v1/keys"): sorted({*guarded, "201", "409", "422"} - {"200"}),
        ("post", "/v1/keys/{key}/rotate"): sorted({*changing, "201"} - {"200"}),
        ("post", "/v1/keys/{key}/revoke"): changing,
        ("post", "/v1/keys/{key}/agree"): changing,
        ("get", "/v1/accounts"): sorted([*guarded, "304", "422"]),
        ("post", "/v1/accounts"): sorted({*changing, "201"} - {"200"}),
        ("get", account): reading,
        ("put", f"{account}/grant"): changing,
        **{("post", f"{account}/{change}"): changing for change in changes},
        ("get", "/v1/roles"): sorted([*guarded, "304"]),
        ("get", "/v1/channels"): sorted([*guarded, "304"]),
        ("get", "/v1/access/history"): sorted([*guarded, "422"]),
        ("get", "/v1/audit"): sorted([*guarded, "422"]),
        ("get", "/v1/audit/verification"): sorted(guarded),
        ("post", "/v1/session/proof"): sorted([*guarded, "422"]),
        ("post", "/v1/session/set-up"): sorted({*guarded, "204", "422"} - {"200"}),
        ("post", "/v1/session"): sorted([*guarded, "422"]),
        ("get", "/v1/session"): sorted({*guarded} - {"400"}),
        ("delete", "/v1/session"): sorted({*guarded, "204"} - {"200", "400"}),
        ("post", "/v1/session/password"): sorted({*guarded, "204", "422"} - {"200"}),
        ("post", "/v1/session/factor"): sorted([*guarded, "422"]),
        ("put", "/v1/session/factor"): sorted({*guarded, "204", "422"} - {"200"}),
        ("get", "/v1/sign-in"): sorted({*guarded} - {"400"}),
        ("get", f"{ELSEWHERE}"): sorted({*guarded, "303", "404", "422"} - {"200", "400"}),
        ("get", f"{ELSEWHERE}/back"): sorted({*guarded, "404", "422"} - {"400"}),
        ("get", "/v1/reviews"): sorted([*guarded, "422"]),
        ("get", "/v1/review-policy"): sorted(guarded),
        ("get", f"{ONE}/reviews"): posting,
        ("get", "/v1/reviews/{case}"): posting,
        ("get", "/v1/objections/{case}"): posting,
        ("post", "/v1/reviews"): sorted([*posting, "409"]),
        ("post", "/v1/objections"): sorted([*posting, "409"]),
        ("post", "/v1/objections/{case}/withdraw"): acting,
        **{("post", f"/v1/reviews/{{case}}/{act}"): acting for act in acts if act != "policy"},
        ("get", "/v1/watch/alarms"): sorted([*guarded, "304", "422"]),
        ("get", "/v1/watch/runs"): sorted([*guarded, "304", "422"]),
        ("get", "/v1/watch/feed"): sorted([*guarded, "304", "422"]),
        ("get", "/v1/watch/alarms/{alarm}"): reading,
        **{("post", f"/v1/watch/alarms/{{alarm}}/{act}"): changing for act in noted},
        ("get", f"{ONE}/warnings"): reading,
        ("get", "/v1/downgrades"): sorted([*guarded, "422"]),
        ("get", f"{ONE}/downgrades"): posting,
        ("get", DOWNGRADE): posting,
        ("get", f"{DOWNGRADE}/document"): posting,
        ("get", f"{DOWNGRADE}/served"): posting,
        ("post", f"{DOWNGRADE}/escalate"): changing,
        **{("post", f"{DOWNGRADE}/{act}"): acting for act in warned},
        ("get", "/healthz"): always,
        ("get", "/readyz"): sorted([*always, "503"]),
    }


def test_every_problem_is_described_under_its_media_type(description):
    for operations in description["paths"].values():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                if status in {"204", "303", "304"}:
                    assert "content" not in response
                    continue
                for media, content in response["content"].items():
                    problem = content["schema"] == {"$ref": "#/components/schemas/Problem"}
                    assert (media == MEDIA_TYPE) == problem == (status >= "400")


def test_the_page_asks_its_own_host_only(client):
    page = client.get("/docs")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    used = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    own = [url for url in used if not url.startswith("data:")]
    assert own == [
        "docs/assets/swagger-ui.css",
        "docs/assets/swagger-ui-bundle.js",
        "docs/start.js",
    ]
    for url in own:
        assert client.get(f"/{url}").status_code == 200
    start = client.get("/docs/start.js").text
    assert not FOREIGN.search(page.text + start)
    assert "validatorUrl: null" in start  # its default sends the description to another host


def test_the_browser_is_told_to_load_from_this_host_only(client):
    policy = client.get("/docs").headers["content-security-policy"]
    sources = dict(directive.split(" ", 1) for directive in policy.split("; "))
    assert sources["default-src"] == "'none'"
    assert set(" ".join(sources.values()).split()) == {"'none'", "'self'", "data:"}
    assert sources["img-src"] == "'self' data:"


def test_the_style_of_the_page_asks_for_nothing(client):
    style = client.get("/docs/assets/swagger-ui.css").text
    assert "@import" not in style
    assert all(url.startswith("data:") for url in re.findall(r"url\([\"']?([^)\"']+)", style))


def test_the_parameters_are_described_with_examples(description):
    operation = description["paths"][f"{ONE}/grade"]["get"]
    [identifier, as_of, purpose, known] = operation["parameters"]
    assert (known["name"], known["in"]) == ("If-None-Match", "header")
    assert (purpose["name"], purpose["in"], purpose["required"]) == ("X-Purpose", "header", True)
    assert "ETag" in operation["responses"]["200"]["headers"]
    assert (identifier["name"], identifier["in"], identifier["required"]) == (
        "identifier",
        "path",
        True,
    )
    assert identifier["schema"]["examples"] == [ALPHA]
    assert (as_of["name"], as_of["required"]) == ("as_of", False)
    assert as_of["schema"]["anyOf"][0]["format"] == "date"
    assert "Shanghai" in as_of["description"]
