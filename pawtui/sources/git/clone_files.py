"""File contents from a clone. Files that a mirror lacks are fetched into it in batches."""

from __future__ import annotations

import asyncio

from pawtui.sources.git.place import Place
from pawtui.sources.git.repository import Repository
from pawtui.sources.source_errors import NotInClone, SourceError
from pawtui.sources.waiting import WaitTracker

_COLLECT_SECONDS = 0.01  # debounce before a fetch, which takes far longer


class Files:
    """The files of one clone, by blob SHA."""

    def __init__(self, repository: Repository, place: Place, waits: WaitTracker) -> None:
        self._repository = repository
        self._place = place
        self._waits = waits
        self._wanted: list[str] = []
        self._fetching: asyncio.Task[None] | None = None

    async def blob(self, sha: str) -> bytes:
        """Return a file's bytes. Raises `NotInClone` if the clone lacks the file and it cannot be fetched."""
        try:
            return await self._repository.blob(sha)
        except NotInClone:
            if not self._repository.clone.mirror:
                raise
        await self._fetch(sha)
        return await self._repository.blob(sha)

    async def _fetch(self, sha: str) -> None:
        self._wanted.append(sha)
        if self._fetching is None:
            self._fetching = asyncio.create_task(self._fetch_wanted())
        try:
            await asyncio.shield(self._fetching)
        except SourceError as error:
            repo = self._repository.clone.repo
            raise NotInClone(
                f"File {sha[:10]} of {repo} is not in the mirror and could not be fetched: {error}"
            ) from None

    async def _fetch_wanted(self) -> None:
        await asyncio.sleep(_COLLECT_SECONDS)
        wanted, self._wanted, self._fetching = self._wanted, [], None
        with self._waits.request():
            await self._place.fetch_files(wanted)
