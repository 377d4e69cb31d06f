"""Places for requests under way: a fixed number, and who waits is let in by what waits for it in turn."""

from __future__ import annotations

import asyncio
import heapq
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

LAST = 9
_RANKS = (
    # A head or a tree is what others are asked from; then what has happened to a path, and what stands in a file.
    (re.compile(r"/git/trees/|/commits/(?![0-9a-f]{40}$)"), 0),
    (re.compile(r"/commits$|/compare/"), 1),
    (re.compile(r"/git/blobs/"), 2),
)


def rank_of(path: str) -> int:
    """The rank of a read of that path, the lowest first. Nothing waits for an issue, a search or a tag: `LAST`."""
    return next((rank for pattern, rank in _RANKS if pattern.search(path)), LAST)


class RequestSlots:
    """At most `places` at once. Who waits is let in by rank, and in the order of coming within one."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._order = count()
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []

    @asynccontextmanager
    async def hold(self, rank: int = LAST) -> AsyncIterator[None]:
        """A place, for as long as the block runs."""
        await self._take(rank)
        try:
            yield
        finally:
            self._give()

    async def _take(self, rank: int) -> None:
        if self._free:
            self._free -= 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (rank, next(self._order), turn))
        try:
            await turn
        except asyncio.CancelledError:
            # The place may have been given in the same moment: then it goes on to the next.
            if turn.done() and not turn.cancelled():
                self._give()
            raise

    def _give(self) -> None:
        while self._waiting:
            turn = heapq.heappop(self._waiting)[2]
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1
