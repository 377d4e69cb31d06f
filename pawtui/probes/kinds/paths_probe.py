"""`paths`: do these paths exist, or not exist, at the head?"""

from __future__ import annotations

from pawtui.probes.context import ProbeContext
from pawtui.probes.finding import Evidence, Finding, State
from pawtui.probes.probe_facts import PathsFacts
from pawtui.probes.repo_view import RepoView, alternatives
from pawtui.probes.rules import join_names, not_listed
from pawtui.sources import globs, links
from pawtui.sources.facts import Entry
from pawtui.tracker.tracker_types import PathsProbe, Policy

_SHOWN = 6  # files that one glob matches


def rule(probe: PathsProbe, _policy: Policy) -> str:
    """Say the rule in words."""
    wanted = [f"{' or '.join(alternatives(path))} exists" for path in probe.exist]
    wanted += [f"{' or '.join(alternatives(path))} does not exist" for path in probe.absent]
    return f"met when {join_names(wanted)}"


def _present(view: RepoView, path: str, entry: Entry) -> Evidence:
    url = view.folder_url(path) if entry.type == "tree" else view.file_url(path)
    return Evidence(text=f"{path}  exists", url=url, pin=view.pin(path))


def _missing(view: RepoView, path: str) -> Evidence:
    """What can be opened of a missing path: the commits that touched it, the one that removed it first."""
    folder = globs.fixed_folder(path)
    url = links.history_url(view.web, view.head.repo, view.head.sha, folder) if folder else ""
    return Evidence(text=f"{path}  does not exist: its history", url=url)


async def measure(probe: PathsProbe, context: ProbeContext) -> Finding:
    """Each wanted path counts where one of its alternatives exists; partial when some of the wishes hold."""
    view = await context.repo(probe)
    evidence: list[Evidence] = []
    facts: dict[str, str | None] = {}
    gaps: list[str] = []
    held, wrong = 0, []
    for wanted, entries in ((True, probe.exist), (False, probe.absent)):
        for entry in entries:
            found = [one for path in alternatives(entry) for one in await view.found(path)]
            facts[entry] = found[0][1].sha if found else None
            evidence += [_present(view, path, one) for path, one in found[:_SHOWN]]
            gaps += not_listed(len(found), f"more match of {entry}", _SHOWN)
            if not found:
                evidence += [_missing(view, path) for path in alternatives(entry)]
            if bool(found) == wanted:
                held += 1
            else:
                wrong.append(f"{entry} {'is missing' if wanted else 'still exists'}")
    state: State = "met" if not wrong else "partial" if held else "unmet"
    exist = "exists" if len(probe.exist) == 1 else "exist"
    summary = "; ".join(wrong) or (f"{join_names(probe.exist)} {exist}" if probe.exist else "none of them exists")
    return Finding(
        state=state, summary=summary, facts=PathsFacts(paths=facts), evidence=tuple(evidence), gaps=tuple(gaps)
    )
