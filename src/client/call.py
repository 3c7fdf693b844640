"""A call: one request to the service and how its answer is read, without sending anything."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar, Union, get_args, get_origin
from urllib.parse import quote

from pydantic import BaseModel, TypeAdapter, ValidationError

from .errors import ApiError

__all__ = ["Call", "parse", "path"]

Answer = TypeVar("Answer")
Params = Mapping[str, str | int | Sequence[str]]


@dataclass(frozen=True, slots=True)
class Call(Generic[Answer]):
    """One request.

    Parameters
    ----------
    route
        Its name in the OpenAPI document.
    method, path
        Of the request; the path is encoded.
    answer
        Type of the answer: a model, several models, `str` or `bytes`.
    params, json, content, headers
        Query, body as JSON, or as bytes or the file that has them, and headers of its own.
    repeatable
        Whether it may be sent again when nobody knows whether it arrived.
    """

    route: str
    method: str
    path: str
    answer: Any
    params: Params = field(default_factory=dict)
    json: Any = None
    content: bytes | Path | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    repeatable: bool = True

    def read(self, content: bytes) -> Answer:
        """Return the answer that a body holds."""
        found: Answer = parse(self.answer, content)
        return found


def path(template: str, **values: str | int) -> str:
    """Fill in a path; whatever stands in a value stays one part of it.

    Examples
    --------
    >>> path("/v1/enterprises/{identifier}/grade", identifier="uscc:91 a/b")
    '/v1/enterprises/uscc%3A91%20a%2Fb/grade'
    """
    return template.format(**{name: quote(str(each), safe="") for name, each in values.items()})


def parse(kind: Any, content: bytes) -> Any:
    """Read an answer as what it is.

    A channel may hand out some fields only: what it leaves out is no attribute of the answer, and
    the rest is as ever.

    Raises
    ------
    ApiError
        If it is something else.
    """
    if kind is bytes:
        return content
    if kind is str:
        return content.decode()
    try:
        return TypeAdapter(kind).validate_json(content)
    except ValidationError as error:
        if all(each["type"] == "missing" for each in error.errors()):
            return _partly(kind, json.loads(content))
        raise ApiError.plain(
            200, f"an answer of another form ({error.error_count()} faults)"
        ) from None


def _partly(kind: Any, value: Any) -> Any:
    """Build an answer of the fields that are there."""
    if isinstance(value, list):
        [each] = get_args(kind) or (Any,)
        return [_partly(each, one) for one in value]
    model = _model(kind, value)
    if model is None:
        try:
            return TypeAdapter(kind).validate_python(value)
        except ValidationError:
            return value
    fields = model.model_fields
    found = {
        name: _partly(fields[name].annotation, one) for name, one in value.items() if name in fields
    }
    return model.model_construct(**found)


def _model(kind: Any, value: Any) -> type[BaseModel] | None:
    """Return the model of a value, of several the one that has most of its fields."""
    if not isinstance(value, dict):
        return None
    kinds = get_args(kind) if get_origin(kind) is not None or _is_union(kind) else (kind,)
    models = [each for each in kinds if isinstance(each, type) and issubclass(each, BaseModel)]
    return max(models, key=lambda each: len(each.model_fields.keys() & value.keys()), default=None)


def _is_union(kind: Any) -> bool:
    return isinstance(kind, type(int | str)) or get_origin(kind) is Union
