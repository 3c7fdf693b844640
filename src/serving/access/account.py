"""One account of a person: what is kept of it."""

from dataclasses import dataclass, field
from datetime import datetime

from .grants import Grant

__all__ = ["KIND", "Account"]

KIND = "account"
"""How the audit begins the name of one."""


@dataclass(frozen=True, slots=True)
class Account:
    """What is kept of an account.

    Parameters
    ----------
    name
        As it signs in, in lower case.
    grant
        What it may do.
    password
        Argon2id hash of its password.
    created
        When it was made.
    secret, offered
        Secret of its second factor, if it has one; one that was shown and not confirmed yet.
    step
        The last step whose code was accepted.
    devices
        Digests of the tokens of devices that signed in, the newest last.
    disabled
        When it was taken out of use.
    person
        Whose it is, as the audit names them, where it is not called after them: of somebody who has
        another account, or signs in elsewhere as well.
    """

    name: str
    grant: Grant
    password: str = field(repr=False)
    created: datetime
    secret: str | None = field(default=None, repr=False)
    offered: str | None = field(default=None, repr=False)
    step: int = 0
    devices: tuple[str, ...] = field(default=(), repr=False)
    disabled: datetime | None = None
    person: str | None = None

    @property
    def actor(self) -> str:
        """As the audit names it."""
        return f"{KIND} {self.name}"
