"""Write a bundle of the present format and its grades, to be read for ever; once for each format.

Run it as `python -m tests.grading.golden` after the last change to a format, and never again.
"""

import json
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from xinheng.grading import Scorer, load_trusted_keys, publish_key, read_bundle, write_bundle
from xinheng.grading.manifest import FORMAT

from .world import city, city_rows, parts

FOLDER = Path(__file__).parent / "bundles"
KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
ROWS = 40


def main() -> None:
    """Refuse to write what is there; see `write_bundle`."""
    name = f"format{FORMAT}"
    digest = write_bundle(FOLDER / name, parts(), KEY)
    publish_key(KEY.public_key(), FOLDER)
    bundle = read_bundle(FOLDER / name, load_trusted_keys(FOLDER))
    grades = Scorer(bundle).run(city(), city_rows()).head(ROWS)
    told = {
        "digest": digest,
        "margins": grades["margin"].tolist(),
        "probability": grades["probability"].tolist(),
        "level": grades["level"].astype(str).tolist(),
    }
    (FOLDER / f"{name}.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
