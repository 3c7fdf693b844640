"""Problem documents (RFC 9457): the one shape of every error, as it is answered and read."""

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["MEDIA_TYPE", "Fault", "FieldError", "Problem"]

MEDIA_TYPE = "application/problem+json"


class FieldError(BaseModel):
    """One value of a request that cannot be used."""

    where: str = Field(description="Place in the request, such as `query.as_of`.")
    message: str = Field(description="What was expected there.")
    value: str | None = Field(description="What was there, shortened; null if nothing was.")


class Fault(BaseModel):
    """Why there is no answer."""

    type: str = Field(description="The kind of problem, for programs.")
    title: str = Field(description="The kind of problem, for people.")
    status: int = Field(description="HTTP status code.")
    detail: str = Field(description="What is wrong here, and what to do.")


class Problem(Fault):
    """A problem document (RFC 9457)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:xinheng:problem:invalid-request",
                    "title": "Invalid request",
                    "status": 422,
                    "detail": "1 value of the request cannot be used: see errors.",
                    "instance": "urn:uuid:1f0f7a52-58d6-4a3b-9f4e-3c4c2f0d8e11",
                    "errors": [
                        {
                            "where": "query.as_of",
                            "message": "expected a calendar date, YYYY-MM-DD",
                            "value": "2026-02-30",
                        }
                    ],
                }
            ]
        }
    )

    instance: str = Field(description="This occurrence: the request id, as in X-Request-ID.")
    errors: list[FieldError] = Field(description="Values that cannot be used; often none.")
