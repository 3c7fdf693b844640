"""What one would make by hand for the same end: FastAPI around a pickled pipeline, with `shap`.

A script that knows nothing of the package: `python handmade.py FOLDER PORT WORKERS` unpickles a
scikit-learn pipeline, maps a table of indicators by enterprise into memory, and answers
`GET /explanation/{enterprise}` with the probability and what each column adds to the margin. There
is no key, no limit, no audit, no sentence and no record behind it.
"""

import os
import pickle
import sys
import warnings
from pathlib import Path
from typing import Any

import pandas as pd
import shap
import uvicorn
from fastapi import FastAPI

warnings.simplefilter("ignore")


def create_app() -> FastAPI:
    """Load, and return the app."""
    folder = Path(os.environ["HANDMADE"])
    pipeline = pickle.loads((folder / "pipeline.pkl").read_bytes())  # noqa: S301
    table = pd.read_parquet(folder / "indicators.parquet")
    explainer = shap.TreeExplainer(pipeline[-1])
    app = FastAPI()

    @app.get("/explanation/{enterprise}")
    def explanation(enterprise: str) -> dict[str, Any]:
        row = table.loc[[enterprise]]
        parts = explainer.shap_values(row)
        return {
            "enterprise": enterprise,
            "probability": float(pipeline.predict_proba(row)[0, 1]),
            "base": float(explainer.expected_value),
            "contributions": dict(zip(table.columns, parts[0].tolist(), strict=True)),
        }

    return app


if __name__ == "__main__":
    os.environ["HANDMADE"] = sys.argv[1]
    sys.path.insert(0, str(Path(__file__).parent))
    uvicorn.run(
        "handmade:create_app",
        factory=True,
        port=int(sys.argv[2]),
        workers=int(sys.argv[3]),
        log_level="error",
    )
