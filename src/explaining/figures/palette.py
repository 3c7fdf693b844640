"""Palette: the colours and the type of every figure, told apart by whoever sees colours otherwise.

Blue lowers the risk or is the model, orange raises it or is the other; pages and sheets use the
same in their style sheets.
"""

__all__ = ["BLUE", "FONT", "INK", "LEVELS", "LINE", "ORANGE", "PALE", "SOFT", "effect_color"]

INK, SOFT, LINE, PALE = "#1a1e23", "#48515b", "#d3d9df", "#f3f5f7"
BLUE, ORANGE = "#2c6fb3", "#a8420d"
LEVELS = (BLUE, "#7fb2dc", "#c6dcee", "#fcd8aa", "#ef9448", ORANGE)
"""Of the six levels, A+ to E."""
FONT = (
    'system-ui, -apple-system, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", '
    '"Noto Sans SC", sans-serif'
)


def effect_color(value: float) -> str:
    """Return the colour of what raises or lowers a risk.

    Examples
    --------
    >>> effect_color(0.3) == ORANGE, effect_color(-0.3) == BLUE
    (True, True)
    """
    return ORANGE if value > 0 else BLUE
