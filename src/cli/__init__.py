"""The command line: `xinheng`, with `--help` and `--json` on every command."""

from .commands import app, main

__all__ = ["app", "main"]
