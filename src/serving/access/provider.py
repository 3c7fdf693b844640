"""Who signs people in for us by OpenID Connect, and which role follows from what it says."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from ...core.errors import ForbiddenError, InvalidError, NotFoundError, PolicyError, unknown
from ...core.table import Table, read_text
from .grants import Grant, Scope
from .passwords import check_secret
from .roles import find_permission, find_role

__all__ = ["Provider", "RoleOf", "check_address"]

ALGORITHMS = tuple(f"{family}{size}" for family in ("RS", "PS", "ES") for size in (256, 384, 512))
STANDARD = ("RS256", "ES256")
NAME = re.compile("[a-z0-9][a-z0-9-]{0,19}")
LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class RoleOf:
    """What follows from one value of the claim of roles."""

    value: str
    grant_role: str
    scope: Scope


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider of sign-in, as its file describes it.

    Parameters
    ----------
    name
        What it is called here: that of its file, in small letters and digits.
    issuer
        Its address, exactly as its tokens name it.
    client_id, client_secret
        Who we are to it.
    redirect_uri
        Where it sends people back to, as it is registered there.
    channel
        In which channel people are who sign in by it.
    claim
        Which claim of the token names roles.
    roles
        What follows from each of its values.
    districts_claim
        Which claim narrows a person to districts; None where none does.
    algorithms
        By which tokens may be signed.

    Examples
    --------
    >>> provider = Provider.parse('''
    ... issuer = "https://sign-in.example"
    ... client_id = "xinheng"
    ... redirect_uri = "https://xinheng.example/v1/sign-in/city/back"
    ... channel = "console"
    ... claim = "groups"
    ... role = [{ value = "food-supervision", role = "supervisor" }]
    ... ''', "oidc.toml", secret="not-a-real-one-" * 3)
    >>> provider.grant({"groups": ["canteen", "food-supervision"]}).role.value
    'supervisor'
    """

    name: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str
    channel: str
    claim: str
    roles: tuple[RoleOf, ...]
    districts_claim: str | None = None
    algorithms: tuple[str, ...] = STANDARD

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read it from a TOML file; the secret from the file that `client_secret_file` names.

        Raises
        ------
        NotFoundError
            If there is no such file.
        PolicyError, InvalidError
            If something in it cannot be used, or others may read the secret.
        """
        text = read_text(path, "sign-in provider")
        name = Table.parse(text, str(path)).take("client_secret_file", str)
        secret = _read_secret(path.parent / name)
        found = cls.parse(text, str(path), secret, path.stem)
        back = f"/v1/sign-in/{found.name}/back"
        if urlsplit(found.redirect_uri).path != back:
            raise PolicyError(
                f"{path}: redirect_uri = {found.redirect_uri!r}: people come back to the path "
                f"{back} of this service, so the address ends with it"
            )
        return found

    @classmethod
    def parse(cls, text: str, source: str, secret: str, name: str = "elsewhere") -> Self:
        """Read it from text; `source` names it in errors. See `load`."""
        if not NAME.fullmatch(name):
            raise PolicyError(
                f"{source}: a provider is called by the name of its file, which has at most 20 "
                "small letters, digits and hyphens"
            )
        check_secret(secret, "client_secret_file")
        table = Table.parse(text, source)
        table.take("client_secret_file", str, "")
        for key in ("issuer", "redirect_uri"):
            check_address(table.take(key, str), f"{source}: {key}")
        algorithms = table.texts("algorithms", list(STANDARD))
        for each in algorithms:
            if each not in ALGORITHMS:
                raise PolicyError(f"{source}: {unknown('algorithm', each, ALGORITHMS)}")
        found = cls(
            name,
            table.take("issuer", str),
            table.take("client_id", str),
            secret,
            table.take("redirect_uri", str),
            table.take("channel", str),
            table.take("claim", str),
            tuple(_role(each) for each in table.tables("role", 1)),
            table.take("districts_claim", str) if "districts_claim" in table else None,
            algorithms or STANDARD,
        )
        table.finish()
        return found

    def grant(self, claims: Mapping[str, object]) -> Grant:
        """Return what follows from the claims of a token.

        Raises
        ------
        ForbiddenError
            If no role follows, or several do, or one that is bound to districts comes without.
        """
        values = _texts(claims.get(self.claim))
        found = [each for each in self.roles if each.value in values]
        if len({(each.grant_role, each.scope) for each in found}) != 1:
            raise ForbiddenError(
                "you are known, but "
                + ("several roles follow" if found else "no role follows")
                + f" from your {self.claim!r}; whoever administers the accounts can give you one"
            )
        scope = found[0].scope
        if self.districts_claim is not None and self.districts_claim in claims:
            districts = frozenset(_texts(claims[self.districts_claim]))
            scope = scope.narrowed(Scope(districts=districts))
        try:
            return Grant(find_role(found[0].grant_role), scope)
        except InvalidError:
            raise ForbiddenError(
                f"you are known as {found[0].grant_role}, but without any district of your own; "
                "whoever administers the accounts can name it"
            ) from None


def check_address(address: str, where: str) -> None:
    """Refuse an address that is not https; plain http is for this machine itself.

    Raises
    ------
    PolicyError
        That names where it stands.
    """
    try:
        parts = urlsplit(address)
        host, plain = parts.hostname, parts.fragment == "" and parts.username is None
    except ValueError:
        host, plain = None, False
    safe = host and plain and (parts.scheme == "https" or _is_local(parts.scheme, host))
    if not safe:
        raise PolicyError(
            f"{where} = {address!r}: expected an address that begins with https://; http:// is "
            "for this machine itself"
        )


def _is_local(scheme: str, host: str) -> bool:
    return scheme == "http" and host in LOOPBACK


def _role(table: Table) -> RoleOf:
    scope = Scope(
        frozenset(map(find_permission, table.texts("permissions", []))) or None,
        frozenset(table.texts("districts", [])) or None,
        frozenset(table.texts("categories", [])) or None,
        frozenset(table.texts("sources", [])) or None,
    )
    role = RoleOf(table.take("value", str), find_role(table.take("role", str)).value, scope)
    table.finish()
    return role


def _read_secret(path: Path) -> str:
    if not path.is_file():
        raise NotFoundError(f"there is no file {path} with the secret of the client")
    mode = path.stat().st_mode & 0o777
    if mode & 0o077:
        raise InvalidError(f"others may read {path} (mode {mode:o}); run: chmod 600 {path}")
    return path.read_text("utf-8").strip()


def _texts(value: object) -> Collection[str]:
    """Return the texts of a claim, which has one, or a list of them."""
    if isinstance(value, str):
        return (value,)
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else ()
