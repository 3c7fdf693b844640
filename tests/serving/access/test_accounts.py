"""Local accounts: signing in, second factor, and what ends sessions."""

import pytest

from xinheng.core import CredentialError, InvalidError, LimitError, NotFoundError
from xinheng.serving.access import Cost, totp
from xinheng.serving.access.accounts import WRONG

from .world import BUREAU, CHEAP, SUPERVISOR, WORDS

GUESS, OTHER = "noodles of rice at noon", "other words altogether"

pytestmark = pytest.mark.usefixtures("li")


@pytest.fixture
def li(world):
    return world.accounts.create("Li", SUPERVISOR, WORDS)


def code(world, secret, late=0):
    return totp.code_at(secret, int(world.clock().timestamp()) // 30 + late)


def enrol(world):
    address = world.accounts.offer_second_factor("li")
    secret = address.partition("secret=")[2].partition("&")[0]
    world.accounts.confirm_second_factor("li", code(world, secret))
    return secret


def refused(world, **given):
    with pytest.raises(CredentialError) as found:
        world.sign_in(**given)
    return str(found.value)


def test_whoever_knows_the_password_signs_in(world, li):
    session = world.sign_in("LI").session
    assert (session.actor, session.grant, session.channel) == ("account li", SUPERVISOR, "console")
    assert li.password.startswith("$argon2id$")


@pytest.mark.parametrize(
    "how", ["unknown", "wrong", "disabled", "no code", "wrong code", "old code"]
)
def test_whatever_is_wrong_the_answer_and_the_work_are_the_same(world, how, monkeypatch):
    given = {}
    match how:
        case "unknown":
            given["name"] = "wang"
        case "wrong":
            given["password"] = GUESS
        case "disabled":
            world.accounts.disable("li")
        case _:
            secret = enrol(world)
            world.clock.wait(seconds=90)
            given["code"] = {
                "no code": "",
                "wrong code": "000000",
                "old code": code(world, secret, -3),
            }[how]
    counted = []
    passwords = world.accounts._passwords
    right = type(passwords).verify
    monkeypatch.setattr(
        type(passwords), "verify", lambda *all_: counted.append("hash") or right(*all_)
    )
    step = totp.step_of
    monkeypatch.setattr(totp, "step_of", lambda *all_: counted.append("code") or step(*all_))
    assert refused(world, **given) == WRONG
    assert counted == ["hash", "code"]
    assert list(world.session_store.rows()) == []


def test_a_hash_is_verified_for_a_name_that_nobody_has(world, monkeypatch):
    hashed = []
    hasher = world.accounts._passwords._hasher
    right = type(hasher).verify
    monkeypatch.setattr(
        type(hasher),
        "verify",
        lambda self, kept, given: hashed.append(kept) or right(self, kept, given),
    )
    refused(world, name="nobody")
    assert [each[:10] for each in hashed] == ["$argon2id$"]


def test_a_second_factor_is_asked_for_after_it_was_confirmed(world):
    with pytest.raises(CredentialError, match=r"no secret was shown .* ask for one first"):
        world.accounts.confirm_second_factor("li", "123456")
    world.accounts.offer_second_factor("li")
    with pytest.raises(CredentialError, match="not of the secret"):
        world.accounts.confirm_second_factor("li", "123456")
    secret = enrol(world)
    world.clock.wait(seconds=30)
    assert world.sign_in(code=code(world, secret)).session.actor == "account li"
    world.accounts.drop_second_factor("li")
    assert world.sign_in().session.actor == "account li"


def test_no_code_is_accepted_twice_nor_one_before_it(world):
    secret = enrol(world)
    world.clock.wait(seconds=60)
    world.sign_in(code=code(world, secret))
    assert refused(world, code=code(world, secret)) == WRONG
    assert refused(world, code=code(world, secret, -1)) == WRONG
    assert world.sign_in(code=code(world, secret, 1)).session.actor == "account li"


def test_the_code_that_confirmed_a_factor_does_not_sign_in(world):
    secret = enrol(world)
    assert refused(world, code=code(world, secret)) == WRONG


def test_a_hash_of_another_cost_is_made_anew_on_signing_in(world):
    dearer = Cost(passes=2, memory=16)
    before = world.accounts.find("li").password
    world.accounts = world.accounts_at(dearer)
    refused(world, password=GUESS)
    assert world.accounts.find("li").password == before
    world.sign_in()
    after = world.accounts.find("li").password
    assert "m=16,t=2,p=1" in after
    world.sign_in()
    assert world.accounts.find("li").password == after


ENDING = {
    "disabled": lambda accounts: accounts.disable("li"),
    "regranted": lambda accounts: accounts.regrant("li", BUREAU),
    "password set": lambda accounts: accounts.set_password("li", OTHER),
    "factor dropped": lambda accounts: accounts.drop_second_factor("li"),
}


@pytest.mark.parametrize("how", ENDING)
def test_whatever_changes_an_account_ends_its_sessions_and_no_others(world, how):
    world.accounts.create("wang", SUPERVISOR, WORDS)
    mine, others = world.sign_in(), world.sign_in("wang")
    ENDING[how](world.accounts)
    with pytest.raises(CredentialError):
        world.sessions.check(mine.token)
    assert world.sessions.check(others.token).actor == "account wang"


@pytest.mark.parametrize("how", ["disabled", "regranted", "password set"])
def test_a_session_that_begins_while_its_account_changes_is_over(world, how, monkeypatch):
    begin = world.sessions.begin

    def meanwhile(*given, **more):
        ENDING[how](world.accounts)
        return begin(*given, **more)

    monkeypatch.setattr(world.sessions, "begin", meanwhile)
    assert refused(world) == WRONG
    assert list(world.session_store.rows()) == []


def test_what_is_proved_is_proved_as_by_signing_in(world):
    secret = enrol(world)
    world.clock.wait(seconds=30)
    where = {"address": "192.0.2.1"}
    proved = world.accounts.prove("li", WORDS, code(world, secret), **where)
    assert proved.name == "li"
    for password, typed in ((WORDS, code(world, secret)), (GUESS, code(world, secret, 1))):
        with pytest.raises(CredentialError):
            world.accounts.prove("li", password, typed, **where)


def test_who_guesses_at_what_changes_an_account_is_held_up_as_at_signing_in(world):
    for _ in range(5):
        with pytest.raises(CredentialError):
            world.accounts.prove("li", GUESS, address="192.0.2.1")
    with pytest.raises(LimitError):
        world.sign_in()


def test_a_secret_that_was_offered_is_gone_with_the_password(world):
    secret = world.accounts.offer_second_factor("li").partition("secret=")[2].partition("&")[0]
    world.accounts.set_password("li", OTHER)
    with pytest.raises(CredentialError):
        world.accounts.confirm_second_factor("li", code(world, secret))


def test_a_disabled_account_is_no_way_to_have_failures_forgotten(world):
    world.accounts.disable("li")
    for _ in range(5):
        assert refused(world) == WRONG
    with pytest.raises(LimitError):
        world.sign_in()


def test_an_account_that_is_disabled_while_it_signs_in_does_not_get_in(world):
    account = world.accounts.find("li")
    world.accounts.disable("li")
    with pytest.raises(CredentialError):
        world.accounts._entered(account, WORDS, None)
    world.accounts.enable("li")
    assert world.sign_in().session


def test_guessing_slows_down_and_is_over_for_whoever_knows(world):
    for _ in range(5):
        refused(world, password=GUESS)
    with pytest.raises(LimitError, match="looked at in 1 s") as found:
        world.sign_in()
    assert found.value.seconds == 1
    world.clock.wait(seconds=1)
    assert world.sign_in().session
    assert world.sign_in().session


def test_a_device_that_signed_in_before_is_not_held_up_by_strangers(world):
    device = world.sign_in().device
    for number in range(300):
        with pytest.raises((CredentialError, LimitError)):
            world.sign_in(password=GUESS, address=f"198.51.100.{number % 250}")
    with pytest.raises(LimitError):
        world.sign_in(address="192.0.2.77")
    again = world.sign_in(address="192.0.2.77", device=device)
    assert again.device is None
    assert again.session.actor == "account li"


def test_a_made_up_device_is_a_stranger(world):
    for _ in range(5):
        refused(world, password=GUESS, device="made up")
    with pytest.raises(LimitError):
        world.sign_in(device="made up too")


def test_being_locked_out_does_not_tell_whether_there_is_an_account(world):
    found = []
    for name in ("li", "nobody"):
        outcomes = []
        for _ in range(8):
            with pytest.raises((CredentialError, LimitError)) as error:
                world.sign_in(name, GUESS)
            outcomes.append((type(error.value), str(error.value)))
        found.append(outcomes)
    assert found[0] == found[1]


def test_nothing_that_is_shown_holds_a_secret(world):
    secret = enrol(world)
    world.clock.wait(seconds=30)
    signed_in = world.sign_in(code=code(world, secret))
    shown = repr((world.accounts.find("li"), signed_in, world.accounts))
    hidden = (WORDS, secret, signed_in.token, signed_in.csrf, signed_in.device, "argon2id")
    assert [each for each in hidden if each in shown] == []
    kept = repr([vars(store) for store in (world.session_store, world.failures)])
    assert [each for each in hidden if each in kept] == []


@pytest.mark.parametrize(
    ("name", "password", "match"),
    [
        ("li", WORDS, "there is 'li' already"),
        ("ＬＩ", WORDS, "there is 'li' already"),
        ("", WORDS, "the name of an account"),
        ("li\n", WORDS, "the name of an account"),
        ("wang", "too short", "at least 12"),
        ("wang-xiaoming", "hello WANG-xiaoming", "name of its account"),
    ],
)
def test_an_account_that_cannot_be_is_refused(world, name, password, match):
    with pytest.raises(InvalidError, match=match):
        world.accounts.create(name, SUPERVISOR, password)


def test_accounts_are_listed_and_found(world):
    assert [account.name for account in world.accounts.all()] == ["li"]
    with pytest.raises(NotFoundError, match="no account 'wang'"):
        world.accounts.disable("wang")


def test_the_cost_is_what_owasp_asks_for():
    assert (Cost().memory, Cost().passes, Cost().lanes) == (19 * 1024, 2, 1)
    assert Cost() != CHEAP
