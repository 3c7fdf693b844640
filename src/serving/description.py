"""The description of the service (OpenAPI), with what FastAPI does not say of it by itself."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from .access import Permission
from .access.needs import NEEDS, PURPOSED
from .entrance.cookies import SESSION, named
from .entrance.credentials import CSRF, PURPOSE
from .problem import MEDIA_TYPE

__all__ = ["describe"]

KNOWN = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "Tags of the answers that the caller has, by ETag.",
    "schema": {"type": "string"},
}
TAG = {
    "ETag": {
        "description": "Tag of what the answer follows from: give it back in If-None-Match.",
        "schema": {"type": "string"},
    }
}
PROBLEM = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
SCHEMES = {
    "key": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "xhk_…",
        "description": "The key of a program; `xinheng keys issue` makes one.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": named(SESSION, https=True),
        "description": "The session of a person who signed in.",
    },
}
FOR_WHAT = {
    "name": PURPOSE,
    "in": "header",
    "required": True,
    "description": "What for: a code of docs/access.md, with the number of a case behind a colon "
    "where there is one; percent-encoded where it is not ASCII.",
    "schema": {"type": "string", "examples": ["routine"]},
}
FORGED = {
    "name": CSRF,
    "in": "header",
    "required": False,
    "description": "In a session, what its pages carry; of no use with a key.",
    "schema": {"type": "string"},
}
RATE = {
    "RateLimit": {
        "description": "What is left of the tightest limit, and seconds until it is full.",
        "schema": {"type": "string", "examples": ['"key";r=99;t=1']},
    },
    "RateLimit-Policy": {
        "description": "That limit: how many at once, and in how many seconds they come back.",
        "schema": {"type": "string", "examples": ['"key";q=100;w=5']},
    },
}
CHALLENGE = {
    "WWW-Authenticate": {
        "description": "How to prove who asks.",
        "schema": {"type": "string", "examples": ['Bearer realm="xinheng"']},
    }
}
WAIT = {
    "Retry-After": {
        "description": "Seconds to wait.",
        "schema": {"type": "integer", "minimum": 1},
    }
}
GATE = {
    "400": "The request cannot be read, such as one with two keys.",
    "401": "No valid key or session was sent.",
    "403": "It is not allowed to who asks, or in their channel, or of this enterprise.",
    "422": "Values cannot be used, or no purpose is named.",
    "429": "The key, its channel or the address asks too often.",
    "503": "The reading cannot be recorded, or keys or ledger not be read; nothing is handed out.",
}
"""What the gate may answer on every route that is not open."""


def describe(app: FastAPI) -> dict[str, Any]:
    """Describe a service once: what each route needs, problems under their media type, and tags."""
    if app.openapi_schema is None:
        schema = get_openapi(
            title=app.title, version=app.version, summary=app.summary, routes=app.routes
        )
        for path in schema["paths"].values():
            for method, operation in path.items():
                needed = NEEDS[operation["operationId"]]
                if needed is not None:
                    _guard(operation, needed, method)
                _mend(operation)
        schema["components"]["securitySchemes"] = SCHEMES
        app.openapi_schema = schema
    return app.openapi_schema


def _guard(operation: dict[str, Any], needed: Permission, method: str) -> None:
    """Say of a route what the gate before it asks for, and may answer."""
    operation["security"] = [{name: []} for name in SCHEMES]
    operation["description"] = f"{operation['description']}\n\nNeeds permission to {needed}."
    parameters = operation.setdefault("parameters", [])
    parameters += [FOR_WHAT] if needed in PURPOSED else []
    parameters += [] if method == "get" else [FORGED]
    responses = operation["responses"]
    for status, text in GATE.items():
        if status != "422" or needed in PURPOSED:
            responses.setdefault(status, {"description": text, "content": PROBLEM})
    for status, response in responses.items():
        if status not in {"400", "401", "413", "421", "500"}:
            response["headers"] = RATE | response.get("headers", {})
    responses["401"]["headers"] = CHALLENGE
    responses["429"]["headers"] = WAIT | responses["429"]["headers"]
    operation["responses"] = dict(sorted(responses.items()))


def _mend(operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    for status, response in responses.items():
        if int(status) >= 400:
            [content] = response["content"].values()
            responses[status] = response | {"content": {MEDIA_TYPE: content}}
    if "304" in responses:
        operation.setdefault("parameters", []).append(KNOWN)
        for status in ("200", "304"):
            headers = responses[status].get("headers", {})
            responses[status] = responses[status] | {"headers": TAG | headers}
