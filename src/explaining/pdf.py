"""PDF: a sheet printed by headless Chromium, where there is one."""

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from ..archive.disk import replacing
from ..core.errors import NotFoundError, StorageError

__all__ = ["print_pdf"]

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-pdf-header-footer",
)
SECONDS = 60


def print_pdf(html: str, path: Path) -> None:
    """Print a page of HTML to PDF, whole or not at all.

    The page may load and run nothing, as sheets do: it is printed without a sandbox and from a
    profile of its own.

    Raises
    ------
    NotFoundError
        If there is no Chromium.
    StorageError
        If it could not print.
    """
    browser = next((found for name in NAMES if (found := shutil.which(name))), None)
    if browser is None:
        raise NotFoundError(
            f"no browser prints the PDF: there is none of {', '.join(NAMES)}; install Chromium, or "
            "write the sheet as .html and print that"
        )
    with TemporaryDirectory() as place, replacing(path) as draft:
        page, printed = Path(place, "sheet.html"), Path(place, "sheet.pdf")
        page.write_text(html, "utf-8")
        told = _run(
            [
                browser,
                *QUIET,
                f"--user-data-dir={place}/profile",
                f"--print-to-pdf={printed}",
                page.as_uri(),
            ]
        )
        if not printed.exists():
            raise StorageError(f"{browser} did not print: {told}")
        shutil.copyfile(printed, draft)


def _run(command: list[str]) -> str:
    """Run a browser, and return the end of what it said."""
    try:
        done = subprocess.run(  # noqa: S603  (its arguments are ours)
            command, capture_output=True, check=False, timeout=SECONDS
        )
    except subprocess.TimeoutExpired:
        raise StorageError(
            f"{command[0]} did not print within {SECONDS} seconds; try again, or write the sheet "
            "as .html and print that"
        ) from None
    said = done.stderr.decode(errors="replace")[-300:].strip()
    if done.returncode:
        raise StorageError(f"{command[0]} did not print: {said}")
    return said
