"""Python's collector rests while much is made, and whoever put it to rest wakes it."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from b12guide.collector import collector_paused


@pytest.fixture(autouse=True)
def awake() -> Iterator[None]:
    gc.enable()
    yield
    gc.enable()


def test_it_rests_and_is_woken() -> None:
    with collector_paused(), collector_paused():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_is_woken_by_the_one_who_put_it_to_rest() -> None:
    with collector_paused():
        with collector_paused():
            pass
        assert not gc.isenabled()


def test_it_is_woken_when_something_goes_wrong() -> None:
    with pytest.raises(KeyError), collector_paused():
        raise KeyError
    assert gc.isenabled()


def test_whoever_lets_it_rest_for_good_finds_it_at_rest() -> None:
    gc.disable()
    with collector_paused():
        pass

    assert not gc.isenabled()
