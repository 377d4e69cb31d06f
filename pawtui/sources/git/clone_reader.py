"""Read the facts of one clone, without network. A missing object raises `NotInClone`."""

import asyncio
import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from pawtui.phrases import capitalized, short_sha
from pawtui.repo_names import branch_name
from pawtui.sources import facts
from pawtui.sources.dates import day_start, epoch_to_date
from pawtui.sources.git import git_errors
from pawtui.sources.git.clone import Clone, is_sha, open_clone
from pawtui.sources.git.clone_history import CloneHistory
from pawtui.sources.git.graph import NO_COMMIT
from pawtui.sources.git.objects import LIST_TREE, MAX_COMMIT, ObjectReader, parse_commit, parse_tag, parse_tree_list
from pawtui.sources.past_head_search import (
    begin_search,
    begins_later_error,
    is_unordered,
    rewritten_error,
    unordered_error,
)
from pawtui.sources.protocol import MAX_BLOB
from pawtui.sources.sanitize import safe_line
from pawtui.sources.source_errors import NoCommonAncestor, NotFound, NotInClone, SourceError, TooLarge

_MAX_TREES = 8  # cached trees


class CloneReader:
    """Reads the facts of `Source` from one clone. `listed_paths` are those whose commits will be listed.

    Methods may run at the same time. Nothing is cached on disk.
    """

    def __init__(self, clone: Clone, listed_paths: Sequence[str] = ()) -> None:
        self.clone = clone
        self._git = clone.git
        self._objects = ObjectReader(clone.git)
        self._history = CloneHistory(clone.git, clone.repo, listed_paths)
        # The last trees that were read. The next tree is built from one of them, and shares its entries.
        self._known_trees: dict[str, facts.Tree] = {}

    async def close(self) -> None:
        await self._objects.close()

    async def contains(self, *shas: str) -> bool:
        """Return whether the clone has the commits or tags with these SHAs (short or full)."""
        for sha in shas:
            if sha in self._history.graph.index:
                continue
            if not is_sha(sha):
                return False
            # Commits are small, and the process that reads contents runs anyway.
            raw = await self._objects.read(sha, f"commit {short_sha(sha)} of {self.clone.repo}", MAX_COMMIT)
            if raw is None or raw.type not in ("commit", "tag"):
                return False
        return True

    async def _require(self, *shas: str) -> None:
        """Raise `NotInClone` if the clone lacks one of these commits: git's own error may not name it."""
        for sha in shas:
            if not await self.contains(sha):
                what = f"commit {safe_line(short_sha(sha))} of {self.clone.repo}"
                raise git_errors.missing_object_error(what, self._git.name)

    async def ref_head(self, ref: str) -> facts.Head | facts.MissingRef:
        """Return the head of a ref in this clone. A renamed branch is found only by its current name."""
        try:
            commit = await self.commit(ref)
        except NotFound:
            return facts.MissingRef(name=safe_line(ref, 100))
        return facts.Head(
            repo=self.clone.repo,
            requested_repo=self.clone.repo,
            ref=safe_line(ref, 200),
            sha=commit.sha,
            committed_at=commit.at,
        )

    async def past_head(
        self, head: facts.Head, when: dt.datetime, recorded: Sequence[facts.RecordedHead]
    ) -> facts.PastHead:
        """Return the head of a branch at a past time; see `Source.past_head`.

        The first parents give it for any date, except for a branch that was rewritten since an earlier refresh: a clone
        does not contain the times of pushes.
        """
        search = begin_search(head, when, recorded)
        if isinstance(search, facts.PastHead):
            return search
        graph, before = self._history.graph, search.before
        await self._require(search.start)
        start_commit = await self._history.load(search.start)
        limit, branch = int(when.timestamp()), branch_name(head.ref)

        def is_early_enough(commit: int) -> bool:
            # A date of 1970 or earlier is not usable: such a commit is skipped, unless it is the root commit.
            return graph.dates[commit] <= limit and (graph.dates[commit] > 0 or not graph.parents[commit])

        past_head = next(filter(is_early_enough, graph.heads_of(branch, start_commit)), None)
        if past_head is None:
            *_, first = graph.heads_of(branch, start_commit)
            raise begins_later_error(head.repo, epoch_to_date(graph.dates[first]), when)
        # If no ancestor is later, no first parent is.
        if graph.newest[past_head] > limit:
            dates = (graph.dates[commit] for commit in graph.heads_of(branch, past_head))
            if is_unordered(dates, when):
                raise unordered_error(head, when)
        if before is not None and graph.index.get(before.sha, NO_COMMIT) not in graph.heads_of(branch, past_head):
            raise rewritten_error(head, when, before)
        return facts.PastHead(sha=graph.shas[past_head], found_by="first parents")

    async def commit(self, name: str) -> facts.Commit:
        """Return one commit by SHA, short or full, or by a tag's name."""
        what = f"commit {safe_line(short_sha(name) if is_sha(name) else name, 100)} of {self.clone.repo}"
        target = self.clone.refs.resolve(name)
        raw = None if target is None else await self._objects.read(f"{target}^{{commit}}", what, MAX_COMMIT)
        if raw is None or raw.type != "commit":
            raise NotInClone(f"{capitalized(what)} is not in {self._git.name}. Check the SHA, or fetch it there.")
        return parse_commit(raw.sha, raw.data)

    async def tree(self, sha: str) -> facts.Tree:
        what = f"the tree of {safe_line(short_sha(sha))} of {self.clone.repo}"
        commit = await self._objects.read(f"{sha}^{{commit}}", what, MAX_COMMIT) if is_sha(sha) else None
        if commit is None:
            raise git_errors.missing_object_error(what, self._git.name)
        if commit.sha in self._known_trees:
            return self._known_trees[commit.sha]
        known = self._nearest_tree(commit.sha)
        tree = await self._objects.tree_from(known, commit.sha, what) if known is not None else None
        if tree is None:
            out = await self._git.read(*LIST_TREE, commit.sha, what=what)
            tree = await asyncio.to_thread(parse_tree_list, commit.sha, out)
        self._known_trees[commit.sha] = tree
        while len(self._known_trees) > _MAX_TREES:
            del self._known_trees[next(iter(self._known_trees))]
        return tree

    def _nearest_tree(self, sha: str) -> facts.Tree | None:
        """Return the cached tree of the commit that is nearest in time: it differs least."""
        graph = self._history.graph
        commit = graph.index.get(sha)
        if commit is None or not self._known_trees:
            return next(reversed(self._known_trees.values()), None)

        def distance(known: str) -> float:
            other = graph.index.get(known)
            return abs(graph.dates[other] - graph.dates[commit]) if other is not None else float("inf")

        return self._known_trees[min(self._known_trees, key=distance)]

    async def blob(self, sha: str) -> bytes:
        """Return a file's bytes. Raises `TooLarge` above 1 MB, `NotInClone` if a partial clone lacks the file."""
        what = f"file {safe_line(short_sha(sha))} of {self.clone.repo}"
        raw = await self._objects.read(sha, what, MAX_BLOB)
        if raw is None or raw.type != "blob":
            if self._git.partial:
                raise git_errors.missing_object_error(what, self._git.name, partial=True)
            raise git_errors.damage_error(f"{what} is missing", self._git.name)
        if raw.size > MAX_BLOB:
            raise TooLarge(
                f"{capitalized(what)} is larger than {MAX_BLOB / 1e6:g} MB and is not read. Choose a smaller file."
            )
        return raw.data

    async def commits(self, head: str, path: str, since: dt.date) -> facts.Commits:
        """Return the commits that touched a path; see `Source.commits`. All commits since that day are listed."""
        await self._require(head)
        return await self._history.commits(head, path, since)

    async def glob_commits(self, head: str, glob: str, since: dt.date) -> facts.Commits | None:
        await self._require(head)
        return await self._history.glob_commits(head, glob, since)

    async def tags(self, prefix: str) -> tuple[facts.Tag, ...]:
        return tuple(
            facts.Tag(name=safe_line(name), sha=ref.sha, annotated=ref.type == "tag")
            for name, ref in self.clone.refs.tags.items()
            if name.startswith(prefix)
        )

    async def dated_tag(self, tag: facts.Tag) -> facts.DatedTag:
        what = f"tag {tag.name} of {self.clone.repo}"
        sha, at = tag.sha, None
        if tag.annotated:
            sha, at = parse_tag((await self._objects.require(sha, what)).data)
        raw = await self._objects.require(sha, what)
        if raw.type != "commit":
            raise NotFound(f"{capitalized(what)} is not a tag of a commit. Leave it out of the probe's `line`.")
        commit = parse_commit(raw.sha, raw.data)
        return facts.DatedTag(name=tag.name, sha=commit.sha, at=at or commit.at)

    async def compare(self, base: str, head: str, *, files: bool = True) -> facts.Comparison:
        """Return the comparison of two commits; see `Source.compare`.

        Every changed file is counted. A renamed file counts once. In a clone without file contents, a file that was
        renamed and changed counts twice.
        """
        what = f"the comparison of {safe_line(short_sha(base))} with {safe_line(short_sha(head))} of {self.clone.repo}"
        await self._require(base, head)
        behind = len(await self._history.between(head, base))
        ahead = await self._history.between(base, head)
        merges = sum(len(self._history.graph.parents[commit]) > 1 for commit in ahead)
        merge_base = base
        if behind:
            output = await self._git.read("merge-base", base, head, what=what, allow=(0, 1))
            merge_base = output.decode("ascii").strip()
            if not merge_base:
                raise NoCommonAncestor(what)
        changed = await self._changed_files(merge_base, head, what) if files else 0
        return facts.Comparison(base=base, head=head, commits=len(ahead), behind=behind, merges=merges, files=changed)

    async def _changed_files(self, base: str, head: str, what: str) -> int:
        args = ["-r", "-z", "--name-only", "-l1000", "--no-ext-diff", "--no-textconv", "--ignore-submodules=none"]
        if not self._git.partial:
            result = await self._git.run(["diff-tree", *args, "--find-renames", base, head, "--"], what=what)
            if result.status == 0:
                return result.stdout.count(b"\0")
        # File contents are missing: only renames without a change can be found, by SHA.
        out = await self._git.read("diff-tree", *args, "--find-renames=100%", base, head, "--", what=what)
        return out.count(b"\0")

    async def late_commits(self, base: str, head: str, before: dt.date) -> Mapping[str, dt.datetime]:
        await self._require(base, head)
        commits = await self._history.between(base, head)
        graph, start = self._history.graph, int(day_start(before).timestamp())
        late = (commit for commit in commits if graph.dates[commit] < start)
        return {graph.shas[commit]: epoch_to_date(graph.dates[commit]) for commit in late}


async def tree_in(repo: str, path: Path, sha: str, env: Mapping[str, str]) -> facts.Tree | None:
    """Return a commit's tree from the clone at `path`, or None if it cannot be read."""
    with suppress(SourceError):
        reader = CloneReader(await open_clone(repo, path, env))
        try:
            return await reader.tree(sha)
        finally:
            await reader.close()
    return None
