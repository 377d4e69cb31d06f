"""`text`: does this pattern match in these files at the head?"""

from collections.abc import Sequence
from typing import NamedTuple

from msgspec.structs import replace

from pawtui.phrases import counted, join_names, quote_pattern
from pawtui.probes.context import ProbeContext
from pawtui.probes.file_text import first_match_in_file, unread_comments, without_comments
from pawtui.probes.parsers.discards import find_deletion
from pawtui.probes.pattern import LineMatch, first_match
from pawtui.probes.probe_evidence import file_evidence
from pawtui.probes.probe_facts import TextFacts
from pawtui.probes.reading import Finding
from pawtui.probes.repo_reader import RepoReader, alternatives
from pawtui.probes.state import State
from pawtui.probes.unmeasurable import Unmeasurable
from pawtui.sources.facts import TreeEntry
from pawtui.sources.sanitize import safe_line
from pawtui.tracker.probe_types import TextProbe
from pawtui.tracker.tracker_types import Policy

_MAX_FILES = 12  # limit of files that one probe reads, one request each the first time


def rule(probe: TextProbe, _policy: Policy) -> str:
    names = [" or ".join(alternatives(path)) for path in _paths_of(probe)]
    where = join_names(names)
    is_wanted = probe.expect == "present"
    if probe.discards:
        verb = "delete" if is_wanted else "do not delete"
        return f"met when the statements of {where} {verb} rows of tables named {quote_pattern(probe.discards)}"
    if len(names) > 1:
        return f"met when {'any' if is_wanted else 'none'} of {where} matches {quote_pattern(probe.pattern)}"
    return f"met when {where} {'matches' if is_wanted else 'does not match'} {quote_pattern(probe.pattern)}"


def _paths_of(probe: TextProbe) -> tuple[str, ...]:
    """Return the paths of the tracker, each perhaps `a | b` or a glob."""
    return (probe.file,) if probe.file else probe.files


class _Match(NamedTuple):
    """The facts of the first match, or those without a match, and gaps.

    `cause` is the gap because of which the match proves nothing: only comments of the file match.
    """

    facts: TextFacts
    gaps: tuple[str, ...] = ()
    cause: str = ""


async def measure(probe: TextProbe, _context: ProbeContext, reader: RepoReader) -> Finding:
    """Return the finding from every file; a missing file is never `met`."""
    files = await _find_files(probe, reader)
    names = tuple(path for path, _ in files)
    (first, entry), pattern = files[0], probe.pattern or probe.discards
    without_match = TextFacts(files=names, file=first, blob=entry.sha, pattern=pattern, expect=probe.expect)
    facts, gaps, cause = await _first_match_in(probe, reader, files, without_match)
    is_wanted = probe.expect == "present"
    if facts.line is not None:
        summary = f"{'match' if is_wanted else 'unwanted match'} in {facts.file} at line {facts.line}"
        evidence = [file_evidence(reader, f"{facts.file}:{facts.line}  {facts.text}", facts.file, facts.line)]
    else:
        summary = f"no match in {first}" if len(files) == 1 else f"no match in {counted(len(files), 'file')}"
        evidence = [file_evidence(reader, f"{name}  has no match", name) for name in names]
    state: State = "met" if (facts.line is not None) == is_wanted else "unmet"
    return Finding(
        state="unknown" if cause else state,
        summary=summary,
        facts=facts,
        evidence=tuple(evidence),
        cause=cause,
        gaps=gaps,
    )


async def _find_files(probe: TextProbe, reader: RepoReader) -> list[tuple[str, TreeEntry]]:
    """Return the files to read: for each path of the probe the first existing alternative, for a glob all matches."""
    files: dict[str, TreeEntry] = {}
    for path in _paths_of(probe):
        files |= dict(await reader.first_entries(alternatives(path)))
    if len(files) > _MAX_FILES:
        raise Unmeasurable(
            f"{len(files)} files match {join_names(_paths_of(probe))}, and at most {_MAX_FILES} are read. "
            "Name fewer files"
        )
    return list(files.items())


async def _first_match_in(
    probe: TextProbe, reader: RepoReader, files: Sequence[tuple[str, TreeEntry]], without_match: TextFacts
) -> _Match:
    """Return the first match in these files, which are read in order until one matches, or `without_match`.

    A match only in comments is returned if no other file matches. That of a deletion has its description as text.
    """
    in_comments = None
    for path, entry in files:
        content = await reader.blob_text(path, entry)
        if probe.discards:
            deletion = await find_deletion(content, path, probe.discards)
            found = LineMatch(deletion.line, safe_line(deletion.description)) if deletion else None
        else:
            found = await first_match_in_file(probe.pattern, path, content, probe.read)
        if found:
            facts = replace(without_match, file=path, blob=entry.sha, line=found.line, text=found.text)
            gaps, cause = await _comment_gaps(probe, path, content)
            if not cause:
                return _Match(facts, gaps)
            in_comments = in_comments or _Match(facts, gaps, cause)
    return in_comments or _Match(without_match)


async def _comment_gaps(probe: TextProbe, path: str, content: str) -> tuple[tuple[str, ...], str]:
    """Return the gaps of a match that may be in a comment, and the cause if only comments match.

    Raises `Unmeasurable` if it is not known which text is in comments.
    """
    if probe.discards or probe.read == "sql" or probe.expect == "absent":
        return (), ""
    if await first_match(probe.pattern, await without_comments(path, content)):
        return unread_comments(path), ""
    cause = f"only comments of {path} match: the code may be disabled, or planned"
    return (cause,), cause
