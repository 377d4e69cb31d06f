"""The place of a repository's clone: pawtui's mirror, or the user's own clone."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from pawtui.sources.git.clone import Clone, open_clone
from pawtui.sources.git.mirror import Mirror
from pawtui.sources.source_errors import CloneUnusable, SourceError

_LOCK_SECONDS = 1.0  # wait of a refresh for a mirror that another process is updating
_UPDATE_SECONDS = 120.0  # time limit of an update within a refresh; fetched objects remain


class Place(Protocol):
    """A clone that can be opened."""

    repo: str

    async def open(self) -> Clone:
        """Open the clone. Raises `CloneUnusable`."""

    async def update(self, since: dt.datetime | None) -> str:
        """Fetch into a mirror that was not updated since that time (None: always). Return the error, or ""."""

    async def fetch_files(self, shas: Sequence[str]) -> None:
        """Fetch file contents into a mirror. Raises `CloneUnusable` for a clone that is not a mirror."""

    def mark_damaged(self) -> None:
        """Mark a mirror as damaged."""


class OwnClone:
    """The user's own clone, which is read only."""

    def __init__(self, repo: str, path: Path, env: Mapping[str, str]) -> None:
        self.repo = repo
        self._path = path
        self._env = env

    async def open(self) -> Clone:
        """See `Place.open`."""
        return await open_clone(self.repo, self._path, self._env)

    async def update(self, since: dt.datetime | None) -> str:
        """See `Place.update`. Do nothing."""
        return ""

    async def fetch_files(self, shas: Sequence[str]) -> None:
        """See `Place.fetch_files`. Always raises `CloneUnusable`."""
        raise CloneUnusable(f"pawtui does not fetch into the clone of {self.repo}. Run `git fetch` in it.")

    def mark_damaged(self) -> None:
        """See `Place.mark_damaged`. Do nothing."""


class MirrorPlace:
    """A mirror. `first` are the branches that the tracker follows."""

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
            async with asyncio.timeout(_UPDATE_SECONDS):
                await self._mirror.update(_no_report, first=self._first, wait=_LOCK_SECONDS)
        except TimeoutError:
            return f"Updating the mirror of {self.repo} took longer than {_UPDATE_SECONDS:g} s. Run `pawtui mirror`."
        except SourceError as error:
            return str(error)
        return ""

    async def fetch_files(self, shas: Sequence[str]) -> None:
        """See `Place.fetch_files`."""
        await self._mirror.fetch_files(shas)

    def mark_damaged(self) -> None:
        """See `Place.mark_damaged`."""
        self._mirror.mark_damaged()


def _no_report(line: str) -> None:
    """Report no progress: a refresh shows its own progress."""
