"""The trial: a challenger held against the champion, gate by gate."""

from collections.abc import Callable, Iterator

import numpy as np

from ...archive import Archive
from ...features import Events
from ...grading import Bundle, Calibrator, Purpose, reversals
from ..experiment import Progress, quiet
from ..limits import Limits
from ..task import Task
from .calibrating import calibration_gate
from .fairness import fairness_gate
from .future import Future, read_future
from .gate import Gate, Status
from .moving import migration_gate, moves
from .ranking import data_gate, loss_gate, ranking_gate

__all__ = ["first_gates", "hold_trial", "recalibration_gates"]

SAME = 1e-9


def hold_trial(
    archive: Archive,
    task: Task,
    champion: Bundle,
    challenger: Bundle,
    *,
    at: int,
    threads: int = 1,
    progress: Progress = quiet,
) -> tuple[Gate, ...]:
    """Ask every gate.

    A forecast grades nobody: of it the gates on levels, directions and fairness do not ask.

    Parameters
    ----------
    archive
        Where the records are.
    task
        Says which rows, what counts as a violation, and within which limits.
    champion, challenger
        Of one purpose.
    at
        The day as of which enterprises are graded, and before which outcomes were known.
    threads
        How many threads compute.
    progress
        Told of every gate.
    """
    bundles, grading = (champion, challenger), challenger.card.purpose is Purpose.GRADE
    progress("Reading what neither had seen", 0, 1)
    events = Events.from_view(archive.events(upto=archive.sequence))
    future = read_future(archive, task, events, bundles, at, threads=threads)
    progress("Comparing", 0, 1)
    gates = list(_compared(task, bundles, future, grading=grading))
    if grading:
        progress("Grading everybody by both", 0, 1)
        found = moves(archive, events, bundles, at, threads=threads)
        gates += [migration_gate(found, task.promotion), _directions(challenger)]
    return tuple(gates)


def first_gates(bundle: Bundle) -> tuple[Gate, ...]:
    """Ask what can be asked of a first champion, that has nobody to be held against."""
    return (_directions(bundle),) if bundle.card.purpose is Purpose.GRADE else ()


def recalibration_gates(
    before: Calibrator, after: Calibrator, shift: float, limits: Limits
) -> tuple[Gate, ...]:
    """Ask what is to be asked of a champion whose calibration has followed outcomes.

    Trees and lines are the same, so that ranking, directions and the order in every group are; it
    is the level alone that moved.

    Parameters
    ----------
    before, after
        The calibrators.
    shift
        By how much the level was to be moved, in log-odds.
    limits
        How far it may move at once.
    """
    moved = after.logit(before.knots) - before.logit(before.knots)
    spread = float(np.ptp(moved))
    same = np.array_equal(before.slopes, after.slopes) and spread < SAME
    step = abs(shift)
    return (
        Gate(
            "order",
            Status.of(same),
            "trees, lines and slopes are the champion's, so that nobody overtakes anybody"
            if same
            else f"the calibration moved by unlike steps, which differ by {spread:.3g}",
            {"spread": spread},
            waivable=False,
        ),
        Gate(
            "step",
            Status.of(step <= limits.step),
            f"log-odds move by {shift:+.3f}; {limits.step:.2f} at once may",
            {"step": shift, "limit": limits.step},
        ),
    )


def _compared(
    task: Task, bundles: tuple[Bundle, Bundle], future: Future, *, grading: bool
) -> Iterator[Gate]:
    limits, label = task.promotion, future.cohort.label
    data = data_gate(future, limits)
    yield data
    asked: dict[str, Callable[[], Gate]] = {
        "ranking": lambda: ranking_gate(future, limits, task.bootstrap),
        "loss": lambda: loss_gate(future, limits, task.bootstrap),
        "calibration": lambda: calibration_gate(future, limits),
    }
    if grading:
        asked["fairness"] = lambda: fairness_gate(future, limits)
    told = {(each.card.cohort, each.card.label) for each in bundles}
    for name, ask in asked.items():
        if np.unique(label).size < len(bundles):
            yield Gate(name, Status.UNDECIDED, "there are no outcomes of both kinds to tell by")
        elif len(told) > 1:
            champion = bundles[0].card
            yield Gate(
                name,
                Status.UNDECIDED,
                f"the champion predicts {champion.label!r} of {champion.cohort!r}, so that the two "
                "cannot be held against each other",
            )
        else:
            yield ask()


def _directions(bundle: Bundle) -> Gate:
    signs = dict(zip(bundle.catalogue.ids, bundle.catalogue.monotone_constraints(), strict=True))
    found = reversals(bundle.blend, signs)
    directed = sum(sign != 0 for sign in signs.values())
    says = f"no part goes against the direction of any of {directed} indicators"
    if found:
        says = f"the model goes against the direction of {found[0].column}: {found[0]}"
    figures = {"directed": directed, "reversals": [str(each) for each in found]}
    return Gate("directions", Status.of(not found), says, figures, waivable=False)
