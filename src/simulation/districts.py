"""What the bureaus of districts and functional areas see: random checks, grades, obstruction."""

import numpy as np

from .affairs import Affairs, rarely
from .arrays import Who
from .catalogue import trades
from .inspectors import probability
from .months import Month, entered, weekdays
from .vocabulary import WORDS, place

__all__ = ["check_at_random", "grade_catering", "note_obstruction"]

CHECKED, KEY, WITHDRAWN = 0.0024, 0.2, 0.01
# Log-odds of a finding, and what is found: corrected, pending, undisclosed, dishonest,
# uncontactable, refused.
FOUND, SHARES = -1.6, (0.46, 0.14, 0.22, 0.04, 0.12, 0.02)
NOTHING = 0.05
FOLLOW_UP = (0, 1, 2, 3, 2, 2, 5, 3)
CATERING = ("小型餐馆", "大型餐馆", "饮品店", "单位食堂", "集体配餐", "网络餐饮")
TERM, CUTS = 364, (90, 75)
REFUSED = place("result", "refused")


def check_at_random(affairs: Affairs, month: Month, active: Who) -> None:
    """Check some of all market entities, drawn at random or from key objects."""
    rng = affairs.rng["districts"]
    key = rarely(rng, active, KEY * CHECKED, lambda them: np.exp(-0.6 * affairs.compliance(them)))
    drawn = active[rng.random(len(active), np.float32) < (1 - KEY) * CHECKED]
    who = np.concatenate([drawn, key])
    days, count = weekdays(rng, month.first, month.after, len(who)), len(who)
    odds = FOUND - 0.9 * affairs.compliance(who) - 0.3 * affairs.finance(who)
    bad = rng.random(count) < probability(odds)
    found = 2 + rng.choice(len(SHARES), size=count, p=SHARES)
    result = np.where(bad, found, np.where(rng.random(count) < NOTHING, 1, 0))
    known = entered(rng, (days + 4).astype(np.int32), 22)
    wrong = (result >= 2) & (rng.random(count) < WITHDRAWN * 3)
    affairs.enter(
        "random_check",
        who,
        number=affairs.numbers("random_check", count),
        area=affairs.area[who],
        plan=month.year * 4 + (month.calendar - 1) // 3 - 8000,
        selection=np.repeat([0, 1], [len(drawn), len(key)]),
        result=result,
        follow_up=np.array(FOLLOW_UP)[result],
        withdrawn=np.where(wrong, known + rng.integers(5, 60, count), -1),
        occurred=days,
        known=known,
    )


def grade_catering(affairs: Affairs, month: Month, active: Who) -> None:
    """Grade each caterer once a year, in its own month, by what is seen of its quality."""
    rng, city = affairs.rng["districts"], affairs.city
    table = trades()["name"].isin(CATERING).to_numpy()
    due = (active + city.first) % 12 + 1 == month.calendar
    who = active[due & table[city.trade[active]]]
    days, count = weekdays(rng, month.first, month.after, len(who)), len(who)
    points = 82 + 7 * affairs.world.state.quality[who] - 3 * city.risk[who]
    score = np.clip(np.round(points + rng.normal(0, 5, count)), 30, 100).astype(np.int64)
    affairs.enter(
        "catering_grade",
        who,
        number=affairs.numbers("catering_grade", count),
        area=affairs.area[who],
        grade=np.where(score >= CUTS[0], 0, np.where(score >= CUTS[1], 1, 2)),
        score=score,
        valid_to=days + TERM,
        occurred=days,
        known=entered(rng, days, 10),
    )


def note_obstruction(affairs: Affairs, month: Month, active: Who) -> None:
    """Note who refused or hindered a visit: the refused ones among the regulator's, and others."""
    rng = affairs.rng["districts"]
    told = affairs.heard.told("inspection", "result", "occurred")
    told = told.take(told["result"] == REFUSED)
    told = told.take(rng.random(len(told)) < 0.6)
    more = rarely(rng, active, 0.00004, lambda them: np.exp(-affairs.compliance(them)))
    days = weekdays(rng, month.first, month.after, len(more))
    who = np.concatenate([told.who, more])
    occurred = np.concatenate([told["occurred"].astype(np.int32), days]).astype(np.int32)
    affairs.enter(
        "obstruction",
        who,
        number=affairs.numbers("obstruction", len(who)),
        area=affairs.area[who],
        form=rng.integers(0, len(WORDS["obstruction_form"]), len(who)),
        occurred=occurred,
        known=entered(rng, occurred, 5),
    )
