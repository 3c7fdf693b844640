"""Attribution: what each indicator adds to a margin, exactly."""

from .contributions import contributions
from .everybody import write_contributions
from .trees import Trees

__all__ = ["Trees", "contributions", "write_contributions"]
