"""A span: what was told of in recent days, with what was told of before them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from .grams import new_grams
from .groups import grouped
from .mentions import Mentions, spread
from .recogniser import Recogniser, distinct
from .spelling import parts, plain, uniform

__all__ = ["Least", "Span"]

MISWRITTEN = ("near", "sound")

Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Least:
    """How much has to be told of something new; see `never_seen`."""

    times: int
    tellers: int
    chance: float

    def met(self, told: pa.Table) -> pa.ChunkedArray:
        """Tell for each row of a table whether it is enough."""
        often = pc.greater_equal(told["times"], self.times)
        unlikely = pc.less_equal(told["chance"], self.chance)
        tellers = pc.max_element_wise(told["enterprises"], told["sources"])
        return pc.and_(pc.and_(often, unlikely), pc.greater_equal(tellers, self.tellers))


class Span:
    """Mentions, of which those from a day on are recent; each text is worked on once."""

    def __init__(
        self, mentions: Mentions, since: int, recogniser: Recogniser, least: Least
    ) -> None:
        self.mentions, self.recogniser, self.least = mentions, recogniser, least
        words, row = distinct(mentions.text)
        self.texts = uniform(words)
        text = pc.fill_null(row, -1).to_numpy()
        recent = (mentions.day >= since) & (text >= 0)
        self.share = float(recent.sum() / max(1, (text >= 0).sum()))
        self.past = np.isin(np.arange(len(words)), text[~recent])
        rows = np.flatnonzero(recent)
        self.rows = rows[np.argsort(text[rows], kind="stable")]
        self.ends = np.searchsorted(text[self.rows], np.arange(len(words) + 1))
        recognised = recogniser.recognise(words)
        self.found = recognised["product"].combine_chunks()
        miswritten = pc.is_in(recognised["how"].cast(pa.string()), pa.array(MISWRITTEN))
        self.miswritten = miswritten.to_numpy()

    def products(self) -> pa.Table:
        """Return products of the vocabulary; see `News`."""
        codes = self.recogniser.vocabulary.column("code")
        place = pc.fill_null(self.found.indices, -1).to_numpy()
        text = np.flatnonzero(place >= 0)
        return self.table("product", codes, place[text], text)

    def terms(self) -> pa.Table:
        """Return terms of the lexicon of terms."""
        held = self.recogniser.terms.found([plain(text) for text in self.texts])
        text = [np.flatnonzero(which) for which in held.values()]
        term = np.repeat(np.arange(len(text)), [len(each) for each in text])
        return self.table("term", list(held), term, np.concatenate([np.zeros(0, np.intp), *text]))

    def names(self) -> pa.Table:
        """Return names of which no product is known, those one slip apart as one."""
        pieces, piece, text = self._pieces(outer=True)
        known = self.recogniser.recognise(pieces)["product"].is_valid().to_numpy()
        told = self.found.is_valid().to_numpy(zero_copy_only=False)
        past = np.unique(piece[self.past[text]])
        unknown = ~known[piece] & ~told[text]
        piece, text = piece[unknown], text[unknown]
        times = np.bincount(piece, self._times(text), minlength=len(pieces))
        new = np.setdiff1d(piece, past)
        new = new[np.lexsort(([pieces[each] for each in new], -times[new]))]
        leader = np.array(
            grouped([pieces[each] for each in new], [pieces[each] for each in past]), np.intp
        )
        group = np.full(len(pieces), -1)
        group[new] = leader
        mine = group[piece] >= 0
        names = [pieces[each] for each in new]
        found = self.table("name", names, group[piece[mine]], text[mine])
        spellings: dict[str, list[str]] = {}
        for name, place in zip(names, leader, strict=True):
            spellings.setdefault(names[place], []).append(name)
        listed = [spellings[name] for name in found["name"].to_pylist()]
        return found.append_column("spellings", pa.array(listed, pa.list_(pa.string())))

    def grams(self) -> pa.Table:
        """Return runs of characters that no past text has, and that are part of no known name.

        A miswritten name has runs that nobody wrote before, so it is left out.
        """
        pieces, piece, text = self._pieces(outer=False)
        old = np.unique(piece[self.past[text]])
        new = np.setdiff1d(piece[~self.miswritten[text]], old)
        leader = grouped([pieces[each] for each in new], [pieces[each] for each in old])
        new = new[np.array(leader, np.intp) >= 0]
        grams, gram, of = new_grams([pieces[each] for each in old], [pieces[each] for each in new])
        order = np.argsort(piece, kind="stable")
        starts = np.searchsorted(piece[order], [new[of], new[of] + 1])
        at, pair = spread(starts[0], starts[1])
        found = self.table("gram", grams, gram[pair], text[order][at])
        times = dict(zip(found["gram"].to_pylist(), found["times"].to_pylist(), strict=True))
        inside = {
            part
            for longer, count in times.items()
            for part in (longer[1:], longer[:-1])
            if times.get(part) == count
        }
        known = "|".join(self.recogniser.known)
        kept = [gram not in inside and gram not in known for gram in times]
        return found.filter(pa.array(kept, pa.bool_()))

    def table(self, name: str, labels: Sequence[str], label: Rows, text: Rows) -> pa.Table:
        """Return what was told of each label that no past text has, if it was told enough.

        A pair of `label` and `text` says that a label belongs to a text.
        """
        past = np.isin(np.arange(len(labels)), label[self.past[text]])
        label, text = label[~past[label]], text[~past[label]]
        at, pair = spread(self.ends[text], self.ends[text + 1])
        pairs = np.unique(np.column_stack([label[pair], self.rows[at]]), axis=0)
        told = self.mentions.told(pairs[:, 0], pairs[:, 1], len(labels))
        chance = self.share ** told["times"].to_numpy()
        told = told.add_column(0, name, pa.array(labels, pa.string()))
        told = told.append_column("chance", pa.array(chance))
        enough = self.least.met(told)
        kept = np.flatnonzero(enough.to_numpy())
        records = self.mentions.records(pairs[:, 0], pairs[:, 1], kept)
        order = [("times", "descending"), ("first", "ascending"), (name, "ascending")]
        return told.filter(enough).append_column("records", records).sort_by(order)

    def _times(self, text: Rows) -> Rows:
        """Return how many recent mentions have each text."""
        return self.ends[text + 1] - self.ends[text]

    def _pieces(self, *, outer: bool) -> tuple[list[str], Rows, Rows]:
        """Return what the texts name, and pairs of its places and those of the texts."""
        places: dict[str, int] = {}
        pairs = [
            (places.setdefault(piece, len(places)), number)
            for number, text in enumerate(self.texts)
            for each in (parts(text)[:1] if outer else parts(text))
            for piece in each
            if len(piece) > 1
        ]
        piece, text = np.array(pairs, np.intp).reshape(-1, 2).T
        return list(places), piece, text
