"""The cluster: what Spark's executors compute is what this process computes, to the bit."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from xinheng.archive import Archive, read_source
from xinheng.core import time
from xinheng.core.errors import ClusterError, NotFoundError
from xinheng.features import (
    Cases,
    Events,
    Job,
    build_references,
    compute,
    enough_parts,
    open_session,
    run_job,
    standard_catalogue,
)
from xinheng.features.sweep import known_rows
from xinheng.simulation import simulate

from ..archive.department import ALPHA, Bureau

ROOT = Path(__file__).parents[2]
RECEIVED = datetime(2026, 6, 1, tzinfo=UTC)
DAYS = tuple(time.day(text) for text in ("2021-03-01", "2021-09-15", "2022-01-01"))
CATALOGUE = standard_catalogue().select(use="grade")
EXECUTORS = 2
HERE = """
import json
import os
from pathlib import Path
from xinheng.features import open_session

def listening(process):
    inodes = {os.stat(fd).st_ino for fd in Path(f"/proc/{process}/fd").iterdir() if fd.exists()}
    for table in ("tcp", "tcp6"):
        for line in Path("/proc/net", table).read_text().splitlines()[1:]:
            _, local, _, state, *_, inode = line.split()[:10]
            if state == "0A" and int(inode) in inodes:
                yield local.split(":")[0]

with open_session() as session:
    context = session.sparkContext
    found = {"master": context.master, "page": context.uiWebUrl}
    found["listening"] = sorted(set(listening(context._gateway.proc.pid)))
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    folder = tmp_path_factory.mktemp("city")
    city = simulate(folder / "city", 7, enterprises=300, producers=100, years=2)
    archive = Archive(folder / "archive")
    for name in city.delivering:
        source = read_source(ROOT / "data" / "sources" / name)
        archive.ingest(source, city.folder / "deliveries" / name, RECEIVED)
    return archive


@pytest.fixture(scope="module")
def spark() -> ModuleType:
    """Return PySpark; without it, or without Java, its tests are skipped."""
    if not shutil.which("java"):
        pytest.skip("needs Java 17")
    return pytest.importorskip("pyspark", reason="needs xinheng[spark]; `make test-all` has it")


@pytest.fixture(scope="module")
def session(spark: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Start two executors: processes of Java, each with a process of Python."""
    home = tmp_path_factory.mktemp("spark")  # where executors work, so not in the environment
    for path in Path(spark.__file__).parent.iterdir():
        (home / path.name).symlink_to(path)
    words = f"--master local-cluster[{EXECUTORS},1,1024] --conf spark.driver.host=127.0.0.1 "
    words += "--conf spark.driver.bindAddress=127.0.0.1 pyspark-shell"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_HOME", str(home))
        patch.setenv("PYSPARK_SUBMIT_ARGS", words)
        with open_session() as session:
            assert session.sparkContext.master.startswith("local-cluster")
            yield session
        gateway = spark.SparkContext._gateway
        gateway.shutdown()
        gateway.proc.stdin.close()  # which ends Java
        gateway.proc.wait()
        spark.SparkContext._gateway = spark.SparkContext._jvm = None


def job_of(archive: Archive, output: Path, **more: Any) -> Job:
    given = {"sequence": archive.sequence, "catalogue": CATALOGUE, "days": DAYS, "parts": 4}
    return Job(archive=archive.folder, output=output, **(given | more))


def read(folder: Path) -> pd.DataFrame:
    return pd.read_parquet(folder).sort_values(["enterprise", "as_of"], ignore_index=True)


def bits(frame: pd.DataFrame) -> np.ndarray:
    return np.ascontiguousarray(frame[list(CATALOGUE.ids)].to_numpy()).view(np.int64)


@pytest.mark.slow
def test_two_executors_compute_what_this_process_computes(
    session: Any, archive: Archive, tmp_path: Path
) -> None:
    job = job_of(archive, tmp_path / "out")
    took = run_job(session, job)
    found = read(tmp_path / "out")
    view, persons = archive.events(), archive.bans()
    events = Events.from_table(view.table, view.vocabulary)
    who, when = known_rows(events, np.array(DAYS, np.int32))
    rows = pd.DataFrame({"enterprise": who, "as_of": when})
    references = build_references(
        CATALOGUE,
        events,
        cases=Cases.from_table(archive.cases()),
        bans=Events.from_table(persons.table, persons.vocabulary),
    )
    expected = compute(CATALOGUE, events, rows, references=references).reset_index()
    codes = archive.enterprises()["id"].to_pylist()
    assert found["enterprise"].tolist() == rows["enterprise"].tolist()
    assert found["id"].tolist() == [codes[number] for number in rows["enterprise"]]
    assert found["as_of"].tolist() == [time.show(number) for number in rows["as_of"]]
    np.testing.assert_array_equal(bits(found), bits(expected))
    varied = [found[name].max() > found[name].min() for name in CATALOGUE.ids]
    assert sum(varied) > len(CATALOGUE) / 2
    assert found.isna().any(axis=None)
    steps = {step: took.filter(pc.equal(took["step"], step)) for step in pc.unique(took["step"])}
    contributed, combined, computed = steps.values()
    assert [step.as_py() for step in steps] == ["contribute", "combine", "compute"]
    assert contributed["part"].to_pylist() == computed["part"].to_pylist() == [0, 1, 2, 3]
    assert combined["part"].to_pylist() == list(range(job.tables))
    assert pc.sum(contributed["events"]) == pc.sum(computed["events"]) == pa.scalar(len(events))
    assert pc.sum(computed["rows"]).as_py() == len(rows)


@pytest.mark.slow
def test_what_was_broken_off_goes_on(session: Any, archive: Archive, tmp_path: Path) -> None:
    job = job_of(archive, tmp_path / "out")
    broken = job.output / job.name(2)
    job.output.mkdir()
    (job.output / "_job.json").write_text(job.to_json(), "utf-8")
    broken.write_bytes(b"no Parquet")
    with pytest.raises(ClusterError, match=r"^part 2 of 4 on \S+: ArrowInvalid: .*\n?.*; parts"):
        run_job(session, job)
    kept = {path.name: path.stat().st_mtime_ns for path in job.output.glob("part-*")}
    broken.unlink()
    run_job(session, job)
    assert read(job.output)["as_of"].nunique() == len(DAYS)
    assert all(
        (job.output / name).stat().st_mtime_ns == kept[name] for name in kept.keys() - {broken.name}
    )


@pytest.mark.slow
def test_an_executor_without_the_archive_is_named(
    session: Any, archive: Archive, tmp_path: Path
) -> None:
    job = job_of(archive, tmp_path / "out", sequence=archive.sequence + 1)
    with pytest.raises(ClusterError) as caught:
        run_job(session, job)
    said = str(caught.value)
    assert said.startswith("part 0 of 4 on ")
    assert f"the job reads {job.sequence}: every machine needs the same folder" in said
    assert "and 1 more parts failed; parts that are done stay in" in said
    assert "org.apache" not in said


@pytest.mark.slow
@pytest.mark.usefixtures("spark")
def test_alone_it_shows_no_page_and_nobody_can_call_it() -> None:
    found = json.loads(printed([sys.executable, "-c", HERE]))
    assert found["master"].startswith("local[")
    assert found["page"] is None
    mapped = "0000000000000000FFFF00000100007F"  # 127.0.0.1 as /proc writes it, of four and six
    assert found["listening"]
    assert set(found["listening"]) <= {"0100007F", mapped, "00000000000000000000000001000000"}


@pytest.mark.slow
@pytest.mark.usefixtures("spark")
def test_the_command_writes_the_same_by_either_engine(archive: Archive, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "xinheng.cli", "indicators", "--as-of", "2022-01-01"]
    where = {"XINHENG_ARCHIVE": str(archive.folder)}
    printed([*command, "--output", "local.parquet"], tmp_path, where)
    spark = ["--engine", "spark", "--parts", "2", "--output", "spark", "--json"]
    told = json.loads(printed([*command, *spark], tmp_path, where))
    local, cluster = read(tmp_path / "local.parquet"), read(tmp_path / "spark")
    pd.testing.assert_frame_equal(local, cluster, check_exact=True)
    np.testing.assert_array_equal(bits(local), bits(cluster))
    assert (told["parts"], told["rows"], told["enterprises"]) == (2, len(local), len(local))
    again = ended([*command, *spark], tmp_path, where)
    assert again.returncode == 1
    assert again.stderr.startswith("error: spark holds a finished job; remove the folder")


def printed(
    command: list[str], folder: Path | None = None, more: dict[str, str] | None = None
) -> str:
    done = ended(command, folder, more)
    assert done.returncode == 0, done.stderr
    return done.stdout


def ended(
    command: list[str], folder: Path | None = None, more: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, without a terminal, and with nothing that names a cluster."""
    plain = {n: v for n, v in os.environ.items() if not n.startswith(("PYSPARK_", "SPARK_"))}
    return subprocess.run(
        command,
        check=False,
        cwd=folder,
        env=plain | (more or {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


def test_without_java_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", "/nowhere")
    with pytest.raises(NotFoundError, match="JAVA_HOME is /nowhere, and has no bin/java; install"):
        open_session().__enter__()
    monkeypatch.delenv("JAVA_HOME")
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(NotFoundError, match="there is no java to run"):
        open_session().__enter__()


def test_without_pyspark_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "java").symlink_to(sys.executable)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(NotFoundError, match=r"pyspark: pip install 'xinheng\[spark\]'"):
        open_session().__enter__()


def test_parts_are_a_power_of_two_and_two_for_each_core(tmp_path: Path) -> None:
    bureau = Bureau(tmp_path)
    assert [enough_parts(bureau.archive, cores) for cores in (1, 2, 3, 40)] == [2, 4, 8, 128]
    bureau.deliver(f"{ALPHA},甲罚〔2026〕1号,2026-01-10,2026-01-12,additive,fine,7,")
    assert bureau.archive.size > 0
    assert enough_parts(bureau.archive, 1) == 2
