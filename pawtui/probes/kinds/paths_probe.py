"""`paths`: do these paths exist, or not exist, at the head?"""

import msgspec

from pawtui.phrases import join_names
from pawtui.probes.context import ProbeContext
from pawtui.probes.probe_evidence import file_evidence, folder_evidence, not_listed
from pawtui.probes.probe_facts import PathsFacts
from pawtui.probes.reading import Evidence, Finding
from pawtui.probes.repo_reader import RepoReader, alternatives
from pawtui.probes.state import State
from pawtui.sources import globs, links
from pawtui.sources.facts import TreeEntry
from pawtui.tracker.probe_types import PathsProbe
from pawtui.tracker.tracker_types import Policy

_SHOWN = 6  # limit of shown files per glob


def rule(probe: PathsProbe, _policy: Policy) -> str:
    wanted = [f"{' or '.join(alternatives(path))} exists" for path in probe.exist]
    wanted += [f"{' or '.join(alternatives(path))} does not exist" for path in probe.absent]
    return f"met when {join_names(wanted)}"


async def measure(probe: PathsProbe, _context: ProbeContext, reader: RepoReader) -> Finding:
    """Return the finding: a path exists if any alternative exists; partial if some of the paths that must exist do.

    Without such paths, it is partial if some of the others do not exist.
    """
    evidence: list[Evidence] = []
    facts: dict[str, str | None] = {}
    gaps: list[str] = []
    has_progress = False
    wrong: list[str] = []
    for is_wanted, paths in ((True, probe.exist), (False, probe.absent)):
        for path in paths:
            matched = [match for each in alternatives(path) for match in await reader.entries(each, folders=True)]
            facts[path] = matched[0][1].sha if matched else None
            evidence += [_present(reader, name, entry) for name, entry in matched[:_SHOWN]]
            gaps += not_listed(len(matched), "more file", _SHOWN, of=path)
            if not matched:
                evidence += [_missing(reader, each) for each in alternatives(path)]
            if bool(matched) != is_wanted:
                wrong.append(f"{path} {'is missing' if is_wanted else 'still exists'}")
            elif is_wanted or not probe.exist:
                # The absence of a path is no progress next to paths that must exist: it was true before any work.
                has_progress = True
    state: State = "met"
    if wrong:
        state = "partial" if has_progress else "unmet"
    names = probe.exist or probe.absent
    one, more = ("exists", "exist") if probe.exist else ("does not exist", "do not exist")
    summary = "; ".join(wrong) or f"{join_names(names)} {one if len(names) == 1 else more}"
    return Finding(
        state=state, summary=summary, facts=PathsFacts(paths=facts), evidence=tuple(evidence), gaps=tuple(gaps)
    )


def _present(reader: RepoReader, path: str, entry: TreeEntry) -> Evidence:
    text = f"{path}  exists"
    if entry.type == "tree":
        return folder_evidence(reader, text, path)
    evidence = file_evidence(reader, text, path)
    if entry.type == "commit":
        # A submodule has no page in this repository, but it has a history.
        url = links.history_url(reader.web, reader.head.repo, reader.head.sha, path)
        return msgspec.structs.replace(evidence, url=url)
    return evidence


def _missing(reader: RepoReader, path: str) -> Evidence:
    """Return the evidence of a missing path: its history, with the removing commit first."""
    folder = globs.fixed_folder(path)
    if not folder:
        return Evidence(text=f"{path}  does not exist")
    url = links.history_url(reader.web, reader.head.repo, reader.head.sha, folder)
    return Evidence(text=f"{path}  does not exist; the link shows its history", url=url)
