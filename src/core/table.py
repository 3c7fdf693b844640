"""Tables of a TOML file, read key by key, so that whatever is wrong with one can be told."""

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import NoReturn, Self, TypeVar

from . import time
from .errors import NotFoundError, PolicyError, unknown

__all__ = ["Table", "read_text"]

Kind = TypeVar("Kind")

NAMES: dict[type, str] = {
    str: "text in quotes",
    int: "a whole number",
    float: "a number",
    date: "a date like 2026-03-01",
    dict: "a table",
    list: "a list",
}


def read_text(path: Path, what: str) -> str:
    """Return the text of a file; `what` it is names it in errors.

    Raises
    ------
    NotFoundError
        If there is no such file.
    PolicyError
        If it is not UTF-8.
    """
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        raise NotFoundError(f"there is no {what} file {path}") from None
    except UnicodeDecodeError as error:
        raise PolicyError(f"{path}: not UTF-8 text ({error})") from error


class Table:
    """One table: hands out its values, and knows what was not asked for.

    Examples
    --------
    >>> table = Table.parse("cap = 8", "card.toml")
    >>> table.take("cap", float)
    8.0
    >>> table.take("least", int)  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    PolicyError: card.toml: least is missing; expected a whole number
    """

    def __init__(self, source: str, prefix: str, values: object) -> None:
        self.source, self.prefix = source, prefix
        if not isinstance(values, dict):
            self.refuse("", values, "a table")
        self.values: dict[str, object] = values
        self.asked: list[str] = []

    @classmethod
    def parse(cls, text: str, source: str) -> Self:
        """Return the whole of a text as one table; `source` names it in errors."""
        try:
            return cls(source, "", tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            raise PolicyError(f"{source}: no valid TOML: {error}") from error

    def __contains__(self, key: object) -> bool:
        return key in self.values

    @property
    def place(self) -> str:
        """File and table, as errors name them."""
        return f"{self.source}: {self.prefix}".rstrip(". :")

    def refuse(self, key: str, value: object, expected: str) -> NoReturn:
        """Refuse a value, and say what was expected."""
        shown = time.show(time.day(value)) if isinstance(value, date) else repr(value)
        where = f"{self.prefix}{key}".rstrip(".")
        raise PolicyError(f"{self.source}: {where} = {shown}: expected {expected}")

    def take(self, key: str, kind: type[Kind], default: Kind | None = None) -> Kind:
        """Return a value of a kind; it must be there if there is no default."""
        self.asked.append(key)
        if key not in self.values:
            if default is not None:
                return default
            where = f"{self.source}: {self.prefix}{key}"
            raise PolicyError(f"{where} is missing; expected {self._named(key, kind)}")
        value = self.values[key]
        if kind is float and type(value) is int:
            value = float(value)
        if not isinstance(value, kind) or type(value) is bool:
            self.refuse(key, value, self._named(key, kind))
        return value

    def flag(self, key: str) -> bool:
        """Return whether something is said to be so; it is not where nothing is said."""
        self.asked.append(key)
        found = self.values.get(key, False)
        if not isinstance(found, bool):
            self.refuse(key, found, "true or false")
        return found

    def among(self, key: str, exists: tuple[str, ...], default: str | None = None) -> str:
        """Return one of some words."""
        word = self.take(key, str, default)
        if word not in exists:
            self.refuse(key, word, "one of: " + ", ".join(exists))
        return word

    def texts(self, key: str, default: list[str] | None = None) -> tuple[str, ...]:
        """Return a list of texts, at least one if there is no default."""
        found = self.take(key, list, default)
        if (not found and default is None) or not all(isinstance(each, str) for each in found):
            self.refuse(key, found, "a list of texts in quotes")
        return tuple(found)

    def table(self, key: str) -> "Table":
        """Return a table inside this one."""
        return Table(self.source, f"{self.prefix}{key}.", self.take(key, dict))

    def tables(self, key: str, least: int = 0) -> list["Table"]:
        """Return tables inside this one, so many at least."""
        found = self.take(key, list, None if least else [])
        if len(found) < least:
            self.refuse(key, found, f"at least one [[{self._path(key)}]]")
        return [
            Table(self.source, f"{self.prefix}{key}[{number}].", each)
            for number, each in enumerate(found)
        ]

    def finish(self) -> None:
        """Refuse a key that was not asked for, with those that exist."""
        for key in self.values:
            if key not in self.asked:
                message = unknown(
                    "key", f"{self.prefix}{key}", [self.prefix + known for known in self.asked]
                )
                raise PolicyError(f"{self.source}: {message}")

    def _path(self, key: str) -> str:
        return re.sub(r"\[\d+\]", "", f"{self.prefix}{key}")

    def _named(self, key: str, kind: type[object]) -> str:
        return f"tables [[{self._path(key)}]]" if kind is list else NAMES[kind]
