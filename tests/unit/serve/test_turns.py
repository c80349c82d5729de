"""Turns: who waits, who is sent away, and who is not waited for any more."""

from __future__ import annotations

import asyncio
import threading

import pytest

pytest.importorskip("starlette", reason="the extra serve is not installed")

from b12guide.serve.refusal import RequestError
from b12guide.serve.turns import Turns


def noted(name: str, done: list[str]) -> str:
    done.append(name)
    return name


def test_those_who_leave_before_their_turn_are_not_served() -> None:
    turns, gate = Turns(1, 2), threading.Event()
    done: list[str] = []

    async def many() -> None:
        first = asyncio.ensure_future(turns.take(gate.wait))
        left = asyncio.Event()
        second = asyncio.ensure_future(
            turns.take_while(lambda: noted("second", done), left.wait())
        )
        third = asyncio.ensure_future(turns.take(lambda: noted("third", done)))
        await asyncio.sleep(0)
        with pytest.raises(RequestError) as caught:
            await turns.take(lambda: noted("fourth", done))
        assert caught.value.status == 503
        left.set()
        assert await second is None
        gate.set()
        await asyncio.gather(first, third)

    asyncio.run(many())

    assert done == ["third"]
    assert turns.busy == 0


def test_what_has_begun_goes_on_to_its_end() -> None:
    turns, begun, gate = Turns(1, 2), threading.Event(), threading.Event()
    done: list[str] = []

    def work() -> str:
        begun.set()
        gate.wait()
        return noted("done", done)

    async def one() -> None:
        left = asyncio.Event()
        asked = asyncio.ensure_future(turns.take_while(work, left.wait()))
        await asyncio.to_thread(begun.wait)
        left.set()
        assert await asked is None
        assert turns.busy == 1
        gate.set()
        await turns.take(lambda: None)

    asyncio.run(one())

    assert done == ["done"]
    assert turns.busy == 0


def test_who_stays_gets_what_was_worked_out() -> None:
    async def one() -> int | None:
        return await Turns(1, 1).take_while(lambda: 7, asyncio.sleep(3600))

    assert asyncio.run(one()) == 7
