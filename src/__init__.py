"""Xinheng 信衡: machine-learning credit-risk grading for food supervision."""

__all__: list[str] = []
