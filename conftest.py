"""What all tests share: doctests run on the package itself, under its name; one hidden seed."""

import gc
import importlib
import os
import secrets
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

import xinheng

# How long an example takes says more of the machine than of the code.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

# A seed that nobody has seen before; the processes of a run read it here, so that all collect
# the same tests.
os.environ["HIDDEN_SEED"] = os.environ.get("HIDDEN_SEED") or str(secrets.randbelow(2**31))

SOURCE = Path(xinheng.__file__).parent


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage while modules are imported and tests are made, all of which stays."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop() -> Generator[None, object, object]:
    """Look for no garbage in what stays, while tests run."""
    gc.freeze()
    try:
        return (yield)
    finally:
        gc.unfreeze()


def pytest_collect_file(file_path: Path) -> None:
    """Let the name that pytest derives from the path mean the installed module."""
    if file_path.suffix == ".py" and file_path.is_relative_to(SOURCE):
        parts = file_path.relative_to(SOURCE).with_suffix("").parts
        parts = parts[:-1] if parts[-1] == "__init__" else parts
        module = importlib.import_module(".".join(("xinheng", *parts)))
        sys.modules[".".join((SOURCE.name, *parts))] = module
