"""Sentences: the words of indicators, in Chinese and in English, from TOML files.

A form is about one or more indicators (`ids`) and says, each in `zh` and `en`:

- `some`: what is said of a value; `below`: of one below zero; `at.N`: of exactly N;
- `unseen`: of a value for which what others have stands in, and `missing`: of the one that stands
  in where no record says; general ones if not given;
- `labels`: what the values 0, 1, 2 … mean; `subject`: what the indicator is called inside a
  sentence; `value`: how a value is written there, where `some` does not show it; `named.N`: what
  stands there for exactly N.

What stands in braces is explained in `phrases`; `window` is the one that the indicator declares.
`some`, `below`, `unseen` and `missing` must tell the value, in both languages in the same way.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Self

from ...core.errors import DeclarationError, NotFoundError, PolicyError, unknown
from ...core.table import Table, read_text
from ...features import Catalogue, Indicator, standard_catalogue
from .amounts import singular
from .form import Form, absent, capital, general, lowered, titles
from .phrases import Pair, measures_of, names_in, phrase

__all__ = ["Sentences", "window_told"]

Texts = tuple[str, str]

KIND = "sentence form"
WINDOW = re.compile(r"(\d+)([md])")
LANGUAGES = ("zh", "en")
UNITS = ("years", "months", "days", "points")
"""Units that stand beside a figure in English; the subject tells the others."""


@dataclass(frozen=True, slots=True, eq=False)
class Sentences:
    """The forms of the indicators of a catalogue.

    Parameters
    ----------
    forms
        By id, the declaration that a form is about, and the form.

    Examples
    --------
    >>> from xinheng.explaining import State
    >>> from xinheng.features import standard_catalogue
    >>> form = Sentences.default().form(standard_catalogue()["PN02"])
    >>> form.said(1.0, State.KNOWN).en.tell(1.0)
    'The enterprise was put on the abnormal-operation list 1 time in the last 3 years'
    """

    forms: Mapping[str, tuple[Indicator, Form]]

    @classmethod
    def parse(cls, text: str, source: str, catalogue: Catalogue) -> Self:
        """Read the forms of a catalogue's indicators from text; `source` names it in errors.

        Raises
        ------
        PolicyError
            If a form is about no indicator of the catalogue, or about one that has a form; if it
            does not tell the value; or if a key, or a name in braces, is unknown.
        """
        top = Table.parse(text, source)
        forms: dict[str, tuple[Indicator, Form]] = {}
        for table in top.tables("form", least=1):
            ids = table.texts("ids")
            for name in ids:
                if name not in catalogue:
                    there = unknown("indicator", name, catalogue.ids)
                    table.refuse("ids", name, f"an indicator of the catalogue ({there})")
                if name in forms:
                    table.refuse("ids", name, "an indicator in one form only")
                forms[name] = catalogue[name], _Reader(table, catalogue[name]).form()
            table.finish()
        top.finish()
        return cls(forms)

    @classmethod
    def read(cls, folder: Path, catalogue: Catalogue) -> Self:
        """Read an office's own forms, each `.toml` of a folder; of all others those shipped hold.

        Raises
        ------
        NotFoundError
            If there is no such file in it.
        PolicyError
            As `parse` does, or if two files have a form of one indicator.
        """
        forms: dict[str, tuple[Indicator, Form]] = {}
        files_of: dict[str, Path] = {}
        for path in sorted(folder.glob("*.toml")):
            for name, form in cls.parse(read_text(path, KIND), str(path), catalogue).forms.items():
                if name in forms:
                    raise PolicyError(
                        f"{path}: {name} has a form in {files_of[name]} already; keep one of them"
                    )
                forms[name], files_of[name] = form, path
        if not forms:
            raise NotFoundError(
                f"{folder} has no .toml with sentence forms; write one with a [[form]] that has "
                f"ids, some.zh and some.en, as those in {files(__package__).joinpath('forms')}"
            )
        return cls(forms)

    @classmethod
    def default(cls) -> "Sentences":
        """Return the forms of the standard indicators."""
        return _shipped()

    def form(self, indicator: Indicator) -> Form:
        """Return what is said of an indicator.

        A form speaks of a declaration, not of an id: of an indicator that is computed otherwise
        the standard form is taken, if it fits that, and else a general one.
        """
        return _form(self, _Same(indicator))


class _Same:
    """An indicator that equals only itself, so that looking it up compares no declarations."""

    __slots__ = ("indicator",)

    def __init__(self, indicator: Indicator) -> None:
        self.indicator = indicator

    def __hash__(self) -> int:
        return id(self.indicator)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.indicator is self.indicator


@lru_cache(maxsize=4096)
def _form(sentences: Sentences, same: _Same) -> Form:
    indicator = same.indicator
    for each in (sentences, Sentences.default()):
        if indicator.id in each.forms:
            declared, form = each.forms[indicator.id]
            if _meaning(declared) == _meaning(indicator):
                return form
    return general(indicator)


def _meaning(indicator: Indicator) -> tuple[object, ...]:
    return indicator.expression, indicator.missing, indicator.bounds, indicator.populations


@cache
def _shipped() -> Sentences:
    catalogue = standard_catalogue()
    forms: dict[str, tuple[Indicator, Form]] = {}
    for path in files(__package__).joinpath("forms").iterdir():
        forms |= Sentences.parse(path.read_text("utf-8"), path.name, catalogue).forms
    return Sentences(forms)


class _Reader:
    """Reads what a form says of one indicator."""

    def __init__(self, table: Table, indicator: Indicator) -> None:
        self.table, self.indicator = table, indicator
        labels = table.table("labels") if "labels" in table else None
        self.labels = ((), ()) if labels is None else (labels.texts("zh"), labels.texts("en"))
        if labels is not None:
            labels.finish()
            if len(self.labels[0]) != len(self.labels[1]):
                table.refuse("labels", self.labels, "as many in Chinese as in English")
        self.measures = measures_of(indicator, self.labels)

    def form(self) -> Form:
        """Return the form."""
        some, subject = self.telling("some"), self.subject()
        value = self.value(names_in(some[0]))
        return Form(
            subject=subject,
            value=self.compiled(value, starts=False),
            some=self.compiled(some),
            below=self.compiled(self.telling("below") if "below" in self.table else some),
            at=dict(self.certain("at")),
            named=dict(self.certain("named", starts=False)),
            unseen=self.compiled(self.unseen(value)),
            missing=self.compiled(self.missing(value)),
            absent=absent(self.indicator),
            labelled=bool(self.labels[0]),
        )

    def telling(self, key: str) -> Texts:
        """Return what a key says of a value, which it must tell."""
        texts = self.texts(self.table.table(key))
        zh, en = (set(names_in(text)) for text in texts)
        if not zh or zh != en:
            expected = "the value in braces, the same in Chinese and in English"
            self.table.refuse(key, list(texts), expected)
        return texts

    def subject(self) -> Texts:
        """Return what the indicator is called inside a sentence."""
        names = self.indicator.zh, lowered(self.indicator.en)
        return self.texts(self.table.table("subject"), names) if "subject" in self.table else names

    def value(self, told: list[str]) -> Texts:
        """Return how a value is written where only the indicator is named."""
        if "value" in self.table:
            return self.telling("value")
        for name in ("percent", "money"):
            if name in told:
                return f"{{{name}}}", f"{{{name}}}"
        if self.labels[0]:
            return "“{label}”（{x}）", "“{label}” ({x})"
        unit = self.indicator.unit_en
        en = f"{{x}} [{singular(unit)}|{unit}]" if unit in UNITS else "{x}"
        return f"{{x}}{self.indicator.unit_zh}", en

    def unseen(self, value: Texts) -> Texts:
        """Return what is said of a value for which what others have stands in."""
        if "unseen" in self.table:
            return self.telling("unseen")
        zh, en = titles(self.indicator)
        return (
            f"{zh}无自身记录，按其他主体的{value[0]}计",
            f"no record of its own tells {en}, which counts as others have, {value[1]}",
        )

    def missing(self, value: Texts) -> Texts:
        """Return what is said of a value that stands in."""
        if "missing" in self.table:
            return self.telling("missing")
        zh, en = titles(self.indicator)
        return f"{zh}无数据，按{value[0]}计", f"no record tells {en}, which counts as {value[1]}"

    def certain(self, what: str, *, starts: bool = True) -> Iterator[tuple[float, Pair]]:
        """Yield what is said of certain values."""
        if what not in self.table:
            return
        table = self.table.table(what)
        for key in table.values:
            try:
                value = float(key)
            except ValueError:
                table.refuse(key, key, "a number, of which it says something")
            yield value, self.compiled(self.texts(table.table(key)), starts=starts)

    def texts(self, table: Table, default: Texts | None = None) -> Texts:
        """Return what a table says in each language, with the declared window put in."""
        zh, en = (
            table.take(language, str, None if default is None else default[place])
            for place, language in enumerate(LANGUAGES)
        )
        table.finish()
        if "{window}" not in zh + en:
            return zh, en
        windows = window_told(self.indicator.window)
        if windows is None:
            table.refuse("zh", zh, f"no window: {self.indicator.window!r} is not a single one")
        return zh.replace("{window}", windows[0]), en.replace("{window}", windows[1])

    def compiled(self, texts: Texts, *, starts: bool = True) -> Pair:
        """Return texts with places for figures."""
        zh, en = texts
        try:
            en_phrase = phrase(capital(en) if starts else en, self.measures[1])
            return Pair(phrase(zh, self.measures[0]), en_phrase)
        except DeclarationError as error:
            self.table.refuse("", list(texts), f"names that can be measured ({error})")


def window_told(window: str) -> Texts | None:
    """Return a declared window in words, in Chinese and in English; None if it is not one.

    Examples
    --------
    >>> window_told("36m"), window_told("90d"), window_told("at t")
    (('近3年', 'in the last 3 years'), ('近90天', 'in the last 90 days'), None)
    """
    if window == "all":
        return "有记录以来", "on record"
    split = WINDOW.fullmatch(window)
    if split is None:
        return None
    number, unit = int(split[1]), split[2]
    if unit == "d":
        return f"近{number}天", f"in the last {number} days"
    if number % 12:
        return f"近{number}个月", f"in the last {number} months"
    zh = f"近{number // 12}年"
    return zh, "in the last 12 months" if number == 12 else f"in the last {number // 12} years"
