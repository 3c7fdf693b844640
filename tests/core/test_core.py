"""What `core` offers, and that it stays light to import."""

import importlib
import pkgutil
import subprocess
import sys

import pytest

from xinheng import core

MODULES = sorted(module.name for module in pkgutil.iter_modules(core.__path__))


def test_every_public_name_of_its_modules_is_offered_sorted_as_ruff_sorts() -> None:
    public = {
        name
        for module in MODULES
        for name in importlib.import_module(f"xinheng.core.{module}").__all__
    }
    assert set(core.__all__) == public

    def order(name: str) -> tuple[int, str]:
        return (0 if name.isupper() else 1 if name[0].isupper() else 2, name)

    assert core.__all__ == sorted(core.__all__, key=order)
    for name in core.__all__:
        assert getattr(core, name) is not None


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'setings'"):
        _ = core.setings


def test_importing_core_loads_no_settings_and_no_calendar() -> None:
    code = (
        "import sys, xinheng.core; "
        "print([m for m in ('pydantic', 'chinese_calendar') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
