"""A register of a made-up city, and clerks who write its enterprises down as people do."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from xinheng.core.codes import CodeTable
from xinheng.simulation.catalogue import trades
from xinheng.simulation.identifiers import credit_codes, operation_licences
from xinheng.simulation.names import CITY, SYLLABLES, enterprise_names, trade_words

WORDS = [first + second for first in SYLLABLES for second in SYLLABLES]
ROADS = ("路", "路", "一路", "二路", "三路", "街", "大道", "巷")
ANY_HAN = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可"
NUMERALS = dict(zip("0123456789", "零一二三四五六七八九", strict=True))
TRADITIONAL = str.maketrans("饮馆东乐丰华万", "飲館東樂豐華萬")


def mixed(numbers: np.ndarray, salt: int) -> np.ndarray:
    """Return numbers that look drawn by chance, the same for the same number and salt."""
    found = (numbers.astype(np.uint64) + np.uint64(salt)) * np.uint64(0x9E3779B97F4A7C15)
    found ^= found >> np.uint64(29)
    found *= np.uint64(0xBF58476D1CE4E5B9)
    return ((found ^ (found >> np.uint64(32))) >> np.uint64(1)).astype(np.int64)


def made_addresses(
    numbers: np.ndarray, districts: np.ndarray, names: list[str], sites: np.ndarray, seed: int
) -> pa.StringArray:
    """Return addresses: neighbours in number share a building, sites are market halls."""

    def word(of: np.ndarray, choices: list[str]) -> pa.Array:
        return pa.array(choices).take(pa.array(of % len(choices)))

    def digits(of: np.ndarray) -> pa.Array:
        return pc.cast(pa.array(of), pa.string())

    def joined(*parts: object) -> pa.Array:
        return pc.binary_join_element_wise(*parts, "")

    house = np.where(sites >= 0, sites + 10**8, numbers // 40) * 16 + districts
    office = mixed(districts * 8 + mixed(house, seed) % 8, seed + 1)
    road = mixed(office % 100_003 * 40 + mixed(house, seed + 2) % 40, seed + 3)
    block = mixed(house, seed + 6) % 9
    within = numbers % 40
    blocks = pc.if_else(pa.array(block < 6), joined(digits(block + 1), "栋"), "")
    room = joined(blocks, digits((1 + within // 4) * 100 + 1 + within % 4))
    letter = word(mixed(numbers, seed + 8), list("ABCD"))
    stall = joined(word(mixed(house, seed + 7), WORDS), "市场", letter, digits(within + 1), "号铺")
    return joined(
        CITY,
        word(districts, names),
        word(office, WORDS),
        "街道",
        word(road, WORDS),
        word(mixed(road, seed + 4), list(ROADS)),
        digits(mixed(house, seed + 5) % 300 + 1),
        "号",
        pc.if_else(pa.array(sites >= 0), stall, room),
    )


def made_register(count: int, seed: int) -> pa.Table:
    """Return a register of a city: one enterprise in twenty is of a chain, one in ten in a hall."""
    rng = np.random.default_rng(seed)
    numbers = np.arange(count)
    share = trades()["share"].to_numpy() + 0.0005
    trade = rng.choice(len(share), count, p=share / share.sum())
    company = rng.random(count) < trades()["company"].to_numpy()[trade]
    names = CodeTable.load("district").table["zh"].unique().to_pylist()
    district = rng.choice(len(names), count)
    chain = np.where(rng.random(count) < 0.05, rng.integers(0, count // 300 + 1, count), -1)
    trade = np.where(chain >= 0, chain % len(share), trade)
    first = pd.Series(numbers).groupby(chain).transform("min").to_numpy()
    order = pd.Series(numbers).groupby(chain).cumcount().to_numpy() + 1
    words = trade_words(np.where(chain < 0, numbers, first).astype(np.int64), seed)
    lines = pa.array(list(trades()["line"])).take(pa.array(trade))
    local = pc.if_else(pa.array(company), "", pa.array(names).take(pa.array(district)))
    site = np.where(rng.random(count) < 0.1, rng.integers(0, count // 400 + 1, count), -1)
    licences = operation_licences(numbers // 5)
    return pa.table(
        {
            "code": credit_codes(numbers, company),
            "name": enterprise_names(local, words, lines, np.where(chain >= 0, order, 0)),
            "address": made_addresses(numbers, district, names, site, seed),
            "licence": pc.if_else(pa.array(numbers % 5 == 0), licences, None),
        }
    )


@dataclass
class Clerk:
    """Somebody who writes down enterprises as people do."""

    rng: np.random.Generator

    def may(self, chance: float) -> bool:
        return bool(self.rng.random() < chance)

    def any_of(self, choices: str | list[str]) -> str:
        return choices[int(self.rng.integers(len(choices)))]

    def slip(self, text: str) -> str:
        place = int(self.rng.integers(len(text)))
        wrong = self.any_of(SYLLABLES if self.may(0.5) else ANY_HAN)
        before, at, after = text[:place], text[place], text[place + 1 :]
        swapped = before + after[:1] + at + after[1:]
        return self.any_of([before + wrong + after] * 3 + [before + after, text + wrong, swapped])

    def wrong_digit(self, text: str) -> str:
        places = [place for place, sign in enumerate(text) if sign.isdigit()]
        place = places[int(self.rng.integers(len(places)))] if places else 0
        return text[:place] + self.any_of("0123456789") + text[place + 1 :] if places else text

    def name(self, name: str) -> str:
        rest = name.removeprefix(CITY)
        district = next((d for d in DISTRICTS if rest.startswith(d)), "")
        rest = rest.removeprefix(district)
        rest, bracket, branch = rest.partition("(")
        if self.may(0.12):
            rest = self.slip(rest)
        if self.may(0.02):
            rest = self.slip(rest)
        if self.may(0.1):
            rest = rest.replace("有限公司", self.any_of(["有限责任公司", "公司", ""]))
        if self.may(0.04) and rest.endswith(("店", "馆")):
            rest = rest[:-1]
        if self.may(0.03):
            rest = rest.translate(TRADITIONAL)
        if branch and self.may(0.3):
            branch = "".join(NUMERALS.get(sign, sign) for sign in branch)
        if branch and self.may(0.02):
            branch = self.wrong_digit(branch)
        tail = self.any_of([f"({branch}", f"（{branch[:-1]}）", branch[:-1]]) if bracket else ""
        if self.may(0.05):
            tail = ""
        short = district.removesuffix("区").removesuffix("新") or "信衡"
        full = CITY + district
        head = self.any_of([full] * 6 + [district or CITY, "", "", CITY[:2] + district, short])
        return head + rest + tail

    def address(self, address: str, others: list[str]) -> str:
        if self.may(0.015):
            address = self.any_of(others)
        if self.may(0.4):
            address = address.removeprefix(CITY)
        before, office, after = address.partition("街道")
        if self.may(0.4) and office:
            address = before[: before.index("区") + 1] + after
        door = address.index("号", address.index("街道") if "街道" in address else 0)
        if self.may(0.1):
            return address[: door + 1]
        if self.may(0.03):
            return self.wrong_digit(address)
        if self.may(0.2) and not address.endswith("铺"):
            return address + self.any_of(["室", "房", "铺"])
        if self.may(0.1):
            return address.replace("号", "号 ").replace("栋", "座")
        if self.may(0.1):
            return address.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
        return address

    def licence(self, licence: str) -> str:
        if self.may(0.05):
            return licence[:2] + self.wrong_digit(licence[2:])
        return self.any_of([licence, licence, licence.lower(), f"{licence[:6]} {licence[6:]}"])


DISTRICTS = CodeTable.load("district").table["zh"].unique().to_pylist()


def written(city: pa.Table, chosen: np.ndarray, seed: int) -> pa.Table:
    """Return hints of the chosen enterprises as clerks write them down."""
    clerk = Clerk(np.random.default_rng(seed))
    others = city["address"].take(pa.array(chosen[:500])).to_pylist()
    rows = []
    for known in city.take(pa.array(chosen)).to_pylist():
        licence = known["licence"] if clerk.may(0.8) else None
        rows.append(
            {
                "by_licence": clerk.licence(licence) if licence else None,
                "by_name": clerk.name(known["name"]) if not licence or clerk.may(0.9) else None,
                "by_address": clerk.address(known["address"], others) if clerk.may(0.75) else None,
            }
        )
    texts = pa.schema([(name, pa.string()) for name in ("by_licence", "by_name", "by_address")])
    return pa.Table.from_pylist(rows, schema=texts)


@dataclass
class Trial:
    """A city of which some enterprises are not registered, and hints about all of them."""

    city: pa.Table
    register: pa.Table
    hints: pa.Table
    truth: list[str | None]


def trial(count: int, hints: int, seed: int) -> Trial:
    rng = np.random.default_rng([seed, 1])
    city = made_register(count, seed)
    registered = rng.random(count) < 0.9
    chosen = np.concatenate(
        [
            rng.choice(np.flatnonzero(registered), hints * 85 // 100),
            rng.choice(np.flatnonzero(~registered), hints * 15 // 100),
        ]
    )
    rng.shuffle(chosen)
    codes = city["code"].take(pa.array(chosen)).to_pylist()
    truth = [code if registered[row] else None for code, row in zip(codes, chosen, strict=True)]
    register = city.filter(pa.array(registered))
    return Trial(city, register, written(city, chosen, seed), truth)
