"""Live: what answers follow from, opened once, exchanged whole, never altered."""

__all__: list[str] = []
