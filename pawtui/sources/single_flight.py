"""Single-flight: equal work that is requested at the same time runs once."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, TypeVar, cast

_T = TypeVar("_T")


class SingleFlight:
    """Running tasks by key, each shared by all callers with the same key.

    A cancelled caller does not affect the others; if all callers are cancelled, the task is cancelled. With `remember`,
    results (not errors) are cached as long as this object exists.
    """

    def __init__(self, *, remember: bool = False) -> None:
        self._remember = remember
        self._tasks: dict[Hashable, asyncio.Task[Any]] = {}
        # The number of callers that wait, by key.
        self._waiting: dict[Hashable, int] = {}
        # Tasks that were cancelled and have not ended yet.
        self._ending: set[asyncio.Task[Any]] = set()

    async def run(self, key: Hashable, work: Callable[[], Coroutine[Any, Any, _T]]) -> _T:
        """Return the result of `work()`, or of the task that already runs for the key."""
        task = self._tasks.get(key)
        if task is None:
            task = self._tasks[key] = asyncio.create_task(work())
            self._waiting[key] = 0
        self._waiting[key] += 1
        try:
            return cast("_T", await asyncio.shield(task))
        finally:
            self._leave(key, task)

    def _leave(self, key: Hashable, task: asyncio.Task[Any]) -> None:
        if self._tasks.get(key) is not task:
            return
        self._waiting[key] -= 1
        if task.done():
            if task.cancelled() or task.exception() is not None or not self._remember:
                del self._tasks[key], self._waiting[key]
        elif self._waiting[key] == 0:
            task.cancel()
            del self._tasks[key], self._waiting[key]
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)

    async def close(self) -> None:
        """Cancel all tasks and wait for their end."""
        tasks = list(self._tasks.values())
        self._tasks.clear()
        self._waiting.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, *self._ending, return_exceptions=True)
