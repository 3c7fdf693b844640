"""The bundle: the only thing that training hands on.

A directory of text files, with a manifest that says for which purpose it is and holds the SHA-256
of each file, one digest over all of it, and an Ed25519 signature of that digest. Nothing in it is
code. A bundle that misses a file, has one too many, differs in one byte, or was signed by nobody
we trust is refused before anything of it is parsed.
"""

import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ..core.errors import IntegrityError, InvalidError, NotFoundError, NotGradableError
from ..core.keys import TrustedKeys
from ..features import Catalogue
from .blend import Blend
from .calibrator import Calibrator
from .card import ModelCard, Purpose
from .cards import ScoreCard, check_card_levels
from .manifest import FORMAT, MANIFEST, read_files, seal, verify
from .monotonicity import reversals
from .policy import Policy
from .reference import Reference
from .rules import Rules

__all__ = ["Bundle", "Parts", "check_columns", "check_directions", "read_bundle", "write_bundle"]


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """What a bundle is made of.

    The blend's columns are the catalogue's indicators in order; a scheduling model may have
    more columns after them.
    """

    blend: Blend
    calibrator: Calibrator
    policy: Policy
    catalogue: Catalogue
    score_card: ScoreCard
    rules: Rules
    reference: Reference
    card: ModelCard

    def check(self) -> None:
        """Refuse parts that do not fit together.

        Raises
        ------
        InvalidError
            If the blend is no model of the catalogue's indicators.
        PolicyError
            If the policy enables a rule that is not declared.
        NotGradableError
            If the card says "grade", but an input may not decide a grade.
        """
        self.policy.check_rules(self.rules.ids)
        check_columns(self.blend, self.catalogue, self.card)


def check_columns(blend: Blend, catalogue: Catalogue, card: ModelCard) -> None:
    """Refuse a model whose inputs are not those of its catalogue and purpose.

    Raises
    ------
    InvalidError
        If the blend is no model of the catalogue's indicators.
    NotGradableError
        If the card says "grade", but an input may not decide a grade.
    """
    columns, indicators = blend.columns, list(catalogue.ids)
    if columns[: len(indicators)] != indicators:
        raise InvalidError(
            f"the model was trained on {columns}, but the catalogue has {indicators}; "
            "train it on the catalogue's matrix, columns in order"
        )
    if card.purpose is not Purpose.GRADE:
        return
    scheduling = [each.id for each in catalogue.indicators if each.use != Purpose.GRADE]
    if scheduling:
        raise NotGradableError(
            f"{', '.join(scheduling)} may serve scheduling only, never a grade; train without "
            "them, or mark the run as scheduling"
        )
    others = columns[len(indicators) :]
    if others or card.inspector:
        found = ", ".join(others) or "the inspector"
        raise NotGradableError(
            f"the model knows {found}, which may never decide a grade; train without it, or mark "
            "the run as scheduling"
        )


def check_directions(parts: Parts) -> None:
    """Refuse a model that goes against the direction of an indicator; see `reversals`.

    Raises
    ------
    NotGradableError
        That names the indicators, and the first place.
    """
    constraints = parts.catalogue.monotone_constraints()
    found = reversals(parts.blend, dict(zip(parts.catalogue.ids, constraints, strict=True)))
    if found:
        columns = sorted({each.column for each in found})
        raise NotGradableError(
            f"the model goes against the direction of {', '.join(columns)}: {found[0]}; train it "
            "with the catalogue's monotone constraints"
        )


@dataclass(frozen=True, slots=True, eq=False)
class Bundle(Parts):
    """A bundle that was read and found whole.

    Attributes
    ----------
    digest, key
        Its name, and who signed it.
    format
        The form in which it is written.
    """

    digest: str
    key: str
    format: int = FORMAT

    def require(self, purpose: Purpose) -> None:
        """Refuse a bundle that is for another purpose.

        Raises
        ------
        NotGradableError
            If it is wanted for grades, and is not for them.
        InvalidError
            If it is wanted for scheduling, and is for grades.
        """
        if self.card.purpose is purpose:
            return
        kind = NotGradableError if purpose is Purpose.GRADE else InvalidError
        command = "xinheng train" if purpose is Purpose.GRADE else "xinheng forecast"
        raise kind(
            f"the bundle {self.digest[:12]} is for {self.card.purpose}, not for {purpose}; the two "
            f"are never mixed: use one whose card says {str(purpose)!r}, as `{command}` makes it"
        )


def write_bundle(path: Path, parts: Parts, key: Ed25519PrivateKey) -> str:
    """Write a signed bundle, all or nothing, and return its digest.

    Parameters
    ----------
    path
        The directory to make; it must not exist.
    parts
        What goes into it.
    key
        The signing key.

    Raises
    ------
    InvalidError, PolicyError, NotGradableError
        If the path exists, or the parts do not fit together (see `Parts.check`), or the model of
        a grade goes against the direction of an indicator (see `reversals`).
    """
    parts.check()
    check_card_levels(parts.score_card, parts.policy)
    if parts.card.purpose is Purpose.GRADE:
        check_directions(parts)
    if path.exists():
        raise InvalidError(f"{path} exists, and a bundle is never overwritten; name another path")
    contents = {
        **parts.blend.to_texts(),
        "calibrator.json": parts.calibrator.to_json(),
        "card.json": parts.card.to_json(),
        "catalogue.json": parts.catalogue.to_json(),
        "policy.toml": parts.policy.text,
        "reference.json": parts.reference.to_json(),
        "rules.json": parts.rules.to_json(),
        "score_card.toml": parts.score_card.text,
    }
    texts = {name: text.encode() for name, text in contents.items()}
    digest, texts[MANIFEST] = seal(texts, parts.catalogue.fingerprint, parts.card.purpose, key)
    path.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    try:
        for name, text in texts.items():
            with (made / name).open("xb") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
        made.chmod(0o755)
        made.rename(path)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    return digest


def read_bundle(
    path: Path, trusted_keys: TrustedKeys, catalogue_fingerprint: str | None = None
) -> Bundle:
    """Read a bundle, or refuse it.

    Parameters
    ----------
    path
        The bundle's directory.
    trusted_keys
        Public keys by id; see `load_trusted_keys`.
    catalogue_fingerprint
        Fingerprint of the catalogue by which the caller computes indicators, if it must match.

    Raises
    ------
    NotFoundError
        If there is no such directory.
    IntegrityError
        If a file is missing, extra or changed, the manifest is not as written, the signature is
        wrong, its key unknown, or a fingerprint differs.
    NotGradableError
        If it claims to decide grades with what may never do so.
    """
    if not path.is_dir():
        raise NotFoundError(f"there is no bundle {path}")
    texts = read_files(path)
    manifest = verify(path, texts, trusted_keys)
    bundle = Bundle(
        blend=Blend.from_texts({name: text.decode() for name, text in texts.items()}),
        calibrator=Calibrator.from_json(texts["calibrator.json"].decode()),
        policy=Policy.parse(texts["policy.toml"].decode(), f"{path}/policy.toml"),
        score_card=_score_card(texts, path),
        catalogue=Catalogue.from_json(texts["catalogue.json"].decode()),
        rules=Rules.from_json(texts["rules.json"].decode()),
        reference=Reference.from_json(texts["reference.json"].decode()),
        card=ModelCard.from_json(texts["card.json"].decode()),
        digest=manifest["digest"],
        key=manifest["key"],
        format=manifest["format"],
    )
    if manifest["purpose"] != bundle.card.purpose:
        raise IntegrityError(
            f"the manifest of the bundle {path} says {manifest['purpose']!r}, its card "
            f"{str(bundle.card.purpose)!r}: train it anew, for one purpose"
        )
    stated, own = manifest["fingerprint"], bundle.catalogue.fingerprint
    wanted = own if catalogue_fingerprint is None else catalogue_fingerprint
    if not stated == own == wanted:
        raise IntegrityError(
            f"the bundle {path} was made for the catalogue {stated}; its own declarations now "
            f"give {own}, and {wanted} was asked for: use a bundle trained on this catalogue"
        )
    bundle.check()
    return bundle


def _score_card(texts: Mapping[str, bytes], path: Path) -> ScoreCard:
    """Read the score card; bundles had none before format 6, and it was that of the package."""
    if "score_card.toml" not in texts:
        return ScoreCard.default()
    return ScoreCard.parse(texts["score_card.toml"].decode(), f"{path}/score_card.toml")
