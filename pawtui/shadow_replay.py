"""Read the upstream's schema at a commit for a replay, and attach the result to the gates."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from pawtui import __version__
from pawtui.errors import os_reason
from pawtui.phrases import counted, short_sha
from pawtui.refresh.pins import PinError, parse_pin, pin_or_none
from pawtui.replay.checking.openapi_schema import OpenApiSchema
from pawtui.replay.checking.proof import Proof, proofs_of_checks, proofs_of_semantics
from pawtui.replay.replay_errors import ReplayError
from pawtui.review.actions import ActionContext, ActionError, ChangeFactory
from pawtui.review.gate_actions import attach_evidence
from pawtui.review.record_types import Change
from pawtui.sources.sanitize import safe_line

if TYPE_CHECKING:
    from pawtui.replay.results.result import Result
    from pawtui.tracker.tracker_types import Gate, Tracker
    from pawtui.workspace import Workspace

_EXAMPLE_PIN = "a pin such as up:packages/sdk/openapi.json"
_NO_COMMITS = "The commits of the upstream and of the downstream are unknown: no refresh is recorded."


async def read_schema(typed: str, workspace: Workspace) -> OpenApiSchema:
    """Return the upstream's OpenAPI document from a file, or from a pin such as `up:packages/sdk/openapi.json`.

    Raises `ReplayError` if there is no such document or it is invalid, and `SourceError` or `StoreError` for a pin.
    """
    path = Path(typed)
    try:
        return OpenApiSchema(await asyncio.to_thread(path.read_bytes), path.name)
    except (FileNotFoundError, NotADirectoryError):
        # It may be a pin.
        pass
    except OSError as error:
        raise ReplayError(f"Cannot read {typed}: {os_reason(error)}. Check the path and its permissions.") from error
    record = await asyncio.to_thread(workspace.store.load)
    try:
        pin = parse_pin(typed, record.heads)
    except PinError as error:
        raise ReplayError(f"The schema {typed} is neither a file nor a pin. Give a file, or {_EXAMPLE_PIN}.") from error
    if pin.kind != "file":
        raise ReplayError(f"The schema {typed} is not a pin to a file. Give {_EXAMPLE_PIN}.")
    async with workspace.open_source() as source:
        tree = await source.tree(pin.repo, pin.sha)
        entry = tree.entries.get(pin.path)
        if entry is None:
            raise ReplayError(f"There is no {pin.path} at {short_sha(pin.sha)} of {pin.repo}: check the path.")
        return OpenApiSchema(await source.blob(pin.repo, entry.sha), str(pin))


def prepare_attachments(result: Result, tracker: Tracker) -> dict[str, ChangeFactory]:
    """Return the function that writes the result on a gate, by gate id, for each gate that has a `replay`.

    If the schema was a pin, the note has this pin. Raises `ActionError` if no gate has a `replay`.
    """
    pin = pin_or_none(result.schema.path) if result.schema is not None else None
    pins = (str(pin),) if pin else ()
    changes: dict[str, ChangeFactory] = {}
    for gate in tracker.gates:
        if gate.replay:
            proofs = proofs_of_semantics(result) if gate.replay == "semantics" else proofs_of_checks(result)
            proven = tuple(part.id for part in gate.parts if part.id in proofs and proofs[part.id].proven)
            changes[gate.id] = partial(_attach, gate.id, _note_text(result, gate, proofs), proven, pins)
    if not changes:
        raise ActionError('No gate in the tracker has the key replay. Add replay = "semantics" or "checks" to a gate.')
    return changes


def _attach(gate_id: str, text: str, proven: tuple[str, ...], pins: tuple[str, ...], context: ActionContext) -> Change:
    if context.record.last is None:
        text = f"{text}\n{_NO_COMMITS}"
    return attach_evidence(context, gate_id, text, parts=proven, pins=pins)


def _note_text(result: Result, gate: Gate, proofs: Mapping[str, Proof]) -> str:
    """Return the text of the note: what the replay proves of a gate whose parts are semantics or checks.

    It names files without their folders, because these are private.
    """
    names = [safe_line(PurePath(source.path).name) for source in result.sources]
    source = names[0] if len(names) == 1 else counted(len(names), "source")
    sessions, counts = counted(len(result.totals.sessions), "session"), result.counts()
    kept = f"{counts.kept:,} kept, {counts.changed:,} changed, {counts.lost:,} lost."
    if lost_messages := result.lost_messages():
        kept += f" {counted(lost_messages, 'message')} lost."
    schema_line = "The events were not validated: no schema was given."
    if (schema := result.schema) is not None:
        title = safe_line(f"{schema.title} {schema.version}".strip())
        schema_line = f"Schema: {safe_line(schema.path)}, {title} (sha256 {schema.sha256})."
    lines = [
        f"pawtui {__version__} replayed {source} (sha256 {result.source.sha256}) onto {result.generation.title}: "
        f"{sessions}.",
        f"{counted(counts.total, 'part')}: {kept}{'' if result.complete else ' Some data could not be read.'}",
        schema_line,
    ]
    lines += [
        f"{part.id}: {'proven' if proof.proven else 'not proven'}, {safe_line(proof.reason)}."
        for part in gate.parts
        if (proof := proofs.get(part.id))
    ]
    if missing := [part.id for part in gate.parts if part.id not in proofs]:
        lines.append(f"The replay does not measure: {', '.join(missing)}.")
    return "\n".join(lines)
