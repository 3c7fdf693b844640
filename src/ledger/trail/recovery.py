"""Recovery: what a process that was killed left behind is folded in, and its chain is sealed."""

from datetime import datetime

from sqlalchemy import Engine

from ...core.errors import IntegrityError
from .anchors import CLOSED, SEALED, Anchor, stamp
from .entry import Chain
from .proof import Proof
from .spool import Spool, left_behind
from .table import fold, tail

__all__ = ["recover"]


def recover(engine: Engine, proof: Proof, at: datetime) -> list[str]:
    """Fold in the entries of killed processes, and seal their chains.

    A chain that does not fit its own anchors is left as it is, for `verify` to name.

    Parameters
    ----------
    engine, proof
        Of the ledger.
    at
        The moment that the seals bear.

    Returns
    -------
    list of str
        The chains that were sealed.
    """
    sealed = []
    for chain, spool in left_behind(proof.folder):
        try:
            if _settle(engine, proof, chain, spool, at):
                spool.path.unlink(missing_ok=True)
                sealed.append(chain)
        except IntegrityError:
            continue
        finally:
            spool.release()
    return sealed


def _settle(engine: Engine, proof: Proof, name: str, spool: Spool, at: datetime) -> bool:
    known = proof.anchors.of(name)
    if known and known[-1].kind == CLOSED:
        return True
    if not known:  # killed before the chain was opened, so that nothing was acknowledged
        return not spool.waiting
    chain = Chain(name, known[-1].position, known[-1].digest)
    with engine.connect() as connection:
        fold(connection, spool.waiting)
        for entry in tail(connection, name, chain.position):
            follows = entry.position == chain.position + 1 and entry.previous == chain.digest
            if not follows or entry.digest != entry.expected():
                return False
            chain.advance(entry)
        connection.commit()
    if known[-1].kind != SEALED:
        told = Anchor(
            kind=SEALED, chain=name, position=chain.position, digest=chain.digest, at=stamp(at)
        )
        proof.anchors.add(told, proof.key)
    return True
