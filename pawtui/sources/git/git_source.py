"""A source that reads clones, and GitHub's API for facts that no clone contains.

With `heads_from="clone"`, refs, history and files come from the clones. With `heads_from="github"`, refs and tags come
from the API. All other facts about commits then come from a clone if it contains the commits, and otherwise from the
API.
"""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Concatenate, Literal, ParamSpec, Self, TypeVar
from urllib.parse import urlsplit

from pawtui.moments import moment_text, utc_now
from pawtui.phrases import short_sha
from pawtui.sources import facts
from pawtui.sources.git.clone import OwnClone, is_sha
from pawtui.sources.git.clone_reader import CloneReader
from pawtui.sources.git.mirror import Mirror
from pawtui.sources.protocol import CLONES_ONLY, WritableSource
from pawtui.sources.single_flight import SingleFlight
from pawtui.sources.source_errors import CloneDamaged, CloneUnusable, NotInClone, Offline, RateLimited, SourceError
from pawtui.sources.waiting import HostWait, WaitTracker

_T = TypeVar("_T")
_P = ParamSpec("_P")

CloneLocation = Mirror | OwnClone
HeadsFrom = Literal["clone", "github"]


class ApiFacts:
    """The base of `GitSource`: the facts that only the API has.

    If the API could not be reached once, later requests fail immediately, without waiting for their timeouts.
    """

    def __init__(self, api: WritableSource) -> None:
        self.api = api
        self._unreachable = ""
        self.is_archived = self._guarded(api.is_archived)
        self.commit_detail = self._guarded(api.commit_detail)
        self.search = self._guarded(api.search)
        self.comments = self._guarded(api.comments)
        self.open_pulls = self._guarded(api.open_pulls)
        self.merged_pull = self._guarded(api.merged_pull)
        self.pull_files = self._guarded(api.pull_files)
        # On another host, which may be reachable even if GitHub is not.
        self.web_document = api.web_document
        self.user = api.user
        self.post_comment = api.post_comment
        self.edit_comment = api.edit_comment
        self.can_write = api.can_write
        # Reading a clone costs no request.
        self.usage = api.usage
        self.requests_left = api.requests_left

    def _guarded(self, call: Callable[_P, Coroutine[Any, Any, _T]]) -> Callable[_P, Coroutine[Any, Any, _T]]:
        return lambda *args, **options: self.call_api(partial(call, *args, **options))

    async def call_api(self, call: Callable[[], Awaitable[_T]]) -> _T:
        """Return the result of an API call. Raises `Offline` immediately if the API could not be reached before."""
        if self._unreachable:
            raise Offline(self._unreachable)
        try:
            return await call()
        except Offline as error:
            self._unreachable = str(error)
            raise

    async def issues(self, repo: str, numbers: Sequence[int]) -> Mapping[int, facts.Issue | SourceError]:
        if self._unreachable:
            return {number: Offline(self._unreachable) for number in numbers}
        results = await self.api.issues(repo, numbers)
        offline = next((result for result in results.values() if isinstance(result, Offline)), None)
        if offline is not None:
            self._unreachable = str(offline)
        return results


@dataclass(eq=False)
class _RepoClone:
    """The clone of a repository. `listed_paths` are those whose commits will be listed.

    `reader` is None until the clone is opened. `unusable` is the reason why it cannot be read, `outdated` the reason
    why its mirror could not be updated.
    """

    location: CloneLocation
    listed_paths: Sequence[str]
    reader: CloneReader | None = None
    unusable: str = ""
    outdated: str = ""

    def mark_unusable(self, error: SourceError) -> None:
        """Record why the clone cannot be read, and mark a damaged mirror."""
        if isinstance(error, CloneDamaged) and isinstance(self.location, Mirror):
            self.location.mark_damaged()
        self.unusable = str(error)


class GitSource(ApiFacts):
    """A `Source` that reads the clones at `locations` (one for each repository) and `api`, which the caller closes.

    Mirrors are fetched from the web root `web`. `listed_paths` maps a repository to the paths whose commits will be
    listed. A mirror is updated first: with `heads_from="clone"` if its last update is older than `since`, otherwise if
    it lacks a commit. Each fact is read once.
    """

    def __init__(
        self,
        api: WritableSource,
        locations: Sequence[CloneLocation],
        *,
        heads_from: HeadsFrom,
        web: str,
        since: dt.datetime,
        listed_paths: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        super().__init__(api)
        paths = {repo.lower(): paths for repo, paths in (listed_paths or {}).items()}
        # By name in lower case. A renamed repository has two names.
        self._clones = {
            location.repo.lower(): _RepoClone(location, paths.get(location.repo.lower(), ())) for location in locations
        }
        self._heads_from = heads_from
        self.label = CLONES_ONLY if heads_from == "clone" else f"{api.label} and git"
        self._since = since
        self._shared = SingleFlight()
        self._fetches = WaitTracker(urlsplit(web).netloc, clock=utc_now)
        # All readers: other tasks may still read an older reader of a clone.
        self._readers: list[CloneReader] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._shared.close()
        mirrors = [clone.location for clone in self._clones.values() if isinstance(clone.location, Mirror)]
        await asyncio.gather(*(mirror.close() for mirror in mirrors))
        await asyncio.gather(*(reader.close() for reader in self._readers))

    def waiting(self) -> HostWait | None:
        """See `Source.waiting`: the host that a mirror is fetched from, or the host of the API."""
        return self._fetches.current() or self.api.waiting()

    def origin(self, repo: str, ref: str) -> facts.Origin:
        repo_clone = self._clones.get(repo.lower())
        if repo_clone is None:
            return facts.Origin()
        if repo_clone.unusable:
            return facts.Origin(description=f"all from GitHub: {repo_clone.unusable}")
        if repo_clone.reader is None:
            return facts.Origin()
        clone = repo_clone.reader.clone
        place = "the mirror" if clone.is_mirror else "a clone"
        of_other = f" of {clone.other_repo}" if clone.other_repo else ""
        known_until = clone.known_until(ref)
        fetched = f", fetched {moment_text(known_until)}" if known_until else ""
        outdated = f"; it could not be updated: {repo_clone.outdated}" if repo_clone.outdated else ""
        if self._heads_from == "github":
            return facts.Origin(description=f"history and files from {place}{of_other}{fetched}{outdated}")
        age = fetched or ", which has no remote: its age is not known"
        return facts.Origin(
            description=f"refs, history and files from {place}{of_other}{age}{outdated}",
            known_until=known_until,
            without_remote=known_until is None,
            from_copy=clone.from_copy,
        )

    async def ref_head(self, repo: str, ref: str) -> facts.Head | facts.MissingRef:
        if self._heads_from == "clone":
            return await self._read_fact(repo, (), CloneReader.ref_head, partial(self.api.ref_head, repo), ref)
        try:
            head = await self.call_api(partial(self.api.ref_head, repo, ref))
        except (Offline, RateLimited) as error:
            if repo.lower() not in self._clones:
                raise
            raise type(error)(f"{error} With `--source git`, `pawtui refresh` reads your clones instead.") from None
        if isinstance(head, facts.Head) and repo.lower() in self._clones:
            self._clones.setdefault(head.repo.lower(), self._clones[repo.lower()])
        return head

    async def past_head(
        self, head: facts.Head, when: dt.datetime, recorded: Sequence[facts.RecordedHead] = ()
    ) -> facts.PastHead:
        """See `Source.past_head`. If a clone contains the head, the result comes from its first parents."""
        from_api, search = self.api.past_head, (head, when, tuple(recorded))
        return await self._read_fact(head.repo, (head.sha,), CloneReader.past_head, from_api, *search)

    async def commit(self, repo: str, sha: str) -> facts.Commit:
        return await self._read_fact(repo, (sha,), CloneReader.commit, partial(self.api.commit, repo), sha)

    async def tree(self, repo: str, sha: str, *, optional: bool = False) -> facts.Tree:
        """See `Source.tree`. Entries have no sizes."""
        from_api = partial(self.api.tree, repo, optional=optional)
        return await self._read_fact(repo, (sha,), CloneReader.tree, from_api, sha)

    async def blob(self, repo: str, sha: str, *, optional: bool = False) -> bytes:
        from_api = partial(self.api.blob, repo, optional=optional)
        return await self._read_fact(repo, (), self._clone_blob, from_api, sha)

    async def _clone_blob(self, reader: CloneReader, sha: str) -> bytes:
        """Return a file's bytes from a clone. A file that a mirror lacks is fetched into it."""
        location = self._clones[reader.clone.repo.lower()].location
        try:
            return await reader.blob(sha)
        except NotInClone:
            if not isinstance(location, Mirror):
                raise
        try:
            with self._fetches.track_request():
                await location.fetch_file(sha)
        except SourceError as error:
            raise NotInClone(
                f"File {short_sha(sha)} of {location.repo} is not in the mirror and could not be fetched: {error}"
            ) from None
        return await reader.blob(sha)

    async def commits(self, repo: str, head: str, path: str, since: dt.date) -> facts.Commits:
        from_api = partial(self.api.commits, repo)
        return await self._read_fact(repo, (head,), CloneReader.commits, from_api, head, path, since)

    async def glob_commits(self, repo: str, head: str, glob: str, since: dt.date) -> facts.Commits | None:
        from_api = partial(self.api.glob_commits, repo)
        return await self._read_fact(repo, (head,), CloneReader.glob_commits, from_api, head, glob, since)

    async def tags(self, repo: str, prefix: str) -> tuple[facts.Tag, ...]:
        if self._heads_from == "github":
            return await self.call_api(partial(self.api.tags, repo, prefix))
        return await self._read_fact(repo, (), CloneReader.tags, partial(self.api.tags, repo), prefix)

    async def dated_tag(self, repo: str, tag: facts.Tag, *, optional: bool = False) -> facts.DatedTag:
        from_api = partial(self.api.dated_tag, repo, optional=optional)
        return await self._read_fact(repo, (tag.sha,), CloneReader.dated_tag, from_api, tag)

    async def compare(self, repo: str, base: str, head: str, *, files: bool = True) -> facts.Comparison:
        from_api = partial(self.api.compare, repo)
        return await self._read_fact(repo, (base, head), CloneReader.compare, from_api, base, head, files=files)

    async def late_commits(self, repo: str, base: str, head: str, before: dt.date) -> Mapping[str, dt.datetime]:
        from_api = partial(self.api.late_commits, repo)
        return await self._read_fact(repo, (base, head), CloneReader.late_commits, from_api, base, head, before)

    async def _read_fact(
        self,
        repo: str,
        needs: tuple[str, ...],
        from_clone: Callable[Concatenate[CloneReader, _P], Awaitable[_T]],
        from_api: Callable[_P, Coroutine[Any, Any, _T]],
        *args: _P.args,
        **options: _P.kwargs,
    ) -> _T:
        """Return a fact from the clone if it contains the commits and tags `needs` (SHAs), else from the API.

        Both are called with the same arguments. Facts with the same API call are equal, so they are read once.
        """
        call_api = partial(from_api, *args, **options)
        repo_clone = self._clones.get(repo.lower())

        async def read() -> _T:
            reader = await self._reader(repo_clone, needs) if repo_clone else None
            if repo_clone is not None and reader is not None:
                try:
                    return await from_clone(reader, *args, **options)
                except (NotInClone, CloneUnusable) as error:
                    if isinstance(error, CloneUnusable):
                        repo_clone.mark_unusable(error)
                    if self._heads_from == "clone":
                        raise
            return await self.call_api(call_api)

        return await self._shared.run((call_api.func, *call_api.args, *call_api.keywords.items()), read)

    async def _reader(self, repo_clone: _RepoClone, needs: tuple[str, ...]) -> CloneReader | None:
        """Return the reader of a clone if it contains the commits and tags `needs`; None if the API must be used.

        Raises `CloneUnusable` if the clone cannot be read and the API must not be used instead.
        """
        if repo_clone.unusable and self._heads_from == "github":
            return None
        try:
            if self._heads_from == "clone":
                return await self._shared.run(("update", repo_clone), lambda: self._update(repo_clone, self._since))
            reader = await self._shared.run(("open", repo_clone), lambda: self._open(repo_clone))
            if await reader.contains(*needs):
                return reader
            if not isinstance(repo_clone.location, Mirror) or not all(map(is_sha, needs)):
                return None
            return await self._shared.run(("update", repo_clone), lambda: self._update(repo_clone, None))
        except CloneUnusable as error:
            repo_clone.mark_unusable(error)
            if self._heads_from == "clone":
                raise
            return None

    async def _update(self, repo_clone: _RepoClone, since: dt.datetime | None) -> CloneReader:
        """Open a clone, after the update of a mirror that was not updated since that time (None: always)."""
        if isinstance(repo_clone.location, Mirror):
            with self._fetches.track_request():
                repo_clone.outdated = await repo_clone.location.update_if_older(since)
        return await self._open(repo_clone)

    async def _open(self, repo_clone: _RepoClone) -> CloneReader:
        clone = await repo_clone.location.open()
        if self._heads_from == "clone" and clone.other_repo in self._clones:
            raise CloneUnusable(
                f"The clone of {clone.repo} is one of {clone.other_repo}, the other repository of the tracker. "
                f"Give another clone, or add {clone.repo} as a remote in it and fetch it."
            )
        repo_clone.reader = CloneReader(clone, repo_clone.listed_paths)
        self._readers.append(repo_clone.reader)
        return repo_clone.reader
