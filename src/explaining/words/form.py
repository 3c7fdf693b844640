"""Forms: what is said of an indicator's value, whatever it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ...features import Indicator
from .phrases import Pair, Phrase, measures_of, phrase

__all__ = ["UNNOTICED", "Form", "State", "absent", "capital", "general", "lowered", "titles"]

UNNOTICED = 0.005
"""What lies below this shows as 0.00 and is called no effect."""
WHO = {
    ("producer",): ("食品生产者", "food producer"),
    ("operator",): ("持证食品经营者", "licensed food operator"),
    ("operator", "producer"): ("持证食品生产经营者", "licensed food operator or producer"),
}


class State(StrEnum):
    """What stands behind a value."""

    KNOWN = "known"
    """Computed from records, or from there being none."""
    UNSEEN = "unseen"
    """Computed from what others have: of the enterprise, or of its group, nothing is on record."""
    MISSING = "missing"
    """No record says; the indicator's declared value stands in."""
    NOT_APPLICABLE = "not applicable"
    """The indicator does not apply to the enterprise."""


@dataclass(frozen=True, slots=True)
class Form:
    """What is said of an indicator.

    Parameters
    ----------
    subject
        What it is called inside a sentence, in Chinese and in English.
    value, named
        How a value is written there, and certain values.
    some, below, at
        What is said of a value, of one below zero, and of certain values.
    unseen, missing, absent
        What is said where what others have stands in, where no record tells it, and where it does
        not apply.
    labelled
        Whether its values stand for words.
    """

    subject: tuple[str, str]
    value: Pair
    some: Pair
    below: Pair
    at: Mapping[float, Pair]
    named: Mapping[float, Pair]
    unseen: Pair
    missing: Pair
    absent: Pair
    labelled: bool = False

    def said(self, value: float, state: State) -> Pair:
        """Return what is said of a value, in both languages."""
        if state is State.KNOWN:
            return self.at.get(value) or (self.below if value < 0 else self.some)
        if state is State.UNSEEN:
            return self.unseen
        return self.missing if state is State.MISSING else self.absent


def general(indicator: Indicator) -> Form:
    """Return what can be said of any indicator: its name, and its value with its unit.

    Examples
    --------
    >>> from xinheng.features import standard_catalogue
    >>> form = general(standard_catalogue()["PN06"])
    >>> form.some.en.tell(1.0), form.missing.zh.tell(0.0)
    ('Administrative penalties: 1 penalty', '近三年行政处罚次数无记录，按0次计')
    """
    subject = indicator.zh, lowered(indicator.en)
    value = Pair(*(phrase("{amount}", measures) for measures in measures_of(indicator)))
    some = Pair(
        _named(indicator.zh, "为{amount}", value.zh), _named(indicator.en, ": {amount}", value.en)
    )
    unseen = Pair(
        _named(indicator.zh, "无自身记录，按其他主体的{amount}计", value.zh),
        _named(indicator.en, ": no record of its own, counted as others have, {amount}", value.en),
    )
    missing = Pair(
        _named(indicator.zh, "无记录，按{amount}计", value.zh),
        _named(indicator.en, ": no record, counted as {amount}", value.en),
    )
    return Form(subject, value, some, some, {}, {}, unseen, missing, absent(indicator))


def absent(indicator: Indicator) -> Pair:
    """Return what is said where an indicator does not apply: to whom it does.

    Examples
    --------
    >>> from xinheng.features import standard_catalogue
    >>> print(absent(standard_catalogue()["RL06"]).en.tell(0.0))
    The enterprise is no food producer, so “Number of licensed categories” does not apply
    """
    zh, en = titles(indicator)
    who = WHO.get(tuple(sorted(indicator.populations)))
    if who is None:
        said = f"{zh}不适用于该主体", f"{en} does not apply to this enterprise"
    else:
        said = (
            f"该主体不是{who[0]}，不适用{zh}",
            f"The enterprise is no {who[1]}, so {en} does not apply",
        )
    return Pair(*(Phrase(text, text) for text in said))


def titles(indicator: Indicator) -> tuple[str, str]:
    """Return the names of an indicator as they are quoted in a sentence."""
    return f"“{indicator.zh}”", f"“{indicator.en}”"


def lowered(name: str) -> str:
    """Return an English name as it stands inside a sentence.

    Examples
    --------
    >>> lowered("Administrative penalties"), lowered("HACCP certificate")
    ('administrative penalties', 'HACCP certificate')
    """
    word = name.split(" ", maxsplit=1)[0]
    return name if word[1:] != word[1:].lower() else name[:1].lower() + name[1:]


def capital(text: str) -> str:
    """Return a text as it begins a sentence."""
    return text[:1].upper() + text[1:]


def _named(name: str, rest: str, value: Phrase) -> Phrase:
    """Return a phrase that begins with a name, in which braces and brackets mean nothing."""
    text = name.replace("%", "%%") + rest.replace("{amount}", "%s")
    return Phrase(text, text, value.measures)
