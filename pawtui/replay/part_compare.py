"""What became of each part of a message: kept, changed or lost, field by field."""

from __future__ import annotations

from pawtui.replay.comparing import WHOLE, Difference, Explainer
from pawtui.replay.folding import Folded
from pawtui.replay.mapping import CompiledPart, Mapped, Mapper
from pawtui.replay.model import Message, Part
from pawtui.replay.tally import REST, Tally

# The field of a part that shares its text with others.
PLACE = "(place)"
_NO_RULE = "The mapping has no rule for this type of part."
_NOT_BACK = "No event gives this part back: another one has the same key, or the mapping is wrong."
_STRAY = "Its message is missing."


class PartComparer:
    """Compares parts with what was read back of them. `start` and `end` enclose a session."""

    def __init__(self, mapper: Mapper, tally: Tally) -> None:
        self._mapper = mapper
        self._tally = tally
        self._explainers = [Explainer(rule.rule.lost, rule.rule.changed) for rule in mapper.rules]
        # Losses of whole parts by their reason, and whether the mapping gives it.
        self._wholes: dict[tuple[str, bool], Difference] = {}
        # Parts that are kept only if a later message completes theirs, by the message's id.
        self._waiting: dict[str, list[tuple[Part, CompiledPart, str]]] = {}

    def start(self) -> None:
        """Begin another session."""
        self._waiting = {}

    def end(self) -> None:
        """Count the parts that nothing completed as lost."""
        for waiting in self._waiting.values():
            for part, compiled, reason in waiting:
                self._count(part, compiled.means, [self.whole(reason)])

    def stray(self, part: Part) -> None:
        """Count a part whose message is missing."""
        self._count(part, REST, [self.whole(part.problem or _STRAY)])

    def compare(self, message: Message, mapped: Mapped, folded: Folded) -> None:
        """Count every part of a message."""
        rule = mapped.rule
        if rule is not None and rule.rule.closes:
            self._complete(message, folded)
        taken: dict[str, int] = {}
        shared: dict[str, int] = {}
        for part, compiled in mapped.parts:
            if compiled is None:
                reason = part.problem or message.problem or _NO_RULE
                self._count(part, REST, [self.whole(reason, stated=bool(part.problem or message.problem))])
            elif compiled.simple:
                self._single(part, compiled, folded, taken)
            elif compiled.rule.within:
                self._shared(part, compiled, folded, shared)
            elif compiled.rule.gone:
                self._count(part, compiled.means, [self.whole(compiled.rule.gone)])
            elif compiled.rule.replaced:
                self._count(part, compiled.means, [self._replaced(compiled.rule.replaced)])
            else:
                reason = rule.rule.open if rule is not None else ""
                self._waiting.setdefault(message.id, []).append((part, compiled, reason))

    def _single(self, part: Part, compiled: CompiledPart, folded: Folded, taken: dict[str, int]) -> None:
        name, data = compiled.back, part.data
        place = taken.get(name, 0)
        taken[name] = place + 1
        found = folded.parts.get(name)
        if data is None:
            return
        if found is not None and place < len(found):
            back = found[place]
            differences = [] if data == back else self._explainers[compiled.number].compare(data, back)
        elif compiled.rule.folded:
            differences = self._explainers[compiled.number].compare(data, {"type": data.get("type")})
        else:
            differences = [self.whole(_NOT_BACK, stated=False)]
        self._tally.part(data["type"], compiled.means, part.id, differences)

    def _shared(self, part: Part, compiled: CompiledPart, folded: Folded, shared: dict[str, int]) -> None:
        """Compare a part whose text is a portion of a longer one, each at the place behind the last."""
        name, field, data = compiled.back, compiled.rule.within, part.data
        found = folded.parts.get(name) or []
        if data is None:
            return
        explainer = self._explainers[compiled.number]
        if not found:
            # A text without a character leaves nothing behind.
            differences = [] if data.get(field) == "" else [self.whole(_NOT_BACK, stated=False)]
            self._count(part, compiled.means, differences)
            return
        whole, text = found[0].get(field), data.get(field)
        place = whole.find(text, shared.get(name, 0)) if isinstance(whole, str) and isinstance(text, str) else -1
        if place < 0 or whole == text:
            self._count(part, compiled.means, explainer.compare(data, found[0]))
            return
        shared[name] = place + len(str(text))
        differences = explainer.compare(data, {**found[0], field: text})
        self._count(part, compiled.means, [*differences, explainer.explain("lost", PLACE)])

    def _complete(self, message: Message, folded: Folded) -> None:
        """Compare the parts that waited for this message."""
        parent = message.data.get("parentID") if message.data is not None else None
        taken: dict[str, int] = {}
        for part, compiled, _reason in self._waiting.pop(parent, ()) if isinstance(parent, str) else ():
            self._single(part, compiled, folded, taken)

    def whole(self, reason: str, *, stated: bool = True) -> Difference:
        """Return the loss of a whole part, for the same reason the same one."""
        found = self._wholes.get((reason, stated))
        if found is None:
            found = self._wholes[reason, stated] = Difference("lost", WHOLE, reason, stated=stated)
        return found

    def _replaced(self, reason: str) -> Difference:
        found = self._wholes.get((reason, True))
        if found is None:
            found = self._wholes[reason, True] = Difference("changed", WHOLE, reason)
        return found

    def _count(self, part: Part, means: str, differences: list[Difference]) -> None:
        self._tally.part(part.type, means, part.id, differences)


def same_order(mapped: Mapped, folded: Folded) -> bool:
    """Return whether the parts whose order counts are given back in the order of the original."""
    wanted = mapped.ordered
    if len(wanted) < 2 or wanted == folded.order:
        return True
    # A part that is not given back at all is a loss of its own.
    return [name for name in folded.order if name in wanted] == [name for name in wanted if name in folded.parts]
