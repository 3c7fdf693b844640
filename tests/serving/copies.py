"""Folders that take long to fill: each is filled once in a process, and copied for whoever asks."""

import atexit
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

Fill = Callable[[Path], object]


def copied(fill: Fill, folder: Path) -> None:
    """Let a folder be as a function fills one, which depends on nothing else."""
    shutil.copytree(_filled(fill), folder, dirs_exist_ok=True)


@cache
def _filled(fill: Fill) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="xinheng-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    fill(folder)
    return folder
