"""`text`: does this pattern stand in this file at the head?"""

from __future__ import annotations

from pawtui.probes.look import Look, homes
from pawtui.probes.pattern import first_match
from pawtui.probes.reading import Evidence, ProbeReading, State
from pawtui.sources.text import safe_line
from pawtui.tracker.model import TextProbe


async def measure(probe: TextProbe, look: Look) -> ProbeReading:
    """The first alternative that exists is read; a file that is gone is never `met`, whatever was expected of it."""
    path, found = await look.home(homes(probe.file))
    text = await look.blob_text(path, found)
    match = await first_match(probe.pattern, text)
    state: State = "met" if (match is not None) == (probe.expect == "present") else "unmet"
    rule = f"met when {probe.pattern!r} {'stands' if probe.expect == 'present' else 'does not stand'} in {path}"
    facts: dict[str, object] = {"file": path, "blob": found.sha, "line": None, "text": None}
    if match is None:
        evidence = Evidence(text=f"{path}  has no match", url=look.file_url(path), pin=look.pin(path))
        return ProbeReading(
            kind="text", state=state, said=f"not in {path}", rule=rule, facts=facts, evidence=(evidence,)
        )
    line, matched = match
    shown = safe_line(matched)
    evidence = Evidence(text=f"{path}:{line}  {shown}", url=look.file_url(path, line), pin=look.pin(path, line))
    return ProbeReading(
        kind="text",
        state=state,
        said=f"in {path} at line {line}",
        rule=rule,
        facts=facts | {"line": line, "text": shown},
        evidence=(evidence,),
    )
