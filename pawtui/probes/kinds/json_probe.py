"""`json`: does one field of a JSON document at an address in the tracker match a pattern?

For facts outside GitHub, such as the vendor's update service. Requests contain no token; results name the host.
"""

import asyncio
import json
from typing import Any

from pawtui.phrases import quote_pattern
from pawtui.probes.context import ProbeContext
from pawtui.probes.pattern import first_match
from pawtui.probes.probe_facts import JsonFacts
from pawtui.probes.reading import Evidence, Finding
from pawtui.probes.repo_reader import RepoReader
from pawtui.probes.state import State
from pawtui.probes.unmeasurable import Unmeasurable
from pawtui.sources.sanitize import safe_line
from pawtui.tracker.probe_types import JsonProbe
from pawtui.tracker.tracker_types import Policy

_SHOWN = 120  # characters of a value or a key in messages
_MAX_CHARACTERS = 10_000  # of a value


def rule(probe: JsonProbe, _policy: Policy) -> str:
    matches = "matches" if probe.expect == "present" else "does not match"
    return f"met when {probe.field} at {probe.url} {matches} {quote_pattern(probe.pattern)}"


async def measure(probe: JsonProbe, context: ProbeContext, reader: RepoReader) -> Finding:
    """Return the finding from the document's field and the pattern."""
    context.refuse_past(f"the document has today's text, not that of {reader.today}")
    response = await context.source.web_document(probe.url)
    try:
        # Numbers stay as they are written: 2.10 is not 2.1.
        document = await asyncio.to_thread(
            json.loads,
            response.body,
            parse_float=str,
            parse_int=str,
            parse_constant=_refuse_constant,
            object_pairs_hook=_unique_keys,
        )
    except (ValueError, RecursionError):
        raise Unmeasurable(f"the response of {response.host} is not JSON") from None
    value = field_of(document, probe.field)
    if len(value) > _MAX_CHARACTERS:
        raise Unmeasurable(f"{probe.field} has {len(value):,} characters; at most {_MAX_CHARACTERS:,} are read")
    match = await first_match(probe.pattern, value)
    state: State = "met" if (match is not None) == (probe.expect == "present") else "unmet"
    summary = f"{probe.field} is {safe_line(value, _SHOWN)!r} at {response.host}"
    return Finding(
        state=state,
        summary=summary,
        facts=JsonFacts(
            url=probe.url,
            host=response.host,
            field=probe.field,
            value=safe_line(value),
            pattern=probe.pattern,
            expect=probe.expect,
        ),
        evidence=(Evidence(text=summary, url=response.url),),
    )


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object. Raises `Unmeasurable` if it has a key twice: readers disagree on its value (RFC 8259)."""
    table: dict[str, Any] = {}
    for key, value in pairs:
        if key in table:
            raise Unmeasurable(f"the document has the key {safe_line(key, _SHOWN)} twice in one table")
        table[key] = value
    return table


def _refuse_constant(name: str) -> None:
    """Refuse `NaN` and `Infinity`, which Python reads, but JSON does not have."""
    raise ValueError(f"{name} is not JSON")


def field_of(document: Any, field: str) -> str:
    """Return a field's value as text. Raises `Unmeasurable` if the field is missing or not a single value."""
    value = document
    for key in field.split("."):
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, list) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        else:
            raise Unmeasurable(f"the document has no field {field} ({key} is missing)")
    if isinstance(value, dict | list):
        raise Unmeasurable(f"{field} is a {'table' if isinstance(value, dict) else 'list'}, not a single value")
    return value if isinstance(value, str) else json.dumps(value)
