"""Settings of an installation: few, typed, and taken from the environment only.

Each setting is read from the variable `XINHENG_` and its name in capitals. What decides a
grade is no setting: that is in the policy and the bundle.
"""

import os
import re
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from .errors import InvalidError, unknown

__all__ = ["Setting", "Settings", "list_settings", "load_settings"]

PREFIX = "XINHENG_"
LEDGERS = ("sqlite", "postgresql", "postgresql+psycopg")
PUBLIC_KEY = re.compile("[0-9a-f]{64}")
USER = re.compile(r"(?<=://)([^:@/]*):.*@")
QUERY = re.compile(r"(?<=[?&;])(\w*(?:password|pwd|secret)\w*)=[^&;]*", re.IGNORECASE)


class Settings(BaseSettings):
    """Where an installation keeps its data, and whose bundles it believes."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, hide_input_in_errors=True)

    archive: Path = Field(default=Path("out/archive"), description="folder of the credit archive")
    sources: Path = Field(
        default=Path("data/sources"), description="folder of the source mappings, one folder each"
    )
    kept: Path = Field(
        default=Path("out/kept"), description="folder of the indicators kept for everybody"
    )
    grades: Path = Field(
        default=Path("out/grades"), description="folder of the grades that every run gave"
    )
    bundles: Path = Field(default=Path("out/bundles"), description="folder of the signed bundles")
    forecasts: Path = Field(
        default=Path("out/forecasts"),
        description="folder of the forecasts of worse levels, a folder for each bundle",
    )
    ledger: str = Field(
        default="sqlite:///out/ledger.db", description="SQLAlchemy URL of the operational database"
    )
    audit: Path | None = Field(
        default=None,
        description=(
            "folder of what proves the audit trail, best on another disk than the database; "
            "without it, beside an SQLite file and named after it, else out/audit/DATABASE"
        ),
    )
    mlruns: Path = Field(
        default=Path("mlruns"), description="folder of the MLflow database and artifacts"
    )
    keys: Path = Field(default=Path("out/keys"), description="folder of the signing keys")
    trusted_keys: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description=(
            "Ed25519 public keys, 64 hexadecimal digits each and separated by commas, whose "
            "bundles are accepted; without any, the public keys in the folder of `keys`"
        ),
    )

    inbox: Path = Field(
        default=Path("out/inbox"),
        description="folder in which departments lay deliveries down, as SOURCE/DELIVERY/",
    )
    backups: Path = Field(
        default=Path("out/backups"), description="folder of the backups, best on another disk"
    )
    jobs: Path | None = Field(
        default=None, description="timetable of the scheduled jobs; without it, the one that ships"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="what the service logs at least: debug, info, warning, error"
    )
    log_format: Literal["auto", "json", "text"] = Field(
        default="auto",
        description=(
            "lines of the log: json for machines, text for people; auto, text on a terminal and "
            "json elsewhere"
        ),
    )
    metrics: Literal["loopback", "off"] = Field(
        default="loopback",
        description=(
            "who reads /metrics without a key: loopback, this machine's own programs; off, nobody; "
            "/v1/metrics is for keys that may read operations"
        ),
    )
    posted_days: int = Field(
        default=30,
        ge=1,
        description="days that what programs posted is kept in the ledger after the archive has it",
    )
    workers: int = Field(default=1, ge=1, description="how many processes the service answers with")
    kept_answers: int = Field(
        default=64,
        ge=0,
        description="megabytes of finished answers that each worker of the service keeps",
    )
    uploads: Path | None = Field(
        default=None,
        description=(
            "folder where uploaded files lie while they are graded; without it, the system's for "
            "temporary files"
        ),
    )
    channels: Path | None = Field(
        default=None,
        description="file of the channels by which answers go out; without it, those that ship",
    )
    purposes: Path | None = Field(
        default=None, description="file of what grades are read for; without it, those that ship"
    )
    review_policy: Path | None = Field(
        default=None,
        description="file of what is reviewed by people, and how; without it, the one that ships",
    )
    warning_policy: Path | None = Field(
        default=None,
        description=(
            "file of which rules warn of enterprises, what suffices for a downgrade warning, and "
            "its clocks; without it, the one that ships"
        ),
    )
    session_idle: int = Field(
        default=30, ge=1, le=720, description="minutes without a request that end a session"
    )
    sign_in: Path | None = Field(
        default=None,
        description=(
            "folder of the providers by which people sign in who have no account here, a file "
            "for each (docs/access.md)"
        ),
    )
    address: str = Field(default="127.0.0.1", description="address that the service listens on")
    hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description=(
            "names by which the service is asked, separated by commas, besides 127.0.0.1 and "
            "localhost; requests for other names are refused"
        ),
    )
    proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description=(
            "addresses or networks of the proxies before the service, separated by commas; only "
            "they are believed who asked, and whether by https"
        ),
    )
    webhook_networks: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description=(
            "networks, such as 10.2.0.0/16, separated by commas, to whose addresses webhooks may "
            "be sent besides public ones"
        ),
    )
    certificate: Path | None = Field(
        default=None, description="file of the TLS certificate and its chain, where no proxy has it"
    )
    certificate_key: Path | None = Field(
        default=None, description="file of the certificate's private key"
    )

    @field_validator("hosts", "proxies", "webhook_networks", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(each.strip().lower() for each in value.split(",") if each.strip())
        return value

    @field_validator("proxies", "webhook_networks")
    @classmethod
    def _networks(cls, networks: tuple[str, ...]) -> tuple[str, ...]:
        for network in networks:
            try:
                ip_network(network, strict=False)
            except ValueError:
                message = f"{network!r} is no address or network, such as 10.0.0.7 or 10.0.0.0/24"
                raise ValueError(message) from None
        return networks

    @field_validator("trusted_keys", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(key.strip().lower() for key in value.split(",") if key.strip())
        return value

    @field_validator("trusted_keys")
    @classmethod
    def _public(cls, keys: tuple[str, ...]) -> tuple[str, ...]:
        for place, key in enumerate(keys, 1):
            if not PUBLIC_KEY.fullmatch(key):
                message = f"key {place} is no public key of 64 hexadecimal digits"
                raise ValueError(message)
        return keys

    @field_validator("ledger")
    @classmethod
    def _url(cls, url: str) -> str:
        kind, parted, _ = url.partition("://")
        if not parted:
            message = "expected a URL such as sqlite:///out/ledger.db"
            raise ValueError(message)
        if kind not in LEDGERS:
            message = (
                f"{kind}:// is of no such database as a ledger is kept in; expected "
                "sqlite:///out/ledger.db or postgresql://USER@HOST/DATABASE"
            )
            raise ValueError(message)
        return url

    def __repr_args__(self) -> list[tuple[str | None, object]]:
        """Show every setting, a password in a URL hidden."""
        return [(name, _shown(value)) for name, value in self]


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as `xinheng settings` lists it: `origin` is environment, argument or default."""

    name: str
    variable: str
    value: str
    origin: str
    description: str


def load_settings(**given: object) -> Settings:
    """Return the settings: what is given, else the environment, else the default.

    Raises
    ------
    InvalidError
        If a setting cannot be used, or there is none of a given name.

    Examples
    --------
    >>> load_settings(archive="/srv/archive").archive.as_posix()
    '/srv/archive'
    """
    for name in given:
        if name not in Settings.model_fields:
            message = unknown("setting", name, Settings.model_fields)
            raise InvalidError(message)
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        faults = "; ".join(
            f"{PREFIX}{str(fault['loc'][0]).upper()}: {fault['msg'].removeprefix('Value error, ')}"
            for fault in error.errors()
        )
        message = f"a setting cannot be used. {faults}"
        raise InvalidError(message) from None


def list_settings(settings: Settings) -> list[Setting]:
    """Return every setting with its value, passwords hidden, and where the value comes from.

    Examples
    --------
    >>> [s.origin for s in list_settings(load_settings(keys="k")) if s.name == "keys"]
    ['argument']
    """
    environment = {name.upper() for name in os.environ}
    from_environment = load_settings() if settings.model_fields_set else settings
    listed = []
    for name, field in Settings.model_fields.items():
        value, variable = getattr(settings, name), f"{PREFIX}{name.upper()}"
        origin = "default"
        if name in settings.model_fields_set:
            same = variable in environment and value == getattr(from_environment, name)
            origin = "environment" if same else "argument"
        plain = ",".join(value) if isinstance(value, tuple) else value
        shown = "" if plain is None else str(_shown(plain))
        listed.append(Setting(name, variable, shown, origin, str(field.description)))
    return listed


def _shown(value: object) -> object:
    if not isinstance(value, str):
        return value
    value = USER.sub(r"\1:***@", value)
    return QUERY.sub(r"\1=***", value)
