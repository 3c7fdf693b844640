"""Health: that the service answers and is ready, and what it answers from."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from .grade import GRADE

__all__ = ["HealthAnswer", "ReadyAnswer"]


class HealthAnswer(BaseModel):
    """That the service answers, and what it answers from."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "status": "ok",
                    "version": "0.1.0",
                    "bundle": GRADE["bundle"],
                    "sequence": 42,
                }
            ]
        }
    )

    status: Literal["ok"]
    version: str
    bundle: str = Field(description="Digest of the champion's bundle.")
    sequence: int = Field(description="Newest delivery of records that is seen.")


class ReadyAnswer(BaseModel):
    """That archive and ledger can be read, and how far they are ahead of what is answered from."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "status": "ready",
                    "bundle": GRADE["bundle"],
                    "champion": GRADE["bundle"],
                    "sequence": 42,
                    "newest": 43,
                }
            ]
        }
    )

    status: Literal["ready"]
    bundle: str = Field(description="Digest of the bundle that is answered from.")
    champion: str = Field(description="Digest of the champion that the ledger names now.")
    sequence: int = Field(description="Newest delivery of records that is seen.")
    newest: int = Field(description="Newest delivery of records that the archive has.")
