"""The service: grades and explanations over HTTP, for programs on this machine.

FastAPI is imported when a name is first used, so that the package imports without the extra.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .app import create_app
    from .hosting.server import serve

__all__ = ["create_app", "serve"]


def __getattr__(name: str) -> object:
    """Import what is asked for by name."""
    match name:
        case "create_app":
            from .app import create_app

            return create_app
        case "serve":
            from .hosting.server import serve

            return serve
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
