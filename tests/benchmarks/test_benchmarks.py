"""Every benchmark runs, on next to nothing, and its results equal those of its peers."""

import importlib
import json
import sys
from types import ModuleType

import pytest

SMALL = {
    "archive": {"QUICK": 12_000, "PART": 5_000, "AGAIN_QUICK": 6_000, "MANY_QUICK": 8},
    "audit": {"QUICK": 200},
    "creditfile": {"QUICK": 1_200},
    "explaining": {"QUICK": (600, 60, 1, 2_000, 3), "ROWS": 2_000, "TREES": 20, "TOWN": 150},
    "grading": {"QUICK": (4_000, 200, 15)},
    "indicators": {"QUICK": (6_000, 400), "SLICE_QUICK": (2_000, 150)},
    "lookup": {"QUICK": 3_000, "WRITTEN": 1_000},
    "linking": {"QUICK": 3_000, "HINTS_QUICK": 400},
    "products": {"QUICK": (100, 40, 2_000, 200)},
    "readers": {"QUICK": 2_000},
    "runs": {"QUICK": (400, 20, 2, 200)},
    "training": {"QUICK": (3_000, 10)},
    "watching": {"QUICK": (20_000, 500, 2_000)},
}


def small(name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = importlib.import_module(f"benchmarks.{name}")
    for constant, value in SMALL[name].items():
        assert hasattr(module, constant)
        monkeypatch.setattr(module, constant, value)
    monkeypatch.setattr(sys, "argv", [name, "--quick"])
    return module


@pytest.mark.slow
@pytest.mark.parametrize("name", SMALL)
def test_a_benchmark_agrees_with_its_peers_and_ends_with_its_object(
    name: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    small(name, monkeypatch).main()
    found = json.loads(capfd.readouterr().out.splitlines()[-1])
    assert list(found) == ["benchmark", "ratios", "figures", "agree", "missed"]
    assert (found["benchmark"], found["agree"]) == (name, True)
    assert all(value > 0 for value in [*found["ratios"].values(), *found["figures"].values()])
