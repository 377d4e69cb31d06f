"""What became of a message's own fields, of the order of its parts, and of a session's fields."""

from __future__ import annotations

from pawtui.replay.comparing import WHOLE, Difference, Explainer, Kind, Weight
from pawtui.replay.expressions import MISSING, subject_field, subject_fields
from pawtui.replay.folding import Folded
from pawtui.replay.generation import Generation
from pawtui.replay.mapping import Mapped
from pawtui.replay.model import Json, Message, Session
from pawtui.replay.part_compare import same_order
from pawtui.replay.tally import REST, Tally

ORDER = "(order)"
_NO_RULE = "The mapping has no rule for this message."
_NOT_BACK = "No event gives this message back."
_ORDER = "The order of the parts differs, and the mapping does not say why."
# Sums of costs are floats.
_CLOSE = 1e-9


class MessageComparer:
    """Compares messages with what was read back of them."""

    def __init__(self, generation: Generation, tally: Tally) -> None:
        self._tally = tally
        self._explainers = {rule.name: Explainer(rule.lost, rule.changed) for rule in generation.messages}
        self._known: dict[tuple[str, Kind, str], Difference] = {}

    def compare(self, message: Message, mapped: Mapped, folded: Folded, role: str) -> None:
        """Count what differs of one message. May take its fields apart."""
        if mapped.rule is None:
            self._count(message, role or "(unknown)", self._difference("lost", WHOLE, _NO_RULE, stated=False))
            return
        rule = mapped.rule.rule
        if rule.gone:
            self._count(message, rule.name, self._difference("lost", WHOLE, rule.gone))
            return
        if rule.becomes:
            self._count(message, rule.name, self._difference("changed", WHOLE, rule.becomes))
        elif folded.info is None:
            self._count(message, rule.name, self._difference("lost", WHOLE, _NOT_BACK, stated=False))
            return
        if mapped.natives > 1:
            self._count(message, rule.name, self._difference("changed", WHOLE, rule.several, stated=bool(rule.several)))
        back = folded.info if folded.info is not None else {"role": role}
        differences = self._explainers[rule.name].compare(message.data or {}, back)
        if differences:
            self._tally.messages_alike(rule.name, differences, message.id)
        if not same_order(mapped, folded):
            order = self._difference("changed", ORDER, rule.order or _ORDER, stated=bool(rule.order))
            self._count(message, rule.name, order)

    def _count(self, message: Message, subject: str, difference: Difference) -> None:
        self._tally.outside_parts("message", subject, message.id, difference, REST)

    def _difference(self, kind: Kind, field: str, reason: str, *, stated: bool = True) -> Difference:
        key = (reason, kind, field)
        found = self._known.get(key)
        if found is None:
            weight: Weight = "detail" if field == ORDER else "content"
            found = self._known[key] = Difference(kind, field, reason, weight, stated=stated)
        return found


class SessionComparer:
    """Compares a session's own fields. `start` and `end` enclose a session."""

    def __init__(self, generation: Generation, tally: Tally) -> None:
        self._tally = tally
        rule = generation.session
        self._rule = rule
        self._explainer = Explainer(rule.lost, rule.changed)
        self._columns = Explainer(rule.columns, {})
        self._sums = [(name, subject_field(name)) for name in rule.sums]
        self._addends = subject_fields(rule.sums)
        self._lost = [subject_field(name) for name in rule.lost]
        self._totals: list[float] = []

    def start(self) -> None:
        """Begin another session."""
        self._totals = [0] * len(self._sums)

    def add(self, role: str, info: Json) -> None:
        """Add a message's share to the sums that are worked out again."""
        if role != "assistant" or not self._sums:
            return
        totals = self._totals
        for place, value in enumerate(self._addends(info, None)):
            if type(value) is int or type(value) is float:
                totals[place] += value

    def end(self, session: Session) -> None:
        """Count what differs of the session."""
        for name, getter in zip(self._rule.lost, self._lost, strict=True):
            value = getter(session.info, None)
            if value is not MISSING and value is not None:
                self._count(session, self._explainer.explain("lost", name))
        for (name, getter), total in zip(self._sums, self._totals, strict=True):
            value = getter(session.info, None)
            if isinstance(value, int | float) and abs(value - total) > _CLOSE:
                self._count(session, self._explainer.explain("changed", name))
        for column, value in session.extra.items():
            # Flags that are not set are what a new session has.
            if value not in (0, False, ""):
                self._count(session, self._columns.explain("lost", column))

    def _count(self, session: Session, difference: Difference) -> None:
        self._tally.outside_parts("session", "session", session.id, difference, REST)
