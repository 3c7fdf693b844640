"""A run of the watch: from the records of an archive to what is told at the end of a day."""

from collections.abc import Collection, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from ...archive import Archive
from ...core.errors import NotFoundError
from ...ledger.watch import NAME
from ..alarm import Lens
from ..cases import Cases
from ..products import Recogniser, Vocabulary
from ..signals import LENSES, SOURCES, Naming, Panel, Source, gather, read_signals
from .bar import Bar
from .looking import Series, Since, Watched, look
from .settings import WatchSettings

__all__ = ["naming", "read_all_cases", "watch"]


def watch(
    archive: Archive,
    day: int,
    settings: WatchSettings | None = None,
    *,
    since: Since | None = None,
    silent: Collection[Series] = (),
    bar: Bar | None = None,
    vocabulary: Vocabulary | None = None,
    upto: int | None = None,
    sources: Sequence[Source] = SOURCES,
) -> Watched:
    """Return what is out of the ordinary at the end of a day, by all that the archive knew then.

    Parameters
    ----------
    archive
        Where records are.
    day
        Day number. What became known later is not seen.
    settings
        How it looks.
    since
        What the run before had read; a week before the day, and all deliveries, where there was
        none.
    silent, bar
        See `look`.
    vocabulary
        Names of products; those that ship with the package by default.
    upto
        Last delivery to see; all by default.
    sources
        Which records tell of hazards.
    """
    settings = settings or WatchSettings()
    since = since or Since(day - 7, archive.sequence)
    vocabulary = vocabulary or Vocabulary.default()
    english = dict(zip(vocabulary.column("zh"), vocabulary.column("en"), strict=True))
    named = naming(vocabulary, day)
    signals = read_signals(archive, sources, named, upto, day)
    panels: dict[Lens, Panel] = {"": gather(signals, sources)}
    for lens in LENSES:
        if signals[lens].null_count < signals.num_rows:
            panels[lens] = gather(signals, sources, lens)
    return look(panels, day, since, settings, silent, bar, english)


def read_all_cases(archive: Archive, day: int) -> Cases:
    """Return what all sources told first, on the day it was known here: for backtests.

    Parameters
    ----------
    archive
        Where records are.
    day
        Day number, whose names of products are used.

    Raises
    ------
    NotFoundError
        If nothing names a product and a hazard.
    """
    cases = gather(read_signals(archive, naming=naming(Vocabulary.default(), day))).first()
    if not len(cases.day):
        raise NotFoundError(
            "the archive has no failed sample and no alert that names a product and a hazard; take "
            "some in by `xinheng ingest`"
        )
    return cases


def naming(vocabulary: Vocabulary, day: int) -> Naming:
    """Return what gives texts the Chinese names of the products that they are about.

    A text in which no product is recognised stays as it is, but for what the ledger has no room
    for.

    Examples
    --------
    >>> named = naming(Vocabulary.default(), 20_000)
    >>> named(pa.array(["鲜河粉 500g", "unheard of"])).to_pylist()
    ['河粉', 'unheard of']
    """
    recogniser = Recogniser(vocabulary, day)
    names = pa.array(recogniser.vocabulary.column("zh"))
    codes = pa.array(recogniser.vocabulary.column("code"))

    def named(texts: pa.Array) -> pa.Array:
        product = recogniser.recognise(texts)["product"].cast(pa.string()).combine_chunks()
        others = pc.utf8_slice_codeunits(texts, 0, NAME)
        return pc.coalesce(names.take(pc.index_in(product, value_set=codes)), others)

    return named
