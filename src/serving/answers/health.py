"""Health: that the service answers and is ready, and what it answers from."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from .grade import GRADE

__all__ = ["HealthAnswer", "ReadyAnswer", "StateAnswer"]


class HealthAnswer(BaseModel):
    """That the service answers: to anybody, so nothing else."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "ok"}]})

    status: Literal["ok"]


class ReadyAnswer(BaseModel):
    """Whether all is well: to anybody, so nothing else. If not, `GET /v1/state` tells why."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "ready"}]})

    status: Literal["ready", "degraded"]


class StateAnswer(BaseModel):
    """What is answered from, and how far archive and ledger are ahead of it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "version": "0.1.0",
                    "bundle": GRADE["bundle"],
                    "champion": GRADE["bundle"],
                    "sequence": 42,
                    "newest": 43,
                    "run": 17,
                    "trouble": "",
                }
            ]
        }
    )

    version: str = Field(description="Of the program.")
    bundle: str = Field(description="Digest of the bundle that is answered from.")
    champion: str = Field(description="Digest of the champion that the ledger names now.")
    sequence: int = Field(description="Newest delivery of records that is seen.")
    newest: int = Field(description="Newest delivery of records that the archive has.")
    run: int | None = Field(description="Newest run of grades that is seen.")
    trouble: str = Field(description="Why something newer is not answered from; often empty.")
