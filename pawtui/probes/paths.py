"""`paths`: do these paths exist, or not exist, at the head?"""

from __future__ import annotations

from pawtui.probes.look import Look, homes
from pawtui.probes.reading import Evidence, ProbeReading, State
from pawtui.probes.rules import listed
from pawtui.sources import links
from pawtui.sources.facts import Entry
from pawtui.tracker.model import PathsProbe


def _evidence(look: Look, path: str, found: Entry) -> Evidence:
    folder = links.tree_url(look.web, look.head.repo, look.head.sha, path)
    url = folder if found.type == "tree" else look.file_url(path)
    return Evidence(text=f"{path}  is there", url=url, pin=look.pin(path))


async def measure(probe: PathsProbe, look: Look) -> ProbeReading:
    """Each wanted path counts where one of its alternatives exists; partly when some of the wishes hold."""
    evidence: list[Evidence] = []
    facts: dict[str, object] = {}
    held, wrong = 0, []
    for wish in (*probe.exist, *probe.absent):
        wanted = wish in probe.exist
        there = [(path, found) for path in homes(wish) if (found := await look.entry(path))]
        facts[wish] = there[0][1].sha if there else None
        evidence += [_evidence(look, path, found) for path, found in there]
        if bool(there) == wanted:
            held += 1
        else:
            wrong.append(f"{wish} is {'missing' if wanted else 'still there'}")
    state: State = "met" if not wrong else "partly" if held else "unmet"
    wishes = [f"{path} exists" for path in probe.exist] + [f"{path} does not exist" for path in probe.absent]
    said = "; ".join(wrong) if wrong else (f"{listed(probe.exist)} there" if probe.exist else "none of them is left")
    return ProbeReading(
        kind="paths",
        state=state,
        said=said,
        rule=f"met when {listed(wishes)}",
        facts={"paths": facts},
        evidence=tuple(evidence),
    )
