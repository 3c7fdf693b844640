"""Channels: by which ways the same answers go out, and what each of them holds.

The answers of a channel have the fields that its file names and no others; an answer that it
does not name is not had in that channel. A new channel is a table in the file, never code.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

from ...core.editions import DatedEdition, Editions, in_order, read_dates
from ...core.errors import ForbiddenError, InvalidError, PolicyError, unknown
from ...core.table import Table
from .fieldset import ALL, FieldSet
from .grants import Grant
from .limits import Limit
from .masking import Kind, Masks, masks_for

__all__ = ["Channel", "ChannelEdition", "Channels", "read_channels"]

LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Channel:
    """One way out.

    Parameters
    ----------
    name, zh
        What it is called.
    language
        Of its answers, where none is asked for.
    fields
        Fields by answer; None where all answers are had whole.
    masks
        What of personal data is masked in it, whoever asks.
    people
        Whether people sign in by it; programs have keys in any.
    limit
        Requests of all that ask in it together.
    key_limit
        Requests of each key or session in it.
    """

    name: str
    zh: str
    language: Literal["zh", "en"]
    fields: Mapping[str, FieldSet] | None
    masks: Masks
    people: bool
    limit: Limit
    key_limit: Limit

    def require(self, name: str, *paths: str) -> None:
        """Refuse an answer, or fields of one, that this channel does not hand out.

        Raises
        ------
        ForbiddenError
            That lists what it does.
        """
        if self.fields is None:
            return
        if name not in self.fields:
            raise ForbiddenError(
                f"the channel {self.name!r} hands out no {name}; it hands out: "
                f"{', '.join(sorted(self.fields))}"
            )
        fields = self.fields[name]
        for path in paths:
            if not fields.has(path):
                raise ForbiddenError(
                    f"the channel {self.name!r} hands out no {path} of {name}; it hands out: "
                    f"{', '.join(fields.paths)}"
                )

    def answer(self, name: str, answer: Any, grant: Grant) -> Any:
        """Return an answer, as read from JSON, as this channel hands it out to somebody.

        It is masked first, by what is granted and by the channel, and then has the fields of the
        channel: so that what tells whose a name is may be left out.

        Raises
        ------
        ForbiddenError
            If it does not hand this answer out.
        """
        self.require(name)
        masked = masks_for(grant, self.masks).of_answer(name, answer)
        return masked if self.fields is None else self.fields[name].of_answer(masked)


@dataclass(frozen=True, slots=True)
class ChannelEdition(DatedEdition):
    """The channels that there are over a stretch of days, by name."""

    channels: Mapping[str, Channel]

    def channel(self, name: str) -> Channel:
        """Return a channel by its name.

        Raises
        ------
        PolicyError
            If there is none; the message lists those there are.
        """
        if name not in self.channels:
            raise PolicyError(unknown("channel", name, self.channels))
        return self.channels[name]


@dataclass(frozen=True, slots=True)
class Channels(Editions[ChannelEdition]):
    """Channels with the days on which each edition of them holds.

    Examples
    --------
    >>> from datetime import date
    >>> Channels.default().on(date(2026, 3, 1)).channel("mini_program").language
    'zh'
    """

    KIND: ClassVar[str] = "channels"
    SHIPPED: ClassVar[str] = "access/channels.toml"

    @classmethod
    def parse(cls, text: str, source: str) -> Self:
        """Read them from text; `source` names it in errors. See `load`."""
        table = Table.parse(text, source)
        name = table.take("name", str)
        editions = [_edition(each) for each in table.tables("edition", 1)]
        table.finish()
        return cls(name, in_order(editions, source), text)

    def check(self, openapi: Mapping[str, Any], source: str) -> None:
        """Refuse an answer or a field that the service does not have.

        Raises
        ------
        PolicyError
            That names it, and those there are.
        """
        schemas = openapi["components"]["schemas"]
        for edition in self.editions:
            for channel in edition.channels.values():
                for answer, fields in (channel.fields or {}).items():
                    where = f"{source}: edition {edition.version}, channel {channel.name}"
                    fields.check(answer, schemas, where)


def read_channels(path: Path | None, openapi: Mapping[str, Any]) -> Channels:
    """Read the channels of a service whose answers an OpenAPI document describes.

    Parameters
    ----------
    path
        The file; None for the channels that ship with the package.
    openapi
        The document.

    Raises
    ------
    NotFoundError, PolicyError
        If there is no such file, or something in it is not as it should be: a key, a value, an
        answer or a field that there is not.
    """
    channels = Channels.default() if path is None else Channels.load(path)
    channels.check(openapi, Channels.SHIPPED if path is None else str(path))
    return channels


def _edition(table: Table) -> ChannelEdition:
    dates = read_dates(table)
    found: dict[str, Channel] = {}
    for each in table.tables("channel", 1):
        channel = _channel(each)
        if channel.name in found:
            each.refuse("name", channel.name, "a name that no other channel has")
        found[channel.name] = channel
    table.finish()
    return ChannelEdition(*dates, found)


def _channel(table: Table) -> Channel:
    masks = table.texts("masks", [])
    for mask in masks:
        if mask not in list(Kind):
            table.refuse("masks", mask, "some of: " + ", ".join(Kind))
    channel = Channel(
        table.take("name", str),
        table.take("zh", str),
        _language(table),
        _fields(table),
        Masks(frozenset(map(Kind, masks))),
        table.flag("people"),
        _limit(table.table("limit")),
        _limit(table.table("key_limit")),
    )
    table.finish()
    return channel


def _language(table: Table) -> Literal["zh", "en"]:
    found = table.among("language", LANGUAGES, "zh")
    return "en" if found == "en" else "zh"


def _fields(table: Table) -> dict[str, FieldSet] | None:
    """Return the fields by answer; None where the file says `answers = "all"`."""
    if "answers" in table:
        table.among("answers", ("all",))
        if "fields" in table:
            table.refuse("answers", "all", "either answers or fields, not both")
        return None
    inner = table.table("fields")
    found = {}
    for answer in inner.values:
        paths = inner.texts(answer)
        found[answer] = FieldSet.of([] if paths == (ALL,) else paths)
    if not found:
        table.refuse("fields", {}, 'an answer at least with its fields, or answers = "all"')
    return found


def _limit(table: Table) -> Limit:
    rate, burst = table.take("rate", float), table.take("burst", int)
    table.finish()
    try:
        return Limit(rate, burst)
    except InvalidError:
        table.refuse("rate", rate, "a rate above zero and a burst of 1 or more")
