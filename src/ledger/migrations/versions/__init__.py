"""One module for each revision; none is ever changed after it was released."""

__all__: list[str] = []
