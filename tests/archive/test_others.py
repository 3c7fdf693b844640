"""What indicators need of others: whom a code means, and bans that name no enterprise."""

from pathlib import Path

import pytest

from xinheng.core.time import NEVER, day

from .city import City
from .department import ALPHA, BETA

HEADER = "code,number,occurred,known,person,role,until,other,change"
TOML = """
title = "Ties and persons of a made-up district"
department = "{name} bureau"
scheme = "{scheme}"

[clocks]
backfill = "trusted"

[files.penalties]
path = "penalties.csv"
reader = "csv"
"""
RECORDS = """
[[records]]
kind = "{kind}"
rows = "penalties"
sql = "{kind}.sql"
"""
COMMON = "_row, code AS enterprise, number, occurred, known"
SQL = {
    "ban": f"SELECT {COMMON}, person, role AS type, until FROM penalties "
    "WHERE number LIKE 'B%' AND change IS NULL",
    "post": f"SELECT {COMMON}, person, role, until FROM penalties WHERE number LIKE 'P%'",
    "relation": f"SELECT {COMMON}, other, role FROM penalties WHERE number LIKE 'R%'",
    "lifecycle": f"SELECT {COMMON}, 'ban' AS of, change FROM penalties WHERE change IS NOT NULL",
}


@pytest.fixture
def city(tmp_path: Path) -> City:
    city = City(tmp_path)
    sql = {f"{kind}__sql": text for kind, text in SQL.items()}
    records = "".join(RECORDS.format(kind=kind) for kind in SQL)
    for name, scheme in (("court", "uscc"), ("licensing", "licence")):
        toml = TOML.format(name=name, scheme=scheme) + records
        city.add(name, source__toml=toml, **sql)
    return city


def bans(city: City, upto: int | None = None) -> list[dict[str, object]]:
    view = city.archive.bans(upto=upto)
    rows = view.table.to_pylist()
    for row in rows:
        row["stream"] = view.vocabulary[row["stream"]]
    return rows


def test_an_archive_without_bans_has_none(city: City) -> None:
    assert bans(city) == []
    assert city.archive.bans().vocabulary == ()
    assert city.archive.cases().num_rows == 0


def test_a_ban_that_names_no_enterprise_is_told_apart_from_one_that_does(city: City) -> None:
    city.deliver(
        "court",
        ",B1,2026-01-05,2026-02-05,Z1,five_years,2031-01-04,,",
        ",B2,2026-01-05,2026-02-07,Z2,judgment_defaulter,,,",
        f"{ALPHA},B3,2026-01-05,2026-02-05,Z1,lifetime,,,",
        f"{ALPHA},P1,2026-01-05,2026-02-05,Z1,director,,,",
        header=HEADER,
    )
    first, second = bans(city)
    assert (first["stream"], second["stream"]) == (
        ("ban", "five_years"),
        ("ban", "judgment_defaulter"),
    )
    assert [row["enterprise"] for row in (first, second)] == [-1, -1]
    assert [row["available"] for row in (first, second)] == [day("2026-02-05"), day("2026-02-07")]
    assert [row["ended"] for row in (first, second)] == [day("2031-01-04"), NEVER]
    assert [row["ended_available"] for row in (first, second)] == [day("2026-02-05"), NEVER]
    view = city.archive.events()
    named = view.table.to_pylist()
    assert [view.vocabulary[row["stream"]] for row in named] == [
        ("ban", "lifetime"),
        ("post", "director"),
    ]
    assert {row["case"] for row in named} == {first["case"]}
    assert first["case"] != second["case"]


def test_what_happens_to_such_a_ban_is_folded_in(city: City) -> None:
    city.deliver(
        "court",
        ",B1,2026-01-05,2026-02-05,Z1,lifetime,,,",
        ",B2,2026-01-05,2026-02-05,Z2,lifetime,,,",
        ",B3,2026-01-05,2026-02-05,Z3,lifetime,2027-01-04,,",
        header=HEADER,
    )
    city.deliver(
        "court",
        ",B1,2026-03-05,2026-03-06,,,,,withdrawn",
        ",B2,2026-03-05,2026-03-06,,,,,ended",
        ",B3,2026-01-05,2026-03-06,Z3,five_years,2031-01-04,,",
        header=HEADER,
    )
    changed = day("2026-03-06")
    clocks = ("available", "withdrawn", "ended", "ended_available")
    known = day("2026-02-05")
    found = sorted(
        (str(row["stream"]), *(row[name] for name in clocks))  # type: ignore[misc]
        for row in bans(city)
    )
    assert found == [
        ("('ban', 'five_years')", changed, NEVER, day("2031-01-04"), changed),
        ("('ban', 'lifetime')", known, changed, day("2027-01-04"), known),
        ("('ban', 'lifetime')", known, changed, NEVER, NEVER),
        ("('ban', 'lifetime')", known, changed, NEVER, NEVER),
        ("('ban', 'lifetime')", changed, NEVER, day("2026-03-05"), changed),
    ]
    assert {row["withdrawn"] for row in bans(city, upto=1)} == {NEVER}


def test_the_case_of_a_tie_is_that_of_the_other_enterprise(city: City) -> None:
    """Also where another scheme has the same code."""
    row = "%s,R1,2026-01-05,2026-02-05,,investment,,%s,"
    city.deliver("court", row % (ALPHA, BETA), row % (BETA, ALPHA), header=HEADER)
    city.deliver("licensing", row % (ALPHA, "JY2"), header=HEADER)
    table = city.archive.events().table
    cases = city.archive.cases().to_pylist()
    register = city.archive.enterprises().to_pylist()
    assert [row["enterprise"] for row in cases] == [0, 1, 2]
    assert city.archive.cases(upto=1).to_pylist() == cases[:2]
    assert city.archive.cases(upto=2).to_pylist() == cases
    schemes = {each["scheme"]: row["scheme"] for each, row in zip(register, cases, strict=True)}
    assert len(set(schemes.values())) == 2
    by_code = {
        (each["scheme"], each["id"]): row["case"] for each, row in zip(register, cases, strict=True)
    }
    assert by_code["uscc", ALPHA] == by_code["licence", ALPHA] != by_code["uscc", BETA]
    told = dict(zip(table["enterprise"].to_pylist(), table["case"].to_pylist(), strict=True))
    first, second = city.archive.enterprise(f"uscc:{ALPHA}"), city.archive.enterprise(BETA)
    assert (told[first], told[second]) == (by_code["uscc", BETA], by_code["uscc", ALPHA])
