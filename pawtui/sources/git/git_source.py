"""Clones as a source of facts, with the forge's API beside them for what no clone knows.

With `heads="clone"` every fact of history comes from the clones, refs included. With `heads="forge"` the forge says
where refs and tags stand now, and a clone answers for every commit that it holds: histories, trees, files, ranges and
what a branch held in the past; for what it does not hold the forge is asked.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import TracebackType
from typing import Literal, Self, TypeVar
from urllib.parse import urlsplit

from pawtui.sources.facts import (
    BranchPoint,
    Commit,
    Commits,
    Comparison,
    DatedTag,
    Head,
    MissingRef,
    Origin,
    RefMoment,
    Tag,
    Tree,
)
from pawtui.sources.git.api_part import ApiPart
from pawtui.sources.git.clone_files import Files
from pawtui.sources.git.place import Place
from pawtui.sources.git.refs import is_sha
from pawtui.sources.git.repository import Repository
from pawtui.sources.github.single_flight import SingleFlight
from pawtui.sources.github.transports.waits import WaitTracker
from pawtui.sources.protocol import NO_HINTS, ListHints, Source
from pawtui.sources.source_errors import CloneDamaged, CloneUnusable, NotInClone, SourceError
from pawtui.sources.waiting import Waiting

T = TypeVar("T")

Heads = Literal["clone", "forge"]
_ANY_TIME = dt.datetime.min.replace(tzinfo=dt.UTC)  # no mirror is older


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class GitSource(ApiPart):
    """Facts from the clones at `places`, one for a repository, and from `api`, which whoever opened it closes.

    `web` is the forge's web root. `watched` are, by repository, the paths whose histories will be asked for.
    A mirror is updated first: with `heads="clone"` where that was last done before `since`, otherwise where it lacks a
    commit. A question is asked once, as in every source.
    """

    def __init__(
        self,
        api: Source,
        places: Sequence[Place],
        *,
        heads: Heads,
        web: str,
        since: dt.datetime,
        watched: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        super().__init__(api)
        self._places = {place.repo.lower(): place for place in places}
        self._heads = heads
        self._web = web
        self._since = since
        self._watched = {repo.lower(): tuple(paths) for repo, paths in (watched or {}).items()}
        self._shared = SingleFlight(remember=True)
        # What fetches into mirrors wait for.
        self._fetches = WaitTracker(urlsplit(web).netloc, clock=_now)
        self._opened: dict[str, Repository] = {}
        self._former: list[Repository] = []
        self._files: dict[str, Files] = {}
        # Why a clone is not read (any more), and why a mirror is not up to date, by repository.
        self._unusable: dict[str, str] = {}
        self._outdated: dict[str, str] = {}
        # By the present name of a renamed repository, in lower case: the name that it is followed by.
        self._names: dict[str, str] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._shared.close()
        await asyncio.gather(*(repository.close() for repository in (*self._opened.values(), *self._former)))

    @property
    def label(self) -> str:
        """How this source is called in the record: `git`, or what the API is called with `git` behind it."""
        return "git" if self._heads == "clone" else f"{self.api.label} and git"

    def waiting(self) -> Waiting | None:
        """See `Source.waiting`: the host of the API, or the one that a mirror is fetched from."""
        waits = [wait for wait in (self._fetches.current(), self.api.waiting()) if wait is not None]
        return max(waits, key=lambda wait: wait.seconds, default=None)

    def origin(self, repo: str) -> Origin:
        """See `Source.origin`."""
        name = self._name(repo)
        problem = self._unusable.get(name, "")
        repository = self._opened.get(name)
        if repository is None or problem:
            return Origin(words=f"all from GitHub: {problem}" if problem else "")
        clone = repository.clone
        which = "refs, history and files" if self._heads == "clone" else "history and files"
        at = f", fetched {clone.updated_at:%Y-%m-%d %H:%M} UTC" if clone.updated_at else ""
        words = f"{which} from {'the mirror' if clone.mirror else 'a clone'}{at}"
        if name in self._outdated:
            words = f"{words}; it could not be updated: {self._outdated[name]}"
        return Origin(words=words, known_until=clone.updated_at if self._heads == "clone" else None)

    async def ref_head(self, repo: str, ref: str) -> Head | MissingRef:
        """See `Source.ref_head`."""
        return await self._shared(("ref", repo, ref), lambda: self._ref_head(repo, ref))

    async def _ref_head(self, repo: str, ref: str) -> Head | MissingRef:
        if self._heads == "clone" and (repository := await self._repository(repo)) is not None:
            return await repository.ref_head(ref)
        found = await self.ask_forge(lambda: self.api.ref_head(repo, ref))
        if isinstance(found, Head) and found.repo.lower() != repo.lower():
            self._names[found.repo.lower()] = repo.lower()
        return found

    async def branch_point(
        self, head: Head, when: dt.datetime, recorded: Sequence[RefMoment] = (), *, thorough: bool = False
    ) -> BranchPoint:
        """See `Source.branch_point`: where a clone holds the head, its first parents settle it."""
        return await self._answer(
            ("branch point", head.repo, head.ref, head.sha, when),
            head.repo,
            (head.sha,),
            lambda clone: clone.branch_point(head, when, recorded),
            lambda: self.api.branch_point(head, when, recorded, thorough=thorough),
        )

    async def commit(self, repo: str, sha: str) -> Commit:
        """See `Source.commit`."""
        return await self._answer(
            ("commit", repo, sha),
            repo,
            (sha,),
            lambda clone: clone.commit(sha),
            lambda: self.api.commit(repo, sha),
        )

    async def tree(self, repo: str, sha: str) -> Tree:
        """See `Source.tree`. Entries have no sizes."""
        return await self._answer(
            ("tree", repo, sha), repo, (sha,), lambda clone: clone.tree(sha), lambda: self.api.tree(repo, sha)
        )

    async def blob(self, repo: str, sha: str, *, optional: bool = False) -> bytes:
        """See `Source.blob`. What cannot be fetched into a mirror is asked of the forge, which may have it cached."""

        async def of_clone(repository: Repository) -> bytes:
            try:
                return await self._files[self._name(repo)].blob(sha)
            except NotInClone as lacking:
                if self._heads == "forge" or not repository.clone.mirror:
                    raise
                try:
                    return await self.ask_forge(lambda: self.api.blob(repo, sha, optional=optional))
                except SourceError:
                    raise lacking from None

        return await self._answer(
            ("blob", repo, sha), repo, (), of_clone, lambda: self.api.blob(repo, sha, optional=optional)
        )

    async def commits(
        self, repo: str, head: str, path: str, since: dt.date, hints: ListHints = NO_HINTS, *, beginning: bool = False
    ) -> Commits:
        """See `Source.commits`."""
        return await self._answer(
            ("commits", repo, head, path, since, beginning),
            repo,
            (head,),
            lambda clone: clone.commits(head, path, since, beginning=beginning),
            lambda: self.api.commits(repo, head, path, since, hints, beginning=beginning),
        )

    async def tags(self, repo: str, prefix: str) -> tuple[Tag, ...]:
        """See `Source.tags`."""
        return await self._shared(("tags", repo, prefix), lambda: self._tags(repo, prefix))

    async def _tags(self, repo: str, prefix: str) -> tuple[Tag, ...]:
        if self._heads == "clone" and (repository := await self._repository(repo)) is not None:
            return await repository.tags(prefix)
        return await self.ask_forge(lambda: self.api.tags(repo, prefix))

    async def dated_tag(self, repo: str, tag: Tag) -> DatedTag:
        """See `Source.dated_tag`."""
        return await self._answer(
            ("tag", repo, tag.name, tag.sha),
            repo,
            (tag.sha,),
            lambda clone: clone.dated_tag(tag),
            lambda: self.api.dated_tag(repo, tag),
        )

    async def compare(self, repo: str, base: str, head: str, *, files: bool = True) -> Comparison:
        """See `Source.compare`."""
        return await self._answer(
            ("compare", repo, base, head, files),
            repo,
            (base, head),
            lambda clone: clone.compare(base, head, files=files),
            lambda: self.api.compare(repo, base, head, files=files),
        )

    async def _answer(
        self,
        key: tuple[object, ...],
        repo: str,
        needs: tuple[str, ...],
        of_clone: Callable[[Repository], Awaitable[T]],
        of_forge: Callable[[], Awaitable[T]],
    ) -> T:
        """Return the clone's answer where it holds the objects that are needed, else the forge's."""
        return await self._shared(key, lambda: self._answered(repo, needs, of_clone, of_forge))

    async def _answered(
        self,
        repo: str,
        needs: tuple[str, ...],
        of_clone: Callable[[Repository], Awaitable[T]],
        of_forge: Callable[[], Awaitable[T]],
    ) -> T:
        repository = await self._repository(repo, needs)
        if repository is None:
            return await self.ask_forge(of_forge)
        try:
            return await of_clone(repository)
        except NotInClone:
            if self._heads == "clone":
                raise
        except CloneUnusable as error:
            self._give_up(self._name(repo), error)
            if self._heads == "clone":
                raise
        return await self.ask_forge(of_forge)

    async def _repository(self, repo: str, needs: tuple[str, ...] = ()) -> Repository | None:
        """Return the clone that answers for a repository; None where the forge is to be asked.

        Raises `CloneUnusable` where only the clone is to be asked, and cannot be read.
        """
        name = self._name(repo)
        place = self._places.get(name)
        if place is None or (name in self._unusable and self._heads == "forge"):
            return None
        try:
            if self._heads == "clone":
                return await self._shared(("update", name), lambda: self._open(name, place, self._since))
            repository = await self._shared(("open", name), lambda: self._open(name, place, _ANY_TIME))
            if await self._holds(repository, needs):
                return repository
            if not repository.clone.mirror or not all(map(is_sha, needs)):
                return None
            repository = await self._shared(("update", name), lambda: self._open(name, place, None))
            return repository if await self._holds(repository, needs) else None
        except CloneUnusable as error:
            self._give_up(name, error)
            if self._heads == "clone":
                raise
            return None

    async def _open(self, name: str, place: Place, since: dt.datetime | None) -> Repository:
        with self._fetches.request():
            problem = await place.update(since)
        if problem:
            self._outdated[name] = problem
        clone = await place.open()
        former = self._opened.get(name)
        if former is not None and former.clone.updated_at == clone.updated_at:
            return former
        repository = Repository(clone, web=self._web, watched=self._watched.get(name, ()))
        self._opened[name] = repository
        self._files[name] = Files(repository, place, self._fetches)
        if former is not None:
            # It may be answering others still.
            self._former.append(former)
        return repository

    @staticmethod
    async def _holds(repository: Repository, needs: tuple[str, ...]) -> bool:
        for sha in needs:
            if not await repository.holds(sha):
                return False
        return True

    def _give_up(self, name: str, error: SourceError) -> None:
        if isinstance(error, CloneDamaged):
            self._places[name].distrust()
        self._unusable.setdefault(name, str(error))

    def _name(self, repo: str) -> str:
        """Return the name by which a repository is followed, in lower case."""
        return self._names.get(repo.lower(), repo.lower())
