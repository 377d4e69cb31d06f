"""Write the note on a gate: what a replay proves. It names files without their paths, because paths are private."""

from collections.abc import Mapping
from pathlib import PurePath

import msgspec

from pawtui import __version__
from pawtui.phrases import counted
from pawtui.replay.checking.proof import Proof, ProofKind, proofs_of
from pawtui.replay.results import queries
from pawtui.replay.results.result import Result
from pawtui.sources.sanitize import safe_line
from pawtui.tracker.tracker_types import Gate


class GateEvidence(msgspec.Struct, frozen=True):
    """The evidence for a gate: the text of a note, and the ids of the parts that the replay proves."""

    text: str
    proven: tuple[str, ...]


def gate_evidence(result: Result, gate: Gate, kind: ProofKind) -> GateEvidence:
    """Return the evidence for a gate whose parts are semantics or checks of the replay."""
    all_proofs = proofs_of(result, kind)
    measured = {part.id: all_proofs[part.id] for part in gate.parts if part.id in all_proofs}
    proven = tuple(part for part, proof in measured.items() if proof.proven)
    sentences = [_summary(result), _counts(result), _schema(result), *_parts(measured)]
    missing = [part.id for part in gate.parts if part.id not in all_proofs]
    if missing:
        sentences.append(f"The replay does not measure: {', '.join(missing)}.")
    return GateEvidence("\n".join(sentences), proven)


def _summary(result: Result) -> str:
    names = [safe_line(PurePath(source.path).name) for source in result.sources]
    source = names[0] if len(names) == 1 else counted(len(names), "source")
    return (
        f"pawtui {__version__} replayed {source} (sha256 {result.source.sha256}) onto {result.generation.title}: "
        f"{counted(len(result.totals.sessions), 'session')}."
    )


def _counts(result: Result) -> str:
    total = queries.total(result)
    text = f"{counted(total.total, 'part')}: {total.kept:,} kept, {total.changed:,} changed, {total.lost:,} lost."
    return text if result.complete else f"{text} Some data could not be read."


def _schema(result: Result) -> str:
    schema = result.schema
    if schema is None:
        return "The events were not validated: no schema was given."
    title = safe_line(f"{schema.title} {schema.version}".strip())
    return f"Schema: {safe_line(schema.path)}, {title} (sha256 {schema.sha256})."


def _parts(measured: Mapping[str, Proof]) -> list[str]:
    return [
        f"{part}: {'proven' if proof.proven else 'not proven'}, {safe_line(proof.reason)}."
        for part, proof in measured.items()
    ]
