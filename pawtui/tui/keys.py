"""Every key binding by its id, and the keymap made of the keys in `screens.toml`.

Textual applies the keymap. It does not find every clash, so that clashes are looked up here: `handle_bindings_clash`
is called for two ids of the keymap with one key on one node, but not for a key taken from a binding's default, nor for
one that a nearer node hides (Textual 8.2, `BindingsMap.apply_keymap`).
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from importlib import import_module

import msgspec
from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import Keys, key_to_character
from textual.screen import Screen

_MODIFIERS = frozenset({"ctrl", "shift", "alt", "super", "hyper", "meta"})
_NAMED = frozenset(key.value for key in Keys)
QUIT = "quit"
# `quit` keeps the first of these whatever else it gets; the second is Textual's own, and has no id.
_ALWAYS_QUIT = ("q", "ctrl+q")
# Where bindings of everywhere apply, by the part of their id before the dot. Others apply where their class does.
_PLACES = {"gate": "On a gate", "signal": "On a signal", "note": "Notes", "evidence": "Detail"}


class KnownBinding(msgspec.Struct, frozen=True, kw_only=True):
    """A binding with an id: name and purpose, default keys, where it applies, and the class that defines it."""

    id: str
    name: str
    about: str
    keys: tuple[str, ...]
    place: str
    node: type[DOMNode]

    @property
    def does(self) -> str:
        """Name and purpose in one line."""
        return f"{self.name}: {self.about[:1].lower()}{self.about[1:]}" if self.about else self.name


@cache
def known_bindings() -> dict[str, KnownBinding]:
    """Return every binding by its id, as they are defined. It imports all screens: call it outside the first paint."""
    found: dict[str, KnownBinding] = {}
    for node in _node_classes():
        for one in Binding.make_bindings(vars(node).get("BINDINGS", ())):
            if not one.id:
                continue
            known = found.get(one.id)
            if known is None:
                place = node.BINDING_GROUP_TITLE or node.__name__
                if place == "Everywhere":
                    place = _PLACES.get(one.id.partition(".")[0], place)
                found[one.id] = KnownBinding(
                    id=one.id, name=one.description, about=one.tooltip, keys=(one.key,), place=place, node=node
                )
            elif known.node is node:
                found[one.id] = msgspec.structs.replace(known, keys=(*known.keys, one.key))
    return found


def _node_classes() -> list[type[DOMNode]]:
    """Every class of ours that can have bindings, base classes first."""
    import pawtui.tui

    found = {
        one: None
        for module in pkgutil.walk_packages(pawtui.tui.__path__, "pawtui.tui.")
        for one in vars(import_module(module.name)).values()
        if isinstance(one, type) and issubclass(one, DOMNode) and one.__module__.startswith("pawtui.")
    }
    return sorted(found, key=lambda node: len(node.__mro__))


def keymap_of(wanted: Mapping[str, Sequence[str]]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the keymap for the wanted keys by id, and a sentence on each mistake in them.

    An unknown id, or a key that cannot be used, is left out of the keymap. A key that two bindings share stays in it.
    """
    known = known_bindings()
    problems: list[str] = []
    given: dict[str, tuple[str, ...]] = {}
    for name, keys in wanted.items():
        named = tuple(dict.fromkeys(_key_name(key) for key in keys))
        if problem := _find_mistake(name, named, known):
            problems.append(problem)
        else:
            given[name] = tuple(dict.fromkeys((_ALWAYS_QUIT[0], *named))) if name == QUIT else named
    problems += _shared_keys(given, known)
    return {name: ",".join(keys) for name, keys in given.items()}, tuple(problems)


def _key_name(key: str) -> str:
    """Textual's name of a key, such as `question_mark` for `?`."""
    return next(one.key for one in Binding.make_bindings([Binding(key, "")]))


def _find_mistake(name: str, keys: Sequence[str], known: Mapping[str, KnownBinding]) -> str:
    if name not in known:
        close = get_close_matches(name, known, n=1, cutoff=0.5)
        return f"There is no key `{name}`" + (f": did you mean `{close[0]}`?" if close else ".")
    if not keys:
        return f"`{name}` has no key. Name at least one."
    for key in keys:
        if key in _ALWAYS_QUIT and name != QUIT:
            return f"`{name}` cannot have {key}, which always quits. Choose another key."
        if not _is_key(key):
            return f"`{name}` cannot have {key!r}: there is no such key. Write it as in f5, ctrl+t or ?."
    return ""


def _is_key(key: str) -> bool:
    *modifiers, base = key.split("+")
    return _MODIFIERS.issuperset(modifiers) and (len(base) == 1 or base in _NAMED or key_to_character(base) is not None)


def _shared_keys(given: Mapping[str, Sequence[str]], known: Mapping[str, KnownBinding]) -> Iterator[str]:
    """One sentence for each two bindings that can apply at once and have one key, unless that is so by default."""
    reported: set[frozenset[str]] = set()
    for name, keys in given.items():
        for other in known.values():
            pair = frozenset({name, other.id})
            shared = (set(keys) - set(known[name].keys)) & set(given.get(other.id, other.keys))
            if len(pair) == 2 and pair not in reported and shared and _meet(known[name].node, other.node):
                reported.add(pair)
                yield f"`{name}` and `{other.id}` share the key {min(shared)}. Give one of them another key."


def _meet(one: type[DOMNode], other: type[DOMNode]) -> bool:
    """Whether both can be in the path of a key: one is a kind of the other, or they are app, screen and widget."""
    return issubclass(one, other) or issubclass(other, one) or _level(one) != _level(other)


def _level(node: type[DOMNode]) -> int:
    return 0 if issubclass(node, App) else 1 if issubclass(node, Screen) else 2
