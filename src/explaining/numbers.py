"""Numbers: how effects are written, on sheets, pages and figures alike."""

__all__ = ["signed"]


def signed(value: float, digits: int = 2) -> str:
    """Write a number with its sign.

    Examples
    --------
    >>> signed(0.5), signed(-0.5), signed(-0.0001)
    ('+0.50', '−0.50', '+0.00')
    """
    return f"{value:+z.{digits}f}".replace("-", "−")
