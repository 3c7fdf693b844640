"""Contributions by WOODELF, in the environment of the peers (`.venv/peers`).

A script that knows nothing of the package: `python cubes.py BOOSTER ROWS FOUND` reads the text of a
LightGBM booster and rows from a .npy file, writes the contributions of the first of them to
another, and prints how many seconds all took, made ready beforehand, and one row by itself.
"""

import contextlib
import io
import json
import sys
import time

import lightgbm as lgb
import numpy as np
import pandas as pd
from woodelf import WoodelfExplainer

SHOWN = 1_000


def main(model: str, rows: str, found: str) -> None:
    """Run it."""
    booster, values = lgb.Booster(model_file=model), np.load(rows)
    table = pd.DataFrame(values, columns=booster.feature_name())
    silent = io.StringIO()
    with contextlib.redirect_stdout(silent), contextlib.redirect_stderr(silent):
        explainer = WoodelfExplainer(booster)
        explainer.shap_values(table.iloc[:SHOWN])
        took = []
        for part in (table, table.iloc[:1]):
            start = time.perf_counter()
            parts = np.asarray(explainer.shap_values(part))
            took.append(time.perf_counter() - start)
            if part is table:
                np.save(found, parts[:SHOWN])
    sys.stdout.write(json.dumps(took))


if __name__ == "__main__":
    main(*sys.argv[1:])
