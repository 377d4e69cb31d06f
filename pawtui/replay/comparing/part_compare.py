"""Compare each part of a message with the part that was read back: kept, changed or lost, field by field."""

from collections.abc import Sequence

from pawtui.replay.comparing.field_compare import FieldComparer
from pawtui.replay.mapping.generation import Generation
from pawtui.replay.mapping.mapper import CompiledPartRule, MappedMessage
from pawtui.replay.mapping.projector import ProjectedMessage
from pawtui.replay.reading.session_types import DataIssue, Json, Message, MessagePart
from pawtui.replay.results.totals import DEFAULT_SEMANTICS, WHOLE, Difference, Totals

# The name of a field for the position of a part among the parts of its message. It is part of the JSON.
PLACE = "(place)"
_NOT_READ_BACK = "This part cannot be read back from the events of the mapping."
_NO_MESSAGE_RULE = "The mapping has no rule for its message."
_NO_PART_RULE = "The mapping has no rule for such a part in such a message."
_REPLACED = "A later part of the message has the same id in its events and replaces this part."
_IMPORT_STOPS = "the importer does not import this session, or one with a smaller id"


class PartComparer:
    """Compares parts with the parts that were read back. Call `end` after each session."""

    def __init__(self, generation: Generation, totals: Totals) -> None:
        self._totals = totals
        self._comparers = [FieldComparer(rule.lost, rule.changed) for rule in generation.rules]
        self._projections = {projection.name for projection in generation.projections}
        # Of parts that no rule applies to, by type: the semantics with the name of the type, otherwise that of a rule
        # for only this subtype.
        self._semantics = {rule.subtypes[0]: rule.semantics for rule in generation.rules if len(rule.subtypes) == 1}
        self._semantics |= {name: name for name in generation.semantics}
        # By message id: the parts that are lost unless a later message closes their message.
        self._waiting: dict[str, list[tuple[MessagePart, CompiledPartRule, str]]] = {}

    def end(self) -> None:
        """Count the waiting parts as lost."""
        for waiting in self._waiting.values():
            for part, compiled, reason in waiting:
                lost = Difference("lost", WHOLE, reason)
                self._totals.count_part(part.type, compiled.semantics, part.id, [lost])
        self._waiting.clear()

    def count_unmapped(self, part: MessagePart, reason: str, *, stated: bool = True) -> None:
        """Count a part that no rule applies to as lost, with the semantics of its type."""
        if part.problem:
            reason, stated = f"It {part.problem}.", True
        semantics = self._semantics.get(part.type, DEFAULT_SEMANTICS)
        self._totals.count_part(part.type, semantics, part.id, [Difference("lost", WHOLE, reason, stated=stated)])

    def compare(self, mapped: MappedMessage, projected: ProjectedMessage) -> None:
        """Count every part of a message."""
        message, rule = mapped.message, mapped.rule
        if rule is not None and rule.closes:
            self._compare_waiting(message, projected)
        message_reason = f"Its message {message.problem}." if message.problem else message.skip_reason
        no_rule = _NO_MESSAGE_RULE if rule is None else _NO_PART_RULE
        used: dict[str, int] = {}
        for part, compiled in mapped.parts:
            if compiled is None:
                reason = message_reason or part.skip_reason
                self.count_unmapped(part, reason or no_rule, stated=bool(reason))
            elif compiled.rule.waits:
                self._waiting.setdefault(message.id, []).append((part, compiled, rule.unclosed if rule else ""))
            else:
                differences = self._differences(part, compiled, projected, used)
                self._totals.count_part(part.type, compiled.semantics, part.id, differences)
                if compiled.rule.stops_import:
                    session_id = self._totals.sessions[-1].id
                    self._totals.count_issue(DataIssue("import stops", part.id, _IMPORT_STOPS, session_id, unread=True))

    def _differences(
        self, part: MessagePart, compiled: CompiledPartRule, projected: ProjectedMessage, used: dict[str, int]
    ) -> list[Difference]:
        """Return the differences of a part. `used` counts the parts that were compared, by projection."""
        rule, name, data = compiled.rule, compiled.projection, part.data or {}
        if reason := rule.dropped or rule.replaced:
            return [Difference("lost" if rule.dropped else "changed", WHOLE, reason)]
        if part.id in projected.overwritten:
            return [Difference("lost", WHOLE, _REPLACED, stated=False)]
        index = used.get(name, 0)
        used[name] = index + 1
        candidates = projected.parts.get(name, [])
        back: Json | None = None
        loses_place = PLACE in rule.lost
        if rule.joined:
            back = _joined_part(data, rule.joined, candidates)
            # A text that was joined with others has another place.
            loses_place = back is not None and bool(candidates) and back is not candidates[0]
        elif rule.merged and (candidates or name not in self._projections):
            # The same part has the data of all merged parts: what it has in addition is that of another part.
            merged = candidates[0] if candidates else {"type": data.get("type")}
            back = {key: value for key, value in merged.items() if key in data}
        elif index < len(candidates):
            back = candidates[index]
        comparer = self._comparers[compiled.number]
        not_read_back = Difference("lost", WHOLE, _NOT_READ_BACK, stated=False)
        differences = comparer.compare(data, back) if back is not None else [not_read_back]
        return [*differences, comparer.explain("lost", PLACE)] if loses_place else differences

    def _compare_waiting(self, message: Message, projected: ProjectedMessage) -> None:
        parent = message.data.get("parentID") if message.data is not None else None
        if isinstance(parent, str):
            used: dict[str, int] = {}
            for part, compiled, _reason in self._waiting.pop(parent, ()):
                differences = self._differences(part, compiled, projected, used)
                self._totals.count_part(part.type, compiled.semantics, part.id, differences)


def _joined_part(data: Json, field: str, candidates: Sequence[Json]) -> Json | None:
    """Return the part that was read back for a part whose `field` is joined with others, or None."""
    text = data.get(field)
    if not candidates:
        # A reader makes no part of an empty text: only its other fields are lost.
        return {"type": data.get("type"), field: ""} if text == "" else None
    joined = candidates[0].get(field)
    if isinstance(joined, str) and isinstance(text, str) and text in joined and text != joined:
        return {**candidates[0], field: text}
    return candidates[0]
