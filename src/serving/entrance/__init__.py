"""The entrance: who asks, whether they may, and how they are answered."""

__all__: list[str] = []
