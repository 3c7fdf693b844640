"""Jobs: parts in any number and order are the whole; what was broken off is gone on with."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from xinheng.archive import Archive
from xinheng.core import time
from xinheng.core.errors import IntegrityError, InvalidError, StorageError
from xinheng.features import (
    Catalogue,
    Events,
    Indicator,
    Job,
    build_references,
    compute,
    count,
    find_job,
    own_rate,
)
from xinheng.features.job import (
    begin_job,
    combine,
    compute_part,
    contribute,
    finish_job,
)
from xinheng.features.sweep import known_rows

from ..archive.department import ALPHA, BETA, Bureau

FINED = own_rate("penalty", above=("value", 5), strength=2)
DAYS = tuple(time.day(text) for text in ("2026-01-13", "2026-02-12", "2026-04-01"))
ROWS = (
    f"{ALPHA},甲罚〔2026〕1号,2026-01-10,2026-01-12,additive,fine,7,",
    f"{ALPHA},甲罚〔2026〕2号,2026-02-10,2026-02-11,label,fine,3,",
    f"{BETA},甲罚〔2026〕3号,2026-02-20,2026-03-01,additive,fine,9,",
)
LATER = f"{BETA},甲罚〔2026〕4号,2026-02-21,2026-03-01,label,fine,2,"


def declared(name: str, expression: object, **more: object) -> Indicator:
    return Indicator(
        id=name,
        zh="处罚",
        en="Penalties",
        dimension="PN",
        expression=expression,
        direction=1,
        missing=0.0,
        basis="none",
        formula="as it is",
        **more,
    )


CATALOGUE = Catalogue(
    (
        declared("X1", count("penalty")),
        declared("X2", FINED),
        declared("X3", count("penalty"), populations=("operator",)),
    )
)


@pytest.fixture
def bureau(tmp_path: Path) -> Bureau:
    bureau = Bureau(tmp_path)
    bureau.deliver(*ROWS)
    return bureau


@pytest.fixture
def job(bureau: Bureau, tmp_path: Path) -> Job:
    return Job(
        archive=bureau.archive.folder,
        sequence=bureau.archive.sequence,
        catalogue=CATALOGUE,
        days=DAYS,
        parts=2,
        output=tmp_path / "out",
    )


def done(job: Job) -> pd.DataFrame:
    job = begin_job(job)
    for part in reversed(range(job.parts)):
        contribute(job, part)
    combine_all(job)
    for part in range(job.parts):
        compute_part(job, part)
    finish_job(job)
    frame = pd.read_parquet(job.output)
    return frame.sort_values(["enterprise", "as_of"], ignore_index=True)


def combine_all(job: Job) -> None:
    assert [combine(job, table).part for table in range(job.tables)] == list(range(job.tables))


def whole(archive: Archive, days: tuple[int, ...]) -> pd.DataFrame:
    view = archive.events()
    events = Events.from_table(view.table, view.vocabulary)
    references = build_references(CATALOGUE, events)
    who, when = known_rows(events, np.array(days, np.int32))
    rows = pd.DataFrame({"enterprise": who, "as_of": when})
    return compute(CATALOGUE, events, rows, references=references)


def test_worked_by_hand(job: Job) -> None:
    found = done(job)
    assert found["id"].tolist() == [ALPHA, ALPHA, ALPHA, BETA]
    assert found["as_of"].tolist() == ["2026-01-13", "2026-02-12", "2026-04-01", "2026-04-01"]
    assert found["X1"].tolist() == [1, 2, 2, 1]
    # of the city's fines over 5: 1 of 1, 1 of 2, 2 of 3; and two more at that rate for each
    assert found["X2"].tolist() == [1, (1 + 1) / 4, (1 + 4 / 3) / 4, (1 + 4 / 3) / 3]
    assert found["X3"].isna().all()


@pytest.mark.parametrize("parts", [1, 2, 16])
def test_parts_in_any_number_are_the_whole(job: Job, bureau: Bureau, parts: int) -> None:
    found, expected = done(replace(job, parts=parts)), whole(bureau.archive, DAYS)
    assert list(found.columns) == ["id", "enterprise", "as_of", *CATALOGUE.ids]
    assert found["enterprise"].tolist() == expected.index.get_level_values(0).tolist()
    np.testing.assert_array_equal(found[list(CATALOGUE.ids)].to_numpy(), expected.to_numpy())
    assert len(list(job.output.glob("part-*.parquet"))) == parts
    assert {path.name for path in job.output.glob("[!p]*")} == {"_job.json", "_SUCCESS"}


def test_a_part_that_is_there_is_left_alone(job: Job) -> None:
    begin_job(job)
    contribute(job, 0), contribute(job, 1), combine_all(job)
    first = compute_part(job, 0)
    first_table = combine(job, 0)
    for path in (job.output / "_references" / "tables").glob("*.npy"):
        path.unlink()  # nobody needs them for what is done
    assert combine(job, 0) == first_table
    assert compute_part(job, 0) == first


def test_a_job_broken_off_goes_on_with_the_archive_as_it_was(job: Job, bureau: Bureau) -> None:
    begin_job(job)
    contribute(job, 1)
    bureau.deliver(LATER)
    assert find_job(job.output) == job
    again = replace(job, sequence=bureau.archive.sequence)
    assert begin_job(again) == job
    assert done(again)["X1"].tolist() == [1, 2, 2, 1]


@pytest.mark.parametrize("other", [{"days": (9,)}, {"parts": 4}, {"archive": Path("/other")}])
def test_a_folder_of_another_job_is_refused(job: Job, other: dict) -> None:
    begin_job(job)
    with pytest.raises(InvalidError, match=f"has other {next(iter(other))}; go on with the same"):
        begin_job(replace(job, **other))


def test_a_folder_that_is_not_free_is_refused(job: Job, tmp_path: Path) -> None:
    done(job)
    with pytest.raises(InvalidError, match="holds a finished job; remove the folder"):
        begin_job(job)
    with pytest.raises(InvalidError, match="is not empty, and what is in it is no job's"):
        find_job(tmp_path)
    assert find_job(tmp_path / "new") is None


def test_a_machine_that_lacks_deliveries_is_told(job: Job, tmp_path: Path) -> None:
    begin_job(ahead := replace(job, sequence=7))
    with pytest.raises(IntegrityError, match=r"finds 1 deliveries in .*, the job reads 7: every"):
        contribute(ahead, 0)
    elsewhere = replace(job, archive=tmp_path / "nowhere")
    with pytest.raises(IntegrityError, match="finds 0 deliveries"):
        contribute(elsewhere, 0)


def test_nothing_is_finished_while_a_part_is_absent(job: Job) -> None:
    begin_job(job)
    contribute(job, 0), contribute(job, 1), combine_all(job)
    compute_part(job, 1)
    with pytest.raises(InvalidError, match=r"1 of 2 parts of .* are not there yet"):
        finish_job(job)
    assert not (job.output / "_SUCCESS").exists()


def test_a_part_that_was_not_written_to_its_end_is_no_part(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    def torn(_: pa.Table, draft: Path) -> None:
        draft.write_bytes(b"PAR1")
        raise OSError(28, "No space left on device")

    begin_job(job)
    monkeypatch.setattr(pq, "write_table", torn)
    with pytest.raises(StorageError, match="there is no room in"):
        contribute(job, 0)
    assert list((job.output / "_references").iterdir()) == []


def test_drafts_of_processes_that_died_are_removed(job: Job) -> None:
    begin_job(job)
    (draft := job.output / ".part-00000-of-00002.parquet.1f").write_bytes(b"PAR1")
    assert len(done(job)) == 4
    assert not draft.exists()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"parts": 3}, "there cannot be 3 parts: a power of two is needed, such as 2 or 4"),
        ({"parts": 0}, "there cannot be 0 parts: a power of two is needed, such as 1 or 2"),
        ({"days": ()}, "must rise, each once, and be one at least"),
        ({"days": (5, 5)}, "must rise, each once"),
    ],
)
def test_a_job_that_cannot_be_is_refused(job: Job, wrong: dict, message: str) -> None:
    with pytest.raises(InvalidError, match=message):
        replace(job, **wrong)


def test_a_job_travels_as_text(job: Job) -> None:
    assert Job.from_json(job.to_json()) == job
