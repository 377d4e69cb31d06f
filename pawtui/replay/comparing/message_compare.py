"""Compare the fields of messages and sessions, and the order of parts, with those that were read back."""

import sys

from pawtui.replay.comparing.field_compare import FieldComparer
from pawtui.replay.mapping.expressions import compile_condition
from pawtui.replay.mapping.generation import Generation
from pawtui.replay.mapping.mapper import MappedMessage
from pawtui.replay.mapping.mapping_context import MISSING, field_at
from pawtui.replay.mapping.projector import ProjectedMessage
from pawtui.replay.reading.session_types import Session
from pawtui.replay.results.totals import WHOLE, Difference, Totals

# The name of a field for the order of a message's parts. It is part of the JSON.
ORDER = "(order)"
# The name of a field for a message that is added to a session. It is part of the JSON.
ADDED_MESSAGE = "(message)"
_NO_RULE = "The mapping has no rule for this message."
_NOT_READ_BACK = "This message cannot be read back from the events of the mapping."
_REORDERED = "The order of the parts differs, and the mapping has no reason for it."
# Sums of costs are floating-point numbers.
_TOLERANCE = 1e-9
# JSON can have a larger integer.
_LARGEST = sys.float_info.max


class MessageComparer:
    """Compares messages with the messages that were read back."""

    def __init__(self, generation: Generation, totals: Totals) -> None:
        self._totals = totals
        self._comparers = {rule.name: FieldComparer(rule.lost, rule.changed) for rule in generation.messages}

    def compare(self, mapped: MappedMessage, projected: ProjectedMessage) -> None:
        """Count the differences of one message. If its data is not readable, it has an issue and no difference."""
        message, rule = mapped.message, mapped.rule
        if message.data is None:
            return
        if message.skip_reason:
            name, differences = message.role, [Difference("lost", WHOLE, message.skip_reason)]
        elif rule is None:
            name, differences = message.role or "(unknown)", [Difference("lost", WHOLE, _NO_RULE, stated=False)]
        elif rule.dropped:
            name, differences = rule.name, [Difference("lost", WHOLE, rule.dropped)]
        elif projected.info is None and not rule.merged:
            name, differences = rule.name, [Difference("lost", WHOLE, _NOT_READ_BACK, stated=False)]
        else:
            back = projected.info if projected.info is not None else {"role": message.role}
            name, differences = rule.name, self._comparers[rule.name].compare(message.data, back)
            if rule.merged:
                differences.append(Difference("changed", WHOLE, rule.merged))
            elif not _same_order(mapped, projected):
                reason = rule.reordered or _REORDERED
                differences.append(Difference("changed", ORDER, reason, "detail", stated=bool(rule.reordered)))
        self._totals.count_outside("message", name, differences, message.id)


def _same_order(mapped: MappedMessage, projected: ProjectedMessage) -> bool:
    """Return whether the parts whose order counts are read back in the order of the original."""
    original = mapped.ordered
    if len(original) < 2 or original == projected.order:
        return True
    if projected.overwritten:
        # Only parts with separate events can be overwritten: their texts are not joined.
        original = [
            compiled.projection
            for part, compiled in mapped.parts
            if compiled is not None and compiled.ordered and part.id not in projected.overwritten
        ]
    # A part that is not read back is counted as lost, not as reordered.
    return [name for name in projected.order if name in original] == [
        name for name in original if name in projected.parts
    ]


class SessionComparer:
    """Compares the fields of sessions. Call `add` for each message of a session, and `end`."""

    def __init__(self, generation: Generation, totals: Totals) -> None:
        self._totals = totals
        rule = generation.session
        self._comparer = FieldComparer(rule.lost, rule.changed)
        self._columns = FieldComparer(rule.columns, {})
        # Fields of a session that are sums of the same fields of its messages.
        self._summed = rule.sums
        self._added_message = rule.added_message
        added = rule.added_message
        self._needs_message = compile_condition(added.when) if added is not None else None
        self._lost = tuple(rule.lost)
        self._clear()

    def _clear(self) -> None:
        self._sums: list[float] = [0.0] * len(self._summed)
        self._has_message = False

    def add(self, mapped: MappedMessage) -> None:
        """Add a message: the fields of a reply, such as its cost, to the sums.

        Its tools decide whether the importer adds a message to the session.
        """
        if mapped.message.role != "assistant" or mapped.message.skip_reason:
            return
        if self._needs_message is not None:
            if mapped.rule is not None and mapped.rule.closes:
                self._has_message = False
            elif not self._has_message:
                self._has_message = any(
                    self._needs_message(part.data, None)
                    for part, compiled in mapped.parts
                    if compiled is not None and not compiled.rule.dropped
                )
        for index, name in enumerate(self._summed):
            value = field_at(mapped.message.data, name)
            if (type(value) is int or type(value) is float) and abs(value) <= _LARGEST:
                self._sums[index] += value

    def end(self, session: Session) -> None:
        """Count the differences of the session."""
        found: list[Difference] = []
        for name in self._lost:
            value = field_at(session.info, name)
            if value is not MISSING and value is not None:
                found.append(self._comparer.explain("lost", name))
        for name, total in zip(self._summed, self._sums, strict=True):
            value = field_at(session.info, name)
            # A number that is too large is not compared: it differs from each sum.
            if isinstance(value, int | float) and not (abs(value) <= _LARGEST and abs(value - total) <= _TOLERANCE):
                found.append(self._comparer.explain("changed", name))
        if self._added_message is not None and self._has_message:
            found.append(Difference("added", ADDED_MESSAGE, self._added_message.reason))
        # An empty or false column loses nothing: a new session has the same value.
        found += [self._columns.explain("lost", column) for column, value in session.extra.items() if value]
        self._totals.count_outside("session", "session", found, session.id)
        self._clear()
