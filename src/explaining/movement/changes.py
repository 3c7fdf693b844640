"""Changes: what moved an indicator, and what a cause did to a grade, in sentences."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import isnan
from typing import Any

from ...features import Indicator
from ..words.amounts import DIGITS
from ..words.form import UNNOTICED, Form, State, capital
from ..words.phrases import alternatives, logarithm, redone

__all__ = ["Change", "Texts", "sentences_of", "tell_cause"]

Texts = tuple[str, str]

NAMED = 4
"""How many indicators are told by name; the others are counted."""
STANDING_IN = {
    State.MISSING: ("无记录时的{}", "{} for want of a record"),
    State.UNSEEN: ("无自身记录时的{}", "{} for want of a record of its own"),
}
"""How a value is told that no record of the enterprise tells."""
FINER = (DIGITS, 4, 5)
"""Digits of two figures, the next where they look alike."""


@dataclass(frozen=True, slots=True)
class Change:
    """What one of the things that changed did to an indicator.

    Parameters
    ----------
    indicator
        Its declaration.
    was, now
        Its value before and after all of them; NaN where it does not apply.
    by
        How far this one moved it, as people are told of it, logarithms undone; NaN where that
        cannot be told. What all did sums to the whole change.
    why
        What moved it, in Chinese and in English, such as `tell_cause` returns.
    form
        What is said of its values.
    alone
        Whether nothing else moved it.
    states
        What stood behind its value before and after: where no record tells it, that is said.

    Examples
    --------
    >>> from xinheng.explaining import Sentences
    >>> from xinheng.features import standard_catalogue
    >>> indicator, why = standard_catalogue()["PN02"], tell_cause("withdrawn_records", count=1)
    >>> form = Sentences.default().form(indicator)
    >>> print(Change(indicator, 2.0, 1.0, -1.0, why, form, alone=True).zh)
    因1条记录被撤销，近3年列入经营异常名录次数由2次降至1次。
    >>> print(Change(indicator, 2.0, 3.0, -1.0, why, form).zh)
    因1条记录被撤销，近3年列入经营异常名录次数减少1次（各原因合计由2次升至3次）。
    """

    indicator: Indicator
    was: float
    now: float
    by: float
    why: Texts
    form: Form
    alone: bool = False
    states: tuple[State, State] = (State.KNOWN, State.KNOWN)

    @property
    def told(self) -> Texts:
        """What became of the indicator by it, in Chinese and in English, without the cause."""
        zh, en = self.form.subject
        if self._from_to:
            zh_way, en_way = self._way
            return f"{zh}{zh_way}", f"{en} {en_way}"
        if not self._in_figures:
            zh_whole, en_whole = self._in_all
            return f"{zh}受其影响（各原因合计{zh_whole}）", f"{en} responded (in all {en_whole})"
        up, amounts = self.by > 0, self._amounts(abs(self.by))
        points = amounts[0].endswith("%")
        verbs = ("上升", "下降") if points else ("增加", "减少")
        zh_amount = f"{amounts[0][:-1]}个百分点" if points else amounts[0]
        en_amount = f"{amounts[1][:-1]} percentage points" if points else amounts[1]
        verb = "rose" if up else "fell"
        return f"{zh}{verbs[not up]}{zh_amount}", f"{en} {verb} by {en_amount}"

    @property
    def zh(self) -> str:
        """The sentence in Chinese, with the whole change where this is a part of it."""
        more = f"（各原因合计{self._in_all[0]}）" if self._is_part else ""
        return f"因{self.why[0]}，{self.told[0]}{more}。"

    @property
    def en(self) -> str:
        """The sentence in English, with the whole change where this is a part of it."""
        more = f"; in all {self._in_all[1]}" if self._is_part else ""
        return f"{capital(self.told[1])} because {self.why[1]}{more}."

    @property
    def is_seen(self) -> bool:
        """Whether what it did shows in the figures that are told."""
        seen = not self._in_figures or self._amounts(abs(self.by)) != self._amounts(0.0)
        return self._from_to or seen

    def to_dict(self) -> dict[str, Any]:
        """Return the change as values that JSON knows."""
        figures = {"was": self.was, "now": self.now, "by": self.by}
        return {
            "id": self.indicator.id,
            **{name: None if isnan(value) else value for name, value in figures.items()},
            "alone": self.alone,
            "sentence_zh": self.zh,
            "sentence_en": self.en,
        }

    @property
    def _from_to(self) -> bool:
        """Whether it is told from which value to which: it alone did it, and they look unlike."""
        was, now = self._values(0)
        return self.alone and was != now

    @property
    def _is_part(self) -> bool:
        return not self.alone and self._in_figures

    @property
    def _in_figures(self) -> bool:
        """Whether what it did can be told as a figure: of words, ratios and halves it cannot."""
        pair, named = (self.was, self.now), self.form.named
        whole = all(value % 1 == 0 for value in pair) and self.by % 1 != 0
        return not (
            isnan(self.by)
            or whole
            or not self._is_known
            or self.form.labelled
            or logarithm(self.indicator) == "ln"
            or any(value in named for value in pair)
        )

    @property
    def _is_known(self) -> bool:
        """Whether records tell both values."""
        return not STANDING_IN.keys() & {*self.states}

    @property
    def _way(self) -> Texts:
        """From which value to which it changed, and whether it rose."""
        (zh_was, zh_now), (en_was, en_now) = (self._values(place) for place in (0, 1))
        pair, named = (self.was, self.now), self.form.named
        in_words = self.form.labelled or not self._is_known
        if in_words or any(isnan(value) or value in named for value in pair):
            verbs = "变为", "changed"
        else:
            verbs = ("升至", "rose") if self.now > self.was else ("降至", "fell")
        return f"由{zh_was}{verbs[0]}{zh_now}", f"{verbs[1]} from {en_was} to {en_now}"

    @property
    def _in_all(self) -> Texts:
        """What became of it by all causes."""
        (zh_was, zh_now), (en_was, en_now) = (self._values(place) for place in (0, 1))
        if zh_was == zh_now:
            return f"仍为{zh_now}", f"still {en_now}"
        return self._way[0], f"from {en_was} to {en_now}"

    def _values(self, place: int) -> Texts:
        """Return both values, with as many digits as tell them apart."""
        for digits in FINER:
            was, now = (
                self._value(value, state, place, digits)
                for value, state in zip((self.was, self.now), self.states, strict=True)
            )
            if was != now:
                break
        return was, now

    def _value(self, value: float, state: State, place: int, digits: int) -> str:
        if isnan(value):
            return ("不适用", "not applicable")[place]
        if value in self.form.named:
            return self.form.named[value][place].tell(value, digits)
        told = self.form.value[place].tell(value, digits)
        return STANDING_IN[state][place].format(told) if state in STANDING_IN else told

    def _amounts(self, size: float) -> Texts:
        """Write how far it was moved, in Chinese and in English."""
        value = redone(self.indicator, size)
        return self.form.value.zh.tell(value), self.form.value.en.tell(value)


def tell_cause(cause: str, **told: object) -> Texts:
    """Return why something changed, in Chinese and in English.

    Parameters
    ----------
    cause
        As of `Part`.
    told
        `count`, the number of records; or `was` and `now`, each a pair of texts if they differ
        by language.

    Examples
    --------
    >>> tell_cause("repaired_records", count=1)
    ('1条记录完成信用修复', '1 record was repaired')
    """
    texts = _texts()[cause]
    found = []
    for place, language in enumerate(("zh", "en")):
        one, many = alternatives(texts[language])
        values = {n: v[place] if isinstance(v, tuple) else v for n, v in told.items()}
        found.append((one if told.get("count") == 1 else many).format(**values))
    return found[0], found[1]


def sentences_of(why: Texts, changes: Sequence[Change], log_odds: float, steps: float) -> Texts:
    """Return what a cause did: to indicators, to the log-odds of a violation, and to the level."""
    told = [each.told for each in changes[:NAMED]]
    more = len(changes) - len(told)
    zh, en = [zh for zh, _ in told], [en for _, en in told]
    if more > 0:
        zh.append(f"另有{more}项指标变化")
        en.append(f"{more} more {'indicator' if more == 1 else 'indicators'} changed")
    zh_effect, en_effect = _effect(log_odds, steps)
    if not changes:
        return f"{why[0]}，{zh_effect}。", f"{capital(why[1])}; that {en_effect}."
    return (
        f"因{why[0]}，{'、'.join(zh)}，{zh_effect}。",
        f"Because {why[1]}, {_joined(en)}; that {en_effect}.",
    )


def _joined(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _effect(log_odds: float, steps: float) -> Texts:
    zh, en = [], []
    if abs(log_odds) >= UNNOTICED:
        up, size = log_odds > 0, f"{abs(log_odds):.2f}"
        zh.append(f"违规对数几率{'上升' if up else '下降'}{size}")
        en.append(f"{'raises' if up else 'lowers'} the log-odds of a violation by {size}")
    if abs(steps) >= UNNOTICED:
        towards, size = "E" if steps > 0 else "A+", f"{abs(steps):.2f}"
        zh.append(f"等级向{towards}方向变动{size}级")
        en.append(f"moves the level by {size} towards {towards}")
    if not zh:
        return (
            "对违规对数几率和等级几乎无影响（0.00）",
            "hardly changes the log-odds of a violation or the level (0.00)",
        )
    return f"使{'、'.join(zh)}", " and ".join(en)


@cache
def _texts() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(files(__package__).joinpath("changes.toml").read_text("utf-8"))
