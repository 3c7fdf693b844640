"""Sent: records as a program sent them, as text that is kept until the archive has them."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from ...archive import Source, Told, told_by_file, told_by_kind
from ..questions import RecordsPosted

__all__ = ["Sent"]

Cells = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Sent:
    """Rows of a source, by file or by kind; one of the two is None.

    Examples
    --------
    >>> sent = Sent("city-tax", None, [{"kind": "penalty", "fine": "3"}])
    >>> Sent.read(sent.text) == sent, sent.digest[:4]
    (True, '67c6')
    """

    source: str
    files: Mapping[str, Sequence[Cells]] | None
    records: Sequence[Cells] | None

    @classmethod
    def of(cls, question: RecordsPosted) -> Self:
        """Return what a request holds."""
        return cls(question.source, question.files, question.records)

    @classmethod
    def read(cls, text: str) -> Self:
        """Return what was written as text."""
        return cls(**json.loads(text))

    @property
    def text(self) -> str:
        """All of it, the same for the same rows however the request was written."""
        whole = {"source": self.source, "files": self.files, "records": self.records}
        return json.dumps(whole, separators=(",", ":"), sort_keys=True)

    @property
    def digest(self) -> str:
        """SHA-256 of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def told(self, source: Source) -> Told:
        """Return it as a delivery; see `archive.posting`.

        Raises
        ------
        NotFoundError, InvalidError
            If it does not fit the mapping.
        """
        if self.records is not None:
            return told_by_kind(source, self.records)
        return told_by_file(source, self.files or {})
