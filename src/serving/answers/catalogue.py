"""The catalogue: the indicators that a grade rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

from .grade import GRADE
from .values import Language, Values

if TYPE_CHECKING:
    from ...features import Catalogue, Indicator

__all__ = ["IndicatorAnswer", "IndicatorsAnswer", "indicators_values"]


class IndicatorAnswer(BaseModel):
    """What an indicator means, and how it is computed."""

    id: str
    name: str
    dimension: str
    dimension_name: str
    unit: str = Field(description="Empty for a plain number.")
    formula: str = Field(description="The definition in plain words.")
    basis: str = Field(description="Law, rule or source.")
    window: str = Field(description="Of which time records count, such as `36m` or `at t`.")
    direction: Literal[-1, 0, 1] = Field(
        description="1 if a larger value is riskier, -1 if it is safer, 0 if neither can be said."
    )
    populations: list[str] = Field(description="To whom it applies.")
    missing: float = Field(description="What counts where no record says a value.")
    bands: str = Field(description="Default steps from 0 (best) to 1 (worst).")


class IndicatorsAnswer(BaseModel):
    """The indicators of the model in force, in the order of its catalogue."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "language": "en",
                    "bundle": GRADE["bundle"],
                    "fingerprint": "5f0c1ad6c1f8f7d5",
                    "indicators": [
                        {
                            "id": "PN06",
                            "name": "Administrative penalties",
                            "dimension": "PN",
                            "dimension_name": "Penalties and negative lists",
                            "unit": "",
                            "formula": "count of penalties, warnings left out",
                            "basis": "TREE [R030402]",
                            "window": "36m",
                            "direction": 1,
                            "populations": ["entity"],
                            "missing": 0.0,
                            "bands": "0:0; 1:.4; 2:.7; >=3:1",
                        }
                    ],
                }
            ]
        }
    )

    language: Language
    bundle: str = Field(description="Digest of the model's bundle.")
    fingerprint: str = Field(description="Of all declarations: another catalogue has another one.")
    indicators: list[IndicatorAnswer]


def indicators_values(catalogue: Catalogue, bundle: str, language: Language) -> Values:
    """Return the indicators of a catalogue in one language."""
    return {
        "language": language,
        "bundle": bundle,
        "fingerprint": catalogue.fingerprint,
        "indicators": [_indicator(each, language) for each in catalogue],
    }


def _indicator(indicator: Indicator, language: Language) -> Values:
    from ...features import DIMENSIONS

    zh = language == "zh"
    return {
        "id": indicator.id,
        "name": indicator.zh if zh else indicator.en,
        "dimension": indicator.dimension,
        "dimension_name": DIMENSIONS[indicator.dimension][0 if zh else 1],
        "unit": indicator.unit_zh if zh else indicator.unit_en,
        "formula": (indicator.formula_zh if zh else "") or indicator.formula,
        "basis": indicator.basis,
        "window": indicator.window,
        "direction": indicator.direction,
        "populations": list(indicator.populations),
        "missing": indicator.missing,
        "bands": indicator.bands,
    }
