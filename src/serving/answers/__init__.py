"""Answers of the service: what each of them holds, with an example, and how it is made.

The models describe; what is sent is made from the values themselves and not validated again. Tests
hold every answer against its model.
"""

from .catalogue import IndicatorsAnswer, indicators_values
from .changes import ChangesAnswer, change_values
from .explanation import (
    ExplanationAnswer,
    ShortExplanationAnswer,
    explanation_values,
    short_explanation_values,
)
from .grade import GradeAnswer, GradesAnswer, given_values, grade_values
from .health import HealthAnswer, ReadyAnswer, StateAnswer
from .model import ModelAnswer, model_values
from .movement import MovementAnswer, moved_values, movement_values
from .posting import ReceiptAnswer, receipt_values
from .record import RecordsAnswer, records_values
from .remedies import RemediesAnswer, remedies_values
from .scores import ScoresAnswer
from .session import ProvidersAnswer, SessionAnswer, session_answer
from .values import Language, Values
from .whatif import WhatIfAnswer

__all__ = [
    "ChangesAnswer",
    "ExplanationAnswer",
    "GradeAnswer",
    "GradesAnswer",
    "HealthAnswer",
    "IndicatorsAnswer",
    "Language",
    "ModelAnswer",
    "MovementAnswer",
    "ProvidersAnswer",
    "ReadyAnswer",
    "ReceiptAnswer",
    "RecordsAnswer",
    "RemediesAnswer",
    "ScoresAnswer",
    "SessionAnswer",
    "ShortExplanationAnswer",
    "StateAnswer",
    "Values",
    "WhatIfAnswer",
    "change_values",
    "explanation_values",
    "given_values",
    "grade_values",
    "indicators_values",
    "model_values",
    "moved_values",
    "movement_values",
    "receipt_values",
    "records_values",
    "remedies_values",
    "session_answer",
    "short_explanation_values",
]
