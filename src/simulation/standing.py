"""What enterprises hold: registration, licences, certificates and awards."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from .city import TRADES
from .codes import operating_licence, production_licence
from .records import Records
from .state import entered
from .world import World

__all__ = ["award", "certify", "license_all", "register"]

TERM, CERTIFIED = 1826, 1096
SCHEMES = {"haccp": -1.6, "iso22000": -1.3, "gmp": -2.4, "fssc22000": -2.8}
OPERATORS = -3.2
WITHDRAWN = 0.06
AWARDS = {"city": 0.02, "province": 0.005, "nation": 0.0012}

Days = npt.NDArray[np.int64]


def register(rng: np.random.Generator, world: World) -> None:
    """Enter every enterprise in the register when it is founded."""
    city = world.city
    founded = city.enterprises["established"].to_numpy()
    world.records.add(
        "enterprise",
        enterprise=np.arange(len(city)),
        occurred=founded,
        known=founded + rng.integers(0, 6, len(city)),
        status="active",
        capital=city.enterprises["capital"].to_numpy(),
    )


def license_all(rng: np.random.Generator, world: World, end: int) -> None:
    """Grant each its licence weeks after it was founded, and renew it every five years.

    Some renew late and stand without for a while; who closed does not renew, and the licence
    lapses on that day.
    """
    city, state = world.city, world.state
    revoked = set(_revoked(world.records))
    opened = city.enterprises["established"].to_numpy() + rng.integers(5, 30, len(city))
    quality = state.quality
    rows, events = [], []
    issued: Counter[str] = Counter()
    for who, (first, products) in enumerate(
        zip(opened.tolist(), city.enterprises["products"], strict=True)
    ):
        category = products.split(";")[0] if products else ""
        number = issued[category[:2]]
        issued[category[:2]] += 1
        licence = production_licence(category, number) if category else operating_licence(number)
        closed, day, term = int(state.closed[who]), int(first), 0
        while day < min(end, closed):
            valid_to = day + TERM - 1
            lapsed = closed if closed <= valid_to and closed < end else -1
            rows.append((who, licence, f"{licence}-{term}", products, day, valid_to, lapsed))
            events.append((who, licence, "renewed" if term else "granted", day))
            if lapsed >= 0:
                word = "revoked" if who in revoked else "cancelled"
                events.append((who, licence, word, lapsed))
            late = rng.random() < 0.04 * np.exp(-quality[who])
            day, term = valid_to + 1 + (int(rng.integers(10, 90)) if late else 0), term + 1
    columns = ("enterprise", "licence", "number", "products", "occurred", "valid_to", "lapsed")
    table = _columns(rows, columns)
    world.records.add("licence", **table, known=entered(rng, table["occurred"].astype(int), 5))
    table = _columns(events, ("enterprise", "licence", "event", "occurred"))
    world.records.add(
        "licence_event", **table, known=entered(rng, table["occurred"].astype(int), 5)
    )


def certify(rng: np.random.Generator, world: World, first: int,
            end: int) -> None:  # fmt: skip
    """Certify management systems for three years; a few certificates are withdrawn."""
    city, state = world.city, world.state
    producer = city.enterprises["population"].to_numpy() == "producer"
    catered = np.array([each.name == "集体配餐" for each in TRADES])[city.enterprises["trade"]]
    for scheme, base in SCHEMES.items():
        level = np.where(producer | catered, base, base + OPERATORS)
        chance = 1 / (1 + np.exp(-level - 0.9 * city.quality))
        who = np.flatnonzero(rng.random(len(city)) < chance)
        day = np.maximum(city.enterprises["established"].to_numpy()[who] + 120, first - CERTIFIED)
        day = day + rng.integers(0, CERTIFIED, len(who))
        term = 0
        while len(who):
            valid_to = day + CERTIFIED - 1
            lost = rng.random(len(who)) < WITHDRAWN * np.exp(-state.quality[who])
            withdrawn = np.where(lost, day + rng.integers(100, CERTIFIED - 10, len(who)), -1)
            world.records.add(
                "certificate",
                enterprise=who,
                number=np.array([f"{scheme.upper()}-{n:06d}-{term}" for n in who], dtype=object),
                scheme=scheme,
                occurred=day,
                known=entered(rng, day, 10),
                valid_to=valid_to,
                withdrawn=withdrawn,
            )
            stays = ~lost & (valid_to < end) & (rng.random(len(who)) < 0.8)
            who, day, term = who[stays], valid_to[stays] + 1, term + 1
            day = day - rng.integers(5, 40, len(who))


def award(rng: np.random.Generator, world: World, day: int, year: int) -> None:
    """Recognise some of the good ones, once a year."""
    city, state = world.city, world.state
    founded = city.enterprises["established"].to_numpy()
    active = np.flatnonzero((founded < day - 365) & (state.closed > day))
    for level, rate in AWARDS.items():
        chance = rate * np.exp(0.9 * state.quality[active])
        who = active[rng.random(len(active)) < chance]
        days = day + rng.integers(0, 20, len(who))
        world.records.add(
            "award",
            enterprise=who,
            number=np.array([f"JL{year}-{level[0].upper()}-{n:06d}" for n in who], dtype=object),
            level=level,
            occurred=days,
            known=entered(rng, days, 10),
        )


def _revoked(records: Records) -> list[int]:
    penalties = records.frame("penalty")
    if not len(penalties):
        return []
    lost = (penalties["kind"] == "revocation") & (penalties["withdrawn"] < 0)
    return [int(who) for who in penalties.loc[lost, "enterprise"]]


def _columns(
    rows: Sequence[tuple[object, ...]], names: tuple[str, ...]
) -> dict[str, npt.NDArray[np.object_]]:
    columns = zip(*rows, strict=True)
    return {
        name: np.array(column, dtype=object) for name, column in zip(names, columns, strict=True)
    }
