"""What the register keeps beside its entries: premises, and figures from annual reports."""

import numpy as np

from .affairs import Affairs
from .months import entered

__all__ = ["figure", "settle_in"]

MARGIN, SLOPE, NOISE, TAXED = 0.05, 0.05, 0.06, 0.25


def settle_in(affairs: Affairs) -> None:
    """Enter the premises of every enterprise when it is founded."""
    city, rng = affairs.city, affairs.rng["register"]
    affairs.enter(
        "premises",
        np.arange(len(city)),
        occurred=city.established,
        known=entered(rng, city.established, 5),
    )


def figure(affairs: Affairs) -> None:
    """Enter profit and tax of the annual reports whose revenue is told; the unsound lose money."""
    rng = affairs.rng["register"]
    told = affairs.heard.told("annual_report", "year", "revenue", "occurred", "known")
    told = told.take(~np.isnan(told["revenue"]))
    who = told.who
    finance = affairs.world.state.finance[who]
    margin = MARGIN + SLOPE * finance + NOISE * rng.standard_normal(len(who))
    profit = np.round(told["revenue"].astype(np.float64) * margin, 1)
    duty = 0.01 * told["revenue"].astype(np.float64) + TAXED * np.maximum(profit, 0)
    affairs.enter(
        "figures",
        who,
        year=told["year"],
        profit=profit,
        tax=np.round(duty, 1),
        occurred=told["occurred"],
        known=told["known"],
    )
