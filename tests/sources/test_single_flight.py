"""Equal work runs once."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from pawtui.sources.single_flight import SingleFlight


class Work:
    """Work that ends when it may, and counts its starts, ends and cancellations."""

    def __init__(self) -> None:
        self.may_end = asyncio.Event()
        self.counts = [0, 0, 0]

    async def __call__(self) -> str:
        self.counts[0] += 1
        try:
            await self.may_end.wait()
        except asyncio.CancelledError:
            self.counts[2] += 1
            raise
        self.counts[1] += 1
        return "done"


async def start(flight: SingleFlight, work: Callable[[], Coroutine[Any, Any, str]], callers: int) -> list[Any]:
    tasks = [asyncio.create_task(flight.run("key", work)) for _ in range(callers)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return tasks


@pytest.mark.parametrize("cancelled", [0, 1, 3])
async def test_work_continues_if_a_caller_is_cancelled(cancelled: int) -> None:
    flight, work = SingleFlight(), Work()
    tasks = await start(flight, work, 3)
    for task in tasks[:cancelled]:
        task.cancel()
    await asyncio.gather(*tasks[:cancelled], return_exceptions=True)
    tasks += await start(flight, work, 1)
    work.may_end.set()
    assert await asyncio.gather(*tasks[cancelled:]) == ["done"] * (4 - cancelled)
    assert work.counts == [1, 1, 0]


async def test_a_result_is_remembered() -> None:
    flight, work = SingleFlight(), Work()
    work.may_end.set()
    for _ in range(2):
        assert await asyncio.gather(*await start(flight, work, 2)) == ["done", "done"]
    assert work.counts == [1, 1, 0]


async def test_close_waits_for_the_end_of_cancelled_work() -> None:
    cleaned_up = asyncio.Event()

    async def work() -> str:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.01)
            cleaned_up.set()
        return "done"

    flight = SingleFlight()
    (task,) = await start(flight, work, 1)
    task.cancel()
    await flight.close()
    assert cleaned_up.is_set()


@pytest.mark.parametrize("error", [ValueError, asyncio.CancelledError])
async def test_an_error_is_not_remembered(error: type[BaseException]) -> None:
    flight, starts = SingleFlight(), []

    async def fail() -> str:
        starts.append(1)
        raise error

    for _ in range(2):
        errors = await asyncio.gather(*await start(flight, fail, 2), return_exceptions=True)
        assert [type(error) for error in errors] == [error, error]
    assert len(starts) == 2


async def test_all_work_ends_at_the_close() -> None:
    flight, work = SingleFlight(), Work()
    tasks = await start(flight, work, 2)
    await flight.close()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [asyncio.CancelledError] * 2
    assert work.counts == [1, 0, 1]
