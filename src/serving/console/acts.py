"""Acts: what is done to cases by forms, which fields each has, and the body that they make."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["Act", "Field", "Form", "body_of"]

Form = Mapping[str, Sequence[str]]
Words = tuple[str, str]
"""In Chinese and in English."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form.

    Parameters
    ----------
    name
        As the body of the API has it.
    words
        Its label.
    kind
        `text` of several lines, `line`, `date`, `number`, `level`, `choice`, `lines` (each line
        one of a list), or `ticks` (a list of what is ticked).
    required
        Whether the act is refused without.
    hint
        What is expected.
    options
        Of a choice: each value with its words.
    """

    name: str
    words: Words
    kind: str = "text"
    required: bool = False
    hint: Words = ("", "")
    options: tuple[tuple[str, Words], ...] = ()


@dataclass(frozen=True, slots=True)
class Act:
    """Something that is done to a case.

    Parameters
    ----------
    name
        As the API calls it.
    words
        What the button says.
    fields
        That are filled in.
    fixed
        What the body has besides.
    grave
        Whether the button says that it weighs.
    form
        By which its form is told from others of the same act.
    cases
        Path of the cases in the API to which it is done, where it is not that of all others.
    shape
        Makes the body out of what was filled in, where it is another.
    """

    name: str
    words: Words
    fields: tuple[Field, ...] = ()
    fixed: tuple[tuple[str, Any], ...] = ()
    grave: bool = False
    form: str = ""
    cases: str = ""
    shape: Callable[[dict[str, Any]], dict[str, Any]] = dict

    @property
    def id(self) -> str:
        """By which its form is told from all others of a page."""
        return self.form or self.name


def body_of(act: Act, form: Form) -> dict[str, Any]:
    """Return the body of an act, of what was filled in; what was left empty is left out.

    Examples
    --------
    >>> note = Act("note", ("记录", "Note"), (Field("reason", ("内容", "What")),))
    >>> body_of(note, {"reason": [" 已电话核实 "], "csrf": ["x"]})
    {'reason': '已电话核实'}
    """
    said = {field.name: _value(field, form.get(field.name, [])) for field in act.fields}
    return act.shape(
        {name: value for name, value in said.items() if value not in (None, [])} | dict(act.fixed)
    )


def _value(field: Field, values: Sequence[str]) -> Any:
    if field.kind == "ticks":
        return [*values]
    text = (values[0] if values else "").replace("\r\n", "\n").strip()
    match field.kind:
        case "lines":
            return [line.strip() for line in text.split("\n") if line.strip()]
        case "number" if text.isdecimal():
            return int(text)
        case _:
            return text or None
