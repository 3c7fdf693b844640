"""Signing in by OpenID Connect at a made-up issuer, and every attack that a check is there for."""

import base64
import hmac
import json
import logging
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jws, jwt
from joserfc.jwk import OctKey

from xinheng.core import CredentialError, ForbiddenError, OutageError, PolicyError
from xinheng.serving.access import Issuer, MemoryStore, OpenId, Permission, Provider, Role
from xinheng.serving.access.issuer import REFUSED, new_client

from .issuer import CLIENT, SHARED, MadeUpIssuer, rsa
from .world import Clock

FILE = """
issuer = "{issuer}"
client_id = "xinheng"
redirect_uri = "http://127.0.0.1:8000/v1/sign-in/oidc/back"
channel = "console"
claim = "groups"
districts_claim = "districts"

[[role]]
value = "food-supervision"
role = "supervisor"

[[role]]
value = "food-inspection"
role = "inspector"
permissions = ["read grade", "read records"]

[[role]]
value = "audit"
role = "auditor"
"""


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def made_up(clock):
    found = MadeUpIssuer(clock)
    yield found
    found.close()


@pytest.fixture(scope="module")
def client():
    with new_client() as found:
        yield found


@pytest.fixture
def issuer(made_up, clock, client):
    provider = Provider.parse(FILE.format(issuer=made_up.address), "oidc.toml", SHARED)
    return Issuer(provider, clock, client)


@pytest.fixture
def openid(issuer, clock):
    return OpenId(issuer, MemoryStore(), clock)


def sign_in(openid, made_up, *, subject="00u-li", groups=("food-supervision",), **claims):
    started = openid.start()
    answer = made_up.authorize(started.address, subject, groups=list(groups), **claims)
    return openid.finish(started.ticket, answer)


def refused(openid, made_up, **given):
    with pytest.raises(CredentialError) as found:
        sign_in(openid, made_up, **given)
    assert str(found.value) == REFUSED
    return True


@pytest.mark.parametrize("signing", ["one", "two"])
def test_somebody_signs_in_and_has_the_role_that_follows(openid, made_up, signing):
    made_up.signing = signing
    found = sign_in(openid, made_up)
    assert (found.actor, found.grant.role) == ("oidc elsewhere/00u-li", Role.SUPERVISOR)


def test_the_browser_is_sent_with_all_that_the_checks_need(openid, made_up):
    asked = parse_qs(urlsplit(openid.start().address).query)
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert {len(asked[name][0]) for name in ("state", "nonce", "code_challenge")} == {43}
    assert made_up.asked == ["/.well-known/openid-configuration"]


def test_description_and_keys_are_asked_for_once(openid, made_up):
    for _ in range(3):
        sign_in(openid, made_up)
    assert made_up.asked.count("/keys") == 1
    assert made_up.asked.count("/.well-known/openid-configuration") == 1


# ------------------------------------------------------------------ the way back


def test_an_answer_is_for_the_browser_that_asked(openid, made_up):
    mine, theirs = openid.start(), openid.start()
    answer = made_up.authorize(theirs.address, groups=["food-supervision"])
    with pytest.raises(CredentialError, match="in the same browser"):
        openid.finish(mine.ticket, answer)
    assert "/token" not in made_up.asked


def test_an_answer_counts_once(openid, made_up):
    started = openid.start()
    answer = made_up.authorize(started.address, groups=["food-supervision"])
    openid.finish(started.ticket, answer)
    with pytest.raises(CredentialError):
        openid.finish(started.ticket, answer)


@pytest.mark.parametrize(
    "change",
    [
        {"state": "guessed"},
        {"state": ""},
        {"iss": "https://other.example"},
        {"iss": None},
        {"code": None},
        {"code": None, "error": "access_denied"},
    ],
)
def test_an_answer_that_is_not_whole_counts_for_nothing(openid, made_up, change):
    started = openid.start()
    answer = made_up.authorize(started.address, groups=["food-supervision"]) | change
    answer = {name: value for name, value in answer.items() if value is not None}
    with pytest.raises(CredentialError):
        openid.finish(started.ticket, answer)
    assert "/token" not in made_up.asked


@pytest.mark.parametrize("ticket", ["", "guessed", "键"])
def test_without_a_ticket_there_is_no_sign_in(openid, made_up, ticket):
    answer = made_up.authorize(openid.start().address)
    with pytest.raises(CredentialError):
        openid.finish(ticket, answer)


def test_a_sign_in_is_over_after_ten_minutes(openid, made_up, clock):
    started = openid.start()
    answer = made_up.authorize(started.address, groups=["food-supervision"])
    clock.wait(minutes=10, seconds=1)
    assert openid.purge() == 1
    with pytest.raises(CredentialError):
        openid.finish(started.ticket, answer)


def test_a_sign_in_lives_no_longer_by_a_clock_that_is_set_back(openid, made_up, clock):
    ended, removed = openid.start(), openid.start()
    answer = made_up.authorize(ended.address, groups=["food-supervision"])
    clock.wait(hours=-2)
    with pytest.raises(CredentialError):
        openid.finish(ended.ticket, answer)
    assert openid.purge() == 1
    clock.wait(hours=2)
    with pytest.raises(CredentialError):
        openid.finish(removed.ticket, answer)


def test_a_stolen_code_is_worth_nothing_without_the_verifier(openid, made_up):
    mine, theirs = openid.start(), openid.start()
    stolen = made_up.authorize(theirs.address, groups=["food-supervision"])["code"]
    answer = made_up.authorize(mine.address) | {"code": stolen}
    with pytest.raises(CredentialError, match="could not be confirmed"):
        openid.finish(mine.ticket, answer)


# --------------------------------------------------------------------- the token


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://other.example"},
        {"iss": None},
        {"aud": "other-client"},
        {"aud": []},
        {"aud": None},
        {"aud": [CLIENT, "other-client"]},
        {"aud": [CLIENT, "other-client"], "azp": "other-client"},
        {"azp": "other-client"},
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": 0},
        {"iat": None},
        {"iat": 10**11},
        {"nbf": 10**11},
        {"nonce": "of another sign-in"},
        {"nonce": None},
        {"nonce": ["x"]},
        {"sub": None},
        {"sub": 7},
    ],
)
def test_a_token_that_does_not_hold_counts_for_nothing(openid, made_up, claims):
    made_up.claims = claims
    assert refused(openid, made_up)


def test_a_token_may_be_for_others_too_where_it_was_issued_to_us(openid, made_up):
    made_up.claims = {"aud": [CLIENT, "other-client"], "azp": CLIENT}
    assert sign_in(openid, made_up).actor == "oidc elsewhere/00u-li"


@pytest.mark.parametrize(("late", "holds"), [(59, True), (61, False)])
def test_a_clock_may_be_a_minute_off(openid, made_up, clock, late, holds):
    made_up.claims = {"exp": int(clock().timestamp()) - late}
    if holds:
        assert sign_in(openid, made_up)
    else:
        assert refused(openid, made_up)


def part(content):
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def unsigned(_, claims, alg):
    return f"{part({'alg': alg, 'kid': 'one'})}.{part(claims)}."


def by_public_key(made_up, claims, _):
    """Sign with the public key as if it were a shared secret."""
    secret = made_up.keys["one"].as_pem(private=False)
    signed = f"{part({'alg': 'HS256', 'kid': 'one'})}.{part(claims)}"
    mac = hmac.digest(secret, signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def by_client_secret(_, claims, __):
    secret = OctKey.import_key(SHARED)
    return jwt.encode({"alg": "HS256", "kid": "one"}, claims, secret, algorithms=["HS256"])


def by_own_key(_, claims, how):
    own = rsa("own")
    header = {"alg": "RS256", "kid": "own" if how == "unknown" else "one"}
    if how == "in header":
        header["jwk"] = own.as_dict(private=False)
    if how == "by address":
        header["jku"] = "http://127.0.0.1:1/keys"
    return jwt.encode(header, claims, own)


def changed(made_up, claims, _):
    whole = jwt.encode({"alg": "RS256", "kid": "one"}, claims, made_up.keys["one"])
    head, _, tail = whole.split(".")
    return f"{head}.{part(claims | {'groups': ['audit']})}.{tail}"


def critical(made_up, claims, _):
    header = {"alg": "RS256", "kid": "one", "crit": ["exp"], "exp": 1}
    return jwt.encode({**header}, claims, made_up.keys["one"], registry=Lenient())


class Lenient(jws.JWSRegistry):
    """Signs whatever header it is given."""

    def check_header(self, header, check_more=False):  # noqa: FBT002
        del header, check_more


@pytest.mark.parametrize(
    ("sign", "how"),
    [
        (unsigned, "none"),
        (unsigned, "None"),
        (unsigned, "RS256"),
        (by_public_key, ""),
        (by_client_secret, ""),
        (by_own_key, "known"),
        (by_own_key, "unknown"),
        (by_own_key, "in header"),
        (by_own_key, "by address"),
        (changed, ""),
        (critical, ""),
        (lambda *_: "", ""),
        (lambda *_: "a.b.c", ""),
        (lambda *_: "键.键.键", ""),
        (lambda *_: "x" * 20_000, ""),
        (lambda *_: ".".join([part([]), part({}), ""]), ""),
    ],
)
def test_a_token_that_the_issuer_did_not_sign_counts_for_nothing(openid, made_up, sign, how):
    made_up.sign = lambda claims: sign(made_up, claims, how)
    assert refused(openid, made_up)


def test_an_algorithm_that_the_settings_do_not_name_is_refused(openid, made_up):
    made_up.keys["three"] = rsa("three", "RS512")
    made_up.published.append("three")
    made_up.signing = "three"
    assert refused(openid, made_up)


def test_a_shared_secret_among_the_public_keys_signs_nothing(openid, made_up):
    shared = OctKey.import_key(SHARED, {"kid": "shared"})
    public = [made_up.keys["one"].as_dict(private=False), shared.as_dict()]
    made_up.pages["/keys"] = {"keys": public}
    made_up.sign = lambda claims: jwt.encode(
        {"alg": "HS256", "kid": "shared"}, claims, shared, algorithms=["HS256"]
    )
    assert refused(openid, made_up)


def test_a_key_that_is_new_is_asked_for_and_made_up_ones_do_not_make_us_ask_for_ever(
    openid, made_up, clock
):
    sign_in(openid, made_up)
    made_up.keys["new"] = rsa("new")
    made_up.signing = "new"
    assert refused(openid, made_up)
    made_up.published = ["new"]
    clock.wait(minutes=1)
    assert sign_in(openid, made_up)
    made_up.sign = lambda claims: by_own_key(made_up, claims, "unknown")
    for _ in range(20):
        refused(openid, made_up)
    assert made_up.asked.count("/keys") == 2


def test_a_key_that_was_withdrawn_signs_nothing_after_an_hour(openid, made_up, clock):
    sign_in(openid, made_up)
    made_up.published = ["two"]
    clock.wait(hours=1, seconds=1)
    assert refused(openid, made_up)


def test_a_clock_that_is_set_back_makes_no_key_believed_for_longer(openid, made_up, clock):
    sign_in(openid, made_up)
    made_up.published = ["two"]
    clock.wait(days=-30)
    assert refused(openid, made_up)


# --------------------------------------------------------------------- the issuer


def description(made_up, **change):
    page = made_up.pages["/.well-known/openid-configuration"]
    made_up.pages["/.well-known/openid-configuration"] = page | change


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"issuer": "https://other.example"}, "describes the issuer"),
        ({"token_endpoint": "http://other.example/token"}, "token_endpoint"),
        ({"jwks_uri": "file:///etc/keys"}, "jwks_uri"),
        ({"jwks_uri": None}, "jwks_uri"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "authorization_endpoint"),
        ({"token_endpoint": "http://127.0.0.1@other.example/"}, "token_endpoint"),
        ({"code_challenge_methods_supported": ["plain"]}, "PKCE"),
    ],
)
def test_an_issuer_that_is_not_as_it_should_be_is_refused(openid, made_up, change, match):
    description(made_up, **change)
    with pytest.raises(PolicyError, match=match):
        openid.start()


@pytest.mark.parametrize("page", [b"", b"no JSON", b"[]", b"[" * 100_000, b" " * 1_000_001])
def test_an_issuer_that_gives_no_usable_answer_is_an_outage(openid, made_up, page):
    made_up.pages["/.well-known/openid-configuration"] = page
    with pytest.raises(OutageError, match="issuer of sign-ins"):
        openid.start()


def test_an_issuer_that_sends_us_elsewhere_is_not_followed(openid, made_up):
    made_up.answer = lambda path, *_: made_up.asked.append(path) or (302, {})
    with pytest.raises(OutageError, match="status 302"):
        openid.start()
    assert made_up.asked == ["/.well-known/openid-configuration"]


def test_an_issuer_that_does_not_answer_is_an_outage(clock):
    text = FILE.format(issuer="http://127.0.0.1:9")
    issuer = Issuer(Provider.parse(text, "oidc.toml", SHARED), clock)
    with pytest.raises(OutageError, match="sign in with a local account"):
        issuer.description()
    issuer.close()


@pytest.mark.parametrize(
    "keys", [{}, {"keys": []}, {"keys": [{"kty": "oct", "k": "YQ"}]}, {"keys": 1}]
)
def test_an_issuer_without_public_keys_is_an_outage(openid, made_up, keys):
    made_up.pages["/keys"] = keys
    with pytest.raises(OutageError, match="key"):
        sign_in(openid, made_up)


# --------------------------------------------------------------------- the role


def test_a_role_posts_the_records_of_the_sources_that_its_line_names():
    text = FILE.format(issuer="https://sign-in.example") + 'sources = ["city-market"]\n'
    found = Provider.parse(text, "oidc.toml", SHARED)
    assert {line.scope.sources for line in found.roles} >= {frozenset({"city-market"})}


def test_claims_narrow_a_role_to_districts_and_permissions(openid, made_up):
    found = sign_in(openid, made_up, groups=["food-inspection"], districts=["440304"])
    assert found.grant.scope.districts == {"440304"}
    assert found.grant.permissions == {Permission.READ_GRADE, Permission.READ_RECORDS}


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ({"groups": []}, "no role follows"),
        ({"groups": ["canteen"]}, "no role follows"),
        ({"groups": ["audit", "food-supervision"]}, "several roles follow"),
        ({"groups": ["food-inspection"]}, "without any district"),
        ({"groups": ["food-inspection"], "districts": []}, "without any district"),
        ({"subject": "li\nadministrator"}, "nothing that can be recorded"),
    ],
)
def test_whoever_is_known_and_has_no_role_is_told_so(openid, made_up, given, match):
    with pytest.raises(ForbiddenError, match=match):
        sign_in(openid, made_up, **given)


def test_a_long_subject_is_kept_as_its_digest(openid, made_up):
    one = sign_in(openid, made_up, subject="a" * 255).actor
    assert len(one) < 100
    assert one != sign_in(openid, made_up, subject="a" * 254).actor


def test_a_role_as_plain_text_is_one(openid, made_up):
    made_up.claims = {"groups": "audit"}
    assert sign_in(openid, made_up).grant.role is Role.AUDITOR


# --------------------------------------------------------------------- the file


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        ("{issuer}", "http://sign-in.example", "begins with https"),
        ("{issuer}", "https://sign-in.example#x", "begins with https"),
        ('claim = "groups"', 'claim = "groups"\nalgorithms = ["HS256"]', "no algorithm 'HS256'"),
        ('claim = "groups"', 'claim = "groups"\nalgorithms = ["none"]', "no algorithm 'none'"),
        ('claim = "groups"', 'claims = "groups"', "claim is missing"),
        ('claim = "groups"', 'claim = "groups"\nclaims = "x"', "no key 'claims'"),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused(old, new, match):
    text = FILE.replace(old, new).replace("{issuer}", "https://sign-in.example")
    with pytest.raises(PolicyError, match=match):
        Provider.parse(text, "oidc.toml", SHARED)


def test_the_secret_is_in_a_file_that_others_cannot_read(tmp_path):
    text = FILE.format(issuer="https://sign-in.example")
    (tmp_path / "oidc.toml").write_text('client_secret_file = "secret"' + text)
    with pytest.raises(LookupError, match="no file"):
        Provider.load(tmp_path / "oidc.toml")
    secret = tmp_path / "secret"
    secret.write_text(f"{SHARED}\n")
    secret.chmod(0o644)
    with pytest.raises(ValueError, match="chmod 600"):
        Provider.load(tmp_path / "oidc.toml")
    secret.chmod(0o600)
    found = Provider.load(tmp_path / "oidc.toml")
    assert found.client_secret == SHARED
    assert SHARED not in repr(found)
    secret.write_text("changeme-2026")
    with pytest.raises(ValueError, match="one that everybody starts with"):
        Provider.load(tmp_path / "oidc.toml")


@pytest.mark.parametrize(
    ("name", "match"),
    [("city.toml", "the path /v1/sign-in/city/back"), ("City Hall.toml", "small letters")],
)
def test_people_come_back_to_where_the_file_of_the_provider_says(tmp_path, name, match):
    (tmp_path / name).write_text(
        'client_secret_file = "secret"' + FILE.format(issuer="https://sign-in.example")
    )
    (tmp_path / "secret").write_text(SHARED)
    (tmp_path / "secret").chmod(0o600)
    with pytest.raises(PolicyError, match=match):
        Provider.load(tmp_path / name)


def test_what_began_at_one_issuer_does_not_end_at_another(openid, issuer, clock):
    other = MadeUpIssuer(clock)
    provider = Provider.parse(FILE.format(issuer=other.address), "b.toml", SHARED, "b")
    store = openid._store
    elsewhere = OpenId(Issuer(provider, clock, issuer._client), store, clock)
    started = openid.start()
    asked = parse_qs(urlsplit(started.address).query)
    answer = other.authorize(started.address) | {"state": asked["state"][0]}
    with pytest.raises(CredentialError):
        elsewhere.finish(started.ticket, answer)
    assert len(list(store.rows())) == 1
    other.close()


def test_the_log_says_why_and_holds_no_secret(openid, made_up, caplog):
    caplog.set_level(logging.DEBUG)
    made_up.claims = {"exp": 0}
    started = openid.start()
    answer = made_up.authorize(started.address)
    with pytest.raises(CredentialError):
        openid.finish(started.ticket, answer)
    assert "ExpiredTokenError" in caplog.text
    asked = parse_qs(urlsplit(started.address).query)
    hidden = [SHARED, started.ticket, answer["code"], asked["nonce"][0], asked["state"][0]]
    assert [each for each in hidden if each in caplog.text] == []
