"""The package as a whole: its wheel, names, extras and locks, and the rules of the house."""

import ast
import contextlib
import importlib
import json
import pkgutil
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import xinheng

SOURCE = Path(xinheng.__file__).parent
ROOT = SOURCE.parent
MODULES = sorted(SOURCE.rglob("*.py"))
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = sorted((ROOT / "requirements").glob("*.lock"))


def relative(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def package(folder: Path) -> str:
    return ".".join(("xinheng", *folder.relative_to(SOURCE).parts))


PACKAGES = [package(path.parent) for path in MODULES if path.name == "__init__.py"]


# ------------------------------------------------------------------- wheel


def test_pyproject_lists_every_package():
    assert PYPROJECT["tool"]["setuptools"]["packages"] == sorted(PACKAGES)


def test_wheel_holds_every_file_of_the_source_and_nothing_else(tmp_path):
    project = tmp_path / "project"
    shutil.copytree(SOURCE, project / "src", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", PYPROJECT["project"]["readme"], "LICENSE"):
        shutil.copy(ROOT / name, project)
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path]
    built = subprocess.run([*command, project], capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr

    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    shipped = {name for name in names if ".dist-info/" not in name}
    source = (path for path in (project / "src").rglob("*") if path.is_file())
    assert shipped == {f"xinheng/{path.relative_to(project / 'src').as_posix()}" for path in source}
    assert "xinheng/py.typed" in shipped
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


# ------------------------------------------------------------------- names


def order(name: str) -> tuple[int, list[tuple[int, int | str]]]:
    """CONSTANTS, then Classes, then functions, each naturally: the linter's order."""
    rank = 0 if name.isupper() else 1 if name[0].isupper() else 2
    return rank, [(0, int(p)) if p.isdigit() else (1, p) for p in re.split(r"(\d+)", name) if p]


@pytest.mark.parametrize("name", [name for name in PACKAGES if name != "xinheng"])
def test_package_exports_its_public_names_in_order(name):
    module = importlib.import_module(name)
    public = {
        key
        for key, value in vars(module).items()
        if not key.startswith("_") and not isinstance(value, ModuleType)
    } - {"TYPE_CHECKING"}
    assert module.__all__ == sorted(module.__all__, key=order)
    assert public <= set(module.__all__)
    assert [key for key in module.__all__ if not hasattr(module, key)] == []


def means_something(name: str, path: Path) -> bool:
    """Tell whether a dotted name is one of the package or a file, seen from a module."""
    for folder in path.parents[: len(path.relative_to(SOURCE).parts)]:
        if (folder / name).is_file():
            return True
        with contextlib.suppress(ImportError, AttributeError):
            pkgutil.resolve_name(f"{package(folder)}.{name}")
            return True
    return False


def test_names_of_the_package_in_docstrings_exist():
    heads = {name.rpartition(".")[2] for name in PACKAGES}
    named = {
        (relative(path), name)
        for path in MODULES
        for name in re.findall(r"`([a-z]+(?:\.\w+)+)`", path.read_text(encoding="utf-8"))
        if name.partition(".")[0] in heads and not means_something(name, path)
    }
    assert named == set()


# ------------------------------------------------------------------ extras

CORE = (
    "archive",
    "core",
    "earlywarning",
    "explaining",
    "features",
    "grading",
    "jobs",
    "ledger",
    "simulation",
)
LAYERS = {
    "": (*CORE, "cli", "terminal"),
    "client": ("client",),
    "serving": (*CORE, "cli", "serving", "terminal"),
    "training": (*CORE, "cli", "demo", "terminal", "training"),
}

IMPORT_WITHOUT = """
import importlib, json, pkgutil, sys
from importlib.machinery import PathFinder

layers, absent = json.load(sys.stdin)

class Without(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name.partition(".")[0] in absent else super().find_spec(name, path, target)

sys.meta_path[:] = [Without if finder is PathFinder else finder for finder in sys.meta_path]
for layer in layers:
    module = importlib.import_module("xinheng." + layer)
    for found in pkgutil.walk_packages(getattr(module, "__path__", ()), module.__name__ + "."):
        importlib.import_module(found.name)
"""


def installed_with(extra: str) -> set[str]:
    """Return the distributions that an installation of xinheng[extra] brings."""
    found, todo = set(), [("xinheng", extra)]
    while todo:
        name, wanted = todo.pop()
        if (name, wanted) in found:
            continue
        found.add((name, wanted))
        for line in metadata.distribution(name).requires or ():
            needed = Requirement(line)
            if needed.marker is None or needed.marker.evaluate({"extra": wanted}):
                todo += [(canonicalize_name(needed.name), e) for e in ("", *needed.extras)]
    return {name for name, _ in found}


@pytest.mark.parametrize("extra", LAYERS, ids=lambda extra: extra or "core")
def test_extra_is_enough_for_its_layers(extra):
    present = installed_with("") | installed_with(extra)
    absent = [
        module
        for module, names in metadata.packages_distributions().items()
        if present.isdisjoint(map(canonicalize_name, names))
    ]
    assert "pytest" in absent
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_WITHOUT],
        input=json.dumps([LAYERS[extra], absent]),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_every_layer_belongs_to_an_extra():
    layers = {f"xinheng.{layer}" for names in LAYERS.values() for layer in names}
    assert layers == {name for name in PACKAGES if name.count(".") == 1}


# ------------------------------------------------------------------- locks


def pins(lock: Path) -> dict[Requirement, list[str]]:
    """Return the hashes of each pinned requirement of a lock file."""
    lines = lock.read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    split = (line.split(" --hash=") for line in lines)
    return {Requirement(pin): [one.strip() for one in hashes] for pin, *hashes in split}


def test_seven_locks():
    names = ["bootstrap", "dev", "notebooks", "peers", "run", "service", "spark"]
    assert [lock.stem for lock in LOCKS] == names


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_lock_pins_by_version_and_hash_and_names_no_address(lock):
    assert "://" not in lock.read_text(encoding="utf-8")
    for pin, hashes in pins(lock).items():
        assert re.fullmatch(r"==[^,*]+", str(pin.specifier)), pin
        assert hashes, pin
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", one) for one in hashes), pin


def test_run_lock_is_part_of_dev_lock():
    run, dev = (
        {(pin.name, str(pin.specifier)) for pin in pins(ROOT / "requirements" / f"{name}.lock")}
        for name in ("run", "dev")
    )
    assert run <= dev


@pytest.mark.parametrize(
    ("name", "extras"),
    [
        ("run", ("serving", "simulation", "training")),
        ("service", ("serving",)),
        ("dev", ("comparison", "dev", "serving", "simulation", "training")),
        ("notebooks", ("notebooks", "simulation", "training")),
        ("spark", ("spark",)),
    ],
)
def test_lock_answers_what_pyproject_asks(name, extras):
    asked = [
        Requirement(line)
        for lines in (
            PYPROJECT["project"]["dependencies"],
            *(PYPROJECT["project"]["optional-dependencies"][extra] for extra in extras),
        )
        for line in lines
        if not line.startswith("xinheng[")
    ]
    locked = [
        (pin.name, str(pin.specifier).removeprefix("=="))
        for pin in pins(ROOT / "requirements" / f"{name}.lock")
    ]
    for need in asked:
        versions = [version for pin, version in locked if pin == canonicalize_name(need.name)]
        assert versions, f"{need} is not locked: make lock"
        assert all(map(need.specifier.contains, versions)), f"{need} is locked at {versions}"


# ------------------------------------------------------------------- house


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_module_is_short(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_module_imports_its_own_package_relatively(path):
    imported = {
        name.partition(".")[0]
        for node in ast.walk(ast.parse(path.read_bytes()))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom) and not node.level
            else []
        )
    }
    assert imported.isdisjoint({"xinheng", "src"})


CLOCK_CALL = re.compile(r"(.+\.)?(now|utcnow|today)|time\.(time|time_ns|localtime|gmtime)")
CLOCK_QUERY = re.compile(r"(?i)\b(now|today)\s*\(\s*\)|\bcurrent_(date|time|timestamp)\b")
# extract.py names the clocks of SQL in order to refuse them.
TIMELESS = [
    path
    for path in MODULES
    if not re.match(r"serving/|cli(/|\.py)|archive/extract\.py", relative(path))
]


@pytest.mark.parametrize("path", TIMELESS, ids=relative)
def test_module_does_not_ask_for_the_present_time(path):
    nodes = list(ast.walk(ast.parse(path.read_bytes())))
    prose = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    calls = [ast.unparse(node.func) for node in nodes if isinstance(node, ast.Call)]
    texts = [
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose
    ]
    assert [call for call in calls if CLOCK_CALL.fullmatch(call)] == []
    assert [text for text in texts if CLOCK_QUERY.search(text)] == []
