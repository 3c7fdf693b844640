"""Records that name products, read from an archive as they stood at the end of a day."""

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest

from xinheng.archive import Archive, read_source
from xinheng.core.time import day
from xinheng.earlywarning.exposure import Exposure, read_city
from xinheng.earlywarning.sightings import KINDS, OUTCOMES, Sightings, read_sightings

from .towns import known

END = day("2026-06-01")
FIELDS = ("enterprise", "number", "occurred", "known")
MORE = {
    **KINDS,
    "complaint": ("product", "topic", "type", "food"),
    "opinion": ("product", "topic", "polarity", "food", "credibility"),
    "recall": ("product", "level", "ordered", "late"),
    "incident": ("product", "grade"),
    "sampling": (*KINDS["sampling"], "lot"),
    "licence": ("licence", "type", "category", "valid_to"),
    "relation": ("other", "role"),
    "enterprise": ("district", "site", "brand"),
    "lifecycle": ("of", "change"),
}
ONE, TWO = "11", "22"


def bureau(folder: Path, **rows: list[str]) -> Archive:
    """Return an archive of rows by kind, each "enterprise,number,occurred,known,...".

    An empty field is missing.
    """
    source, delivery = folder / "source", folder / "delivery"
    source.mkdir(parents=True)
    delivery.mkdir()
    toml = ['title = "Made up"', 'department = "made up"', 'scheme = "town"']
    toml += ["[clocks]", 'backfill = "trusted"']
    for kind in rows:
        toml += [f"[files.{kind}]", f'path = "{kind}.csv"', 'reader = "csv"']
    for kind, given in rows.items():
        columns = [*FIELDS, *MORE[kind]]
        toml += ["[[records]]", f'kind = "{kind}"', f'rows = "{kind}"', f'sql = "{kind}.sql"']
        names = ", ".join(f'"{name}"' for name in columns)
        (source / f"{kind}.sql").write_text(f"SELECT _row, {names} FROM {kind}", "utf-8")  # noqa: S608
        with (delivery / f"{kind}.csv").open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream).writerows([columns, *(row.split(",") for row in given)])
    (source / "source.toml").write_text("\n".join(toml), "utf-8")
    archive = Archive(folder / "archive")
    receipt = archive.ingest(read_source(source), delivery, datetime(2026, 7, 1, tzinfo=UTC))
    assert receipt.delivery.faults == {}
    return archive


ROWS = {
    "sampling": [
        f"{ONE},s1,2026-05-01,2026-05-20,河粉,米酵菌酸,acute_toxin,production,false,,L1",
        f"{ONE},s2,2026-05-01,2026-05-21,月饼,,,distribution,true,,L2",
        f"{TWO},s3,2026-05-02,2026-05-22,河粉,铅,contaminant,production,false,true,L3",
        f"{TWO},s4,2026-05-02,2026-06-02,河粉,,,production,true,,L4",
        f"{TWO},s5,2026-05-02,2026-05-22,,,,production,true,,L5",
    ],
    "product": [f"{TWO},p1,2025-01-01,2025-01-01,鲜河粉", f"{ONE},p2,2025-01-01,2025-01-01,河粉"],
    "complaint": [f"{TWO},c1,2026-05-05,2026-05-05,肠粉,poisoning,complaint,true"],
    "opinion": [
        ",o1,2026-05-06,2026-05-06,河粉,smell,negative,true,0.5",
        ",o2,2026-05-07,2026-05-07,河粉,smell,neutral,true,0.5",
    ],
    "alert": [",a1,2026-05-08,2026-05-08,湿粉,米酵菌酸,acute_toxin"],
    "recall": [f"{ONE},r1,2026-05-09,2026-05-09,湿粉,level1,true,false"],
    "incident": [f"{ONE},i1,2026-05-10,2026-05-10,河粉,outbreak"],
    "licence": [
        f"{ONE},l1,2024-01-01,2024-01-01,SC1,production,0104,2026-06-02",
        f"{TWO},l2,2024-01-01,2024-01-01,SC2,production,0104,2026-06-01",
        f"{TWO},l3,2024-01-01,2024-01-01,JY3,operation,0104,2030-01-01",
    ],
    "relation": [
        f"{ONE},t1,2024-01-01,2024-01-01,{TWO},commission",
        f"{TWO},t2,2024-01-01,2024-01-01,99,supply",
        f"{TWO},t3,2024-01-01,2024-01-01,{ONE},branch",
    ],
    "enterprise": [
        f"{ONE},e1,2024-01-01,2024-01-01,福田区,S,",
        f"{ONE},e2,2026-01-01,2026-01-01,南山区,S,B",
        *(f"{ONE},e{n},2023-0{n}-01,2023-0{n}-01,宝安区,S," for n in range(3, 10)),
    ],
    "lifecycle": [
        f"{ONE},p2,2026-04-01,2026-04-01,product,ended",
        f"{TWO},t3,2026-04-01,2026-04-01,relation,ended",
    ],
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory) -> Archive:
    return bureau(tmp_path_factory.mktemp("bureau"), **ROWS)


def rows(seen: Sightings, *columns: str) -> dict[str, tuple[object, ...]]:
    """Return some columns of each record, by the kind and the day it became known."""
    table = seen.table.to_pylist()
    return {
        f"{row['kind']} {row['available']}": tuple(row[name] for name in columns) for row in table
    }


def test_each_kind_tells_its_own(archive: Archive):
    seen = read_sightings(archive, END, known(END))
    one, two = archive.enterprise(ONE), archive.enterprise(TWO)
    columns = ("enterprise", "product", "outcome", "item", "stage", "topic", "open")
    may = day("2026-05-01")
    old = day("2025-01-01")
    made = [each for each in seen.table.to_pylist() if each["kind"] == "product"]
    assert {(each["enterprise"], each["open"]) for each in made} == {(one, False), (two, True)}
    found = rows(seen, *columns)
    assert found.pop(f"product {old}")
    outcome = {name: number for number, name in enumerate(OUTCOMES)}
    toxin = "米酵菌酸"
    assert found == {
        f"sampling {may + 19}": (one, "ho_fun", outcome["failed"], toxin, "production", None, True),
        f"sampling {may + 20}":
            (one, "mooncake", outcome["passed"], None, "distribution", None, True),
        f"sampling {may + 21}": (None, "ho_fun", outcome["failed"], "铅", "production", None, True),
        f"complaint {may + 4}":
            (two, "rice_rolls", outcome["complained"], None, None, "poisoning", True),
        f"opinion {may + 5}": (None, "ho_fun", outcome["complained"], None, None, "smell", True),
        f"opinion {may + 6}": (None, "ho_fun", outcome["told"], None, None, "smell", True),
        f"alert {may + 7}":
            (None, "wet_rice_noodles", outcome["failed"], toxin, None, None, True),
        f"recall {may + 8}": (one, "wet_rice_noodles", outcome["failed"], None, None, None, True),
        f"incident {may + 9}": (one, "ho_fun", outcome["harmed"], None, None, None, True),
    }  # fmt: skip
    assert set(seen.table["source"].to_pylist()) == {"source"}
    assert seen.numbers("available").tolist() == sorted(seen.numbers("available").tolist())


def test_what_becomes_known_on_the_day_is_seen_at_its_end(archive: Archive):
    assert len(read_sightings(archive, END, known(END)).table) == 11
    assert len(read_sightings(archive, END + 1, known(END)).table) == 12
    assert len(read_sightings(archive, END, known(END), upto=0).table) == 0


def test_a_city_has_open_licences_and_ties_and_the_newest_facts(archive: Archive):
    city = read_city(archive, END)
    one, two = archive.enterprise(ONE), archive.enterprise(TWO)
    assert len(city) == 2
    assert (city.words("code")[one], city.words("code")[two]) == (ONE, TWO)
    assert city.words("district")[[one, two]].tolist() == ["南山区", None]
    assert city.words("brand")[[one, two]].tolist() == ["B", None]
    assert city.licences["enterprise"].to_pylist() == [one]
    assert city.producers()[[one, two]].tolist() == [True, False]
    [tie] = city.ties.select(["enterprise", "other", "role"]).to_pylist()
    assert tie == {"enterprise": one, "other": two, "role": "commission"}
    earlier = read_city(archive, day("2025-12-31"))
    assert earlier.words("district")[one] == "福田区"
    assert (earlier.licences.num_rows, earlier.ties.num_rows) == (2, 2)


def test_an_archive_is_asked_whom_a_product_concerns(archive: Archive):
    exposure = Exposure.read(archive, END)
    first, second = exposure.exposed(["wet_rice_noodles"], "米酵菌酸")
    assert (first.code, first.role, first.failed) == (ONE, "makes", True)
    assert (second.code, second.role, second.failed) == (TWO, "commissions", False)
    assert "commissioned production ties it to 11" in "; ".join(second.reasons["en"])


def test_an_empty_archive_has_nobody(tmp_path: Path):
    exposure = Exposure.read(Archive(tmp_path / "none"), END)
    assert exposure.exposed(["ho_fun"]) == ()
