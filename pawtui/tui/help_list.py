"""The list of actions for the help screen and the command palette: all bindings, and the place of each."""

from collections.abc import Sequence

import msgspec
from textual.binding import ActiveBinding, Binding
from textual.dom import DOMNode
from textual.screen import Screen

from pawtui.tui.base_app import BaseApp
from pawtui.tui.keymap import PLACES, KnownBinding, known_bindings


class HelpEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An action: its binding, its keys as shown, and the node to run it on; None if it does not apply here now."""

    known: KnownBinding
    binding: Binding
    keys: str
    node: DOMNode | None

    @property
    def applies_here(self) -> bool:
        return self.node is not None

    @property
    def searched_text(self) -> str:
        binding = self.binding
        return f"{binding.description} {binding.tooltip} {self.keys} {self.known.place} {self.known.id}"


def help_text(app: BaseApp, screen: Screen[object]) -> str:
    """Return the `HELP` of the screen, as one paragraph with the keys of the user.

    Without one, return that of the focused node, or of its nearest ancestor with a `HELP`.
    """
    nodes = (screen, *(screen.focused or screen).ancestors_with_self)
    text = next((node.HELP for node in nodes if node.HELP), "")
    return app.with_keys(" ".join(text.split()))


def help_entries(app: BaseApp, screen: Screen[object]) -> tuple[HelpEntry, ...]:
    """Return every action with an id, grouped by place; places where an action applies now come first.

    It imports all screens: call it after the first paint.
    """
    known = known_bindings()
    active: dict[str, list[ActiveBinding]] = {}
    for candidate in screen.active_bindings.values():
        binding = known.get(candidate.binding.id or "")
        # The key of an action that does not apply has the action that shows why.
        if binding and candidate.enabled and candidate.binding.action == binding.binding.action:
            active.setdefault(binding.id, []).append(candidate)
    entries = [_entry(app, binding, active.get(binding.id, ())) for binding in known.values()]
    places_here = {entry.known.place for entry in entries if entry.applies_here}
    # The known bindings are in the order of their places. A screen whose place has no order comes first on that screen.
    places = list(dict.fromkeys(entry.known.place for entry in entries))
    first = screen.BINDING_GROUP_TITLE if screen.BINDING_GROUP_TITLE not in PLACES else ""

    def rank(entry: HelpEntry) -> tuple[bool, bool, int, bool]:
        is_elsewhere = entry.known.place not in places_here
        return is_elsewhere, entry.known.place != first, places.index(entry.known.place), not entry.applies_here

    return tuple(sorted(entries, key=rank))


def _entry(app: BaseApp, known: KnownBinding, active: Sequence[ActiveBinding]) -> HelpEntry:
    """Return the entry of a binding. `active` has the binding once for each key if it applies here now."""
    keys = app.key_overrides.get(known.id, ",".join(known.keys)).split(",")
    bindings = [key.binding for key in active] or [known.binding.with_key(key) for key in keys]
    return HelpEntry(
        known=known,
        binding=bindings[0],
        keys=" ".join(app.get_key_display(binding) for binding in bindings),
        node=active[0].node if active else None,
    )


async def run_entry(app: BaseApp, entry: HelpEntry) -> None:
    """Run an action on its node, or show the place where it applies."""
    if entry.applies_here:
        await app.run_action(entry.binding.action, entry.node)
    else:
        app.show_message(elsewhere_message(entry))


def elsewhere_message(entry: HelpEntry) -> str:
    """Return the message for an action that does not apply here: the place where it applies."""
    return f'"{entry.binding.description}" does not apply here (place: {entry.known.place}).'
