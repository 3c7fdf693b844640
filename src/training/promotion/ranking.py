"""The paired test: whether the challenger is as good as the champion on the same rows."""

from functools import partial

from ..limits import Limits
from ..measuring import Computation, Draws, Estimate, auc, bootstrap, log_loss
from .future import Future
from .gate import Gate, Status

__all__ = ["data_gate", "loss_gate", "ranking_gate"]

MODELS = ("champion", "challenger")


def data_gate(future: Future, limits: Limits) -> Gate:
    """Ask whether there are enough outcomes of which neither model knew."""
    rows, came = len(future.cohort), int(future.cohort.label.sum())
    fewer = min(came, rows - came)
    enough = rows >= limits.rows and fewer >= limits.violations
    says = f"{rows:,} outcomes that neither had seen, {came:,} of them violations"
    if not enough:
        says += f"; {limits.rows:,} are needed, and {limits.violations:,} of either kind"
    figures = {
        "rows": rows,
        "violations": came,
        "enterprises": len(set(future.cohort.enterprise.tolist())),
        "limits": limits.model_dump(),
    }
    return Gate("data", Status.PASSED if enough else Status.UNDECIDED, says, figures)


def ranking_gate(future: Future, limits: Limits, draws: Draws) -> Gate:
    """Ask whether the challenger's AUC is lower by the margin or more."""
    values, difference = _paired(future, "auc", draws)
    margin = limits.auc_margin
    status = _status(difference.lower > -margin, worse=difference.upper < 0)
    return _gate("ranking", "AUC", values, difference, -margin, status)


def loss_gate(future: Future, limits: Limits, draws: Draws) -> Gate:
    """Ask whether the challenger's log loss is greater by the margin or more."""
    values, difference = _paired(future, "log_loss", draws)
    margin = limits.loss_margin * values["champion"]
    status = _status(difference.upper < margin, worse=difference.lower > 0)
    return _gate("loss", "log loss", values, difference, margin, status)


def _status(passed: bool, *, worse: bool) -> Status:  # noqa: FBT001
    if passed:
        return Status.PASSED
    return Status.FAILED if worse else Status.UNDECIDED


def _paired(future: Future, measure: str, draws: Draws) -> tuple[dict[str, float], Estimate]:
    """Return the measure of both, and challenger less champion on the same draws."""
    take = {"auc": auc, "log_loss": log_loss}[measure]
    work: dict[str, Computation] = {
        name: partial(take, future.cohort.label, chance)
        for name, chance in zip(MODELS, future.chance, strict=True)
    }
    found = bootstrap(work, future.cohort.enterprise, draws)
    return dict(found.values), found.difference("challenger", "champion")


def _gate(
    name: str,
    what: str,
    values: dict[str, float],
    difference: Estimate,
    margin: float,
    status: Status,
) -> Gate:
    verdict = {
        Status.PASSED: f"that it is worse by {abs(margin):.4f} or more is rejected",
        Status.FAILED: "it is worse beyond noise",
        Status.UNDECIDED: f"that it is worse by {abs(margin):.4f} or more cannot be ruled out",
    }[status]
    value, lower, upper = difference
    says = (
        f"{what} {values['challenger']:.4f}, champion {values['champion']:.4f}: {value:+.4f} "
        f"({lower:+.4f} to {upper:+.4f}); {verdict}"
    )
    return Gate(name, status, says, {**values, "difference": list(difference), "margin": margin})
