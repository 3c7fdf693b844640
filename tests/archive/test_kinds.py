"""Every record kind is declared whole: documented, with code tables, and streams that run."""

import re
from dataclasses import astuple, replace
from pathlib import Path

import pyarrow as pa
import pytest

from xinheng.archive import KINDS, Contract, contract_of
from xinheng.archive.project import SEEN, project
from xinheng.archive.tables import record_schema
from xinheng.core import time
from xinheng.core.codes import CodeTable
from xinheng.core.errors import NotFoundError

from .department import ALPHA, BETA, Bureau

contracts = pytest.mark.parametrize("contract", KINDS.values(), ids=list(KINDS))


@contracts
def test_a_contract_documents_its_fields_and_its_codes_exist(contract: Contract) -> None:
    assert contract.zh
    assert contract.en
    assert contract.day
    assert contract.basis
    for field in contract.columns:
        assert field.doc
        assert field.codes is None or CodeTable.load(field.codes).codes
    assert {*contract.key, *contract.instead} <= {field.name for field in contract.columns}


@contracts
def test_the_streams_of_a_contract_run(contract: Contract) -> None:
    schema = record_schema(contract.kind)
    assert project(contract, schema.empty_table()).equals(SEEN.empty_table())
    given = {"entity": 1, "owner": 1, "record": 1}
    said_nothing = pa.Table.from_pylist([given], schema=schema)
    assert project(contract, said_nothing).schema.equals(SEEN)


@contracts
def test_what_can_name_a_person_reaches_no_stream(contract: Contract) -> None:
    personal = {field.name for field in contract.personal}
    persons = {field.name for field in contract.persons}
    assert personal | persons == {field.name for field in contract.fields if field.personal}
    for stream in contract.streams:
        said = astuple(replace(stream, case=""))[1:]
        words = set(re.findall(r"\w+", " ".join(said)))
        assert not words & (personal | persons)
        assert stream.case in persons or not set(re.findall(r"\w+", stream.case)) & personal


@contracts
def test_no_field_has_the_name_of_a_column_of_the_archive(contract: Contract) -> None:
    names = record_schema(contract.kind).names
    assert len(names) == len(set(names))


@contracts
def test_a_person_is_a_number_in_the_archive(contract: Contract) -> None:
    schema = contract.schema()
    numbers = {name for name in schema.names if schema.field(name).type == pa.int32()}
    assert numbers == {field.name for field in contract.persons}


EVENTFUL = [kind for kind in KINDS if kind not in ("enterprise", "lifecycle", "platform")]


@pytest.mark.parametrize("kind", EVENTFUL)
@pytest.mark.parametrize("truth", ["true", "false"])
@pytest.mark.parametrize("which", ["every field", "required fields"])
def test_every_record_is_seen_so_that_a_correction_replaces_it(
    kind: str, truth: str, which: str
) -> None:
    contract, schema = KINDS[kind], record_schema(kind)
    row = {"entity": "1", "record": "1", "available": "1"}
    for field in contract.fields:
        if field.required or which == "every field":
            row[field.name] = CodeTable.load(field.codes).codes[0] if field.codes else "1"
            if field.type == "boolean":
                row[field.name] = truth
            if field.type == "date":
                row[field.name] = "2026-01-05"
    table = pa.table({name: pa.array([row.get(name)], pa.string()) for name in schema.names})
    events = project(contract, table.cast(schema))
    assert events.num_rows >= 1


def test_lifecycle_may_concern_every_other_kind() -> None:
    assert set(CodeTable.load("record_kind").codes) == set(KINDS) - {"lifecycle"}


def test_an_unknown_kind_is_answered_with_those_that_exist() -> None:
    with pytest.raises(NotFoundError, match="did you mean 'inspection'"):
        contract_of("inspections")


def test_an_event_is_traced_to_department_delivery_file_and_row(tmp_path: Path) -> None:
    bureau = Bureau(tmp_path)
    bureau.deliver(f"{BETA},P0,2026-01-05,2026-01-20,label,fine,1.5,")
    bureau.deliver(f"{ALPHA},P1,2026-01-05,2026-01-20,label,fine,1.5,")
    enterprise = bureau.archive.enterprise(ALPHA)
    table = bureau.archive.events().table.to_pandas()
    [record] = set(table.loc[table["enterprise"] == enterprise, "record"])
    origin = bureau.archive.lineage(enterprise)[record]
    assert origin.to_dict() == {
        "kind": "penalty",
        "number": "P1",
        "department": "district bureau",
        "sequence": 2,
        "file": "penalties",
        "row": 2,
    }


def test_a_corrected_record_is_traced_to_the_version_that_stood(tmp_path: Path) -> None:
    bureau = Bureau(tmp_path)
    bureau.deliver(f"{ALPHA},P1,2026-01-05,2026-01-20,label,fine,1.5,")
    other = f"{BETA},P0,2026-01-05,2026-01-20,label,fine,1.5,"
    bureau.deliver(other, f"{ALPHA},P1,2026-01-05,2026-03-10,label,fine,9.5,")
    enterprise = bureau.archive.enterprise(ALPHA)
    told = {
        day: [origin.sequence for origin in bureau.archive.lineage(enterprise, day).values()]
        for day in (time.day("2026-01-05"), time.day("2026-02-01"), time.day("2026-04-01"))
    }
    assert list(told.values()) == [[], [1], [2]]
    [newest] = bureau.archive.lineage(enterprise).values()
    assert (newest.sequence, newest.row) == (2, 3)


PAST = {
    "case_file": {"decided", "referred"},
    "complaint": {"accepted", "closed"},
    "disclosure": {"disclosed"},
    "enterprise": {"established_on", "status_since"},
    "litigation": {"closed"},
    "repair": {"decided"},
    "self_control": {"done"},
    "tax_return": {"filed"},
}
# Planned ends, last days to do something, and what is published after it is known.
AHEAD = {"valid_to", "until", "due", "published"}


def test_every_day_of_a_record_had_come_when_it_was_known_or_may_lie_ahead() -> None:
    for contract in KINDS.values():
        days = {field.name: field.past for field in contract.fields if field.type == "date"}
        past = {name for name, is_past in days.items() if is_past}
        assert past == PAST.get(contract.kind, set()), contract.kind
        assert days.keys() - past <= AHEAD, contract.kind
