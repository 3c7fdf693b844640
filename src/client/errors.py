"""What goes wrong when the service is asked: its problem documents as exceptions."""

from ..core.errors import XinhengError
from ..serving.answers.problem import FieldError, Problem

__all__ = ["ApiError", "ConnectionFailedError"]

NAMESPACE = "urn:xinheng:problem:"
TITLES = {502: "Bad gateway", 504: "Gateway timeout"}


class ApiError(XinhengError):
    """The service answered with a problem; its message is what the service says is wrong.

    Attributes
    ----------
    problem
        The document (RFC 9457), whole.
    seconds
        After how many seconds it can be tried again, where the service says so.

    Examples
    --------
    >>> error = ApiError.plain(502, "no answer behind the proxy")
    >>> error.status, error.kind
    (502, 'bad-gateway')
    >>> told = FieldError(where="body", message="the file is empty", value=None)
    >>> twice = error.problem.model_copy(update={"detail": "The file is empty.", "errors": [told]})
    >>> str(ApiError(twice))
    'The file is empty.'
    """

    def __init__(self, problem: Problem, seconds: float | None = None) -> None:
        values = "; ".join(
            f"{each.where}: {each.message}"
            for each in problem.errors
            if each.message[1:] not in problem.detail
        )
        super().__init__(f"{problem.detail} ({values})" if values else problem.detail)
        self.problem = problem
        self.seconds = seconds

    @classmethod
    def plain(cls, status: int, text: str, seconds: float | None = None) -> "ApiError":
        """Return that of an answer that is no problem document, such as a proxy's."""
        title = TITLES.get(status, f"Status {status}")
        kind = NAMESPACE + title.lower().replace(" ", "-")
        detail = f"{title}: something between here and the service answered: {text[:200]}"
        problem = Problem(
            type=kind, title=title, status=status, detail=detail, instance="", errors=[]
        )
        return cls(problem, seconds)

    @property
    def status(self) -> int:
        """HTTP status code."""
        return self.problem.status

    @property
    def kind(self) -> str:
        """Kind of the problem, such as `unknown-enterprise`; docs/api.md lists them."""
        return self.problem.type.removeprefix(NAMESPACE)

    @property
    def request_id(self) -> str:
        """By which those who run the service find the request in the log and in the audit."""
        return self.problem.instance.removeprefix("urn:uuid:")

    @property
    def errors(self) -> list[FieldError]:
        """The values that cannot be used."""
        return self.problem.errors


class ConnectionFailedError(XinhengError):
    """The service could not be reached, or went away before it had answered."""
