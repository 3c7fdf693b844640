"""Figures: explanations and models drawn, as Plotly's own JSON.

One set of functions for notebooks, reports and the console: each returns `data` and `layout`,
which `plotly.graph_objects.Figure` takes as they are, and so does Plotly's script in a browser.
`describe` tells a figure in words.
"""

from .movement import plot_movement
from .overview import plot_dependence, plot_importance, plot_interactions
from .parts import Plot, describe
from .reasons import plot_dimensions, plot_waterfall
from .reliability import plot_reliability
from .timeline import Given, plot_timeline

__all__ = [
    "Given",
    "Plot",
    "describe",
    "plot_dependence",
    "plot_dimensions",
    "plot_importance",
    "plot_interactions",
    "plot_movement",
    "plot_reliability",
    "plot_timeline",
    "plot_waterfall",
]
