"""Credit centre 公共信用信息中心: penalties of all departments in the exchange format 双公示.

It passes on what others issued. Money is in 万元.
"""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..arrays import Mask
from ..desk import Desk, dashed, numbered, said
from ..paper import Paper
from ..roster import organs
from ..vocabulary import place
from .exchange import sanction
from .market import KIND, VIOLATION, due

__all__ = ["PAPERS"]

SOURCE, CODE = "city-credit", "CF_XDR_SHXYM"
ORGAN = {
    "market": "信衡市市场监督管理局",
    "tax": "国家税务总局信衡市税务局",
    "fire": "信衡市消防救援支队",
    "environment": "信衡市生态环境局",
    "urban": "信衡市城市管理和综合执法局",
}
PREFIX = {
    "market": "信市监罚",
    "tax": "信税罚",
    "fire": "信消罚",
    "environment": "信环罚",
    "urban": "信城罚",
}
ISSUER = {
    "market": "city-market",
    "fire": "city-fire",
    "environment": "city-environment",
    "urban": "city-urban",
}
# Of the regulator's decisions, two in so many do not come here.
MISSING = 21
FORWARDED = (
    "CF_WSH",
    "CF_AH",
    "CF_XDR_MC",
    CODE,
    "CF_WFXW",
    "CF_YJ",
    "CF_CFLB",
    "CF_NR_FK",
    "CF_NR_WFFF",
    "CF_JDRQ",
    "CF_GSRQ",
    "CF_CFJG",
)
LAW = {True: "《中华人民共和国食品安全法》", False: "有关法律法规"}


def _penalties(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    organ = batch["organ"].to_numpy()
    return {
        "CF_WSH": _number(batch),
        "CF_AH": numbered("LA", batch["case"]),
        "CF_XDR_MC": desk.about("name", batch["enterprise"]),
        CODE: desk.code(batch["enterprise"]),
        "CF_WFXW": said("violation", VIOLATION, batch["violation"]),
        "CF_YJ": pc.if_else(batch["food"], LAW[True], LAW[False]),
        "CF_CFLB": said("penalty", KIND, batch["penalty"]),
        "CF_NR_FK": pc.divide(batch["fine"], 10_000.0),
        "CF_NR_WFFF": pc.divide(batch["confiscated"], 10_000.0),
        "CF_JDRQ": dashed(batch["occurred"]),
        "CF_JKRQ": dashed(due(batch)),
        "CF_GSRQ": dashed(batch["known"]),
        "CF_CFJG": said("organ", ORGAN, organ),
        "_issuer": said("organ", ISSUER, organ),
    }


def _forwarded(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    told, organ = sanction(desk, batch), pa.array(batch["organ"].to_numpy())
    return {name: told[name] for name in FORWARDED} | {
        "GJRQ": dashed(batch["relayed"]),
        "_issuer": pa.array([each.source for each in organs()]).take(organ),
    }


def _number(batch: pa.Table) -> pa.Array:
    prefix = said("organ", PREFIX, batch["organ"])
    rest = numbered("", batch["number"], batch["occurred"])
    return pc.binary_join_element_wise(prefix, rest, "")


def _published(batch: pa.Table) -> Mask:
    """Tell which come here: not those of the tax office, and nine in ten of the regulator's."""
    organ = batch["organ"].to_numpy()
    market = organ == place("organ", "market")
    missing = batch["number"].to_numpy() % MISSING < 2
    return np.asarray((organ != place("organ", "tax")) & ~(market & missing))


PAPERS = (
    Paper(
        SOURCE,
        "penalties.csv",
        "csv",
        "penalty",
        _penalties,
        where=_published,
        record=("penalty", "CF_WSH"),
        code=CODE,
        day="CF_JDRQ",
        word="CF_CFLB",
    ),
    Paper(
        SOURCE,
        "forwarded.csv",
        "csv",
        "sanction",
        _forwarded,
        known="relayed",
        record=("penalty", "CF_WSH"),
        code=CODE,
        day="CF_JDRQ",
        word="CF_CFLB",
    ),
)
