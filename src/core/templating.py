"""Templating: where the templates of pages lie, and what all of them have in common."""

from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["environment", "resource"]

FOLDER = "templates"


def resource(package: str, name: str) -> str:
    """Return a file beside the templates of a package as it is.

    Parameters
    ----------
    package
        Name of the package, as its modules know it by `__package__`.
    name
        Of the file in its folder `templates`.
    """
    return files(package).joinpath(FOLDER, name).read_text("utf-8")


def environment(package: str) -> "Environment":
    """Return a new environment for a package's templates, to which filters may be added.

    A template escapes whatever is put into it, and what it does not know is an error.

    Parameters
    ----------
    package
        Whose folder `templates` holds them.

    Examples
    --------
    >>> environment("xinheng.explaining").from_string("{{ name }}").render(name="a < b")
    'a &lt; b'
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(str(files(package).joinpath(FOLDER))),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
