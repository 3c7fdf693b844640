"""Lock-outs: guessing slows down in bounded steps, by whatever addresses it is tried."""

from datetime import timedelta

import pytest

from xinheng.core import LimitError
from xinheng.serving.access import Lockouts, Tries

HERE = "192.0.2.1"


def tries(world, seconds, address, name="li"):
    """Try as often as can be, a second after another; return how often it was looked at."""
    looked, waits, end = 0, [], world.clock() + timedelta(seconds=seconds)
    while world.clock() < end:
        try:
            world.lockouts.begin(name, address(looked), None)
            looked += 1
            world.clock.wait(seconds=1)
        except LimitError as error:
            waits.append(error.seconds)
            world.clock.wait(seconds=error.seconds)
    assert all(1 <= wait <= 900 for wait in waits)
    return looked


def test_a_day_of_guessing_from_one_address_is_a_hundred_guesses(world):
    assert 90 <= tries(world, 86_400, lambda _: HERE) <= 110


def test_many_addresses_get_little_further(world):
    assert (
        tries(world, 7_200, lambda number: f"10.{number % 9}.{number % 250}.{number % 199}") < 230
    )


def test_a_network_of_ipv6_is_one_address(world):
    looked = tries(world, 3_600, lambda number: f"2001:db8::{number:x}")
    assert looked == tries(world, 3_600, lambda _: "203.0.113.9", name="wang")


def test_a_mapped_address_is_the_address_it_maps(world):
    for _ in range(5):
        world.lockouts.begin("li", HERE, None)
    with pytest.raises(LimitError):
        world.lockouts.begin("li", f"::ffff:{HERE}", None)


def test_no_lock_out_is_longer_than_a_quarter_of_an_hour(world):
    tries(world, 20_000, lambda _: HERE)
    world.clock.wait(minutes=15)
    world.lockouts.begin("li", HERE, None)


def test_what_is_tried_while_locked_out_does_not_lengthen_it(world):
    for _ in range(5):
        world.lockouts.begin("li", HERE, None)
    for _ in range(1_000):
        with pytest.raises(LimitError):
            world.lockouts.begin("li", HERE, None)
    world.clock.wait(seconds=1)
    world.lockouts.begin("li", HERE, None)


def test_guesses_at_one_name_hold_up_no_other(world):
    tries(world, 3_000, lambda number: f"198.51.100.{number % 250}")
    world.lockouts.begin("wang", HERE, None)


def test_what_succeeded_is_forgotten_but_not_what_others_tried(world):
    strangers = Tries(3, timedelta(seconds=60))
    lockouts = Lockouts(world.failures, world.clock, strangers=strangers)
    for number in range(3):
        lockouts.begin("li", f"198.51.100.{number}", None)
    for _ in range(9):
        lockouts.begin("li", HERE, "known device")
        lockouts.succeeded("li", HERE, "known device")
    lockouts.begin("li", "198.51.100.9", None)
    with pytest.raises(LimitError):
        lockouts.begin("li", HERE, None)


def test_a_try_that_was_not_looked_at_is_not_counted_at_its_place(world):
    lockouts = Lockouts(world.failures, world.clock, strangers=Tries(0, timedelta(seconds=60)))
    lockouts.begin("li", "198.51.100.1", None)
    for _ in range(50):
        with pytest.raises(LimitError):
            lockouts.begin("li", HERE, None)
    world.clock.wait(seconds=60)
    lockouts.begin("li", HERE, None)


def test_what_is_a_day_old_is_forgotten_and_can_be_removed(world):
    tries(world, 100, lambda _: HERE)
    assert world.lockouts.purge() == 0
    world.clock.wait(hours=25)
    assert world.lockouts.purge() == 2
    assert list(world.failures.rows()) == []
    assert tries(world, 4, lambda _: HERE) == 4
