"""Narrowing: a mapping as if its department delivered only some of its files."""

import re
from collections.abc import Collection
from dataclasses import replace

from .source import File, Source

__all__ = ["lacking", "narrowed"]


def narrowed(source: Source, names: Collection[str]) -> Source:
    """Return what a mapping says of some of its files alone."""
    declared = source.declaration
    update = {
        "files": {name: file for name, file in declared.files.items() if name in names},
        "records": [each for each in declared.records if each.rows in names],
        "skip": [each for each in declared.skip if each.file in names],
    }
    return replace(source, declaration=declared.model_copy(update=update))


def lacking(source: Source, names: Collection[str]) -> tuple[str, File] | None:
    """Return a file that the mapping joins to one of some, and that is not among them."""
    some = narrowed(source, names).declaration
    read = "\n".join(
        [source.statements[each.sql] for each in some.records] + [each.where for each in some.skip]
    )
    for name, file in source.declaration.files.items():
        if name not in names and re.search(rf"\b{name}\b", read):
            return name, file
    return None
