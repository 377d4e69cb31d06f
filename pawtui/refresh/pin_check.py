"""Compare every recorded pin with the trees that a refresh has fetched."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from msgspec.structs import replace

from pawtui.phrases import short_sha
from pawtui.probes.context import ProbeContext
from pawtui.probes.unmeasurable import Unmeasurable
from pawtui.refresh.file_check import FileCheck
from pawtui.refresh.file_drift import NO_SUCH_PATH, HeadFiles, PinnedFile
from pawtui.refresh.issue_check import check_issues
from pawtui.refresh.pins import Pin, PinError, parse_pin, pin_or_none
from pawtui.refresh.refresh_types import LINK_SUMMARY, SEE_ERRORS, Drift, RefreshBaseline, other_repo_summary
from pawtui.sources.facts import Commit, Head, Tree
from pawtui.sources.source_errors import SourceError

_MAX_NEW_COMMITS = 20  # pinned commits that are read for the first time in one refresh, one request each
MAX_OLD_TREES = 24  # limit of older commits' trees read in one refresh, most of them from the cache

# A head and its tree; None if the tree could not be fetched.
HeadTree = tuple[Head, Tree | None]


async def check_pins(
    baseline: RefreshBaseline, context: ProbeContext, heads: Sequence[HeadTree]
) -> tuple[tuple[Drift, ...], Mapping[str, str]]:
    """Return the drift of every pin, and newly found pinned states (`RefreshBaseline`).

    `heads` are the upstream's and the downstream's. Any number of pins costs few requests. The fetched trees are enough
    for all files. At most one request fetches the tree of an older pinned commit to find its files, and one finds the
    commit that changed a file; later refreshes do the rest. Lines of a changed file cost two requests, once; a file
    that was moved or renamed costs up to seven. A pinned commit costs one request, once. Known issues cost one request
    per repository.
    """
    # A tree that could not be fetched lists nothing: any path may exist.
    heads_with_trees = [(head, tree or Tree(sha=head.sha, entries={}, truncated=True)) for head, tree in heads]
    head_files = [HeadFiles(head, tree, context.upstream.web) for head, tree in heads_with_trees]
    return await _PinCheck(baseline, context, head_files).check()


@dataclass(frozen=True, eq=False)
class _PinCheck:
    """The check of the baseline's pins against the heads of the upstream and the downstream."""

    baseline: RefreshBaseline
    context: ProbeContext
    heads: Sequence[HeadFiles]

    async def check(self) -> tuple[tuple[Drift, ...], dict[str, str]]:
        """Return the drift of each pin, and newly found pinned states."""
        source, error_log = self.context.source, self.context.error_log
        found_states = {**await self._find_file_states(), **await self._read_commits()}
        pinned_states = {**self.baseline.pinned_states, **found_states}
        pinned_files = [
            PinnedFile(text, pin, head_files, pinned_states.get(text))
            for text, pin in self._pins.items()
            if pin.kind == "file"
            for head_files in self._heads_of(pin)
        ]
        (by_issue, issue_states), drifts = await asyncio.gather(
            check_issues(self.baseline, source, error_log), asyncio.gather(*map(self._check_file, pinned_files))
        )
        by_file = dict(zip(pinned_files, drifts, strict=True))
        by_file |= await self._add_newest_commits(by_file)
        by_pin = _worst_by_pin(by_file) | by_issue
        every_drift = (by_pin.get(text) or self._other_drift(text, pinned_states) for text in self.baseline.pins)
        return tuple(every_drift), {**found_states, **issue_states}

    async def _check_file(self, file: PinnedFile) -> Drift:
        """Return the drift of a file; it failed if the path may be at the head, but is not listed."""
        by_trees = file.compare_trees()
        if by_trees is not None:
            return await FileCheck(file, by_trees, self.context.source, self.context.error_log).drift()
        head, tree = file.head_files.head, file.head_files.tree
        doubt = self.context.upstream.doubt if file.head_files is self.heads[0] else ""
        cut = f"the list of paths at {short_sha(head.sha)} was cut short" if tree.entries else ""
        summary = f"could not be checked: {doubt or cut or SEE_ERRORS}"
        return Drift(pin=file.pin_text, state="unchecked", summary=summary, failed=True)

    @cached_property
    def _pins(self) -> dict[str, Pin]:
        """The valid pins by their texts."""
        return {text: pin for text in self.baseline.pins if (pin := pin_or_none(text))}

    def _heads_of(self, pin: Pin) -> Sequence[HeadFiles]:
        """Return the heads to compare a pin with: that of its repository, if it is one of the tracker's.

        If both heads are branches of one repository, it is the head of the branch where a refresh found the pinned
        commit, or both if none or both had it.
        """
        in_repository = [each for each in self.heads if pin.repo.lower() in each.repo_names]
        up, down = self.heads
        if not in_repository or up.head.repo.lower() != down.head.repo.lower():
            return in_repository
        branches = zip(self.heads, self._shas_of_branches, strict=True)
        with_commit = [each for each, shas in branches if any(sha.startswith(pin.sha) for sha in shas)]
        return with_commit or self.heads

    @cached_property
    def _shas_of_branches(self) -> tuple[set[str], set[str]]:
        """The commits of the upstream's and of the downstream's branch that refreshes found."""
        up, down = self.heads
        earlier = self.baseline.ordinary
        return (
            {up.head.sha, *(refresh.upstream.sha for refresh in earlier)},
            {down.head.sha, *(refresh.downstream.sha for refresh in earlier)},
        )

    def _other_drift(self, text: str, pinned_states: Mapping[str, str]) -> Drift:
        """Return the drift of a pin to a commit or another repository, of a link, or of an invalid pin."""
        try:
            pin = parse_pin(text)
        except PinError as error:
            return Drift(pin=text, state="unchecked", summary=str(error))
        if pin.kind == "url":
            return Drift(pin=text, state="unchecked", summary=LINK_SUMMARY)
        if pin.kind == "commit" and text in pinned_states:
            return Drift(pin=text, state="fresh", summary="a commit never changes")
        if not self._heads_of(pin):
            return Drift(pin=text, state="unchecked", summary=other_repo_summary(pin.repo))
        return Drift(pin=text, state="unchecked", summary="the commit was not read yet", failed=True)

    async def _find_file_states(self) -> dict[str, str]:
        """Return, by pin, the blob SHA of its file when it was made, if it is not recorded yet and a tree has it."""
        states: dict[str, str] = {}
        # By repository and SHA of an older commit: the paths of the pins.
        older: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
        for text, pin in self._new_pins("file").items():
            heads = self._heads_of(pin)
            pinned_head = next((each for each in heads if each.is_commit_of(pin)), None)
            if pinned_head is None:
                older[heads[0].head.repo, pin.sha][text] = pin.path
            else:
                states |= _states_in(pinned_head.tree, {text: pin.path})
        # Commits with the most pins first. Cached trees cost nothing; stop after the first tree that costs a request.
        source = self.context.source
        sent = source.usage().sent
        for (repo, sha), paths in sorted(older.items(), key=lambda item: -len(item[1]))[:MAX_OLD_TREES]:
            if source.usage().sent > sent:
                break
            tree = await self.context.error_log.value_or_none(source.tree(repo, sha))
            if tree is not None:
                states |= _states_in(tree, paths)
        return states

    def _new_pins(self, kind: Literal["file", "commit"]) -> dict[str, Pin]:
        """Return the pins of one kind to the repositories of the heads whose pinned state is not recorded yet."""
        new = {text: pin for text, pin in self._pins.items() if text not in self.baseline.pinned_states}
        return {text: pin for text, pin in new.items() if pin.kind == kind and self._heads_of(pin)}

    async def _read_commits(self) -> dict[str, str]:
        """Return the full SHA of each pinned commit that is read for the first time: a wrong SHA is no evidence."""
        source, error_log = self.context.source, self.context.error_log
        new = self._new_pins("commit")
        states = {
            text: head_files.head.sha
            for text, pin in new.items()
            for head_files in self._heads_of(pin)
            if head_files.is_commit_of(pin)
        }
        unread = [(text, pin) for text, pin in new.items() if text not in states]
        if len(unread) > _MAX_NEW_COMMITS:
            error_log.add("Some pinned commits were not read yet. Refresh again to read more of them.")
        first = unread[:_MAX_NEW_COMMITS]
        reads = [error_log.value_or_none(source.commit(pin.repo, pin.sha)) for _, pin in first]
        commits = zip(first, await asyncio.gather(*reads), strict=True)
        # A branch or tag may have a name that looks like a short SHA.
        return states | {
            text: commit.sha for (text, pin), commit in commits if commit and commit.sha.startswith(pin.sha)
        }

    async def _add_newest_commits(self, drifts: Mapping[PinnedFile, Drift]) -> dict[PinnedFile, Drift]:
        """Return the drifts of changed files with their newest commits: from the probes' lists, and by one request."""
        listed = {path for paths in self.context.tracker.surfaces.values() for path in paths}
        newest: dict[tuple[HeadFiles, str], Commit | None] = {}
        with_commit: dict[PinnedFile, Drift] = {}
        source = self.context.source
        sent = source.usage().sent
        for file, drift in drifts.items():
            # The newest commit on the old path removed it.
            if drift.state != "changed" or file.entry is None:
                continue
            key = file.head_files, file.pin.path
            # A probe lists the commits of this path anyway.
            costs_nothing = file.head_files is self.heads[0] and file.pin.path in listed
            if key not in newest and (costs_nothing or source.usage().sent <= sent):
                newest[key] = await self._newest_commit(file)
            if (commit := newest.get(key)) is not None:
                label = f"{short_sha(commit.sha)} {commit.subject}"
                what = "folder" if file.entry.type == "tree" else "file"
                # The commit did not always make the change: it may have touched other lines, or be older after a reset.
                summary = f"{drift.summary}; last commit on the {what}: {label}"
                with_commit[file] = replace(drift, summary=summary, by=commit.sha)
        return with_commit

    async def _newest_commit(self, file: PinnedFile) -> Commit | None:
        """Return the newest commit on a file; None if it is not known, which only shortens the summary."""
        upstream, head, path = self.context.upstream, file.head_files.head, file.pin.path
        try:
            if file.head_files is self.heads[0]:
                commits = await upstream.commits(path)
            else:
                commits = await self.context.source.commits(head.repo, head.sha, path, upstream.history_start)
        except (SourceError, Unmeasurable):
            return None
        return commits.items[0] if commits.items else None


def _worst_by_pin(drifts: Mapping[PinnedFile, Drift]) -> dict[str, Drift]:
    """Return one drift for each pin: of two branches, that by which the pin is stale, else that which failed."""
    # The last drift of each pin stays.
    ordered = sorted(drifts, key=lambda file: (drifts[file].is_stale, drifts[file].failed))
    return {file.pin_text: drifts[file] for file in ordered}


def _states_in(tree: Tree, paths: Mapping[str, str]) -> dict[str, str]:
    """Return, by pin, the blob SHA of its path in a tree, or `NO_SUCH_PATH`; omit paths that a cut tree may have."""
    return {
        text: tree.entries[path].sha if path in tree.entries else NO_SUCH_PATH
        for text, path in paths.items()
        if path in tree.entries or not tree.truncated
    }
