"""The places of clones: the user's own clones here, and pawtui's mirrors in `mirror.py`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from pawtui.sources.git.clone import Clone, open_clone
from pawtui.sources.source_errors import CloneUnusable


class Place(Protocol):
    """The place of a repository's clone: a `Mirror` or an `OwnClone`."""

    repo: str

    async def open(self) -> Clone:
        """Open the clone. Raises `CloneUnusable`."""

    async def update_if_older(self, since: dt.datetime | None) -> str:
        """Fetch into a mirror that was not updated since that time (None: always). Return the error, or ""."""

    async def fetch_files(self, shas: Sequence[str]) -> None:
        """Fetch file contents into a mirror. Raises `CloneUnusable` for a clone that is not a mirror."""

    def mark_damaged(self) -> None:
        """Mark a mirror as damaged."""


class OwnClone:
    """A `Place`: the user's own clone, which is only read."""

    def __init__(self, repo: str, path: Path, env: Mapping[str, str]) -> None:
        self.repo = repo
        self._path = path
        self._env = env

    async def open(self) -> Clone:
        return await open_clone(self.repo, self._path, self._env)

    async def update_if_older(self, since: dt.datetime | None) -> str:
        """See `Place.update_if_older`. Do nothing."""
        return ""

    async def fetch_files(self, shas: Sequence[str]) -> None:
        """See `Place.fetch_files`. Always raises `CloneUnusable`."""
        raise CloneUnusable(f"pawtui does not fetch into the clone of {self.repo}. Run `git fetch` in it.")

    def mark_damaged(self) -> None:
        """See `Place.mark_damaged`. Do nothing."""
