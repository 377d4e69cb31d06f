"""The facts of one clone. Nothing here asks a forge; what the clone does not hold is `NotInClone`."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Sequence

from pawtui.sources import links
from pawtui.sources.facts import (
    BranchPoint,
    Commit,
    Commits,
    Comparison,
    DatedTag,
    Head,
    MissingRef,
    RefMoment,
    Tag,
    Tree,
)
from pawtui.sources.git import git_failures, refs, trees
from pawtui.sources.git.clone import Clone
from pawtui.sources.git.commits import RawTag, moment, parse_commit, parse_tag
from pawtui.sources.git.history import History
from pawtui.sources.git.objects import Object, Objects
from pawtui.sources.sanitize import safe_line
from pawtui.sources.source_errors import BeginsLater, Empty, NotFound, NotInClone, NotSettled, TooLarge

MOST_BLOB = 1_000_000  # bytes, as the forge allows
_MOST_COMMIT = 10_000_000
_MOST_NESTED = 5  # tags of tags


class Repository:
    """One clone, asked for facts. `web` is the forge's web root, for links; `watched` are paths that will be asked for.

    Questions may be asked at the same time. Nothing is remembered on disk.
    """

    def __init__(self, clone: Clone, *, web: str, watched: Sequence[str] = ()) -> None:
        self.clone = clone
        self._git = clone.git
        self._web = web
        self._objects = Objects(clone.git)
        self._history = History(clone.git, self._objects, clone.repo, web, watched)
        self._trees = trees.Trees()
        self._refs: asyncio.Task[refs.Refs] | None = None

    async def close(self) -> None:
        """End every process."""
        if self._refs is not None:
            self._refs.cancel()
            await asyncio.gather(self._refs, return_exceptions=True)
        await self._objects.close()

    async def holds(self, sha: str) -> bool:
        """Return whether the clone has the commit or tag of that SHA (short or full)."""
        if sha in self._history.graph.place:
            return True
        if not refs.is_sha(sha):
            return False
        found = await self._objects.known(sha, self._what(f"commit {sha[:10]}"))
        return found is not None and found.type in ("commit", "tag")

    async def ref_head(self, ref: str) -> Head | MissingRef:
        """Return where a ref stands in this clone. Of a renamed branch only its present name is known."""
        known = await self.known_refs()
        if known.is_empty:
            raise Empty(f"{self.clone.repo} has no commits in {self._git.name}. Fetch it there once it has.")
        try:
            commit = await self.commit(ref)
        except NotFound:
            commit = None
        if commit is None:
            return MissingRef(name=safe_line(ref, 100))
        return Head(
            repo=self.clone.repo,
            asked=self.clone.repo,
            ref=safe_line(ref, 200),
            sha=commit.sha,
            committed_at=commit.at,
            subject=commit.subject,
        )

    async def known_refs(self) -> refs.Refs:
        """Return branches and tags, read once."""
        if self._refs is None:
            self._refs = asyncio.create_task(self._read_refs())
        return await asyncio.shield(self._refs)

    async def _read_refs(self) -> refs.Refs:
        branches = self.clone.branches
        out = await self._git.read(*refs.arguments(branches), what=self._what("the refs"))
        return refs.parse(out, branches)

    async def branch_point(self, head: Head, when: dt.datetime, recorded: Sequence[RefMoment]) -> BranchPoint:
        """Return the commit that a branch held at a moment; see `Source.branch_point`.

        The chain of first parents settles it for any date, but for a branch that was rewritten since an earlier
        refresh saw it: what was pushed when is in no clone.
        """
        before = max((one for one in recorded if one.at <= when), key=lambda one: one.at, default=None)
        after = min((one for one in recorded if one.at > when), key=lambda one: one.at, default=None)
        start, committed_at = (after.sha, after.committed_at) if after else (head.sha, head.committed_at)
        if before is not None and (before.sha == start or before.at == when):
            return BranchPoint(sha=before.sha, source="refresh")
        if committed_at <= when and before is None:
            return BranchPoint(sha=start, source="first parents")
        if not await self.holds(start):
            raise NotInClone(f"Commit {start[:10]} of {self.clone.repo} is not in {self._git.name}. Fetch it there.")
        graph, place = self._history.graph, await self._history.load(start)
        limit = int(when.timestamp())
        first = place
        for at in graph.first_parents(place):
            if graph.dates[at] <= limit:
                found = at
                break
            first = at
        else:
            begun = moment(graph.dates[first])
            raise BeginsLater(f"The history of {head.repo} begins on {begun:%Y-%m-%d}, after {when:%Y-%m-%d}.")
        if before is not None and self._misses(found, before):
            raise NotSettled(
                f"What {head.ref} held on {when:%Y-%m-%d} is not known: the branch was rewritten after "
                f"{before.at:%Y-%m-%d}, when it was at {before.sha[:10]}."
            )
        return BranchPoint(sha=graph.shas[found], source="first parents")

    def _misses(self, found: int, before: RefMoment) -> bool:
        """Return whether the chain from `found` back does not hold the commit that was seen earlier."""
        graph = self._history.graph
        limit = int(before.committed_at.timestamp())
        for at in graph.first_parents(found):
            if graph.shas[at] == before.sha:
                return False
            if graph.dates[at] < limit:
                return True
        return True

    async def commit(self, name: str) -> Commit:
        """Return one commit by SHA, short or full, or by a tag's name."""
        known = await self.known_refs()
        what = self._what(f"commit {safe_line(name, 100)}")
        named = known.named(name)
        found = None if named is None else await self._objects.read(f"{named}^{{commit}}", what, _MOST_COMMIT)
        if found is None or found.type != "commit":
            raise NotInClone(
                f"{what[:1].upper()}{what[1:]} is not in {self._git.name}. Check the SHA, or fetch it there."
            )
        return parse_commit(found.sha, found.data, web=self._web, repo=self.clone.repo)

    async def tree(self, sha: str) -> Tree:
        """Return every path of a commit."""
        what = self._what(f"the tree of {safe_line(sha[:10])}")
        if not await self.holds(sha):
            raise NotInClone(f"{what[:1].upper()}{what[1:]} is not in {self._git.name}. Fetch it there.")
        out = await self._git.read(*trees.ARGUMENTS, sha, what=what)
        return await asyncio.to_thread(self._trees.parse, sha, out)

    async def blob(self, sha: str) -> bytes:
        """Return a file's bytes. `TooLarge` above 1 MB, `NotInClone` where the clone was made without it."""
        what = self._what(f"file {safe_line(sha[:10])}")
        found = await self._objects.read(sha, what, MOST_BLOB)
        if found is None or found.type != "blob":
            if self._git.partial:
                raise git_failures.lacking(what, self._git.name)
            raise git_failures.damaged(self._git.name, f"{what} is missing")
        if found.size > MOST_BLOB:
            raise TooLarge(
                f"{what[:1].upper()}{what[1:]} is larger than {MOST_BLOB / 1e6:g} MB, which is not read. "
                "Pick a smaller one.",
                found.size,
            )
        return found.data

    async def missing(self, shas: list[str]) -> list[str]:
        """Return those of some objects that the clone does not hold."""
        found = await self._objects.all_known(shas, self._what("files"))
        return [sha for sha, one in zip(shas, found, strict=True) if one is None]

    async def commits(self, head: str, path: str, since: dt.date) -> Commits:
        """Return the commits that touched a path; see `Source.commits`. All of them are listed."""
        return await self._history.commits(head, path, since)

    async def tags(self, prefix: str) -> tuple[Tag, ...]:
        """Return every tag whose name starts so."""
        return (await self.known_refs()).tags_from(prefix)

    async def dated_tag(self, tag: Tag) -> DatedTag:
        """Return the commit that a tag names and when the tag was made."""
        if not tag.annotated:
            made = await self._commit_at(tag.sha, tag)
            return DatedTag(name=tag.name, sha=made.sha, at=made.at)
        raw, at = RawTag(tag.sha, "tag", None), None
        for _ in range(_MOST_NESTED):
            raw = parse_tag((await self._object(raw.target, f"tag {tag.name}")).data)
            at = at or raw.at
            if raw.type != "tag":
                break
        commit = await self._commit_at(raw.target, tag) if raw.type == "commit" else None
        if commit is None:
            raise self._no_commit(tag)
        return DatedTag(name=tag.name, sha=commit.sha, at=at or commit.at)

    async def _commit_at(self, sha: str, tag: Tag) -> Commit:
        found = await self._object(sha, f"tag {tag.name}")
        if found.type != "commit":
            raise self._no_commit(tag)
        return parse_commit(found.sha, found.data, web=self._web, repo=self.clone.repo)

    def _no_commit(self, tag: Tag) -> NotFound:
        return NotFound(f"Tag {tag.name} of {self.clone.repo} names no commit. Leave it out of the probe's `line`.")

    async def _object(self, sha: str, what: str) -> Object:
        found = await self._objects.read(sha, self._what(what), _MOST_COMMIT)
        if found is None:
            raise NotInClone(f"{self._what(what).capitalize()} is not in {self._git.name}. Fetch it there.")
        return found

    async def compare(self, base: str, head: str, *, files: bool = True) -> Comparison:
        """Return what lies between two commits; see `Source.compare`.

        Every file is counted, however many there are. A renamed one counts once; where the clone was made without
        files' contents, only one that was renamed without a change is known to be.
        """
        what = self._what(f"the comparison of {safe_line(base[:10])} with {safe_line(head[:10])}")
        counted, merge_base = await asyncio.gather(
            self._git.read("rev-list", "--left-right", "--count", f"{base}...{head}", "--", what=what),
            self._git.read("merge-base", base, head, what=what, allow=(0, 1)),
        )
        if not merge_base.strip():
            raise NotFound(f"{what[:1].upper()}{what[1:]} was not found: they have no common history.")
        behind, ahead = (int(word) for word in counted.split())
        changed = await self._changed_files(merge_base.decode("ascii").split()[0], head, what) if files else 0
        return Comparison(
            base=base,
            head=head,
            commits=ahead,
            behind=behind,
            files=changed,
            url=links.compare_url(self._web, self.clone.repo, base, head),
        )

    async def _changed_files(self, base: str, head: str, what: str) -> int:
        if base == head:
            return 0
        args = ["-r", "-z", "--name-only", "-l1000", "--no-ext-diff", "--no-textconv", "--ignore-submodules=none"]
        if not self._git.partial:
            done = await self._git.run(["diff-tree", *args, "--find-renames", base, head, "--"], what=what)
            if done.status == 0:
                return done.out.count(b"\0")
        # Some file's contents are missing. What was renamed without a change is known by its SHA alone.
        out = await self._git.read("diff-tree", *args, "--find-renames=100%", base, head, "--", what=what)
        return out.count(b"\0")

    def _what(self, thing: str) -> str:
        return f"{thing} of {self.clone.repo}"
