"""The page of statutory rules: what each rests on, when it is met, and what policy makes of it."""

from collections.abc import Iterator

from ..core import time
from ..features.definition import define
from .markdown import markdown_table
from .policy import Edition, Policy
from .rules import Rule, Rules

__all__ = ["render_statutes"]

INTRODUCTION = """\
# Statutory rules 法定规则

A rule of law stands over the model and the score card: where its condition is met on a day on which
policy applies it, the level becomes worse, whatever the model says, and the grade names the rule.
It can only raise the risk. The rules are declarations and their effects are policy: in the policy
of the package the two-level moves are those of 深市监规〔2021〕3号; the levels of the others are
design values, since the direct cases of that rule are not public. This page is written from both:

```
xinheng rulebook statutory --output docs/statutory-rules.md
```

**Order 适用顺序.** First, where policy lets the score card count, the worse of its level and the
model's; no bonus of the card can lift it further. Then the moves 下移: however many apply, the
level moves once, by the one that brings it furthest, and never beyond that one's limit. Last the
floors 不低于: the level is at least the worst of them. So the order in which rules are listed never
matters. 先取模型与评分卡中较差者（政策允许时）；再下移一次，取最重者，不越过其上限；最后取各“不低
于”中最差者。规则只能提高风险，与列举顺序无关。

**When a rule is met 何时成立.** As of a day, from its start in Shanghai, a record counts if it was
available before that day and had not been withdrawn by then; the rule is met where its condition is
over zero. It is lifted on the day after what lifts it became available: an entry that is removed,
repaired or withdrawn, a licence granted anew, a window or a term that ends. Patterns select streams
事件流 of records; the [data catalogue](data-catalogue.md) lists them.

**What the records cannot tell 记录的局限.** A removal that nobody delivers leaves an entry open, so
entries end by their term where the law sets one: three years on the serious list, and for judgment
defaulters two years and the three by which a court may prolong them, except for who can pay and
does not, for whom there is no term. The day of a decision stands for that of the breach when
offences repeat. An order to stop production holds until it is reported as performed. The days from
which the articles of 食品安全法 (2015) and 食品安全法实施条例 (2019) hold are from memory (mem-H).
"""


def render_statutes(rules: Rules, policy: Policy) -> str:
    """Return the page of rules under a policy as Markdown.

    Examples
    --------
    >>> from xinheng.grading import STATUTES
    >>> render_statutes(STATUTES, Policy.default()).splitlines()[0]
    '# Statutory rules 法定规则'
    """
    page = [INTRODUCTION, "## Rules 规则", *map(_rule, rules)]
    for edition in policy.editions:
        page += list(_edition(rules, policy.name, edition))
    return "\n\n".join(part.strip("\n") for part in page) + "\n"


def _rule(rule: Rule) -> str:
    computed = define(rule.indicator).computed
    return (
        f"### `{rule.id}` {rule.zh}\n\n{_sentence(rule.en)}\n\n"
        f"- Basis 依据: {rule.basis}\n"
        f"- Basis holds 依据有效期: {_dates(rule.effective_from, rule.effective_to)}\n"
        f"- Condition: `{computed.en}` > 0\n"
        f"- 条件: `{computed.zh}` > 0"
    )


def _edition(rules: Rules, name: str, edition: Edition) -> Iterator[str]:
    yield (
        f"## Effects 效果: policy {name} {edition.version} ({edition.status}), "
        f"{_dates(edition.effective_from, edition.effective_to)}"
    )
    yield markdown_table(
        ("规则", "Rule", "Effect 效果", "Applied 适用"),
        (
            (rule.zh, rule.en, str(edition.rules[rule.id]), _applied(rule, edition))
            for rule in rules
            if rule.id in edition.rules
        ),
    )
    for reason in dict.fromkeys(edition.continued.values()):
        yield f"*Continued 沿用:* {reason}."
    left = [rule.id for rule in rules if rule.id not in edition.rules]
    if left:
        yield f"Not applied 未适用: {', '.join(f'`{rule}`' for rule in left)}."


def _applied(rule: Rule, edition: Edition) -> str:
    since = max(rule.effective_from, edition.effective_from)
    if rule.id in edition.continued:
        end = time.show(rule.effective_to)
        return f"{_dates(since, edition.effective_to)}; after {end} continued 沿用"
    return _dates(since, min(rule.effective_to, edition.effective_to))


def _dates(since: int, until: int) -> str:
    return f"from {time.show(since)}" + ("" if until == time.NEVER else f" to {time.show(until)}")


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
