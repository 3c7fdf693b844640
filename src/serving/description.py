"""The description of the service (OpenAPI), with what FastAPI does not say of it by itself."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

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


def describe(app: FastAPI) -> dict[str, Any]:
    """Describe a service once: problems under their own media type, and tags where they are."""
    if app.openapi_schema is None:
        schema = get_openapi(
            title=app.title, version=app.version, summary=app.summary, routes=app.routes
        )
        for path in schema["paths"].values():
            for operation in path.values():
                _mend(operation)
        app.openapi_schema = schema
    return app.openapi_schema


def _mend(operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    for status, response in responses.items():
        if int(status) >= 400:
            [content] = response["content"].values()
            responses[status] = response | {"content": {MEDIA_TYPE: content}}
    if "304" in responses:
        operation.setdefault("parameters", []).append(KNOWN)
        for status in ("200", "304"):
            responses[status] = responses[status] | {"headers": TAG}
