"""Field sets: which fields of an answer are handed out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from ...core.errors import PolicyError, unknown

__all__ = ["ALL", "FieldSet"]

ALL = "*"
Tree = Mapping[str, "Tree"]


@dataclass(frozen=True, slots=True)
class FieldSet:
    """Fields of an answer, each a dotted path; lists and unions are passed through.

    A path names a field with all that is in it, `*` every key of an object whose keys are no
    fixed names.

    Examples
    --------
    >>> fields = FieldSet.of(["level", "rules.id"])
    >>> fields.of_answer({"level": "B", "margin": 0.3, "rules": [{"id": "r1", "zh": "…"}]})
    {'level': 'B', 'rules': [{'id': 'r1'}]}
    """

    paths: tuple[str, ...]
    tree: Tree

    @classmethod
    def of(cls, paths: Iterable[str]) -> Self:
        """Build it from its paths."""
        given = tuple(paths)
        tree: dict[str, Any] = {}
        for path in sorted(set(given), key=lambda path: path.count(".")):
            _plant(tree, path.split("."))
        return cls(given, tree)

    def check(self, answer: str, schemas: Mapping[str, Any], source: str) -> None:
        """Refuse a path that an answer has not.

        Parameters
        ----------
        answer
            Name of the answer among the schemas.
        schemas
            `components.schemas` of the OpenAPI document.
        source
            Names the file in errors.

        Raises
        ------
        PolicyError
            That says which fields there are.
        """
        if answer not in schemas:
            raise PolicyError(f"{source}: {unknown('answer', answer, schemas)}")
        for path in self.paths:
            at = [schemas[answer]]
            for depth, name in enumerate(path.split(".")):
                fields = _fields(at, schemas)
                if name not in fields:
                    where = ".".join([answer, *path.split(".")[:depth]])
                    message = unknown(f"field of {where}", name, fields)
                    raise PolicyError(f"{source}: {message}")
                at = fields[name]

    def has(self, path: str) -> bool:
        """Tell whether a field, or something in it, is among them.

        Examples
        --------
        >>> fields = FieldSet.of(["level", "rules.id"])
        >>> fields.has("rules"), fields.has("rules.zh"), FieldSet.of([]).has("rules.zh")
        (True, False, True)
        """
        tree = self.tree
        for name in path.split("."):
            if not tree:
                return True
            if name not in tree:
                return False
            tree = tree[name]
        return True

    def of_answer(self, answer: Any) -> Any:
        """Return an answer, as read from JSON, with these fields and no others."""
        return _pick(answer, self.tree)


def _plant(tree: dict[str, Any], names: list[str]) -> None:
    """Add a path; one whose beginning is in the tree as a whole adds nothing."""
    for place, name in enumerate(names):
        last = place == len(names) - 1
        if name in tree and not tree[name]:
            return
        tree = tree.setdefault(name, {})
        if last:
            tree.clear()


def _pick(value: Any, tree: Tree) -> Any:
    if not tree:
        return value
    if isinstance(value, list):
        return [_pick(each, tree) for each in value]
    if not isinstance(value, dict):
        return None
    if ALL in tree:
        return {key: _pick(each, tree[ALL]) for key, each in value.items()}
    return {key: _pick(each, tree[key]) for key, each in value.items() if key in tree}


def _fields(at: Iterable[Any], schemas: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return the fields that some schemas have, each with the schemas it may be of."""
    found: dict[str, list[Any]] = {}
    todo, seen = list(at), set()
    while todo:
        schema = todo.pop()
        if not isinstance(schema, dict):
            continue
        reference = schema.get("$ref")
        if reference in seen:
            continue
        if reference is not None:
            seen.add(reference)
            todo.append(schemas[reference.rpartition("/")[2]])
        for union in ("anyOf", "oneOf", "allOf"):
            todo += schema.get(union, [])
        todo.append(schema.get("items"))
        for name, field in schema.get("properties", {}).items():
            found.setdefault(name, []).append(field)
        if isinstance(schema.get("additionalProperties"), dict):
            found.setdefault(ALL, []).append(schema["additionalProperties"])
    return found
