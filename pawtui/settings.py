"""The settings of one run: the tracker, the home, the user name and the GitHub host.

The first of these that is given applies:

- tracker: `--tracker`, `PAWTUI_TRACKER`, a `pawtui.toml` in this folder or a parent folder, the built-in tracker
- home: `--home`, `PAWTUI_HOME`, the platform's data folder
- user name: `PAWTUI_USER`, the login name (not git's user name, because starting git takes time)
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple

from pawtui.sources.sanitize import safe_line
from pawtui.store.home import cache_folder, home_folder

if TYPE_CHECKING:
    from pawtui.sources.facts import Tree
    from pawtui.sources.git.git_source import CloneLocation
    from pawtui.sources.git.mirror import Mirror
    from pawtui.sources.github.github_source import GitHubSource
    from pawtui.sources.github.token import Secret
    from pawtui.sources.protocol import WritableSource
    from pawtui.store.store import Store
    from pawtui.tracker.tracker_types import Side, Tracker
    from pawtui.workspace import Workspace

_MAX_USER_LENGTH = 60  # characters
# The author of comments that are posted with a workflow's own token.
_ACTIONS_BOT = "github-actions[bot]"
# A mirror that was updated within this duration has the current refs.
_FRESH_MIRROR = dt.timedelta(minutes=10)


class SourceChoice(NamedTuple):
    """The sources of facts: only GitHub (`github`), clones for all facts that git has (`git`), or both (`auto`).

    `clones` are the user's own clones, by repository name in lower case. `as_of` is the past time to measure: then the
    number of requests is not limited. `refresh_count` is the number of refreshes for which the source is used; the time
    limit of one refresh is multiplied by it.
    """

    kind: Literal["auto", "git", "github"] = "auto"
    clones: Mapping[str, Path] = MappingProxyType({})
    as_of: dt.datetime | None = None
    refresh_count: int = 1


_DEFAULT_CHOICE = SourceChoice()


class Settings:
    """The settings of one run. `folder` is the current folder; an empty option counts as not given."""

    def __init__(
        self, *, tracker: str | None = None, home: str | None = None, env: Mapping[str, str], folder: Path
    ) -> None:
        self._tracker_option = tracker
        self._home_option = home
        self.env = env
        self.folder = folder
        self._stores: list[Store] = []

    def now(self) -> dt.datetime:
        """Return the current time (UTC)."""
        from pawtui.moments import utc_now

        return utc_now()

    def tracker_path(self) -> Path | None:
        """Return the tracker file, or None for the built-in tracker."""
        from pawtui.tracker.read_tracker import find_tracker

        return find_tracker(self._tracker_option, self.env, self.folder)

    def found_tracker_path(self) -> Path | None:
        """Return the tracker file that was found in the current folder or a parent; None if a tracker file is given."""
        return None if self._tracker_option or self.env.get("PAWTUI_TRACKER") else self.tracker_path()

    def tracker(self) -> Tracker:
        """Return the tracker. Raises `TrackerError`."""
        from pawtui.tracker.read_tracker import builtin_tracker, read_tracker

        path = self.tracker_path()
        return builtin_tracker() if path is None else read_tracker(path)

    def store(self, tracker: Tracker) -> Store:
        """Return the store of that tracker's record. Raises `HomeUnusable`."""
        from pawtui.store.store import Store

        store = Store(home_folder(self._home_option, self.env) / tracker.id)
        self._stores.append(store)
        return store

    def pop_notices(self) -> list[str]:
        """Return how a damaged record was recovered, if one was; each notice is returned once."""
        return [notice for store in self._stores for notice in store.pop_notices()]

    def _cache_folder(self) -> Path:
        return cache_folder(self._home_option, self.env)

    def user(self) -> str:
        """Return the user name to record with changes, on one line."""
        name = self.env.get("PAWTUI_USER", "")
        if not name:
            import getpass

            # A container may have a user id without a name.
            with suppress(OSError, KeyError, ImportError):
                name = getpass.getuser()
        return safe_line(name, _MAX_USER_LENGTH) or "somebody"

    def web(self) -> str:
        """Return the web address of the GitHub host. Raises `Refused` if the environment has an invalid address."""
        if not self.env.get("GITHUB_API_URL") and not self.env.get("GH_HOST"):
            # The most common case, without importing the client.
            return "https://github.com"
        from pawtui.sources.github.server import find_api_url, web_url

        return web_url(find_api_url(self.env))

    @asynccontextmanager
    async def open_github(self, choice: SourceChoice = _DEFAULT_CHOICE) -> AsyncIterator[GitHubSource]:
        """Open GitHub alone as a source, with the limits of the choice.

        It imports the client and searches for the token only when it is entered.
        """
        import asyncio
        from importlib import import_module

        # In a thread, because the import would delay the screen and `gh` may take seconds.
        await asyncio.to_thread(import_module, "pawtui.sources.github.github_source")
        from pawtui.sources.github.github_source import BUDGET, BUDGET_WITH_TOKEN, GitHubSource
        from pawtui.sources.github.server import find_api_url
        from pawtui.sources.github.token import find_token
        from pawtui.sources.waiting import REFRESH_TIME_LIMIT

        api_url = find_api_url(self.env)
        token = await asyncio.to_thread(find_token, self.env, api_url)
        budget = BUDGET_WITH_TOKEN if token is not None else BUDGET
        bot = _ACTIONS_BOT if self.env.get("GITHUB_ACTIONS") == "true" else ""
        async with GitHubSource(
            api_url=api_url,
            token=token,
            cache=self._cache_folder(),
            bot=bot,
            time_limit=REFRESH_TIME_LIMIT * choice.refresh_count,
            budget=budget if choice.as_of is None else None,
            clock=self.now,
        ) as github:
            yield github

    @asynccontextmanager
    async def open_source(
        self, tracker: Tracker, choice: SourceChoice = _DEFAULT_CHOICE
    ) -> AsyncIterator[WritableSource]:
        """Open the source, when entered: GitHub, and also clones if the choice allows them and they exist."""
        import asyncio

        async with self.open_github(choice) as github:
            clones = [] if choice.kind == "github" else await asyncio.to_thread(self._clones, tracker, choice, github)
            if not clones:
                yield github
                return
            from pawtui.probes.probe_inputs import listed_paths
            from pawtui.sources.git.git_source import GitSource

            async with GitSource(
                github,
                clones,
                heads_from="clone" if choice.kind == "git" else "github",
                web=self.web(),
                since=choice.as_of or self.now() - _FRESH_MIRROR,
                listed_paths={
                    tracker.upstream.repo: listed_paths(tracker, "upstream"),
                    tracker.downstream.repo: listed_paths(tracker, "downstream"),
                },
            ) as source:
                yield source

    def _clones(self, tracker: Tracker, choice: SourceChoice, github: GitHubSource) -> list[CloneLocation]:
        """Return the clones to use. Raises `CloneUnusable` if only clones may be used and a clone is missing."""
        from pawtui.sources.source_errors import CloneUnusable

        clones: list[CloneLocation] = []
        for side in (tracker.upstream, tracker.downstream):
            clone = self._clone(side, choice.clones.get(side.repo.lower()), github.token)
            if clone is not None:
                clones.append(clone)
            elif choice.kind == "git":
                raise CloneUnusable(
                    f"There is no clone of {side.repo}. Run `pawtui mirror`, or give one with --git {side.repo}=PATH."
                )
        return clones

    def _clone(self, side: Side, path: Path | None = None, token: Secret | None = None) -> CloneLocation | None:
        """Return the user's own clone at `path`, else the clone of the tracker, else the mirror; None without any."""
        from pawtui.sources.git.clone import OwnClone

        own = path or self._clone_path(side)
        if own is not None:
            return OwnClone(side.repo, own, self.env)
        mirror = self.mirror(side, token)
        return mirror if mirror.updated_at() is not None else None

    def _clone_path(self, side: Side) -> Path | None:
        """Return the clone path of a side, relative to the tracker file; None if it has no clone path."""
        if not side.clone:
            return None
        tracker = self.tracker_path()
        folder = self.folder if tracker is None else self.folder / tracker.parent
        clone = Path(side.clone)
        # `~name` of an unknown user stays as it is: such a clone does not exist.
        with suppress(RuntimeError):
            clone = clone.expanduser()
        return folder / clone

    def mirror(self, side: Side, token: Secret | None) -> Mirror:
        """Return the mirror of a side's repository, even if the mirror does not exist yet."""
        from pawtui.sources.git.mirror import Mirror

        return Mirror(
            side.repo,
            self._cache_folder(),
            web=self.web(),
            env=self.env,
            token=token,
            clock=self.now,
            first_branches=side.ref_names(),
        )

    def workspace(self, choice: SourceChoice = _DEFAULT_CHOICE) -> Workspace:
        """Return the workspace: tracker, record and source. Raises `TrackerError`, `HomeUnusable`, `Refused`."""
        from pawtui.workspace import Workspace

        tracker, path = self.tracker(), self.found_tracker_path()
        return Workspace(
            tracker=tracker,
            store=self.store(tracker),
            user=self.user(),
            web=self.web(),
            open_source=lambda: self.open_source(tracker, choice),
            clock=self.now,
            local_tree=partial(self._local_tree, tracker),
            local_blob=self._local_blob,
            description=f"tracker: {os.path.relpath(path, self.folder)}" if path else "",
            is_builtin=self.tracker_path() is None,
        )

    def _local_tree(self, tracker: Tracker, repo: str, sha: str) -> Tree | None:
        """Return the tree of a commit from the cache or a clone, without network requests; None if neither has it.

        It runs git in its own event loop, so do not call it on an event loop.
        """
        from pawtui.sources.facts import Tree
        from pawtui.sources.github.cache import TREE, Cache, fact_key

        tree = Cache(self._cache_folder()).get(fact_key(TREE, repo, sha), Tree)
        if tree is not None:
            return tree
        for side in (tracker.upstream, tracker.downstream):
            if side.repo.lower() == repo.lower() and (clone := self._clone(side)) is not None:
                import asyncio

                from pawtui.sources.git.clone_reader import tree_in

                return asyncio.run(tree_in(repo, clone.path, sha, self.env))
        return None

    def _local_blob(self, repo: str, sha: str) -> bytes | None:
        from pawtui.sources.github.cache import BLOB, Cache, fact_key

        return Cache(self._cache_folder()).get(fact_key(BLOB, repo, sha), bytes)
