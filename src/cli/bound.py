"""A command that ends with whoever started it: `python -m xinheng.cli.bound COMMAND ...`."""

import ctypes
import os
import signal
import sys

from .commands import main

__all__ = ["bind"]

PR_SET_PDEATHSIG = 1


def bind(parent: int) -> None:
    """Ask Linux for SIGTERM when the process that started this one is gone; elsewhere do nothing.

    Parameters
    ----------
    parent
        Its number; if it is gone already, this process ends at once.
    """
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit(143)


if __name__ == "__main__":
    bind(os.getppid())
    main()
