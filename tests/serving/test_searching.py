"""Searching: what is found is what plain reading finds, in order, page by page."""

import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.archive.directory import Directory, folded
from xinheng.archive.directory.writing import write
from xinheng.core.time import NEVER
from xinheng.serving import searching
from xinheng.serving.live.directories import Everybody
from xinheng.serving.live.standing import Standing
from xinheng.serving.searching import Order, Wanted, search

SIGNS = "信衡飲饮ａA三3 -"
ENTERPRISE = st.tuples(
    st.none() | st.text(SIGNS, max_size=6),
    st.sampled_from([None, "甲区", "乙区"]),
    st.lists(st.sampled_from(["0101", "2401"]), unique=True, max_size=2),
    st.integers(-1, 5),
    st.sampled_from([NEVER, 100, 200]),
)
CITY = st.lists(ENTERPRISE, max_size=12)
WORD = st.text(SIGNS.strip(), min_size=2, max_size=3).filter(lambda word: len(folded(word)) > 1)


def everybody(folder, city):
    count = len(city)
    names, districts, categories, levels, moved = zip(*city, strict=True) if city else ([],) * 5
    codes = [f"{(7 * each) % 13:02}{each:02}" for each in range(count)]
    table = pa.table(
        {
            "number": pa.array(range(count), pa.int32()),
            "scheme": pa.array(["made-up"] * count, pa.string()),
            "code": pa.array(codes, pa.string()),
            "name": pa.array(names, pa.string()),
            "names": pa.array(names, pa.string()),
            "district": pa.array(districts, pa.string()),
            "business": pa.nulls(count, pa.string()),
            "categories": pa.array(categories, pa.list_(pa.string())),
        }
    )
    numbers = pa.array(range(count), pa.int32())
    write(folder, table, pa.table({"number": numbers, "licence": pa.array(codes, pa.string())}))
    directory = Directory(folder)
    standing = Standing(1, 0, np.array(levels, np.int8), np.array(moved, np.int32))
    return Everybody(directory, standing.of(directory.number)), codes


def pages(found, limit, **wanted):
    """Numbers on all pages, and the totals that they tell."""
    numbers, totals, after = [], set(), None
    while True:
        page = search(found, Wanted(**wanted, limit=limit, after=after))
        numbers += found.directory.number[list(page.rows)].tolist()
        totals.add(page.total)
        if not page.more:
            return numbers, totals
        assert len(page.rows) == limit
        after = numbers[-1]


@settings(max_examples=60)
@given(CITY, WORD, st.sampled_from(Order), st.integers(1, 3), st.data())
def test_pages_together_are_all_that_plain_reading_finds(city, word, order, limit, data):
    few = data.draw(st.sampled_from([searching.FEW, 0]))
    wanted = data.draw(
        st.fixed_dictionaries(
            {},
            optional={
                "name": st.just(word),
                "districts": st.sampled_from([["甲区"], ["甲区", "乙区"]]),
                "categories": st.sampled_from([["0101"], ["0101", "2401"]]),
                "levels": st.sets(st.integers(0, 5), min_size=1),
                "moved": st.sampled_from([100, 150]),
                "code": st.sampled_from(["0", "1", "00"]),
            },
        )
    )

    def meant(number):
        name, district, categories, level, moved = city[number]
        tests = {
            "name": lambda text: folded(text) in folded(name or ""),
            "districts": lambda some: district in some,
            "categories": lambda some: not set(some).isdisjoint(categories),
            "levels": lambda some: level in some,
            "moved": lambda day: day <= moved < NEVER,
            "code": codes[number].startswith,
        }
        return all(tests[key](value) for key, value in wanted.items())

    def place(number):
        name, level = city[number][0], city[number][3]
        named = (b"\xff" if name is None else name.encode("gb18030"), codes[number])
        return {"name": named, "code": codes[number], "level": (-level, named)}[order]

    with tempfile.TemporaryDirectory() as folder:
        known = {name for _, district, *_ in city for name in [district]}
        if "districts" in wanted:
            wanted["districts"] = [each for each in wanted["districts"] if each in known]
        found, codes = everybody(Path(folder), city)
        kept, searching.FEW = searching.FEW, few
        try:
            numbers, totals = pages(found, limit, order=order, **wanted)
        finally:
            searching.FEW = kept
    plain = sorted(filter(meant, range(len(city))), key=place)
    assert numbers == plain
    assert totals == {len(plain)}


def test_more_than_are_counted_have_no_total(tmp_path, monkeypatch):
    found, _ = everybody(tmp_path, [("信衡饮", None, [], 1, NEVER)] * 5)
    monkeypatch.setattr(searching, "COUNTED", 4)
    page = search(found, Wanted(name="信衡饮", limit=2))
    assert (len(page.rows), page.total, page.more) == (2, None, True)


def test_who_is_out_of_reach_is_neither_listed_nor_counted(tmp_path):
    found, _ = everybody(tmp_path, [("信衡饮", None, [], 1, NEVER)] * 5)
    page = search(found, Wanted(limit=10), may=lambda rows: rows % 2 == 0)
    assert (page.rows, page.total) == ((0, 2, 4), 3)


def test_one_box_finds_names_codes_and_licences(tmp_path):
    found, codes = everybody(
        tmp_path, [("信衡饮AA", None, [], 1, NEVER), ("AA", None, [], 1, NEVER)]
    )
    for text, numbers in (("信衡", [0]), ("aa", [1, 0]), (codes[1], [1]), ("AA信", [])):
        assert pages(found, 5, text=text)[0] == numbers


def test_individuals_are_not_found_by_name_by_who_reads_no_persons(tmp_path):
    found, codes = everybody(tmp_path, [("信衡饮", None, [], 1, NEVER)])
    assert pages(found, 5, name="信衡", individuals=False)[0] == []
    assert pages(found, 5, text="信衡", individuals=False)[0] == []
    assert pages(found, 5, code=codes[0], individuals=False)[0] == [0]
