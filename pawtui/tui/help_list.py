"""The list of actions that the help screen and the command palette show: the bindings, and where each applies now."""

from __future__ import annotations

from inspect import cleandoc

import msgspec
from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen

from pawtui.tui.base_app import BaseApp
from pawtui.tui.keys import KnownBinding, known_bindings

# Places in the order of the list, what is needed most first; others come behind them.
_ORDER = ("On a signal", "On a gate", "Notes", "Main screen", "Walk", "Detail", "Lists", "Everywhere", "Other screens")


class HelpEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One action: its keys as shown, and the node to run it on; None where it does not apply on this screen now."""

    id: str
    name: str
    about: str
    keys: str
    place: str
    action: str = ""
    node: DOMNode | None = None

    @property
    def searched(self) -> str:
        """The text that a filter looks through."""
        return f"{self.name} {self.about} {self.keys} {self.place} {self.id}".lower()


def help_text(screen: Screen[object]) -> str:
    """Return the `HELP` of what has focus on a screen, or of the nearest node around it, as one paragraph."""
    nodes = (screen.focused or screen).ancestors_with_self
    return " ".join(cleandoc(next((node.HELP for node in nodes if node.HELP), "")).split())


def help_entries(app: BaseApp, screen: Screen[object]) -> tuple[HelpEntry, ...]:
    """Return every action with an id, grouped by place; places where an action applies now come first.

    It imports all screens: call it outside the first paint.
    """
    known = known_bindings()
    here: dict[str, tuple[Binding, DOMNode, list[str]]] = {}
    for active in screen.active_bindings.values():
        one = active.binding
        if one.id in known and active.enabled:
            here.setdefault(one.id, (one, active.node, []))[2].append(app.get_key_display(one))
    entries = [_entry(app, one, here.get(one.id)) for one in known.values()]
    places_here = {entry.place for entry in entries if entry.node is not None}
    order = {place: number for number, place in enumerate(dict.fromkeys((*_ORDER, *(one.place for one in entries))))}
    return tuple(sorted(entries, key=lambda one: (one.place not in places_here, order[one.place], one.node is None)))


def _entry(app: BaseApp, known: KnownBinding, here: tuple[Binding, DOMNode, list[str]] | None) -> HelpEntry:
    if here is not None:
        binding, node, keys = here
        return HelpEntry(
            id=known.id,
            name=binding.description,
            about=binding.tooltip,
            keys=" ".join(keys),
            place=known.place,
            action=binding.action,
            node=node,
        )
    keys = app.key_overrides.get(known.id, ",".join(known.keys)).split(",")
    shown = " ".join(app.get_key_display(Binding(key, "")) for key in keys)
    return HelpEntry(id=known.id, name=known.name, about=known.about, keys=shown, place=known.place)


async def run_entry(app: BaseApp, entry: HelpEntry) -> None:
    """Run an action on the node that it was listed for, or say where it applies."""
    if entry.node is None:
        app.toast(elsewhere(entry))
    else:
        await app.run_action(entry.action, entry.node)


def elsewhere(entry: HelpEntry) -> str:
    """Return the sentence on where an action applies that does not apply here."""
    return f"“{entry.name}” does not apply here. It applies in: {entry.place}."
