"""Read the upstream's schema at a commit for a replay, and attach the result to the gates."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pawtui.errors import os_reason
from pawtui.phrases import short_sha
from pawtui.refresh.pins import PinError, parse_pin, pin_or_none
from pawtui.replay.checking.openapi_schema import OpenApiSchema
from pawtui.replay.replay_errors import ReplayError
from pawtui.report.replay_evidence import GateEvidence, gate_evidence
from pawtui.review.actions import ActionError, Actor
from pawtui.review.basis import ChangeFactory
from pawtui.review.gate_actions import attach_evidence
from pawtui.review.record_types import Change, Record

if TYPE_CHECKING:
    from pawtui.replay.results.result import Result
    from pawtui.tracker.tracker_types import Tracker
    from pawtui.workspace import Workspace

_EXAMPLE_PIN = "a pin such as up:packages/sdk/openapi.json"
_NO_COMMITS = "The commits of the upstream and of the downstream are unknown: no refresh is recorded."


async def read_schema(typed: str, workspace: Workspace) -> OpenApiSchema:
    """Return the upstream's OpenAPI document from a file, or from a pin such as `up:packages/sdk/openapi.json`.

    Raises `ReplayError` if there is no such document or it is invalid, and `SourceError` or `StoreError` for a pin.
    """
    path = Path(typed)
    try:
        if await asyncio.to_thread(path.exists):
            return OpenApiSchema(await asyncio.to_thread(path.read_bytes), path.name)
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
    changes: dict[str, ChangeFactory] = {
        gate.id: partial(_attach, tracker, gate.id, gate_evidence(result, gate, gate.replay), pins)
        for gate in tracker.gates
        if gate.replay
    }
    if not changes:
        raise ActionError('No gate in the tracker has the key replay. Add replay = "semantics" or "checks" to a gate.')
    return changes


def _attach(
    tracker: Tracker, gate_id: str, evidence: GateEvidence, pins: tuple[str, ...], record: Record, actor: Actor
) -> Change:
    text = evidence.text if record.last is not None else f"{evidence.text}\n{_NO_COMMITS}"
    return attach_evidence(record, tracker, gate_id, text, actor, parts=evidence.proven, pins=pins)
