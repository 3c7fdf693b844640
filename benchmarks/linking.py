"""How fast, and how well, records without a credit code find the enterprise they are about.

A register of every market entity of the city is made up with chains, branches and market halls;
clerks write enterprises down by licence, name and address as people do, with slips; one in seven
is not registered. The seed is drawn at run time and printed. `agree` says that the same hints in
another order are linked to the same enterprises. There is no peer to compare with: a tool that
learns its weights from the pairs would have to be taught by hand first.

Targets: precision .995 and recall .9.
"""

import os
import secrets

import numpy as np
import pyarrow as pa

from tests.archive.clerks import trial
from xinheng.archive.database import workbench
from xinheng.archive.linking import Linker

from .measuring import Peak, apart, is_quick, lasting, told

FULL, QUICK = 3_690_000, 200_000
HINTS, HINTS_QUICK, AGAIN = 20_000, 5_000, 2_000
PRECISION, RECALL = 0.995, 0.9


def measured(enterprises: int, hints: int, seed: int) -> tuple[dict[str, float], bool]:
    """Link hints about a made-up city, and compare with the truth."""
    made = trial(enterprises, hints, seed)
    with workbench():
        with Peak() as peak:
            linker = Linker(made.register)
            with lasting() as seconds_to_read:
                linker.link(made.hints.slice(0, 1))
            with lasting() as seconds:
                links = linker.link(made.hints).table["code"]
        order = np.random.default_rng(seed).permutation(hints)[:AGAIN]
        again = linker.link(made.hints.take(pa.array(order))).table["code"]
    found = links.to_pylist()
    right = sum(code == truth for code, truth in zip(found, made.truth, strict=True) if code)
    linked = sum(code is not None for code in found)
    figures = {
        "registered": made.register.num_rows,
        "hints": hints,
        "read_register_s": round(seconds_to_read(), 1),
        "rows_per_s": round(hints / seconds()),
        "precision": round(right / linked, 4),
        "recall": round(right / sum(truth is not None for truth in made.truth), 4),
        "peak_gb": round(peak.own_gb, 2),
    }
    return figures, again.to_pylist() == links.take(pa.array(order)).to_pylist()


def main() -> None:
    """Measure, print what was found, and one JSON object last."""
    size = (QUICK, HINTS_QUICK) if is_quick(__doc__) else (FULL, HINTS)
    seed = int(os.environ.get("HIDDEN_SEED") or secrets.randbelow(2**31))
    print(f"HIDDEN_SEED={seed}")
    figures, agree = apart(measured, *size, seed)
    missed = [
        f"{name} {target}: {figures[name]}"
        for name, target in (("precision", PRECISION), ("recall", RECALL))
        if figures[name] < target
    ]
    told("linking", {}, figures, missed, agree=agree)


if __name__ == "__main__":
    main()
