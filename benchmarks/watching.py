"""How fast a day's watch of products is: newcomers, and whom a product concerns.

Records are made up: names of the vocabulary in 50,000 ways to write them, spread over five years
and a city, and a name that nobody wrote before stands in the last ten. There is no peer to compare
with. `agree` says that the name is told as new, and that an enterprise that failed comes first,
with its own records.

Targets: newcomers among 5 million records in 10 seconds, once texts are recognised; whom a product
concerns in a city of 460,000 enterprises in 1 second.
"""

import os
import secrets

import numpy as np
import pyarrow as pa

from xinheng.earlywarning.exposure import City, Exposure, read_weights
from xinheng.earlywarning.exposure.city import ENTERPRISES, LICENCES, TIES
from xinheng.earlywarning.newcomers import newcomers
from xinheng.earlywarning.products import Recogniser, Vocabulary
from xinheng.earlywarning.sightings import OUTCOMES, SIGHTED, Sightings

from .measuring import apart, is_quick, lasting, told
from .products import Clerk

FULL, QUICK = (5_000_000, 50_000, 460_000), (500_000, 5_000, 460_000)
DAY, YEARS = 20_000, 5
NEWCOMERS_S, EXPOSED_S = 10.0, 1.0
WANTED, NEW, TIMES = "wet_rice_noodles", "脆啵啵粒", 10


def written(recogniser: Recogniser, different: int, seed: int) -> list[str]:
    """Return so many ways to write names of products."""
    names = [name for each in recogniser.vocabulary.names() for name in each]
    clerk, found = Clerk(seed, names), set(names)
    while len(found) < different:
        found.add(clerk.added(clerk.slip(clerk.rng.choice(names))))
    return sorted(found)[:different]


def sightings(
    recogniser: Recogniser, records: int, different: int, enterprises: int, seed: int
) -> Sightings:
    """Return records of a city, drawn anew."""
    rng = np.random.default_rng(seed)
    texts = pa.array([*written(recogniser, different, seed), NEW])
    place = rng.integers(0, different, records, np.int32)
    place[-TIMES:] = different
    day = np.sort(rng.integers(DAY - YEARS * 365, DAY + 1, records)).astype(np.int32)
    product = recogniser.recognise(texts)["product"].combine_chunks()
    words = pa.DictionaryArray.from_arrays
    kinds = words(pa.array(np.zeros(records, np.int32)), pa.array(["sampling"]))
    empty = words(pa.nulls(records, pa.int32()), pa.array([], pa.string()))
    source = words(pa.array(rng.integers(0, 8, records, np.int32)), pa.array(list("abcdefgh")))
    outcome = rng.choice(
        [OUTCOMES.index("passed"), OUTCOMES.index("failed")], records, p=[0.97, 0.03]
    )
    columns = {
        "kind": kinds,
        "record": pa.array(np.arange(records)),
        "enterprise": pa.array(rng.integers(0, enterprises, records, np.int32)),
        "source": source,
        "text": words(pa.array(place), texts),
        "product": product.take(pa.array(place)),
        "occurred": pa.array(day),
        "available": pa.array(day),
        "outcome": pa.array(outcome.astype(np.int8)),
        "open": pa.array(np.ones(records, bool)),
    }
    table = pa.table([columns.get(name, empty) for name in SIGHTED.names], schema=SIGHTED)
    return Sightings(table, DAY)


def city(enterprises: int, seed: int) -> City:
    """Return a city with ties, drawn anew."""
    rng = np.random.default_rng(seed)
    number = np.arange(enterprises, dtype=np.int32)
    district = np.array(["福田区", "南山区", "宝安区", "龙岗区"], object)[number % 4]
    site = np.char.add("S", (number // 3).astype(str))
    codes = np.char.add("E", number.astype(str))
    nothing = pa.nulls(enterprises, pa.string())
    everybody = pa.table([number, codes, district, nothing, site], schema=ENTERPRISES)
    ties = rng.integers(0, enterprises, (2, enterprises // 4)).astype(np.int32)
    role = np.array(["supply", "commission", "investment"], object)[np.arange(ties.shape[1]) % 3]
    zero = np.zeros(ties.shape[1], np.int32)
    tied = pa.table([*ties, role, zero.astype(np.int64), zero], schema=TIES)
    held = number[:800]
    category = np.array(["0104", "0401"], object)[held % 2]
    licences = pa.table(
        [held, held.astype(np.int64), category, np.zeros(800, np.int32)], schema=LICENCES
    )
    return City(everybody, licences, tied)


def measured(
    records: int, different: int, enterprises: int, seed: int
) -> tuple[dict[str, float], bool]:
    """Time both on one city."""
    recogniser = Recogniser(Vocabulary.default(), DAY)
    with lasting() as recognising:
        seen = sightings(recogniser, records, different, enterprises, seed)
    with lasting() as first:
        new = newcomers(seen, recogniser)
    exposure = Exposure(seen, city(enterprises, seed), recogniser.vocabulary, read_weights())
    with lasting() as asked:
        found = exposure.exposed([WANTED])
    figures: dict[str, float] = {
        "records": records,
        "different": different,
        "enterprises": enterprises,
        "made_and_recognised_s": round(recognising(), 2),
        "newcomers_s": round(first(), 2),
        "newcomers": len(new),
        "exposed_s": round(asked(), 2),
        "exposed": len(exposure.ranked([WANTED])),
    }
    mine = {str(row) for row in exposure.rows([WANTED])}
    is_told = any(each.product == NEW for each in new)
    return figures, is_told and found[0].failed and set(found[0].records[:1]) <= mine


def main() -> None:
    """Measure, print what was found, and one JSON object last."""
    size = QUICK if is_quick(__doc__) else FULL
    seed = int(os.environ.get("HIDDEN_SEED") or secrets.randbelow(2**31))
    print(f"HIDDEN_SEED={seed}")
    figures, agree = apart(measured, *size, seed)
    targets = {"newcomers_s": NEWCOMERS_S, "exposed_s": EXPOSED_S}
    missed = [f"{name} {figures[name]}" for name, most in targets.items() if figures[name] > most]
    told("watching", {}, figures, missed, agree=agree)


if __name__ == "__main__":
    main()
