"""What if: the grade that an enterprise would have with further records."""

from datetime import date

from pydantic import ConfigDict, Field

from .grade import GRADE
from .movement import MOVED, MovedAnswer
from .values import Language

__all__ = ["WhatIfAnswer"]


class WhatIfAnswer(MovedAnswer):
    """The grade as it is, as it would be, and what would move it; nothing of it is stored."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **MOVED,
                    "language": "en",
                    "enterprise": GRADE["enterprise"],
                    "as_of": GRADE["as_of"],
                    "known": [],
                }
            ]
        }
    )

    language: Language
    enterprise: str
    as_of: date
    known: list[int] = Field(
        description="Places, from 0 on, of the records that the archive has already as they stand; "
        "these change nothing."
    )
