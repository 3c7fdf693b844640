"""Every record kind by its name."""

from ...core.errors import NotFoundError
from ..contract import Contract
from .lifecycle import LIFECYCLE
from .registration import REGISTRATION
from .routine import ROUTINE
from .standing import STANDING
from .supervision import SUPERVISION

__all__ = ["KINDS", "contract_of"]

KINDS: dict[str, Contract] = {
    contract.kind: contract
    for contract in (*REGISTRATION, *SUPERVISION, *STANDING, *ROUTINE, LIFECYCLE)
}


def contract_of(kind: str) -> Contract:
    """Return the contract of a record kind, or say which kinds there are.

    Examples
    --------
    >>> contract_of("penalty").zh
    '行政处罚'
    """
    if kind not in KINDS:
        raise NotFoundError.among("record kind", kind, KINDS)
    return KINDS[kind]
