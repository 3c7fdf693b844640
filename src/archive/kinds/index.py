"""Every record kind by its name, and in the order of subjects."""

from ...core.errors import NotFoundError
from ..contract import Contract
from .cases import CASES
from .lifecycle import LIFECYCLE
from .people import PEOPLE
from .registration import REGISTRATION
from .routine import ROUTINE
from .signals import SIGNALS
from .standing import STANDING
from .supervision import SUPERVISION

__all__ = ["KINDS", "SUBJECTS", "contract_of"]

SUBJECTS: dict[str, tuple[Contract, ...]] = {
    "Registration and permits 登记与许可": REGISTRATION,
    "People 人员": PEOPLE,
    "Supervision 监督检查": SUPERVISION,
    "Complaints, opinion and accidents 投诉、舆情与事故": SIGNALS,
    "Cases, penalties and repair 案件、处罚与修复": CASES,
    "Lists and evaluations 名单与评价": STANDING,
    "Regular reports 定期报送": ROUTINE,
    "What happens to records 记录变动": (LIFECYCLE,),
}
KINDS: dict[str, Contract] = {
    contract.kind: contract for subject in SUBJECTS.values() for contract in subject
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
