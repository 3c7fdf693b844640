"""Text files as blocks of whole lines in UTF-8, whose every byte fits the declared encoding."""

import codecs
import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from ...core.errors import InvalidError
from .reader import ENCODINGS, Reader

__all__ = ["BLOCK", "LONGEST", "TextFile", "is_utf8"]

BLOCK = 4 << 20
LONGEST = 32 << 20
SURE = 10


class TextFile:
    """A text file that is read once, in blocks.

    Parameters
    ----------
    path
        The file.
    reader
        With its encoding.

    Attributes
    ----------
    digest
        SHA-256 of the bytes read so far.
    """

    def __init__(self, path: Path, reader: Reader) -> None:
        self.path = path
        self.encoding = ENCODINGS[reader.encoding.lower()]
        self.digest = hashlib.sha256()

    def blocks(self, ends: tuple[bytes, ...] = (b"\n", b"\r")) -> Iterator[bytes]:
        """Yield the text as UTF-8 without byte order mark; a block ends where a line does.

        Parameters
        ----------
        ends
            What ends a line, the usual first: each is looked for where the ones before it are
            missing.

        Raises
        ------
        InvalidError
            If a byte does not fit the encoding, or a line is longer than 32 MiB.
        """
        if self.encoding == "gb18030":
            self._refuse_hidden_utf8()
        byte = 0
        for block in self._raw(ends):
            text = block.removeprefix(codecs.BOM_UTF8) if not byte else block
            try:
                if self.encoding != "utf-8":
                    text = text.decode(self.encoding).encode()
                elif not is_utf8(text):
                    text.decode()
            except UnicodeDecodeError as error:
                byte += error.start + len(block) - len(error.object)
                raise InvalidError(self._misfit(byte)) from None
            byte += len(block)
            if text:
                yield text

    def _raw(self, ends: tuple[bytes, ...]) -> Iterator[bytes]:
        rest, byte = b"", 0
        with self.path.open("rb") as stream:
            while piece := stream.read(BLOCK):
                self.digest.update(piece)
                block = rest + piece
                end = _last_end(block, ends)
                if end:
                    yield block[:end]
                    byte += end
                elif len(block) > LONGEST:
                    raise InvalidError(
                        f"{self.path}, line {self._line_of(byte)}, goes on for more than "
                        f"{LONGEST >> 20} MiB; no table has such lines: ask for the file anew, "
                        "with a line end after every row"
                    )
                rest = block[end:]
        if rest:
            yield rest

    def _line_of(self, byte: int) -> int:
        """Return the line in which a byte stands."""
        line = 1
        with self.path.open("rb") as stream:
            while piece := stream.read(min(BLOCK, byte)):
                line, byte = line + piece.count(b"\n"), byte - len(piece)
        return line

    def _misfit(self, byte: int) -> str:
        other = "gb18030" if self.encoding == "utf-8" else "utf-8"
        remedy = (
            f"it is likely {other}: declare the encoding it has"
            if _fits(self.path, other)
            else f"nor is it {other}: convert the file to UTF-8"
        )
        return (
            f"{self.path} is declared as {self.encoding}, but byte {byte} in line "
            f"{self._line_of(byte)} does not fit; {remedy}, or ask for the file anew"
        )

    def _refuse_hidden_utf8(self) -> None:
        """Refuse UTF-8 declared as GB18030, which would decode into wrong characters."""
        beyond = 0
        with self.path.open("rb") as stream:
            marked = stream.read(3) == codecs.BOM_UTF8
        if not marked:
            try:
                with self.path.open(encoding="utf-8", newline="") as text:
                    while piece := text.read(BLOCK):
                        beyond += len(piece) - len(piece.encode("ascii", "ignore"))
            except UnicodeDecodeError:
                return
        if marked or beyond >= SURE:
            raise InvalidError(
                f"{self.path} is declared as gb18030, but is UTF-8 throughout; declare utf-8"
            )


def _last_end(block: bytes, ends: tuple[bytes, ...]) -> int:
    """Return the place after the last line end that no later byte can change, or 0."""
    for end in ends:
        last = block.rfind(end, 0, len(block) if end == b"\n" else -1)
        if last >= 0:
            return last + 1
    return 0


def is_utf8(text: bytes) -> bool:
    """Tell whether bytes are UTF-8, twice as fast as decoding them."""
    offsets = pa.py_buffer(np.array([0, len(text)], dtype=np.int32))
    try:
        pa.Array.from_buffers(pa.string(), 1, [None, offsets, pa.py_buffer(text)]).validate(
            full=True
        )
    except pa.ArrowInvalid:
        return False
    return True


def _fits(path: Path, encoding: str) -> bool:
    with path.open("rb") as stream:
        marked = stream.read(3) == codecs.BOM_UTF8
        stream.seek(3 if marked else 0)
        text = io.TextIOWrapper(stream, encoding, newline="")
        try:
            while text.read(BLOCK):
                pass
        except UnicodeDecodeError:
            return False
    return True
