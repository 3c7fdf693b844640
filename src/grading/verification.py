"""The verification of a bundle: every check that it has to pass, and what each found."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..core.keys import TrustedKeys
from ..features import Catalogue
from .bundle import Bundle, check_directions, read_bundle
from .card import Purpose
from .manifest import FORMAT, READABLE

__all__ = ["Verification", "verify_bundle"]


@dataclass(frozen=True, slots=True, eq=False)
class Verification:
    """A bundle that was found whole.

    Attributes
    ----------
    bundle
        The bundle itself.
    path
        Where it lies.
    same_catalogue
        Whether its declarations of indicators are those of the installed package.
    checks
        What was checked, in order, and what was found.
    """

    bundle: Bundle
    path: Path
    same_catalogue: bool
    checks: Mapping[str, str]


def verify_bundle(path: Path, trusted_keys: TrustedKeys, installed: Catalogue) -> Verification:
    """Check everything that can be checked of a bundle, or refuse it.

    Parameters
    ----------
    path
        The bundle's directory.
    trusted_keys
        Public keys by id; see `load_trusted_keys`.
    installed
        The catalogue of the installed package. A bundle grades by its own declarations, so that
        another catalogue is told of, and is no reason to refuse.

    Raises
    ------
    NotFoundError, IntegrityError, NotGradableError
        As for `read_bundle`; also if a model for grades goes against the direction of an indicator.
    """
    bundle = read_bundle(path, trusted_keys)
    purpose = bundle.card.purpose
    if purpose is Purpose.GRADE:
        check_directions(bundle)
    wanted = installed.select(use="grade") if purpose is Purpose.GRADE else installed
    same = wanted.fingerprint == bundle.catalogue.fingerprint
    signs = bundle.catalogue.monotone_constraints()
    checks = {
        "files": f"{len(list(path.iterdir()))} files, none missing, extra, linked or too large",
        "format": f"{bundle.format}; this version writes {FORMAT} and reads from {READABLE[0]} on",
        "digest": f"{bundle.digest}, over every byte of all files",
        "signature": f"Ed25519 by the key {bundle.key}, which is trusted",
        "purpose": f"{purpose}, in the manifest and on the card",
        "catalogue": f"{len(signs)} indicators, as the fingerprint {bundle.catalogue.fingerprint} "
        + ("says; those of this installation" if same else "says; this installation has others"),
        "policy": f"{bundle.policy.name}: {len(bundle.policy.editions)} editions, every rule that "
        f"they enable is among the {len(bundle.rules.ids)} declared",
        "directions": _directions(purpose, sum(sign != 0 for sign in signs)),
    }
    return Verification(bundle, path, same, checks)


def _directions(purpose: Purpose, directed: int) -> str:
    if purpose is not Purpose.GRADE:
        return "a forecast may go any way; it grades nobody"
    return f"no tree and no line goes against any of {directed} indicators that have one"
