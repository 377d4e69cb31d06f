"""Where the clone of a repository is: a mirror of pawtui's, or a clone that a person has."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from pawtui.sources.git.clone import Clone, open_clone
from pawtui.sources.git.mirror import Mirror
from pawtui.sources.source_errors import CloneUnusable, SourceError

# How long a refresh waits for a mirror that another process is updating, in seconds.
_WAIT = 1.0
# How long an update may take within a refresh, in seconds: what was fetched by then is kept.
_MOST_UPDATE = 120.0


class Place(Protocol):
    """A clone that may be opened."""

    repo: str

    async def open(self) -> Clone:
        """Open it. Raises `CloneUnusable`."""

    async def update(self, since: dt.datetime | None) -> str:
        """Fetch into it unless that was done since, or is not pawtui's to do; return what failed, or nothing."""

    async def fetch_files(self, shas: Sequence[str]) -> None:
        """Fetch files' contents into it. Raises `CloneUnusable` where that is not pawtui's to do."""

    def distrust(self) -> None:
        """Take note that it is damaged."""


class OwnClone:
    """A clone that a person has: only ever read."""

    def __init__(self, repo: str, path: Path, env: Mapping[str, str]) -> None:
        self.repo = repo
        self._path = path
        self._env = env

    async def open(self) -> Clone:
        """See `Place.open`."""
        return await open_clone(self.repo, self._path, self._env)

    async def update(self, since: dt.datetime | None) -> str:
        """See `Place.update`: nothing is done."""
        return ""

    async def fetch_files(self, shas: Sequence[str]) -> None:
        """See `Place.fetch_files`: it is refused."""
        raise CloneUnusable(f"Nothing is fetched into the clone of {self.repo}. Fetch it there.")

    def distrust(self) -> None:
        """See `Place.distrust`: nothing is done."""


class MirrorPlace:
    """A mirror, updated where it is too old for what is asked. `first` are the refs that the tracker follows."""

    def __init__(self, mirror: Mirror, first: Sequence[str]) -> None:
        self.repo = mirror.repo
        self._mirror = mirror
        self._first = tuple(first)

    async def open(self) -> Clone:
        """See `Place.open`."""
        return await self._mirror.open()

    async def update(self, since: dt.datetime | None) -> str:
        """See `Place.update`."""
        updated_at = self._mirror.updated_at()
        if updated_at is None or (since is not None and updated_at >= since):
            return ""
        try:
            async with asyncio.timeout(_MOST_UPDATE):
                await self._mirror.update(_unreported, first=self._first, wait=_WAIT)
        except TimeoutError:
            return f"Updating the mirror of {self.repo} took longer than {_MOST_UPDATE:g} s. Run `pawtui mirror`."
        except SourceError as error:
            return str(error)
        return ""

    async def fetch_files(self, shas: Sequence[str]) -> None:
        """See `Place.fetch_files`."""
        await self._mirror.fetch_files(shas)

    def distrust(self) -> None:
        """See `Place.distrust`."""
        self._mirror.distrust()


def _unreported(line: str) -> None:
    """Report no progress: a refresh has its own."""
