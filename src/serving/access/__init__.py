"""Who may do what: keys, accounts, sign-in, roles, channels, limits, masks and purposes."""

from .access import Access
from .account import Account
from .accounts import Accounts
from .channels import Channel, ChannelEdition, Channels, read_channels
from .desk import Desk, open_desk
from .fieldset import FieldSet
from .grants import Grant, Principal, Scope
from .issuer import Issuer
from .keys import STATES, ApiKey, Issued, Keys, looks_like_key
from .limits import Bucket, Limit, Limiter, Verdict
from .lockouts import Failures, Lockouts, Tries
from .masking import Kind, Masks, Place, is_individual, masks_for, without_numbers
from .office import Invitation, Office
from .oidc import Identity, OpenId, Pending, Started
from .passes import Pass, Passes
from .passwords import Cost, Passwords, check_password
from .people import People, Standing
from .provider import Provider
from .purge import purge
from .purposes import Purpose, PurposeCode, PurposeEdition, Purposes
from .roles import ROLES, Duty, Permission, Role, find_permission, find_role
from .rows import kept
from .sessions import Session, Sessions, SignedIn
from .setups import SetUps
from .store import MemoryStore, Store

__all__ = [
    "ROLES",
    "STATES",
    "Access",
    "Account",
    "Accounts",
    "ApiKey",
    "Bucket",
    "Channel",
    "ChannelEdition",
    "Channels",
    "Cost",
    "Desk",
    "Duty",
    "Failures",
    "FieldSet",
    "Grant",
    "Identity",
    "Invitation",
    "Issued",
    "Issuer",
    "Keys",
    "Kind",
    "Limit",
    "Limiter",
    "Lockouts",
    "Masks",
    "MemoryStore",
    "Office",
    "OpenId",
    "Pass",
    "Passes",
    "Passwords",
    "Pending",
    "People",
    "Permission",
    "Place",
    "Principal",
    "Provider",
    "Purpose",
    "PurposeCode",
    "PurposeEdition",
    "Purposes",
    "Role",
    "Scope",
    "Session",
    "Sessions",
    "SetUps",
    "SignedIn",
    "Standing",
    "Started",
    "Store",
    "Tries",
    "Verdict",
    "check_password",
    "find_permission",
    "find_role",
    "is_individual",
    "kept",
    "looks_like_key",
    "masks_for",
    "open_desk",
    "purge",
    "read_channels",
    "without_numbers",
]
