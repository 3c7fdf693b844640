"""Which passwords are good enough, and that no refusal repeats one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core import InvalidError
from xinheng.serving.access import Passwords, check_password
from xinheng.serving.access.passwords import check_secret

from .world import CHEAP

PASSWORDS = Passwords(CHEAP)


@pytest.mark.parametrize(
    "password",
    [
        "four words are easy",
        "早上吃米粉加一个蛋和青菜",
        "tr0ub4dor&3 & friends",
        "Guangming-2026-pigeon",
    ],
)
def test_a_password_that_nobody_guesses_first_is_good_enough(password):
    check_password(password, ("li",))


@pytest.mark.parametrize(
    "password",
    [
        "password12345",
        "P@ssw0rd!!!!!",
        "passwordpassword",
        "123456123456",
        "123456789012",
        "abcdefghijkl",
        "zyxwvutsrqpo",
        "aaaaaaaaaaaa",
        "ababababababab",
        "qwertyuiop2026",
        "Shenzhen@2026!!",
        "xinheng123456",
        "woaini1314520",
        "Administrator1",
    ],
)
def test_what_everybody_tries_first_is_not(password):
    with pytest.raises(InvalidError, match="among the commonest") as found:
        check_password(password)
    assert password not in str(found.value)


@pytest.mark.parametrize(("length", "match"), [(11, "at least 12"), (257, "at most 256")])
def test_a_length_out_of_bounds_is_refused(length, match):
    text = "".join(chr(0x4E00 + 7 * number) for number in range(length))
    with pytest.raises(InvalidError, match=match):
        check_password(text)


@given(st.text(min_size=1, max_size=40))
def test_whatever_is_typed_its_own_hash_verifies_and_no_refusal_repeats_it(password):
    kept = PASSWORDS.hash(password)
    assert PASSWORDS.verify(kept, password)
    assert not PASSWORDS.verify(kept, password + "a")
    assert password not in kept or len(password) < 4
    said = ""
    try:
        check_password(password)
    except InvalidError as error:
        said = str(error)
    assert len(password) < 12 or password not in said


def test_full_width_characters_are_those_of_the_other_keyboard():
    assert PASSWORDS.verify(PASSWORDS.hash("ｆｏｕｒ words"), "four words")


@pytest.mark.parametrize("kept", ["", "plain", "$2b$12$abc", "$argon2id$v=19$m=8,t=1,p=1$x$y"])
def test_what_is_no_hash_verifies_nothing(kept):
    assert not PASSWORDS.verify(kept, kept)


@pytest.mark.parametrize("secret", ["", "secret", "changeme", "ChangeMe-123456", "a" * 40])
def test_a_secret_that_everybody_starts_with_is_refused(secret):
    with pytest.raises(InvalidError, match="openssl rand"):
        check_secret(secret, "oidc.secret")
