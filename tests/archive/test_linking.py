"""Linking: hints find the enterprise they are about, or wait; never the wrong file."""

import os

import numpy as np
import pyarrow as pa
import pytest

from xinheng.archive.database import workbench
from xinheng.archive.linking import Linker
from xinheng.archive.linking.reading import Places, addresses, names, uniform
from xinheng.simulation.identifiers import operation_licences

from .clerks import trial

SEED = int(os.environ["HIDDEN_SEED"])
COUNT, HINTS = 8_000, 6_000


def test_hidden_cities_are_linked_well_and_never_to_the_wrong_file() -> None:
    precision, recall, shown = [], [], []
    for seed in (SEED, SEED + 1):
        made = trial(COUNT, HINTS, seed)
        links = Linker(made.register).link(made.hints).table.to_pylist()
        pairs = list(zip(links, made.truth, strict=True))
        right = sum(link["code"] == truth for link, truth in pairs if link["code"])
        precision.append(right / sum(link["code"] is not None for link in links))
        recall.append(right / sum(truth is not None for truth in made.truth))
        waiting = [pair for pair in pairs if pair[1] and not pair[0]["code"]]
        found = [truth in {c["code"] for c in link["candidates"]} for link, truth in waiting]
        shown.append(sum(found) / len(found))
    assert min(precision) >= 0.998, f"HIDDEN_SEED={SEED}: {precision}"
    assert min(recall) >= 0.92, f"HIDDEN_SEED={SEED}: {recall}"
    assert min(shown) >= 0.93, f"HIDDEN_SEED={SEED}: {shown}"


def test_links_do_not_depend_on_the_order_of_rows_or_on_other_hints() -> None:
    made = trial(1_500, 500, SEED)
    links = Linker(made.register).link(made.hints).table
    rng = np.random.default_rng(SEED)
    doubled = pa.concat_tables([made.register, made.register.slice(0, 300)])
    shuffled = doubled.take(pa.array(rng.permutation(len(doubled))))
    order = rng.permutation(len(made.hints))
    again = Linker(shuffled).link(made.hints.take(pa.array(order))).table
    assert again.to_pylist() == links.take(pa.array(order)).to_pylist()
    assert Linker(made.register).link(made.hints.slice(7, 1)).table.to_pylist() == (
        links.slice(7, 1).to_pylist()
    )


def test_many_hints_are_linked_in_blocks_like_few(monkeypatch: pytest.MonkeyPatch) -> None:
    made = trial(1_500, 500, SEED)
    whole = Linker(made.register).link(made.hints).table.to_pylist()
    monkeypatch.setattr("xinheng.archive.linking.linker.BLOCK", 70)
    assert Linker(made.register).link(made.hints).table.to_pylist() == whole


# ------------------------------------------------------------------------ by hand

PLACES = Places(("信衡市",), ("宝安区", "福田区", "大鹏新区"))


def read(query: str, text: str, column: str) -> tuple[str, ...]:
    table = pa.table({"row": [1], column: uniform(pa.chunked_array([[text]]))})
    with workbench(texts=table) as connection:
        [found] = connection.sql(query).fetchall()
    return found[2:]


@pytest.mark.parametrize(
    ("name", "city", "district", "core", "numbers", "form"),
    [
        ("信衡市宝安区禾沐餐饮店（第十二分店）", "信衡市", "宝安", "禾沐餐饮店", "12", ""),
        ("信衡市禾沐食品有限责任公司", "信衡市", "", "禾沐食品", "", "有限公司"),
        ("禾沐食品有限公司第三分公司", "", "", "禾沐食品", "3", "有限公司"),
        ("粤海省信衡市大鹏新区禾沐二店(个体工商户)", "信衡市", "大鹏", "禾沐店", "2", ""),
        ("宝安禾沐飲品舘", "", "", "宝安禾沐饮品舘", "", ""),
        ("二十三号仓商行", "", "", "23号仓商行", "23", ""),
        ("有限公司", "", "", "有限公司", "", "有限公司"),
    ],
)
def test_a_name_is_read(
    name: str, city: str, district: str, core: str, numbers: str, form: str
) -> None:
    query = names("texts", PLACES.formal(), "row")
    assert read(query, name, "name") == (city, district, core, numbers, form)


@pytest.mark.parametrize(
    ("address", "district", "road", "door", "behind"),
    [
        ("信衡市宝安区云禾街道芳瑞一路12号3栋101", "宝安", "芳瑞1路", "12", "3 101"),
        ("宝安区芳瑞一路十二号A座4楼405室", "宝安", "芳瑞1路", "12", "A 405"),
        ("芳瑞一路 １２-３ 号 B3#201", "", "芳瑞1路", "12", "3 B 3 201"),
        ("福田区云禾街道兴旺社区舟里巷27号", "福田", "舟里巷", "27", ""),
        ("星月路6号沐谷市场A12号铺", "", "星月路", "6", "A 12"),
        ("信衡市远海特别合作区木坊街道舟里巷27号", "", "舟里巷", "27", ""),
    ],
)
def test_an_address_is_read(address: str, district: str, road: str, door: str, behind: str) -> None:
    query = addresses("texts", PLACES, "row")
    assert read(query, address, "address") == (district, road, door, behind)


LICENCES = operation_licences(np.arange(1, 9)).to_pylist()
WRONG_CHECK = LICENCES[0][:-1] + str((int(LICENCES[0][-1]) + 1) % 10)
REGISTER = [
    ("ONE", "信衡市福田区禾沐餐饮店", "信衡市福田区云禾街道芳瑞路8号3栋101", LICENCES[0]),
    ("TWO", "信衡市福田区禾沐餐饮二店", "信衡市福田区云禾街道芳瑞路88号203", LICENCES[1]),
    ("FAR", "信衡市龙岗区棠梨小吃店", "信衡市龙岗区木坊街道舟里巷27号5栋103", LICENCES[2]),
    ("SAME", "信衡市宝安区棠梨小吃店", "信衡市宝安区木星街道里暖巷110号", None),
    ("HEAD", "信衡市云川岚食品有限公司", "信衡市坪山区新川街道千语二路246号901", LICENCES[3]),
    ("BRANCH", "信衡市云川岚食品有限公司福田分公司", "信衡市福田区云禾街道芳瑞路8号302", None),
    ("PAST", "信衡市明谷麦饮品店", "信衡市福田区云禾街道芳瑞路8号501", None),
    ("PAST", "信衡市柚星记饮品店", "信衡市福田区云禾街道芳瑞路8号501", LICENCES[4]),
    ("NOW", "信衡市明谷麦饮品店", "信衡市光明区和朗街道诚荣一路14号4栋102", None),
    ("A12", "信衡市南山区海味青商行", "信衡市南山区远仁街道星月路6号沐谷市场A12号铺", None),
    ("A13", "信衡市南山区海味春商行", "信衡市南山区远仁街道星月路6号沐谷市场A13号铺", None),
    ("DEAD", "信衡市罗湖区知夏和面馆", "信衡市罗湖区晨木街道稻良街9号101", None),
    ("BORN", "信衡市罗湖区知夏和面馆", "信衡市罗湖区晨木街道稻良街9号101", LICENCES[5]),
    ("ONE_HALL", "信衡市罗湖区第一食堂管理有限公司", "信衡市罗湖区晨木街道稻良街90号", None),
    ("LIGHT", "信衡市光明山食品有限公司", "信衡市光明区和朗街道新湖大道300号2栋801", None),
    ("BAD", "信衡市舟木千电子有限公司", None, WRONG_CHECK),
    ("FREE", "信衡市白屿溪咨询有限公司", None, "粤信字第１２号"),
]
LINKER = Linker(
    pa.table(
        {
            name: pa.array(column, pa.string())
            for name, column in zip(
                ("code", "name", "address", "licence"), zip(*REGISTER, strict=True), strict=True
            )
        }
    )
)


def link(
    name: str | None = None, address: str | None = None, licence: str | None = None
) -> dict[str, object]:
    texts = {"by_licence": licence, "by_name": name, "by_address": address}
    hints = pa.table({key: pa.array([text], pa.string()) for key, text in texts.items()})
    [found] = LINKER.link(hints).table.to_pylist()
    return found


CERTAIN = {
    "a licence alone": (None, None, LICENCES[0], "ONE", "licence"),
    "a licence in other signs": (None, None, "ｊｙ " + LICENCES[0][2:], "ONE", "licence"),
    "a licence, a name cut short": ("禾沐餐饮", None, LICENCES[0], "ONE", "licence"),
    "a licence, a former name": ("明谷麦饮品店", None, LICENCES[4], "PAST", "licence"),
    "a free licence and the name": ("白屿溪咨询有限公司", None, "粤信字第12号", "FREE", "licence"),
    "the licence tells twins apart": ("知夏和面馆", None, LICENCES[5], "BORN", "licence"),
    "a wrong licence, a good name": (
        "禾沐餐饮店",
        "福田区芳瑞路8号3栋101",
        WRONG_CHECK,
        "ONE",
        "name and address",
    ),
    "a whole name": ("信衡市龙岗区棠梨小吃店", None, None, "FAR", "name"),
    "full width, blanks, brackets": ("信衡市 云川岚食品　有限责任公司", None, None, "HEAD", "name"),
    "the city without its word": ("信衡龙岗棠梨小吃店", None, None, "FAR", "name"),
    "traditional characters": ("信衡市白嶼溪咨詢有限公司", None, None, None, None),
    "one character wrong": (
        "禾木餐饮店",
        "福田区芳瑞路八号3座101房",
        None,
        "ONE",
        "name and address",
    ),
    "swapped, and no room": ("沐禾餐饮店", "福田芳瑞路8号", None, "ONE", "name and address"),
    "a name cut short in one room": (
        "云川岚",
        "坪山区千语二路246号901",
        None,
        "HEAD",
        "name and address",
    ),
    "another number, but the address": (
        "禾沐餐饮2店",
        "芳瑞路88号",
        None,
        "TWO",
        "name and address",
    ),
    "the number of a shop in a numeral": ("信衡市福田区禾沐餐饮二店", None, None, "TWO", "name"),
    "one shop of a hall": (
        "海味青商行",
        "南山区星月路6号沐谷市场A12档",
        None,
        "A12",
        "name and address",
    ),
    "the old holder of a name by its address": (
        "明谷麦饮品店",
        "福田区芳瑞路8号501",
        None,
        "PAST",
        "name and address",
    ),
    "the new holder by its own": (
        "明谷麦饮品店",
        "光明区诚荣一路14号4栋102",
        None,
        "NOW",
        "name and address",
    ),
    "a digit of the address wrong": (
        "信衡市龙岗区棠梨小吃店",
        "龙岗区舟里巷21号5栋103",
        None,
        "FAR",
        "name and address",
    ),
    "a trade word that is a district": ("光明山食品有限公司", None, None, "LIGHT", "name"),
}
UNCERTAIN = {
    "a shop of a chain without its address": ("信衡市福田区禾沐餐饮店", None, None, "ONE"),
    "a shop that the chain does not have": ("信衡市福田区禾沐餐饮三店", None, None, "ONE"),
    "the second shop at the first one's address": ("禾沐餐饮二店", "芳瑞路8号3栋101", None, "TWO"),
    "one name in two districts": ("棠梨小吃店", None, None, "FAR"),
    "the name in a third district": ("信衡市盐田区棠梨小吃店", None, None, "FAR"),
    "the name of another district by address": ("棠梨小吃店", "盐田区海月路1号", None, "FAR"),
    "a name that two have had": ("信衡市明谷麦饮品店", None, None, "PAST"),
    "twins at one address": ("知夏和面馆", "罗湖区稻良街9号101", None, "BORN"),
    "a name between two stalls": ("海味月商行", "星月路6号沐谷市场", None, "A12"),
    "the right name elsewhere": ("信衡市云川岚食品有限公司", "盐田区海月路1号", None, "HEAD"),
    "the first canteen and the second": (
        "第二食堂管理有限公司",
        "罗湖区稻良街90号",
        None,
        "ONE_HALL",
    ),
    "one slip and no address": ("信衡市云川风食品有限公司", None, None, "HEAD"),
    "a licence with a wrong check digit": ("信衡市无人知小吃店", None, WRONG_CHECK, None),
    "a licence against the name": ("信衡市龙岗区棠梨小吃店", None, LICENCES[0], "ONE"),
    "a licence of another shop of the chain": ("禾沐餐饮二店", None, LICENCES[0], "ONE"),
    "a licence, and a shop that is not": ("禾沐餐饮三店", None, LICENCES[0], "ONE"),
    "a licence that is wrong everywhere": ("信衡市舟木百电子有限公司", None, WRONG_CHECK, "BAD"),
    "another district at the very address": (
        "信衡市盐田区棠梨小吃店",
        "舟里巷27号5栋103",
        None,
        "FAR",
    ),
    "a free licence alone": (None, None, "粤信字第12号", "FREE"),
    "an address alone": (None, "福田区芳瑞路8号3栋101", None, "ONE"),
    "a legal form alone": ("有限公司", None, None, None),
    "a new tenant in the old room": ("青禾小吃店", "龙岗区舟里巷27号5栋103", None, "FAR"),
}


@pytest.mark.parametrize("case", CERTAIN)
def test_certain(case: str) -> None:
    name, address, licence, code, how = CERTAIN[case]
    found = link(name, address, licence)
    assert (found["code"], found["how"]) == (code, how), found


@pytest.mark.parametrize("case", UNCERTAIN)
def test_left_to_a_person_with_the_nearest_shown(case: str) -> None:
    name, address, licence, nearest = UNCERTAIN[case]
    found = link(name, address, licence)
    assert found["code"] is None, found
    candidates = [candidate["code"] for candidate in found["candidates"]]
    assert nearest in candidates if nearest else not candidates, found


def test_a_chain_of_many_shops_is_told_apart_by_their_numbers() -> None:
    shops = range(1, 702)
    register = pa.table(
        {
            "code": [f"S{n}" for n in shops],
            "name": [f"信衡市福田区海棠便利店(第{n}分店)" for n in shops],
            "address": pa.nulls(len(shops), pa.string()),
            "licence": pa.nulls(len(shops), pa.string()),
        }
    )
    names = [
        "信衡市福田区海棠便利店（第六百分店）",
        "海棠便利店第700分店",
        "信衡市福田区海棠便利店",
    ]
    texts = {"by_licence": [None] * 3, "by_name": names, "by_address": [None] * 3}
    hints = pa.table({key: pa.array(values, pa.string()) for key, values in texts.items()})
    codes = Linker(register).link(hints).table["code"].to_pylist()
    assert codes == [None, "S700", None]


def test_nothing_known_and_nothing_asked() -> None:
    empty = pa.table(
        {name: pa.array([], pa.string()) for name in ("code", "name", "address", "licence")}
    )
    hints = pa.table(
        {
            name: pa.array([None, "棠梨"], pa.string())
            for name in ("by_licence", "by_name", "by_address")
        }
    )
    for linker in (LINKER, Linker(empty)):
        links = linker.link(hints)
        assert links.table["code"].to_pylist() == [None, None]
        assert links.table["candidates"].to_pylist()[0] == []
        assert links.linked == 0
        assert not len(linker.link(hints.slice(0, 0)).table)
