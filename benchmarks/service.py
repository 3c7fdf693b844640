"""The service under load, beside MLflow's and one that is made by hand.

A city of 20,000 enterprises is made up, and a booster of 300 trees on 104 indicators trained and
promoted. `xinheng serve --workers 2` answers from it on loopback, with a key, a purpose, limits and
the audit trail on SQLite in force. One more process, on the same two cores, asks: at most
(`..._per_s`), and at a steady pace, where latency counts from when a request was due.

- `grade`: the grade of today, each enterprise once, in an order of chance; the grades of the day
  were made ahead from one batch, which is part of the start. `grade_again`: the same once more.
- `explanation`: in full, of enterprises of which nobody asked before. `explanation_again`: of 300
  of them over and over, which are kept.
- `unchanged`: who has the answer asks by its tag.
- `scores`: lists of 1,000 enterprises.
- `file`: an Arrow stream of a million rows, the enterprises over and over, sent and read whole.

MLflow serves the same booster with as many workers: one row of indicators in a request, and 1,000,
which is also what files are compared with: it takes none.
The one made by hand (`handmade.py`) explains one enterprise in a request by `shap.TreeExplainer`.
Neither knows who asks, and neither looks a record up.

`agree` says that our probabilities are those of MLflow's booster, and our contributions those of
`shap`, for enterprises that have no specialist model.

`--minutes 10` asks at half of the most for so long, and tells by how much memory grew.

Targets: 1,000 grades a second, p99 under 20 ms at that pace; 300 explanations a second that nobody
asked for before; 20 times MLflow, 30 times the one made by hand.
"""

import argparse
import json
import os
import pickle
import shutil
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx2
import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import ipc

from .load import Found, get, most, paced, post
from .measuring import apart, told
from .running import HOST, fetch, free_port, memory, running

CITY, QUICK_CITY, PRODUCERS = 21_000, 1_500, 0.03
FULL_S, QUICK_S, CONNECTIONS, WORKERS, LIST = 15.0, 2.0, 16, 2, 1_000
PACE, WARM, FEW, CHECKED = 1_000.0, 300, 100, 20
FILE, QUICK_FILE = 1_000_000, 50_000
GRADES, EXPLANATIONS, LATENCY, MLFLOW, SHAP = 1_000.0, 300.0, 20.0, 20.0, 30.0
GROWTH = 0.02


def prepared(folder: str, enterprises: int) -> None:
    """Make up a city, train and promote, issue a key, and put down what the peers serve."""
    from xinheng.core.settings import load_settings
    from xinheng.grading import key_id, publish_key, read_bundle
    from xinheng.ledger import Ledger
    from xinheng.serving.access import Access, Grant, Role
    from xinheng.serving.live.service import clock

    from .grading import KEY, made_up, trained

    root = Path(folder)
    trained(made_up(root, enterprises, int(PRODUCERS * enterprises)), root)
    bundle = read_bundle(root / "bundle", {key_id(KEY.public_key()): KEY.public_key()})
    (root / "bundles").mkdir()
    (root / "bundle").rename(root / "bundles" / bundle.digest)
    publish_key(KEY.public_key(), root / "keys")
    now = clock()
    settings = load_settings(**where(root))
    with closing(Ledger.open(settings)) as ledger:
        ledger.promote(bundle.digest, purpose="grade", actor="li", reason="measured", at=now)
        keys = Access.open(settings, ledger, lambda: now).keys
        issued = keys.issue("benchmark", Grant(Role.SUPERVISOR), "program", timedelta(1), limit=1e5)
    (root / "key").write_text(issued.text, encoding="utf-8")
    _put_down(root, bundle)


def where(root: Path) -> dict[str, Any]:
    """Return the settings of the installation in a folder."""
    names = ("archive", "bundles", "keys", "grades", "kept")
    return {name: root / name for name in names} | {"ledger": f"sqlite:///{root}/ledger.db"}


def _put_down(root: Path, bundle: Any) -> None:
    """Write the indicators of everybody, and the booster as the peers take it."""
    import mlflow
    from lightgbm import LGBMClassifier
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import LabelEncoder

    from xinheng.archive import Archive
    from xinheng.core import time as days
    from xinheng.grading import GradeBook
    from xinheng.serving.live.service import clock

    book = GradeBook(Archive(root / "archive"), bundle, threads=2)
    today = days.day_of(clock())
    known = book.known(today)
    matrix = book.matrix(known, today)
    ids = Archive(root / "archive").enterprises()["id"].to_pandas()
    matrix.index = pd.Index(ids.iloc[known], name="enterprise")
    matrix.to_parquet(root / "indicators.parquet")
    booster = bundle.blend.booster
    model = LGBMClassifier()
    model._Booster, model.fitted_ = booster, True  # noqa: SLF001
    model._n_features = model._n_features_in = matrix.shape[1]  # noqa: SLF001
    model._n_classes, model._le = 2, LabelEncoder().fit([0, 1])  # noqa: SLF001
    (root / "pipeline.pkl").write_bytes(pickle.dumps(Pipeline([("model", model)])))
    mlflow.lightgbm.save_model(booster, root / "pyfunc")
    special = bundle.blend.specialist
    general = matrix.index[matrix[special.marker].isna()]
    (root / "general.json").write_text(json.dumps(general.tolist()), encoding="utf-8")


def ours(root: Path, seconds: float, minutes: float) -> dict[str, Any]:
    """Measure the service."""
    rng, port = np.random.default_rng(0), free_port()
    ids = pd.read_parquet(root / "indicators.parquet", columns=[]).index.to_numpy()
    some = ids[rng.permutation(len(ids))].tolist()
    named = {
        "Authorization": f"Bearer {(root / 'key').read_text('utf-8')}", "X_Purpose": "routine",
    }  # fmt: skip
    variables = {f"XINHENG_{name.upper()}": str(value) for name, value in where(root).items()}
    command = [sys.executable, "-m", "xinheng.cli", "serve", "--workers", str(WORKERS)]
    with running([*command, "--port", str(port)], f"http://{HOST}:{port}/readyz", **variables) as (
        pid,
        cold,
    ):
        ask = partial(measured, port)
        grades, explanations = (
            [get(f"/v1/enterprises/{each}/{what}", **named) for each in some]
            for what in ("grade", "explanation")
        )
        time.sleep(2)
        ask([get("/healthz")] * WARM, seconds)
        ask(explanations[-FEW:], seconds)
        figures = {"cold_start_s": cold, "memory_at_start_mb": memory(pid)}
        rates = {
            "grade": ask(grades, seconds),
            "grade_again": ask(grades, seconds),
        }
        at_pace = apart(paced, port, grades[::-1], CONNECTIONS, seconds, PACE)
        fresh = len(explanations) - FEW
        rates["explanation"] = ask(explanations[: min(fresh, int(400 * seconds))], seconds)
        again = explanations[:WARM]
        ask(again * WORKERS, seconds)
        rates["explanation_again"] = ask(again * 400, seconds)
        rates["unchanged"] = ask(_known(port, some[:FEW], named) * 400, seconds, b"304")
        lists = [some[at : at + LIST] for at in range(0, len(some), LIST)]
        bodies = [json.dumps({"enterprises": each}).encode() for each in lists]
        scores = ask([post("/v1/scores", each, **named) for each in bodies] * 20, seconds)
        rows = FILE if seconds == FULL_S else QUICK_FILE
        whole_file(port, some, LIST, named)
        by_file = whole_file(port, some, rows, named)
        figures |= {f"{name}_per_s": found.rate for name, found in rates.items()}
        figures |= {f"{name}_p50_ms": found.milliseconds(0.5) for name, found in rates.items()}
        figures |= {f"{name}_p99_ms": found.milliseconds(0.99) for name, found in rates.items()}
        figures |= {
            "at_1000_per_s_p50_ms": at_pace.milliseconds(0.5),
            "at_1000_per_s_p99_ms": at_pace.milliseconds(0.99),
            "generator_late_ms": 1e3 * at_pace.late,
            "score_rows_per_s": scores.rate * min(LIST, len(some)),
            "file_s": by_file,
            "file_rows_per_s": rows / by_file,
            "failed": sum(each.failed for each in (*rates.values(), at_pace, scores)),
            "memory_at_end_mb": memory(pid),
        }
        if minutes:
            figures |= lasting_load(port, pid, grades, figures["grade_per_s"] / 2, minutes)
        general = json.loads((root / "general.json").read_text("utf-8"))[:CHECKED]
        told_of = {
            each: fetch(
                f"http://{HOST}:{port}/v1/enterprises/{each}/explanation",
                headers={name.replace("_", "-"): value for name, value in named.items()},
            )[0]
            for each in general
        }
    return {"figures": figures, "told": told_of}


def measured(port: int, requests: Sequence[bytes], seconds: float, status: bytes = b"200") -> Found:
    """Ask as much as is answered, from a process of its own."""
    found: Found = apart(most, port, requests, CONNECTIONS, seconds, status)
    return found


def whole_file(port: int, some: Sequence[str], rows: int, named: dict[str, str]) -> float:
    """Return the seconds from sending a file to the last byte of the answer."""
    named = {name.replace("_", "-"): value for name, value in named.items()}
    table, sink = pa.table({"enterprise": list(islice(cycle(some), rows))}), pa.BufferOutputStream()
    with ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    content = sink.getvalue().to_pybytes()
    headers = {**named, "Content-Type": "application/vnd.apache.arrow.stream"}
    with httpx2.Client(base_url=f"http://{HOST}:{port}", headers=headers, timeout=300) as client:
        start = time.perf_counter()
        answer = client.post("/v1/scores/file", content=content).raise_for_status().content
        took = time.perf_counter() - start
    answered: int = ipc.open_stream(answer).read_all().num_rows
    if answered != rows:
        raise SystemExit(f"{answered} rows came back of {rows}")
    return took


def _known(port: int, some: Sequence[str], named: dict[str, str]) -> list[bytes]:
    found = []
    for each in some:
        path = f"/v1/enterprises/{each}/grade"
        headers = {name.replace("_", "-"): value for name, value in named.items()}
        _, answered = fetch(f"http://{HOST}:{port}{path}", headers=headers)
        found.append(get(path, If_None_Match=answered["ETag"], **named))
    return found


def lasting_load(
    port: int, pid: int, requests: Sequence[bytes], rate: float, minutes: float
) -> dict[str, float]:
    """Ask at a pace for some minutes, and tell by what share memory grew after the first fifth."""
    part = 60 * minutes / 5
    held, late, failed = [], [], 0
    for _ in range(5):
        found = apart(paced, port, requests, CONNECTIONS, part, rate)
        held.append(memory(pid))
        late.append(found.milliseconds(0.99))
        failed += found.failed
    return {
        "lasting_minutes": minutes,
        "lasting_per_s": rate,
        "lasting_p99_ms": max(late),
        "lasting_failed": failed,
        "lasting_memory_mb": held[-1],
        "lasting_growth_share": held[-1] / held[0] - 1,
    }


def by_mlflow(root: Path, seconds: float) -> dict[str, Any]:
    """Measure MLflow's server."""
    port = free_port()
    table = pd.read_parquet(root / "indicators.parquet")
    general = json.loads((root / "general.json").read_text("utf-8"))[:CHECKED]
    command = [Path(sys.executable).parent / "mlflow", "models", "serve", "-m", root / "pyfunc"]
    command += ["-p", port, "-w", WORKERS, "--env-manager", "local"]
    url = f"http://{HOST}:{port}"
    beside = Path(sys.executable).parent
    quiet = {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
    quiet["PATH"] = f"{beside}{os.pathsep}{os.environ['PATH']}"  # it starts uvicorn by its name
    with running([str(each) for each in command], f"{url}/ping", **quiet) as (pid, cold):
        time.sleep(2)
        one = [
            post("/invocations", split(table.iloc[[at]])) for at in range(min(3_000, len(table)))
        ]
        many = [post("/invocations", split(table.iloc[:LIST]))] * 400
        measured(port, one[:WARM], seconds)
        single, several = measured(port, one * 20, seconds), measured(port, many, seconds)
        said, _ = fetch(f"{url}/invocations", split(table.loc[general]))
        figures = {
            "mlflow_cold_start_s": cold,
            "mlflow_per_s": single.rate,
            "mlflow_p99_ms": single.milliseconds(0.99),
            "mlflow_rows_per_s": several.rate * min(LIST, len(table)),
            "mlflow_memory_mb": memory(pid),
            "mlflow_failed": single.failed + several.failed,
        }
    return {"figures": figures, "told": dict(zip(general, said["predictions"], strict=True))}


def split(rows: pd.DataFrame) -> bytes:
    """Return rows as MLflow takes them; what does not apply stays NaN, a number."""
    told = {"columns": rows.columns.tolist(), "data": rows.to_numpy().tolist()}
    return json.dumps({"dataframe_split": told}).encode()


def by_hand(root: Path, seconds: float) -> dict[str, Any]:
    """Measure the service that is made by hand."""
    port = free_port()
    script = Path(__file__).parent / "handmade.py"
    ids = pd.read_parquet(root / "indicators.parquet", columns=[]).index.to_numpy()
    general = json.loads((root / "general.json").read_text("utf-8"))[:CHECKED]
    command = [sys.executable, "-P", str(script), str(root), str(port), str(WORKERS)]
    url = f"http://{HOST}:{port}/explanation"
    with running(command, f"{url}/{general[0]}") as (pid, cold):
        time.sleep(2)
        some = ids[np.random.default_rng(1).permutation(len(ids))].tolist()
        requests = [get(f"/explanation/{each}") for each in some]
        measured(port, requests[:FEW], seconds)
        found = measured(port, requests, seconds)
        said = {each: fetch(f"{url}/{each}")[0] for each in general}
        figures = {
            "handmade_cold_start_s": cold,
            "handmade_per_s": found.rate,
            "handmade_p99_ms": found.milliseconds(0.99),
            "handmade_memory_mb": memory(pid),
            "handmade_failed": found.failed,
        }
    return {"figures": figures, "told": said}


def same(mine: dict[str, Any], mlflow: dict[str, float], hand: dict[str, Any]) -> bool:
    """Tell whether all three mean the same model."""
    for each, told_of in mine.items():
        margin = told_of["grade"]["margin"]
        if not np.isclose(1 / (1 + np.exp(-margin)), mlflow[each], rtol=0, atol=1e-9):
            return False
        wanted = hand[each]["contributions"]
        found = {reason["id"]: reason["contribution"] for reason in told_of["reasons"]}
        if not all(np.isclose(found[name], wanted[name], rtol=0, atol=1e-6) for name in wanted):
            return False
    return bool(mine)


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small city, in under 50 s")
    parser.add_argument("--minutes", type=float, default=0.0, help="at half load, at the end")
    parser.add_argument("--folder", type=Path, help="where the city is, or is to be, kept")
    given = parser.parse_args()
    enterprises, seconds = (QUICK_CITY, QUICK_S) if given.quick else (CITY, FULL_S)
    with TemporaryDirectory() as folder:
        root = given.folder or Path(folder)
        if not (root / "key").exists():
            shutil.rmtree(root, ignore_errors=True)
            root.mkdir(parents=True)
            apart(prepared, str(root), enterprises)
        mine = ours(root, seconds, given.minutes)
        mlflow, hand = by_mlflow(root, seconds), by_hand(root, seconds)
    figures = {**mine["figures"], **mlflow["figures"], **hand["figures"]}
    ratios = {
        "mlflow": figures["grade_per_s"] / figures["mlflow_per_s"],
        "mlflow_rows": figures["score_rows_per_s"] / figures["mlflow_rows_per_s"],
        "mlflow_file": figures["file_rows_per_s"] / figures["mlflow_rows_per_s"],
        "shap_service": figures["explanation_per_s"] / figures["handmade_per_s"],
        "shap_service_kept": figures["explanation_again_per_s"] / figures["handmade_per_s"],
    }
    held = {
        f"grade_per_s {GRADES:g}": figures["grade_per_s"] >= GRADES,
        f"at_1000_per_s_p99_ms {LATENCY:g}": figures["at_1000_per_s_p99_ms"] < LATENCY,
        f"explanation_per_s {EXPLANATIONS:g}": figures["explanation_per_s"] >= EXPLANATIONS,
        f"mlflow {MLFLOW:g}": ratios["mlflow"] >= MLFLOW,
        f"mlflow_file {MLFLOW:g}": ratios["mlflow_file"] >= MLFLOW,
        f"shap_service {SHAP:g}": ratios["shap_service"] >= SHAP,
        "failed 0": figures["failed"] == 0,
        f"lasting_growth_share {GROWTH:g}": figures.get("lasting_growth_share", 0) <= GROWTH,
    }
    missed = [] if given.quick else [name for name, met in held.items() if not met]
    rounded = {name: round(value, 3) for name, value in figures.items()}
    agree = same(mine["told"], mlflow["told"], hand["told"])
    told("service", {n: round(v, 2) for n, v in ratios.items()}, rounded, missed, agree=agree)


if __name__ == "__main__":
    main()
