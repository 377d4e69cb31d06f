"""Request slots: their limit, their order, and cancelled waits."""

import asyncio

import pytest

from pawtui.sources.github.middleware.rate_limits import LAST, RequestSlots, rank_of

SHA = "1" * 40


@pytest.mark.parametrize(
    ("target", "rank"),
    [
        ("/repos/a/b/commits/heads/maint/v1", 0),
        ("/repos/a/b/commits/dev", 0),
        (f"/repos/a/b/git/trees/{SHA}", 0),
        ("/repos/a/b/commits", 1),
        ("/repositories/7/commits", 1),
        (f"/repos/a/b/compare/{SHA}...{SHA}", 1),
        (f"/repos/a/b/commits?sha={SHA}&per_page=100", 0),
        (f"/repos/a/b/commits?sha={SHA}&per_page=100&path=src", 1),
        ("/repos/a/b/commits?path=src", 1),
        (f"/repos/a/b/git/blobs/{SHA}", 2),
        (f"/repos/a/b/commits/{SHA}", LAST),
        (f"/repos/a/b/commits/{SHA}?per_page=1", LAST),
        ("/repos/a/b/commits/dev?per_page=1", 0),
        ("/repos/a/b/issues/7", LAST),
        ("/search/issues", LAST),
        ("/repos/a/b/git/matching-refs/tags/v2.", LAST),
    ],
)
def test_each_request_has_the_rank_of_its_address(target: str, rank: int) -> None:
    assert rank_of(target) == rank


async def test_requests_start_by_rank() -> None:
    slots, order, gate, full = RequestSlots(2), list[str](), asyncio.Event(), asyncio.Event()
    inside = peak = 0

    async def work(name: str, rank: int) -> None:
        nonlocal inside, peak
        async with slots.hold(rank):
            inside += 1
            peak = max(peak, inside)
            order.append(name)
            if inside == 2:
                full.set()
            await gate.wait()
            inside -= 1

    names = [("first", LAST), ("second", LAST), ("issue", LAST), ("file", 2), ("tree", 0), ("other issue", LAST)]
    tasks = [asyncio.create_task(work(name, rank)) for name, rank in names]
    await full.wait()
    gate.set()
    await asyncio.gather(*tasks)
    assert order == ["first", "second", "tree", "file", "issue", "other issue"]
    assert peak == 2


@pytest.mark.parametrize("assigned", [False, True], ids=["while waiting", "after the slot was assigned"])
async def test_a_cancelled_wait_loses_no_slot(assigned: bool) -> None:
    slots = RequestSlots(1)

    async def hold() -> None:
        async with slots.hold():
            return

    async with slots.hold():
        waiting = asyncio.create_task(hold())
        await asyncio.sleep(0)
        if not assigned:
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
    if assigned:
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    assert waiting.cancelled()
    await asyncio.wait_for(hold(), 5)
