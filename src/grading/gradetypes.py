"""Grades that stand beside the credit grade, each of a type of its own.

The credit grade (`Level`), the food-safety risk grade and the quantitative grade of catering all
begin with A, and mean different things. So each is a type that has an order within itself and
none with the others: to compare or to combine two by accident is an error.
"""

from enum import Enum
from functools import total_ordering
from typing import Self

from ..core.errors import NotFoundError

__all__ = ["CateringGrade", "GradeType", "RiskGrade"]


@total_ordering
class GradeType(Enum):
    """Letters with an order, the best first; members are numbers from 0."""

    def __lt__(self, other: object) -> bool:
        """Tell whether this is the better of two of one type; others have no order with it."""
        if type(other) is not type(self):
            return NotImplemented
        return bool(self.value < other.value)

    def __str__(self) -> str:
        return str(self.name)

    @classmethod
    def of(cls, text: str) -> Self:
        """Return the grade that is written so.

        Raises
        ------
        NotFoundError
            If none is.
        """
        if text not in cls.__members__:
            raise NotFoundError.among("grade", text, cls.__members__)
        return cls[text]


class RiskGrade(GradeType):
    """Food-safety risk grade 食品安全风险等级 of a producer (食药监食监一〔2016〕115号).

    Examples
    --------
    >>> from xinheng.grading import Level
    >>> RiskGrade.A < RiskGrade.of("D"), RiskGrade.A == Level.A
    (True, False)
    >>> RiskGrade.A < Level.B  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    TypeError: '<' not supported between instances of 'RiskGrade' and 'Level'
    """

    A = 0
    B = 1
    C = 2
    D = 3


class CateringGrade(GradeType):
    """Quantitative grade 量化等级 of a catering enterprise, given by its inspectors.

    Examples
    --------
    >>> max(CateringGrade.A, CateringGrade.C)
    <CateringGrade.C: 2>
    """

    A = 0
    B = 1
    C = 2
