"""Keys and roles, and the command line itself, import nothing that grades are made with."""

import subprocess
import sys

import pytest

SLOW = "deltalake duckdb fastapi lightgbm numba pandas polars scipy sklearn xinheng.grading"


@pytest.mark.parametrize(
    "module", ["xinheng.serving.access", "xinheng.core.editions", "xinheng.cli"]
)
def test_importing_it_imports_nothing_that_is_slow_to(module: str) -> None:
    code = f"import sys, {module}; print(*set({SLOW.split()!r}) & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
