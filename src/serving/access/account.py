"""One account of a person: what is kept of it."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

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
    setup, setup_until
        Digest of the code by which its person sets the password, if one is out, and until when it
        may be used.
    giver
        Who let it do what nobody gives alone, or into it, until somebody else agrees: it is out of
        use as long. None where there is nothing to agree to.
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
    setup: str | None = field(default=None, repr=False)
    setup_until: datetime | None = None
    giver: str | None = None
    person: str | None = None

    def with_password(self, kept: str) -> Self:
        """Return it with another password, of which this is kept; nothing that was begun counts."""
        return replace(self, password=kept, setup=None, setup_until=None, offered=None, devices=())

    @property
    def in_use(self) -> bool:
        """Whether anybody signs in to it: it is not disabled, and waits for nobody to agree."""
        return self.disabled is None and self.giver is None

    @property
    def actor(self) -> str:
        """As the audit names it."""
        return f"{KIND} {self.name}"
