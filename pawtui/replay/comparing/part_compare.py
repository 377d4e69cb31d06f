"""Compare each part of a message with the part that was read back: kept, changed or lost, field by field."""

from pawtui.replay.comparing.field_compare import FieldComparer
from pawtui.replay.mapping.generation import Generation
from pawtui.replay.mapping.mapper import CompiledPartRule, MappedMessage
from pawtui.replay.mapping.projector import ProjectedMessage
from pawtui.replay.reading.session_types import DataIssue, Message, MessagePart
from pawtui.replay.results.differences import WHOLE, Difference, DifferenceKind
from pawtui.replay.results.totals import DEFAULT_SEMANTICS, Totals

# The name of a field for the position of a part among the parts of its message. It is part of the JSON.
PLACE = "(place)"
_NOT_READ_BACK = "This part cannot be read back from the events of the mapping."
_REPLACED = "A later part of the message has the same id in its events and replaces this part."
_ORPHAN = "Its message is missing."
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
                self._count_whole(part, compiled.semantics, "lost", reason)
        self._waiting.clear()

    def count_orphan(self, part: MessagePart) -> None:
        """Count a part whose message is missing."""
        self._count_unread(part, f"It {part.problem}." if part.problem else _ORPHAN)

    def compare(self, mapped: MappedMessage, projected: ProjectedMessage) -> None:
        """Count every part of a message."""
        message, rule = mapped.message, mapped.rule
        if rule is not None and rule.closes:
            self._compare_waiting(message, projected)
        used: dict[str, int] = {}
        for part, compiled in mapped.parts:
            if compiled is None:
                self._count_unmapped(part, mapped)
            elif compiled.single:
                self._compare_single(part, compiled, projected, used)
            elif compiled.rule.joined:
                self._compare_joined(part, compiled, projected)
            elif compiled.rule.dropped:
                self._count_whole(part, compiled.semantics, "lost", compiled.rule.dropped)
                if compiled.rule.stops_import:
                    session_id = self._totals.sessions[-1].id
                    self._totals.count_issue(DataIssue("import stops", part.id, _IMPORT_STOPS, session_id, unread=True))
            elif compiled.rule.replaced:
                self._count_whole(part, compiled.semantics, "changed", compiled.rule.replaced)
            else:
                reason = rule.unclosed if rule is not None else ""
                self._waiting.setdefault(message.id, []).append((part, compiled, reason))

    def _count_unread(self, part: MessagePart, reason: str, *, stated: bool = True) -> None:
        """Count a part that was not mapped as lost, with the semantics of its type."""
        self._count_whole(part, self._semantics.get(part.type, DEFAULT_SEMANTICS), "lost", reason, stated=stated)

    def _count_unmapped(self, part: MessagePart, mapped: MappedMessage) -> None:
        """Count a part that no rule applies to."""
        message = mapped.message
        if part.data is None:
            self._count_unread(part, f"It {part.problem}.")
        elif message.problem:
            self._count_unread(part, f"Its message {message.problem}.")
        elif skip_reason := message.skip_reason or part.skip_reason:
            self._count_unread(part, skip_reason)
        elif mapped.rule is None:
            self._count_unread(part, "The mapping has no rule for its message.", stated=False)
        else:
            self._count_unread(part, "The mapping has no rule for such a part in such a message.", stated=False)

    def _compare_single(
        self, part: MessagePart, compiled: CompiledPartRule, projected: ProjectedMessage, used: dict[str, int]
    ) -> None:
        """Compare a part with the next unused part of its projection. `used` counts the used parts by projection."""
        name, data = compiled.projection, part.data or {}
        if part.id in projected.overwritten:
            self._count_whole(part, compiled.semantics, "lost", _REPLACED, stated=False)
            return
        index = used.get(name, 0)
        used[name] = index + 1
        candidates = projected.parts.get(name, ())
        comparer = self._comparers[compiled.number]
        if compiled.rule.merged and (candidates or name not in self._projections):
            # The same part has the data of all merged parts: what it has in addition is that of another part.
            back = candidates[0] if candidates else {"type": data.get("type")}
            differences = comparer.compare(data, {key: value for key, value in back.items() if key in data})
        elif index < len(candidates):
            differences = comparer.compare(data, candidates[index])
        else:
            differences = [Difference("lost", WHOLE, _NOT_READ_BACK, stated=False)]
        if PLACE in compiled.rule.lost:
            differences = [*differences, comparer.explain("lost", PLACE)]
        self._totals.count_part(data["type"], compiled.semantics, part.id, differences)

    def _compare_joined(self, part: MessagePart, compiled: CompiledPartRule, projected: ProjectedMessage) -> None:
        """Compare a part with its portion of a joined text."""
        field, data = compiled.rule.joined, part.data or {}
        candidates = projected.parts.get(compiled.projection)
        comparer = self._comparers[compiled.number]
        if not candidates and data.get(field) == "":
            # A reader makes no part of an empty text: only its other fields are lost.
            differences = comparer.compare(data, {"type": data.get("type"), field: ""})
        elif not candidates:
            differences = [Difference("lost", WHOLE, _NOT_READ_BACK, stated=False)]
        else:
            back = candidates[0]
            joined, text = back.get(field), data.get(field)
            if isinstance(joined, str) and isinstance(text, str) and text in joined and text != joined:
                differences = comparer.compare(data, {**back, field: text})
                differences.append(comparer.explain("lost", PLACE))
            else:
                differences = comparer.compare(data, back)
        self._totals.count_part(part.type, compiled.semantics, part.id, differences)

    def _compare_waiting(self, message: Message, projected: ProjectedMessage) -> None:
        """Compare the parts that waited for this message."""
        parent = message.data.get("parentID") if message.data is not None else None
        if not isinstance(parent, str):
            return
        used: dict[str, int] = {}
        for part, compiled, _reason in self._waiting.pop(parent, ()):
            self._compare_single(part, compiled, projected, used)

    def _count_whole(
        self, part: MessagePart, semantics: str, kind: DifferenceKind, reason: str, *, stated: bool = True
    ) -> None:
        difference = Difference(kind, WHOLE, reason, stated=stated)
        self._totals.count_part(part.type, semantics, part.id, [difference])
