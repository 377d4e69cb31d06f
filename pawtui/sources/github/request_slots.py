"""A priority semaphore for requests under way: what others depend on goes first, what is optional last."""

from __future__ import annotations

import asyncio
import heapq
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

LAST = 9
# For requests that only make a reading more exact: they start when no other request is under way.
OPTIONAL = 99
_RANKS = (
    # Other requests depend on a head, on a tree, and on what a branch held (its history, of no path in particular).
    (re.compile(r"/git/trees/|/commits/(?![0-9a-f]{40}(?:\?|$))|/commits\?(?!(?:.*&)?path=)"), 0),
    # Then what happened to a path, and what a file contains.
    (re.compile(r"/commits(?:\?|$)|/compare/"), 1),
    (re.compile(r"/git/blobs/"), 2),
)


def rank_of(target: str) -> int:
    """Return the rank of a read of that path and query, the lowest first. Nothing waits for an issue: `LAST`."""
    return next((rank for pattern, rank in _RANKS if pattern.search(target)), LAST)


class RequestSlots:
    """At most `places` requests at once. They start by rank, and within a rank in the order in which they came."""

    def __init__(self, places: int) -> None:
        self._free = places
        # Requests under way that are not optional: while there are any, no optional one starts.
        self._required = 0
        self._order = count()
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []

    @asynccontextmanager
    async def hold(self, rank: int = LAST) -> AsyncIterator[None]:
        """Hold a place for as long as the block runs."""
        await self._take(rank)
        try:
            yield
        finally:
            self._give(rank)

    async def _take(self, rank: int) -> None:
        if self._may_start(rank):
            self._start(rank)
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (rank, next(self._order), turn))
        try:
            await turn
        except asyncio.CancelledError:
            # The place may have been given in the same moment: then it goes on to the next.
            if turn.done() and not turn.cancelled():
                self._give(rank)
            raise

    def _may_start(self, rank: int) -> bool:
        return self._free > 0 and (rank < OPTIONAL or self._required == 0)

    def _start(self, rank: int) -> None:
        self._free -= 1
        self._required += rank < OPTIONAL

    def _give(self, rank: int) -> None:
        self._free += 1
        self._required -= rank < OPTIONAL
        while self._waiting and self._may_start(self._waiting[0][0]):
            next_rank, _, turn = heapq.heappop(self._waiting)
            if not turn.done():
                self._start(next_rank)
                turn.set_result(None)
