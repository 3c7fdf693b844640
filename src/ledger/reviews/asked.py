"""Asked: how a program asks that may have to ask again."""

from dataclasses import dataclass

__all__ = ["Asked"]


@dataclass(frozen=True, slots=True)
class Asked:
    """How a program asked, so that asking twice does something once.

    Parameters
    ----------
    key
        Of the program's own choice, another for each act.
    digest
        Of all that was asked.
    """

    key: str
    digest: str
