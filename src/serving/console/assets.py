"""Static files: style, script and the script of the figures, kept by browsers until they change."""

import hashlib
import re
from functools import cache
from importlib import resources
from importlib.util import find_spec
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response

__all__ = ["FILES", "address", "file_response", "plotly_marks"]

HERE = "/console/static"
MARK = re.compile(r'getElementById\("([0-9a-f]{64})"\)')
FOREVER = "public, max-age=31536000, immutable"
_OWN = Path(str(resources.files(__package__))) / "static"
_PLOTLY = Path(str(find_spec("plotly").origin)).parent  # type: ignore[union-attr]
FILES = {
    "console.css": (_OWN / "console.css", "text/css"),
    "console.js": (_OWN / "console.js", "text/javascript"),
    "figures.js": (_OWN / "figures.js", "text/javascript"),
    "icon.svg": (_OWN / "icon.svg", "image/svg+xml"),
    "plotly.js": (
        _PLOTLY / "package_data" / "plotly.min.js",
        "text/javascript",
    ),
}
"""The files that there are, and of which kind; Plotly's is the one of the installed package."""


@cache
def address(name: str) -> str:
    """Return the address of a file; it changes with the file, so that a browser may keep it."""
    digest = hashlib.sha256(FILES[name][0].read_bytes()).hexdigest()[:12]
    return f"{HERE}/{digest}/{name}"


@cache
def plotly_marks() -> tuple[str, ...]:
    """Return the ids of the styles that Plotly's script writes where a page has no such element."""
    script = FILES["plotly.js"][0].read_text("utf-8")
    return tuple(dict.fromkeys(MARK.findall(script)))


def file_response(name: str, digest: str) -> Response:
    """Return a file.

    Raises
    ------
    HTTPException
        If there is none of that name, or not with that content.
    """
    if name not in FILES or address(name) != f"{HERE}/{digest}/{name}":
        raise HTTPException(404)
    path, kind = FILES[name]
    return FileResponse(path, media_type=kind, headers={"Cache-Control": FOREVER})
