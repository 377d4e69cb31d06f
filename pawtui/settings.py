"""What pawtui works on, decided once: which tracker, which home, whose name, which forge.

First found wins: the option on the command line, the environment (`PAWTUI_TRACKER`, `PAWTUI_HOME`), for the tracker a
`pawtui.toml` in this folder or above, and at last the built-in tracker and the platform's data folder. People act under
`PAWTUI_USER`, else the name they are logged in with; git is not asked, so that nothing has to be started for it.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pawtui.sources.facts import Tree
    from pawtui.sources.protocol import Source
    from pawtui.store.store import Store
    from pawtui.tracker.model import Tracker
    from pawtui.workspace import Workspace

USER_LIMIT = 60
GITHUB_WEB = "https://github.com"
# Who a workflow's own token writes as.
ACTIONS_BOT = "github-actions[bot]"


def utc_now() -> dt.datetime:
    """The present moment, in UTC."""
    return dt.datetime.now(dt.UTC)


class Settings:
    """The answers to where, what and who. `folder` is where pawtui was started; an empty option counts as not given."""

    def __init__(
        self, *, tracker: str | None = None, home: str | None = None, env: Mapping[str, str], folder: Path
    ) -> None:
        self._tracker_option = tracker
        self._home_option = home
        self.env = env
        self.folder = folder

    def tracker_path(self) -> Path | None:
        """The tracker file, or None for the built-in tracker."""
        from pawtui.tracker.reader import find_tracker

        return find_tracker(self._tracker_option, self.env, self.folder)

    def found_tracker(self) -> Path | None:
        """Return the tracker file that was found in the current folder or above; None where one was named."""
        return None if self._tracker_option or self.env.get("PAWTUI_TRACKER") else self.tracker_path()

    def tracker(self) -> Tracker:
        """The tracker. Raises `TrackerError`."""
        from pawtui.tracker.reader import builtin_tracker, read_tracker

        path = self.tracker_path()
        return builtin_tracker() if path is None else read_tracker(path)

    def store(self, tracker: Tracker) -> Store:
        """The record of that tracker. Raises `HomeUnusable`."""
        from pawtui.store.home import home_folder
        from pawtui.store.store import Store

        return Store(home_folder(self._home_option, self.env) / tracker.id)

    def user(self) -> str:
        """The name that acts are recorded under, on one line."""
        from pawtui.sources.sanitize import safe_line

        return safe_line(self.env.get("PAWTUI_USER", "") or _login_name(), USER_LIMIT) or "somebody"

    def web(self) -> str:
        """The forge's web root. Raises `Refused` where the environment names none that can be."""
        if not self.env.get("GITHUB_API_URL") and not self.env.get("GH_HOST"):
            # What most people have, without the client's import.
            return GITHUB_WEB
        from pawtui.sources.github.token import api_url, web_url

        return web_url(api_url(self.env))

    def open_source(self) -> AbstractAsyncContextManager[Source]:
        """GitHub, opened only when it is entered: the client's import and the token's look-up wait until then."""
        return _github(self._home_option, self.env)

    def workspace(self) -> Workspace:
        """Tracker, record and source together. Raises `TrackerError`, `HomeUnusable`, `Refused`."""
        from pawtui.workspace import Workspace

        tracker, found = self.tracker(), self.found_tracker()
        return Workspace(
            tracker=tracker,
            store=self.store(tracker),
            user=self.user(),
            web=self.web(),
            open_source=self.open_source,
            clock=utc_now,
            known_tree=self.known_tree,
            description=f"tracker: {os.path.relpath(found, self.folder)}" if found else "",
        )

    def known_tree(self, repo: str, sha: str) -> Tree | None:
        """A commit's tree where an earlier look left it in the cache."""
        from pawtui.sources.github.cached_trees import cached_tree
        from pawtui.store.home import cache_folder

        return cached_tree(cache_folder(self._home_option, self.env), repo, sha)


def _login_name() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        # No such variable and no such user: a container with a number for a name.
        return ""


@asynccontextmanager
async def _github(home: str | None, env: Mapping[str, str]) -> AsyncIterator[Source]:
    import asyncio
    from importlib import import_module

    from pawtui.store.home import cache_folder

    # Off the event loop: the import takes a few frames, and `gh` may take seconds.
    await asyncio.to_thread(import_module, "pawtui.sources.github.source")
    from pawtui.sources.github.source import GitHubSource
    from pawtui.sources.github.token import api_url, find_token

    api = api_url(env)
    token = await asyncio.to_thread(find_token, env, api)
    bot = ACTIONS_BOT if env.get("GITHUB_ACTIONS") == "true" else ""
    async with GitHubSource(api_url=api, token=token, cache=cache_folder(home, env), bot=bot) as source:
        yield source
