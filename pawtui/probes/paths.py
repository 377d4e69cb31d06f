"""`paths`: do these paths exist, or not exist, at the head?"""

from __future__ import annotations

from pawtui.probes.context import ProbeContext, alternatives
from pawtui.probes.reading import Evidence, ProbeReading, State
from pawtui.probes.rules import join_names
from pawtui.sources import links
from pawtui.sources.facts import Entry
from pawtui.tracker.model import PathsProbe


def rule(probe: PathsProbe) -> str:
    """The rule in words."""
    wishes = [f"{' or '.join(alternatives(layout_request))} exists" for layout_request in probe.exist]
    wishes += [f"{' or '.join(alternatives(layout_request))} does not exist" for layout_request in probe.absent]
    return f"met when {join_names(wishes)}"


def _there(context: ProbeContext, path: str, found: Entry) -> Evidence:
    url = context.folder_url(path) if found.type == "tree" else context.file_url(path)
    return Evidence(text=f"{path}  is there", url=url, pin=context.pin(path))


def _missing(context: ProbeContext, path: str) -> Evidence:
    """What can be opened of a path that is not there: the commits that touched it, the one that took it away first."""
    url = links.history_url(context.web, context.head.repo, context.head.sha, path)
    return Evidence(text=f"{path}  is not there: its history", url=url)


async def measure(probe: PathsProbe, context: ProbeContext) -> ProbeReading:
    """Each wanted path counts where one of its alternatives exists; partial when some of the wishes hold."""
    evidence: list[Evidence] = []
    facts: dict[str, object] = {}
    held, wrong = 0, []
    for wanted, wishes in ((True, probe.exist), (False, probe.absent)):
        for layout_request in wishes:
            there = [(path, found) for path in alternatives(layout_request) if (found := await context.entry(path))]
            facts[layout_request] = there[0][1].sha if there else None
            evidence += [_there(context, path, found) for path, found in there]
            if not there:
                evidence += [_missing(context, path) for path in alternatives(layout_request)]
            if bool(there) == wanted:
                held += 1
            else:
                wrong.append(f"{layout_request} is {'missing' if wanted else 'still there'}")
    state: State = "met" if not wrong else "partial" if held else "unmet"
    summary = (
        "; ".join(wrong) if wrong else (f"{join_names(probe.exist)} there" if probe.exist else "none of them is left")
    )
    return ProbeReading(
        kind="paths", state=state, summary=summary, rule=rule(probe), facts={"paths": facts}, evidence=tuple(evidence)
    )
