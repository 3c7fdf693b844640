"""Settings of LightGBM, and what is tried where they leave a choice."""

from collections.abc import Mapping
from itertools import product
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from .learner import Candidate

__all__ = ["BINNING", "Boosting"]

SLOWEST, FASTEST, USUAL = 0.03, 0.1, 20_000
BINNING: Mapping[str, Any] = {
    "feature_pre_filter": False,  # so that one binned data set serves every leaf size
    "force_col_wise": True,  # half the time and a third less memory where columns are drawn
    "data_random_seed": 1,  # which rows bins are cut by; not a matter of `seed`
    "verbosity": -1,
}


class Boosting(BaseModel):
    """Settings of LightGBM: shallow and strongly regularised, as noisy outcomes want it.

    Parameters
    ----------
    depths
        Candidates for the depth of each tree; 1 is an additive model.
    learning_rate
        If not given, .03 up to 20,000 rows and slowly more beyond, at most .1.
    ridge, column_share, row_share
        LightGBM's `lambda_l2`, `feature_fraction` and `bagging_fraction`.
    least_rows, least_share
        The fewest rows of a leaf: `least_rows`, or in a small sample this share of it.
    rounds
        Candidates for the number of rounds, ascending.
    linear
        Candidates for the weight of a linear part beside the booster (`learners.lines`), which
        is taken only where that was better out of time; 0 is none.
    penalties
        Candidates for the penalty of the linear part.
    method
        How LightGBM keeps trees to the directions of indicators. `intermediate` finds better trees
        and can go against a direction where values are missing; a fit that does is made again by
        `basic`, which never does.
    seed, threads
        Fixed, so that the same sample gives the same booster.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    depths: tuple[Annotated[int, Field(ge=1, le=8)], ...] = Field(default=(1, 2, 3), min_length=1)
    learning_rate: float | None = Field(default=None, gt=0, le=1)
    ridge: float = Field(default=20.0, ge=0)
    column_share: float = Field(default=0.5, gt=0, le=1)
    row_share: float = Field(default=0.7, gt=0, le=1)
    least_rows: int = Field(default=100, ge=1)
    least_share: float = Field(default=0.02, gt=0, lt=1)
    rounds: tuple[Annotated[int, Field(ge=1)], ...] = Field(
        default=(25, 50, 75, 100, 150, 200, 300, 400, 600), min_length=1
    )
    linear: tuple[Annotated[float, Field(ge=0, lt=1)], ...] = Field(
        default=(0.0, 0.25, 0.5, 0.75), min_length=1
    )
    penalties: tuple[Annotated[float, Field(gt=0)], ...] = Field(
        default=(100.0, 300.0, 1000.0, 3000.0), min_length=1
    )
    method: Literal["intermediate", "basic"] = "intermediate"
    seed: int = Field(default=0, ge=0)
    threads: int = Field(default=1, ge=1)

    def parameters(self, rows: int, depth: int, rate: float) -> dict[str, Any]:
        """Return LightGBM's parameters for trees of a depth on so many rows, at a learning rate."""
        return {
            **BINNING,
            "objective": "binary",
            "max_depth": depth,
            "num_leaves": 2**depth,
            "learning_rate": rate,
            "lambda_l2": self.ridge,
            "feature_fraction": self.column_share,
            "bagging_fraction": self.row_share,
            "bagging_freq": 1,
            "min_data_in_leaf": max(1, min(self.least_rows, int(rows * self.least_share))),
            "monotone_constraints_method": self.method,
            "deterministic": True,
            "num_threads": self.threads,
            "seed": self.seed,
        }

    def rate(self, rows: int) -> float:
        """Return the learning rate for a sample of so many rows.

        Examples
        --------
        >>> [round(Boosting().rate(rows), 3) for rows in (1_000, 20_000, 320_000, 60_000_000)]
        [0.03, 0.03, 0.06, 0.1]
        """
        if self.learning_rate is not None:
            return self.learning_rate
        return min(FASTEST, SLOWEST * float(max(1.0, rows / USUAL) ** 0.25))

    def candidates(self) -> list[Candidate]:
        """Return all combinations that are tried, the plainest first."""
        without = [share for share in self.linear if not share]
        with_lines = [share for share in self.linear if share]
        blends: list[Candidate] = [{"linear": share} for share in without]
        blends += [
            {"linear": share, "penalty": penalty}
            for share, penalty in product(with_lines, self.penalties)
        ]
        return [
            {"depth": depth, "rounds": rounds, **blend}
            for blend, depth, rounds in product(blends, self.depths, sorted(self.rounds))
        ]
