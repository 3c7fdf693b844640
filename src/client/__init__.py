"""The client: asks the scoring service from Python, one call at a time or many at once.

It needs httpx2 (`pip install 'xinheng[client]'`), and nothing of the service itself.
"""

from .asynchronous import AsyncClient
from .call import Call
from .client import Client
from .conversation import Retries
from .decision import Decision
from .errors import ApiError, ConnectionFailedError
from .frames import to_frame

__all__ = [
    "ApiError",
    "AsyncClient",
    "Call",
    "Client",
    "ConnectionFailedError",
    "Decision",
    "Retries",
    "to_frame",
]
