"""How often each gate holds a challenger back, by what is wrong with it; run it for the table."""

from collections import Counter
from collections.abc import Iterable

from xinheng.training import Draws
from xinheng.training.promotion import Status
from xinheng.training.promotion.calibrating import calibration_gate
from xinheng.training.promotion.fairness import fairness_gate
from xinheng.training.promotion.ranking import loss_gate, ranking_gate

from .test_gates import LIMITS, future

FUTURES, ROWS = 60, 4_000
DRAWS = Draws(draws=200)
ALIKE = {"noise": (0.2, 0.2), "alarm": (0.5, 0.5)}
CASES = {
    "nothing: as much noise as in the champion": ALIKE,
    "it orders worse": ALIKE | {"noise": (0.2, 0.7)},
    "it promises 0.3 log-odds too much": ALIKE | {"challenger": 0.3},
    "it promises one district 0.5 too much": ALIKE | {"north": 0.5},
    "it alarms one district from 35 % on, not 50 %": ALIKE | {"alarm": (0.5, 0.35)},
}
GATES = ("ranking", "loss", "calibration", "fairness")


def rates(seeds: Iterable[int]) -> dict[str, Counter[str]]:
    """Return how often each gate did not pass, by case."""
    found = {case: Counter(dict.fromkeys(GATES, 0)) for case in CASES}
    for seed in seeds:
        for case, told in CASES.items():
            made = future(rows=ROWS, seed=seed, **told)
            gates = (
                ranking_gate(made, LIMITS, DRAWS),
                loss_gate(made, LIMITS, DRAWS),
                calibration_gate(made, LIMITS),
                fairness_gate(made, LIMITS),
            )
            found[case].update(gate.name for gate in gates if gate.status is not Status.PASSED)
    return found


def table(found: dict[str, Counter[str]], futures: int) -> str:
    """Return the counts as Markdown."""
    rows = [
        f"| {case} | {' | '.join(f'{counts[gate]} of {futures}' for gate in GATES)} |"
        for case, counts in found.items()
    ]
    head = [f"| what is wrong | {' | '.join(GATES)} |", "| --- " * (1 + len(GATES)) + "|"]
    return "\n".join([*head, *rows])


if __name__ == "__main__":
    print(table(rates(range(FUTURES)), FUTURES))  # noqa: T201
