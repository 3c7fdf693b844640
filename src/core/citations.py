"""Citations: what a rule rests on, as it is told to those whom it concerns."""

import re

__all__ = ["cited"]

UNCHECKED = re.compile(r"\s*(?:\(mem-[HM]\)|（mem-[HM]）|\bmem-[HM]\b)")


def cited(basis: str) -> str:
    """Return a legal basis without the marks of what was not checked against the text.

    The marks, `mem-H` and `mem-M`, are for those who keep the rules, and stand in the handbook.

    Examples
    --------
    >>> cited("食药监食监一〔2016〕115号 (mem-H); 食品安全法实施条例 §67")
    '食药监食监一〔2016〕115号; 食品安全法实施条例 §67'
    >>> cited("食品安全法 art. 22; hazard of oysters mem-H; months design")
    '食品安全法 art. 22; hazard of oysters; months design'
    """
    return UNCHECKED.sub("", basis)
