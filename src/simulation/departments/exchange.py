"""Departments that deliver their penalties in the national exchange format 双公示.

Money is in 万元. Some do not know the credit code of all whom they punish, and health inspection
of none: they write name, address and food licence instead.
"""

from collections.abc import Mapping
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..arrays import Who
from ..desk import Desk, dashed, numbered, said
from ..miswriting import Written
from ..paper import Paper
from ..roster import organs, violations
from ..vocabulary import place
from .formats import HIDDEN, equal, sharing
from .market import KIND, VIOLATION, due

__all__ = ["CODE", "PAPERS", "decision", "sanction"]

CODE = "CF_XDR_SHXYM"
BLURRED: Mapping[str, Written] = {
    "CF_XDR_MC": "name",
    "CF_XDR_DZ": "address",
    "CF_XDR_XKZ": "licence",
}
LATER = ("performed", "withdrawn", "reinstated")


def decision(organ: Who, number: pa.ChunkedArray, days: pa.ChunkedArray) -> pa.Array:
    """Return the numbers of decisions of some organs, places in `organs`."""
    prefix = pa.array([each.prefix for each in organs()]).take(pa.array(organ))
    return pc.binary_join_element_wise(prefix, numbered("", number, days), "")


def sanction(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    """Write penalties of the departments in the exchange format."""
    organ = batch["organ"].to_numpy().astype(np.int64)
    words = pa.array(list(violations().values()))
    return {
        "CF_WSH": decision(organ, batch["number"], batch["occurred"]),
        "CF_AH": numbered("ZA", batch["case"]),
        **_columns(desk, batch, organ),
        "CF_WFXW": words.take(pa.array(batch["violation"].to_numpy())),
        **_rest(batch, organ),
    }


def _decided(organ: int, desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    """Write the penalties of an organ whose decisions the city's own processes take."""
    all_of_it = np.full(batch.num_rows, organ)
    return {
        "CF_WSH": decision(all_of_it, batch["number"], batch["occurred"]),
        "CF_AH": numbered("LA", batch["case"]),
        **_columns(desk, batch, all_of_it),
        "CF_WFXW": said("violation", VIOLATION, batch["violation"]),
        **_rest(batch, all_of_it),
    }


def _columns(desk: Desk, batch: pa.Table, organ: Who) -> Mapping[str, pa.Array]:
    who = batch["enterprise"]
    return {
        "CF_XDR_MC": desk.about("name", who),
        CODE: desk.code(who),
        "CF_XDR_DZ": desk.about("address", who),
        "CF_XDR_XKZ": desk.licence(who),
        "CF_YJ": pa.array([each.basis for each in organs()]).take(pa.array(organ)),
    }


def _rest(batch: pa.Table, organ: Who) -> Mapping[str, pa.Array]:
    return {
        "CF_CFLB": said("penalty", KIND, batch["penalty"]),
        "CF_NR_FK": pc.divide(batch["fine"], 10_000.0),
        "CF_NR_WFFF": pc.divide(batch["confiscated"], 10_000.0),
        "CF_JDRQ": dashed(batch["occurred"]),
        "CF_JKRQ": dashed(due(batch)),
        "CF_GSRQ": dashed(batch["known"]),
        "CF_LXRQ": dashed(batch["performed"]),
        "CF_CXRQ": dashed(batch["withdrawn"]),
        "CF_HFRQ": dashed(batch["reinstated"]),
        "CF_CFJG": pa.array([each.zh for each in organs()]).take(pa.array(organ)),
    }


def _papers() -> tuple[Paper, ...]:
    formats = {
        each.source: (each, form, suffix) for each, form, suffix in sharing("exchange-penalty")
    }
    papers = []
    for number, organ in enumerate(organs()):
        department, form, suffix = formats[organ.source]
        here = place("organ", organ.name) if not organ.rate else number
        papers.append(
            Paper(
                organ.source,
                f"penalties.{suffix}",
                form,
                "sanction" if organ.rate else "penalty",
                sanction if organ.rate else partial(_decided, number),
                where=partial(equal, "organ", here),
                later=LATER,
                corrected=("fine", 0.1) if organ.rate else None,
                hides=HIDDEN[department.names],
                blurred=BLURRED,
                code=CODE,
                day="CF_JDRQ",
                word="CF_CFLB",
            )
        )
    return tuple(papers)


PAPERS = _papers()
