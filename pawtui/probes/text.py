"""`text`: does this pattern stand in this file at the head?"""

from __future__ import annotations

from pawtui.probes.context import ProbeContext, alternatives
from pawtui.probes.pattern import first_match
from pawtui.probes.reading import Evidence, ProbeReading, State
from pawtui.probes.rules import quote_pattern
from pawtui.sources.sanitize import safe_line
from pawtui.tracker.model import TextProbe


def rule(probe: TextProbe, path: str = "") -> str:
    """The rule in words; `path` is the alternative that was read."""
    stands = "stands" if probe.expect == "present" else "does not stand"
    return f"met when {quote_pattern(probe.pattern)} {stands} in {path or ' or '.join(alternatives(probe.file))}"


async def measure(probe: TextProbe, context: ProbeContext) -> ProbeReading:
    """The first alternative that exists is read; a file that is gone is never `met`, whatever was expected of it."""
    path, found = await context.home(alternatives(probe.file))
    text = await context.blob_text(path, found)
    match = await first_match(probe.pattern, text)
    state: State = "met" if (match is not None) == (probe.expect == "present") else "unmet"
    facts: dict[str, object] = {
        "file": path,
        "blob": found.sha,
        "pattern": probe.pattern,
        "expect": probe.expect,
        "line": None,
        "text": None,
    }
    if match is None:
        summary = f"not in {path}"
        evidence = Evidence(text=f"{path}  has no match", url=context.file_url(path), pin=context.pin(path))
    else:
        line, matched = match
        summary = f"in {path} at line {line}"
        evidence = Evidence(
            text=f"{path}:{line}  {safe_line(matched)}", url=context.file_url(path, line), pin=context.pin(path, line)
        )
        facts |= {"line": line, "text": safe_line(matched)}
    return ProbeReading(
        kind="text", state=state, summary=summary, rule=rule(probe, path), facts=facts, evidence=(evidence,)
    )
