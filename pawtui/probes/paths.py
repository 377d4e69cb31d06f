"""`paths`: do these paths exist, or not exist, at the head?"""

from __future__ import annotations

from pawtui.probes.look import Look, homes
from pawtui.probes.reading import Evidence, ProbeReading, State
from pawtui.probes.rules import listed
from pawtui.sources import links
from pawtui.sources.facts import Entry
from pawtui.tracker.model import PathsProbe


def rule(probe: PathsProbe) -> str:
    """The rule in words."""
    wishes = [f"{' or '.join(homes(wish))} exists" for wish in probe.exist]
    wishes += [f"{' or '.join(homes(wish))} does not exist" for wish in probe.absent]
    return f"met when {listed(wishes)}"


def _there(look: Look, path: str, found: Entry) -> Evidence:
    url = look.folder_url(path) if found.type == "tree" else look.file_url(path)
    return Evidence(text=f"{path}  is there", url=url, pin=look.pin(path))


def _missing(look: Look, path: str) -> Evidence:
    """What can be opened of a path that is not there: the commits that touched it, the one that took it away first."""
    url = links.history_url(look.web, look.head.repo, look.head.sha, path)
    return Evidence(text=f"{path}  is not there: its history", url=url)


async def measure(probe: PathsProbe, look: Look) -> ProbeReading:
    """Each wanted path counts where one of its alternatives exists; partly when some of the wishes hold."""
    evidence: list[Evidence] = []
    facts: dict[str, object] = {}
    held, wrong = 0, []
    for wanted, wishes in ((True, probe.exist), (False, probe.absent)):
        for wish in wishes:
            there = [(path, found) for path in homes(wish) if (found := await look.entry(path))]
            facts[wish] = there[0][1].sha if there else None
            evidence += [_there(look, path, found) for path, found in there]
            if not there:
                evidence += [_missing(look, path) for path in homes(wish)]
            if bool(there) == wanted:
                held += 1
            else:
                wrong.append(f"{wish} is {'missing' if wanted else 'still there'}")
    state: State = "met" if not wrong else "partly" if held else "unmet"
    said = "; ".join(wrong) if wrong else (f"{listed(probe.exist)} there" if probe.exist else "none of them is left")
    return ProbeReading(
        kind="paths", state=state, said=said, rule=rule(probe), facts={"paths": facts}, evidence=tuple(evidence)
    )
