"""Amounts: the value of an indicator as people read it, with its unit."""

from math import floor, isnan, log10

from ...features import Indicator

__all__ = ["CUT_DIGITS", "amount", "figure", "money", "percent", "singular"]

DIGITS = 3
CUT_DIGITS = 4
"""To how many digits a cut point is told: as policy sets it."""
LEAST = 1e-6
"""What is smaller is written as nothing."""
WAN = 10_000
"""The yuan in 1 万元."""


def figure(value: float, digits: int = DIGITS) -> str:
    """Write a value as people read it: whole numbers whole, others to three digits, NaN a dash.

    Examples
    --------
    >>> [figure(value) for value in (3.0, 12345.678, 0.01234, -2.5, 1e-5, 1e-9, float("nan"))]
    ['3', '12,346', '0.0123', '-2.5', '0.00001', '0', '–']
    """
    if isnan(value):
        return "–"
    size = abs(value)
    if value % 1 == 0 or (digits == DIGITS and size >= 999.5):
        return f"{value:z,.0f}"
    if size < LEAST:
        return "0"
    told = f"{value:,.{max(digits - 1 - floor(log10(size)), 0)}f}"
    return told.rstrip("0").rstrip(".") if "." in told else told


def percent(share: float, digits: int = DIGITS) -> str:
    """Write a share in hundredths.

    Examples
    --------
    >>> percent(0.07), percent(12.0), percent(0.12345)
    ('7%', '1,200%', '12.3%')
    """
    told = figure(100 * share, digits)
    return told if isnan(share) else f"{told}%"


def money(wan: float, *, zh: bool) -> str:
    """Write a sum given in 万元 (10,000 yuan), to the yuan.

    Examples
    --------
    >>> money(1.2345, zh=True), money(1.2345, zh=False), money(0.5, zh=True)
    ('1.2345万元', '12,345 yuan', '5,000元')
    """
    yuan = f"{WAN * wan:z,.0f}"
    if not zh:
        return f"{yuan} yuan"
    if round(WAN * abs(wan)) < WAN:
        return f"{yuan}元"
    return f"{f'{wan:,.4f}'.rstrip('0').rstrip('.')}万元"


def singular(unit: str) -> str:
    """Return an English unit as it follows a one: its first word without the ending of many.

    Examples
    --------
    >>> [singular(unit) for unit in ("penalties", "days of change", "visits", "per 100 insured")]
    ['penalty', 'day of change', 'visit', 'per 100 insured']
    """
    head, *rest = unit.split(" ")
    if head.endswith("ies"):
        head = f"{head[:-3]}y"
    elif head.endswith("s") and not head.endswith("ss"):
        head = head[:-2] if head.endswith(("ches", "shes", "sses", "xes")) else head[:-1]
    return " ".join([head, *rest])


def amount(indicator: Indicator, value: float, digits: int = DIGITS) -> tuple[str, str]:
    """Write the value of an indicator with its unit, in Chinese and in English.

    Examples
    --------
    >>> from xinheng.features import standard_catalogue
    >>> catalogue = standard_catalogue()
    >>> amount(catalogue["PN06"], 2.0), amount(catalogue["EA08"], 0.5)
    (('2次', '2 penalties'), ('50%', '50%'))
    >>> amount(catalogue["PN06"], 1.0)[1]
    '1 penalty'
    """
    if indicator.unit_en == "share" and not isnan(value):
        share = percent(value, digits)
        return share, share
    told = figure(value, digits)
    unit = singular(indicator.unit_en) if told == "1" else indicator.unit_en
    return f"{told}{indicator.unit_zh}", f"{told} {unit}".rstrip()
