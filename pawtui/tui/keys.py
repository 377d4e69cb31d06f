"""Every binding's id, and which keys a person may give it: a keymap that takes no other binding's key away."""

from __future__ import annotations

import pkgutil
import unicodedata
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from importlib import import_module
from typing import NamedTuple

from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import Keys, _character_to_key
from textual.screen import Screen

_MODIFIERS = frozenset({"ctrl", "shift", "alt", "super", "hyper", "meta"})
_NAMED = frozenset(key.value for key in Keys)
# Textual's own way out. It has no id, and must not be taken away.
_WAY_OUT = "ctrl+q"
QUIT = "quit"


class Known(NamedTuple):
    """A binding that can be given other keys: what it does, the keys it has, and the classes that have it."""

    id: str
    does: str
    keys: tuple[str, ...]
    classes: frozenset[type[DOMNode]]


def known_bindings() -> dict[str, Known]:
    """Every binding by its id, sorted. It imports all screens, so that it is asked for off the event loop."""
    import pawtui.tui

    found: dict[str, Known] = {}
    for module in pkgutil.walk_packages(pawtui.tui.__path__, "pawtui.tui."):
        for one in vars(import_module(module.name)).values():
            if isinstance(one, type) and issubclass(one, DOMNode) and one.__module__.startswith("pawtui."):
                _collect(one, found)
    return dict(sorted(found.items()))


def _collect(node: type[DOMNode], found: dict[str, Known]) -> None:
    for key, bindings in _merged(node).items():
        for name, does in bindings:
            was = found.get(name) or Known(name, does, (), frozenset())
            keys = was.keys if key in was.keys else (*was.keys, key)
            found[name] = was._replace(keys=keys, classes=was.classes | {node})


def _merged(node: type[DOMNode]) -> dict[str, list[tuple[str, str]]]:
    """The ids behind each key of a class, those it inherits included."""
    merged = node._merged_bindings
    every = merged.key_to_bindings.items() if merged else ()
    return {key: [(one.id, _does(one)) for one in found if one.id] for key, found in every}


def _does(one: Binding) -> str:
    more = one.tooltip[:1].lower() + one.tooltip[1:]
    return f"{one.description}: {more}" if more else one.description


def keymap_of(wanted: Mapping[str, Sequence[str]]) -> tuple[dict[str, str], tuple[str, ...]]:
    """The keymap to set for what is wanted, and a sentence on each wish that is left out.

    A wish is left out where its id is unknown, a key is none, or another binding that can be at hand at the same time
    has that key. `quit` keeps `q` whatever else it gets.
    """
    known = known_bindings()
    summary: list[str] = []
    given: dict[str, tuple[str, ...]] = {}
    for name, keys in wanted.items():
        taken = tuple(dict.fromkeys(_normal(key) for key in keys))
        wrong = _wrong(name, taken, known)
        if wrong:
            summary.append(wrong)
        else:
            given[name] = tuple(dict.fromkeys(("q", *taken))) if name == QUIT else taken
    while clash := _clash(given, known):
        name, key, other = clash
        del given[name]
        summary.append(f"`{name}` cannot have the key {key}, which is `{other}`'s: give one of them another.")
    return {name: ",".join(keys) for name, keys in (given | _shared(given, known)).items()}, tuple(summary)


def _normal(key: str) -> str:
    key = key.strip()
    return _character_to_key(key) if len(key) == 1 else key


def _wrong(name: str, keys: Sequence[str], known: Mapping[str, Known]) -> str:
    if name not in known:
        close = get_close_matches(name, known, n=1, cutoff=0.5)
        return f"There is no key called `{name}`" + (f": did you mean `{close[0]}`?" if close else ".")
    if not keys:
        return f"`{name}` is given no key: name at least one."
    for key in keys:
        if key == _WAY_OUT:
            return f"`{name}` cannot have {_WAY_OUT}, which always quits."
        if not _is_key(key):
            return f"`{name}` is given {key!r}, which is no key: write it as in f5, ctrl+t or ?."
    return ""


def _is_key(key: str) -> bool:
    *modifiers, base = key.split("+")
    if not _MODIFIERS.issuperset(modifiers):
        return False
    if len(base) == 1 or base in _NAMED:
        return True
    try:
        # Textual names what is no letter by its Unicode name.
        return bool(unicodedata.lookup(base.upper().replace("_", " ")))
    except KeyError:
        return False


def _clash(given: dict[str, tuple[str, ...]], known: Mapping[str, Known]) -> tuple[str, str, str] | None:
    """A wish whose key is another's by now, the last one first; what has been that binding's own key is none."""
    for name in reversed(given):
        for key in given[name]:
            if key in known[name].keys:
                continue
            for other in known.values():
                if other.id != name and key in given.get(other.id, other.keys) and _meet(known[name], other):
                    return name, key, other.id
    return None


def _meet(one: Known, other: Known) -> bool:
    """Whether both can be at hand at the same time: in one class, or one around the other."""
    if one.classes & other.classes:
        return True
    ranks = [{_rank(node) for node in known.classes} for known in (one, other)]
    return any(a != b for a in ranks[0] for b in ranks[1])


def _rank(node: type[DOMNode]) -> int:
    return 0 if issubclass(node, App) else 1 if issubclass(node, Screen) else 2


def _shared(given: Mapping[str, Sequence[str]], known: Mapping[str, Known]) -> dict[str, tuple[str, ...]]:
    """Those that share a key with one that leaves it: Textual takes a key from all that have it, so they ask for it."""
    out: dict[str, tuple[str, ...]] = {}
    for node in {node for name in given for node in known[name].classes}:
        for bindings in _merged(node).values():
            names = {name for name, _does in bindings}
            if len(names) > 1 and names & given.keys():
                out |= {name: known[name].keys for name in names - given.keys()}
    return out
