"""Sources that are like another: what many departments publish alike is written down once.

A folder in `data/sources` that names no department is a layout: nobody delivers by it, but other
sources take it over by `like`.
"""

import tomllib
from pathlib import Path
from typing import Any, TypeGuard

from ..core.errors import MappingError, NotFoundError

__all__ = ["is_layout", "overlaid", "read_toml"]

SOURCE = "source.toml"
OWN = ("title", "department")

Toml = dict[str, Any]


def read_toml(path: Path) -> Toml:
    """Read a TOML file of a mapping.

    Raises
    ------
    NotFoundError
        If it does not exist.
    MappingError
        If it is not UTF-8, or not TOML.
    """
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8"))
    except OSError:
        raise NotFoundError(f"{path} does not exist") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise MappingError(f"{path}, line {line}, is not UTF-8; save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise MappingError(f"{path} is not TOML: {error}") from None


def is_layout(folder: Path) -> bool:
    """Tell whether a source folder is a layout; one that cannot be read is none."""
    try:
        return "department" not in read_toml(folder / SOURCE)
    except (MappingError, NotFoundError):
        return False


def overlaid(folder: Path, own: Toml) -> tuple[Toml, list[Path]]:
    """Lay a source's own declaration over that of the source it is like.

    Tables of keys are merged key by key, and what the source says itself holds; entries of
    `[[records]]` and `[[skip]]` are added to those taken over. SQL and code tables that are taken
    over stay where they are, one folder beside. Title and department are never taken over.

    Parameters
    ----------
    folder
        The source's folder.
    own
        What stands in its `source.toml`.

    Returns
    -------
    declaration : dict
        What holds, without `like`.
    taken : list of Path
        The other `source.toml`, if there is one.

    Raises
    ------
    NotFoundError
        If there is no source of the name.
    MappingError
        If a source is like one that is like another itself, or no department is named.
    """
    own = dict(own)
    like = own.pop("like", None)
    taken = []
    if like is not None:
        path = _beside(folder, like)
        layout = _relocated(read_toml(path), path.parent.name)
        taken.append(path)
        if "like" in layout:
            raise MappingError(
                f"{folder / SOURCE}: {like!r} is like {layout['like']!r} itself; "
                f"a source is like one that stands by itself: write like = {layout['like']!r}, "
                "and what differs below it"
            )
        own = _merged({key: layout[key] for key in layout if key not in OWN}, own)
    if "department" not in own:
        raise MappingError(
            f"{folder / SOURCE} names no department, so that nobody can deliver by it; write "
            f'department = "…", or, if it is a layout, write like = "{folder.name}" into the '
            "source.toml of those who deliver in it"
        )
    return own, taken


def _beside(folder: Path, like: object) -> Path:
    exists = sorted(path.parent.name for path in folder.parent.glob(f"*/{SOURCE}"))
    exists.remove(folder.name)
    if not isinstance(like, str) or like not in exists:
        raise MappingError(
            f"{folder / SOURCE}: like = {like!r}: "
            f"{NotFoundError.among(f'source to be like (in {folder.parent})', str(like), exists)}"
        )
    return folder.parent / like / SOURCE


def _relocated(declaration: Toml, name: str) -> Toml:
    """Return a declaration whose SQL and code tables are found from the folder beside."""
    moved = dict(declaration)
    if isinstance(moved.get("tables"), dict):
        moved["tables"] = {key: f"../{name}/{path}" for key, path in moved["tables"].items()}
    if isinstance(moved.get("records"), list):
        moved["records"] = [
            {**each, "sql": f"../{name}/{each['sql']}"} if "sql" in each else each
            for each in moved["records"]
        ]
    return moved


def _merged(under: Toml, over: Toml) -> Toml:
    """Merge tables of keys, join lists of entries, and let the upper one say the rest."""
    merged = dict(under)
    for key, value in over.items():
        below = merged.get(key)
        if isinstance(below, dict) and isinstance(value, dict):
            merged[key] = _merged(below, value)
        elif _entries(below) and _entries(value):
            merged[key] = [*below, *value]
        else:
            merged[key] = value
    return merged


def _entries(value: object) -> TypeGuard[list[Toml]]:
    """Tell whether it is a list of tables, such as `[[records]]`."""
    return isinstance(value, list) and all(isinstance(each, dict) for each in value)
