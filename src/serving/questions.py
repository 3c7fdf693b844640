"""Questions to the service: what a request may hold, and how it must be written."""

import re
from datetime import date
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

__all__ = [
    "AS_OF",
    "AsOf",
    "CodeQuestion",
    "Identifier",
    "PasswordQuestion",
    "ProofQuestion",
    "RecordsPosted",
    "ScoresQuestion",
    "SetUpQuestion",
    "SignInQuestion",
    "WebhookQuestion",
    "WhatIfQuestion",
]

LONGEST, LONGEST_VALUE = 100, 1_000
MOST, MOST_RECORDS, MOST_POSTED = 1_000, 100, 1_000
ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("an identifier has no characters that cannot be printed")
    return text


def _calendar_date(value: object) -> object:
    """Take a date as ISO text only: a number would be taken for seconds since 1970."""
    if isinstance(value, str) and ISO.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise ValueError("expected a calendar date, YYYY-MM-DD")


Identifier = Annotated[
    str,
    Field(
        min_length=1,
        max_length=LONGEST,
        description="Identifier of an enterprise, such as its unified social credit code "
        "统一社会信用代码, or `scheme:identifier` where several schemes share one.",
        examples=["91440300MA5XNG010A"],
    ),
    AfterValidator(_printable),
]
AsOf = Annotated[date, BeforeValidator(_calendar_date)]
AS_OF = (
    "Start of this day in Shanghai; only what was available before counts. Today where it is left "
    "out. The next day may be asked for: what has come so far counts, and what comes until then "
    "will."
)


class ScoresQuestion(BaseModel):
    """Which enterprises to grade, and as of which day."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"enterprises": ["91440300MA5XNG010A", "X"], "as_of": "2026-03-01"}]
        },
    )

    enterprises: list[Identifier] = Field(min_length=1, max_length=MOST)
    as_of: AsOf | None = Field(None, description=AS_OF, examples=["2026-03-01"])


def _as_in_a_file(value: object) -> object:
    """Take numbers, true and false as the text that would stand in a file."""
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value) if isinstance(value, int | float) else value


Cell = Annotated[
    Annotated[str, Field(max_length=LONGEST_VALUE)] | None, BeforeValidator(_as_in_a_file)
]


class WebhookQuestion(BaseModel):
    """Where changes of level are to be sent, and from which on."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"url": "https://hooks.example/grades", "after": None}]},
    )

    url: str = Field(
        min_length=1,
        max_length=500,
        description="An https address of a host that is reached from here; redirects are not "
        "followed.",
    )
    after: int | None = Field(
        None,
        strict=True,
        ge=0,
        le=2**62,
        description="Number of the change after which to begin, as in `/v1/changes`; 0 for all "
        "there ever were, null for those that are still to come.",
    )


class WhatIfQuestion(BaseModel):
    """Which records to suppose of which enterprise.

    A record has its `kind` and the fields of the contract of that kind (docs/data-catalogue.md),
    but not `enterprise`. A record that the archive has under the same number is corrected by it;
    what happens to one, such as a repair, is a record of kind `lifecycle`. Each has to be known
    before the day as of which is graded.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "enterprise": "91440300MA5XNG010A",
                    "as_of": "2026-03-01",
                    "records": [
                        {
                            "kind": "penalty",
                            "number": "2026-0017",
                            "occurred": "2026-02-10",
                            "known": "2026-02-12",
                            "organ": "market",
                            "food": "true",
                            "violation": "label",
                            "penalty_kind": "fine",
                            "fine": "3",
                        }
                    ],
                }
            ]
        },
    )

    enterprise: Identifier
    as_of: AsOf | None = Field(None, description=AS_OF, examples=["2026-03-01"])
    records: list[dict[Annotated[str, Field(max_length=LONGEST)], Cell]] = Field(
        min_length=1, max_length=MOST_RECORDS
    )


Password = Annotated[str, Field(min_length=1, max_length=1_000, description="Its password.")]
Code = Annotated[str, Field(max_length=20, description="Of the second factor, where it has one.")]
PASSWORD: dict[str, Any] = {"password": "four words that nobody guesses", "code": "123456"}


class ProofQuestion(BaseModel):
    """What proves again whose session it is, before it is changed how they sign in."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [PASSWORD]})

    password: Password
    code: Code = ""


class PasswordQuestion(ProofQuestion):
    """The present password and the new one."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [PASSWORD | {"new": "other words that nobody guesses"}]},
    )

    new: Annotated[str, Field(min_length=1, max_length=1_000, description="The new password.")]


class CodeQuestion(BaseModel):
    """A code that shows that an application has the secret that was shown."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"code": "123456"}]})

    code: Annotated[str, Field(min_length=1, max_length=20, description="Of the new secret.")]


class SetUpQuestion(BaseModel):
    """Whose account it is, the code that they were given, and the password that they choose."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "li",
                    "code": "5f0c2a5258d64a3b9f4e",
                    "new": "four words that nobody guesses",
                }
            ]
        },
    )

    name: str = Field(min_length=1, max_length=200, description="Of the account.")
    code: Annotated[
        str, Field(min_length=1, max_length=100, description="As given; halves as FIRST-SECOND.")
    ]
    new: Annotated[str, Field(min_length=1, max_length=1_000, description="The new password.")]


class SignInQuestion(BaseModel):
    """Who signs in, and what proves it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "li",
                    "password": "four words that nobody guesses",
                    "code": "123456",
                    "channel": "console",
                }
            ]
        },
    )

    name: str = Field(min_length=1, max_length=200, description="Of the account.")
    password: Password
    code: Code = ""
    channel: str = Field(
        "console", max_length=50, description="In which channel; one by which people sign in."
    )


Row = dict[Annotated[str, Field(max_length=LONGEST)], Cell]


class RecordsPosted(BaseModel):
    """Records of a source: as its files have them, or by kind.

    `files` has rows by the name of their file in the mapping of the source, each with the columns
    of the file; files that nothing is joined to may be left out. `records` has each with its
    `kind`, the code of the `enterprise`, and the fields of the contract of that kind
    (docs/data-catalogue.md), whatever the files of the source look like. What happens later to a
    record is one of kind `lifecycle`.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "source": "city-market",
                    "records": [
                        {
                            "kind": "penalty",
                            "enterprise": "91440300MA5XNG010A",
                            "number": "2026-0017",
                            "occurred": "2026-02-10",
                            "known": "2026-02-12",
                            "organ": "market",
                            "food": "true",
                            "violation": "label",
                            "penalty_kind": "fine",
                            "fine": "3",
                        }
                    ],
                }
            ]
        },
    )

    source: str = Field(
        pattern="^[a-z0-9][a-z0-9_-]*$",
        max_length=LONGEST,
        description="Name of the source, as its folder in data/sources is called.",
    )
    files: dict[Annotated[str, Field(max_length=LONGEST)], list[Row]] | None = Field(
        None, description="Rows by file."
    )
    records: list[Row] | None = Field(None, max_length=MOST_POSTED, description="Records by kind.")

    @model_validator(mode="after")
    def _of_one_form(self) -> Self:
        if (self.files is None) == (self.records is None):
            raise ValueError("expected either files or records")
        if not 1 <= self.rows <= MOST_POSTED:
            raise ValueError(f"expected 1 to {MOST_POSTED:,} rows, found {self.rows:,}")
        return self

    @property
    def rows(self) -> int:
        """How many rows there are."""
        if self.records is not None:
            return len(self.records)
        return sum(map(len, (self.files or {}).values()))
