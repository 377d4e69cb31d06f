"""A priority semaphore for requests. Requests that others depend on start first, optional requests last."""

import asyncio
import heapq
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

LAST = 9
# Optional requests start only if no other request is active.
OPTIONAL = 99
_RANKS = (
    # Other requests depend on heads, trees and past heads (histories without a path).
    (re.compile(r"/git/trees/|/commits/(?![0-9a-f]{40}(?:\?|$))|/commits\?(?!(?:.*&)?path=)"), 0),
    # Then histories of paths, and files.
    (re.compile(r"/commits(?:\?|$)|/compare/"), 1),
    (re.compile(r"/git/blobs/"), 2),
)


def rank_of(target: str) -> int:
    """Return the rank of a read by its path and query; the lowest rank starts first."""
    return next((rank for pattern, rank in _RANKS if pattern.search(target)), LAST)


class RequestSlots:
    """A semaphore of `slots` requests. They start by rank, and within a rank in order of arrival."""

    def __init__(self, slots: int) -> None:
        self._free = slots
        # Active requests that are not optional.
        self._required = 0
        self._order = count()
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []

    @asynccontextmanager
    async def hold(self, rank: int = LAST) -> AsyncIterator[None]:
        """Occupy a slot during the block."""
        await self._take(rank)
        try:
            yield
        finally:
            self._release(rank)

    async def _take(self, rank: int) -> None:
        if self._may_start(rank):
            self._start(rank)
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (rank, next(self._order), turn))
        try:
            await turn
        except asyncio.CancelledError:
            # The slot may have been assigned just before the cancellation.
            if turn.done() and not turn.cancelled():
                self._release(rank)
            raise

    def _may_start(self, rank: int) -> bool:
        return self._free > 0 and (rank < OPTIONAL or self._required == 0)

    def _start(self, rank: int) -> None:
        self._free -= 1
        self._required += rank < OPTIONAL

    def _release(self, rank: int) -> None:
        self._free += 1
        self._required -= rank < OPTIONAL
        while self._waiting and self._may_start(self._waiting[0][0]):
            next_rank, _, turn = heapq.heappop(self._waiting)
            if not turn.done():
                self._start(next_rank)
                turn.set_result(None)
