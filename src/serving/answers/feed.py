"""The feed: what early warning has to tell a supervisor, as JSON Feed 1.1."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from .values import Language

__all__ = ["FEED_TYPE", "FeedAnswer"]

FEED_TYPE = "application/feed+json"
ITEM: dict[str, JsonValue] = {
    "id": "urn:xinheng:alarm:12",
    "url": "https://grades.example/v1/watch/alarms/12",
    "title": "预警 12：河粉 · 铅",
    "content_text": "近4周，河粉（铅）：抽检不合格5起（往常约0.3起）。",
    "date_published": "2026-03-01T20:00:07Z",
    "date_modified": "2026-03-02T01:00:00Z",
    "tags": ["alarm", "signal"],
}


class FeedItemAnswer(BaseModel):
    """Something that waits to be looked at."""

    id: str = Field(description="Stays the same, whatever becomes of it.")
    url: str = Field(description="Where the service tells more.")
    title: str
    content_text: str
    date_published: datetime = Field(description="When it was told first.")
    date_modified: datetime = Field(description="When something was done about it last.")
    tags: list[str] = Field(
        description="`alarm` or `downgrade`, and which kind of alarm, or where the warning stands."
    )


class FeedAnswer(BaseModel):
    """Open alarms and warnings that wait, within reach, the newest first (JSON Feed 1.1)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "version": "https://jsonfeed.org/version/1.1",
                    "title": "信衡预警",
                    "feed_url": "https://grades.example/v1/watch/feed",
                    "language": "zh",
                    "items": [ITEM],
                }
            ]
        }
    )

    version: Literal["https://jsonfeed.org/version/1.1"]
    title: str
    feed_url: str
    language: Language
    items: list[FeedItemAnswer]
