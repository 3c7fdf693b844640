"""A gate: one question that a challenger has to answer before it takes the champion's place."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

__all__ = ["Gate", "Status", "held_back"]


class Status(StrEnum):
    """What came of a gate."""

    PASSED = "passed"
    FAILED = "failed"
    UNDECIDED = "undecided"
    """There is not enough data to tell, so that a person has to."""

    @classmethod
    def of(cls, passed: bool) -> "Status":  # noqa: FBT001
        """Return `passed` or `failed`."""
        return cls.PASSED if passed else cls.FAILED


@dataclass(frozen=True, slots=True)
class Gate:
    """What a gate found.

    Attributes
    ----------
    name, status
        Which gate, and what came of it.
    says
        One line for people.
    figures
        All numbers it rests on, as JSON knows them; NaN is None.
    waivable
        Whether a second person may let a challenger pass that did not pass by itself.
    """

    name: str
    status: Status
    says: str
    figures: Mapping[str, Any] = field(default_factory=dict)
    waivable: bool = True

    def to_dict(self) -> dict[str, Any]:
        """Return the gate for the ledger."""
        return {**asdict(self), "status": str(self.status), "figures": plain(self.figures)}


def held_back(gates: Iterable[Gate]) -> tuple[Gate, ...]:
    """Return the gates that did not pass."""
    return tuple(gate for gate in gates if gate.status is not Status.PASSED)


def plain(found: Any) -> Any:
    """Return figures as strict JSON has them.

    Examples
    --------
    >>> plain({"a": (1.0, float("nan"))})
    {'a': [1.0, None]}
    """
    match found:
        case Mapping():
            return {str(name): plain(each) for name, each in found.items()}
        case list() | tuple():
            return [plain(each) for each in found]
        case float():
            return found if found == found and abs(found) != float("inf") else None  # noqa: PLR0124
        case _:
            return found
