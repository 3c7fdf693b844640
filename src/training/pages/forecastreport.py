"""The comparison of forecasts for planning visits as Markdown."""

from ..forecast import CALENDAR, FORECAST, OWN, STRICT, SURROUNDINGS, UNCORRECTED, Forecast
from ..measuring import SAME_INSPECTOR, Comparison
from ..task import Task
from ..visits import Visits
from .tables import Heads, choices, differences, heads_of, shown, table

__all__ = ["render_forecast"]

SHOWN = ("auc", "days_earlier", "found", "log_loss", SAME_INSPECTOR)
CHANCE = 0.5
MODELS = (CALENDAR, SURROUNDINGS, OWN, FORECAST, STRICT)
READ_IT = (
    f"`{FORECAST}` knows the enterprise's own record and its surroundings, `{OWN}` what a grade "
    f"may know, `{SURROUNDINGS}` nothing about the enterprise but where it is; `{CALENDAR}` is the "
    "order in which the visits were made. None of them is for grades."
)


def render_forecast(visits: Visits, task: Task, forecast: Forecast) -> str:
    """Return the comparison of a forecast as Markdown."""
    heads = heads_of(task.capacity)
    parts = [*_opening(visits, task, forecast), "**Test window**", *_tables(forecast.test, heads)]
    if forecast.rolling is not None:
        rolled = forecast.rolling
        title = (
            f"**Rolling windows** ({len(visits.rolling)}, each trained on everything known before "
            f"it, its visits scored on its first day and put in order among themselves; together "
            f"{rolled.rows:,} visits to {rolled.enterprises:,} enterprises, {rolled.positives:,} "
            "positive)"
        )
        parts += [title, *_tables(rolled, heads)]
    return "\n\n".join([*parts, choices(forecast.chosen)])


def _opening(visits: Visits, task: Task, forecast: Forecast) -> list[str]:
    cohort, fold, test, drawn = visits.cohort, visits.test, forecast.test, task.bootstrap
    what = (
        f"Label: {task.label}. Training {' to '.join(cohort.window(fold.train))}: "
        f"{fold.train.size:,} visits, each from what was known when its plan of "
        f"{task.plan_months} months began. Test {' to '.join(cohort.window(fold.test))}: "
        f"{test.rows:,} visits to {test.enterprises:,} enterprises, {test.positives:,} positive, "
        f"from what was known on the first day. In brackets: {100 * drawn.level:g} % intervals of "
        f"{drawn.draws:,} bootstrap draws of enterprises."
    )
    weighs = test.difference(FORECAST, STRICT, "auc")
    listed = (
        f"A plan is a list, so who is on it is given: {forecast.late:.1%} of the test visits are "
        "to enterprises that were there on the first day, as a licence or a visit from before it "
        "tells, and of which the register tells only later; of them it is read as of the visit. "
        f"`{STRICT}` does without, which costs an AUC of {shown(weighs, 3)}."
    )
    said = [what, _verdicts(forecast), READ_IT, listed]
    if task.correction is not None:
        said.append(f"{UNCORRECTED[0].upper()}{UNCORRECTED[1:]}.")
    return said


def _verdicts(forecast: Forecast) -> str:
    """Say whether surroundings add anything, and whether they do so within one inspector."""
    compared = forecast.rolling or forecast.test
    where = "the rolling windows" if forecast.rolling else "the test window"
    gain = compared.difference(FORECAST, OWN, "auc")
    if gain.lower > 0:
        verdict = "surroundings add to the own record"
    elif gain.upper < 0:
        verdict = "the forecast orders worse than the own record alone"
    else:
        verdict = "it cannot be told whether surroundings add to the own record"
    said = f"On {where} {verdict}: AUC {shown(gain, 3, signed=True)}."
    if not compared.measured(FORECAST, SAME_INSPECTOR):
        return said
    alone = compared.estimate(SURROUNDINGS, SAME_INSPECTOR)
    within = compared.difference(FORECAST, OWN, SAME_INSPECTOR)
    said += (
        f" Among visits of one inspector surroundings alone order with an AUC of "
        f"{shown(alone, 3)}, and change that of the own record by {shown(within, 3, signed=True)}"
    )
    if alone.lower <= CHANCE:
        said += ": what they tell is who inspects there, which is why they never enter a grade"
    return f"{said}."


def _tables(compared: Comparison, heads: Heads) -> list[str]:
    measures = [name for name in SHOWN if compared.measured(FORECAST, name)]
    others = (SURROUNDINGS, OWN, CALENDAR)
    return [
        table(compared, MODELS, measures, heads),
        "Paired differences; above 0 is better, for log loss below 0",
        differences(compared, FORECAST, others, measures, heads),
    ]
