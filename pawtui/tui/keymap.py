"""All key bindings by id, and the keymap for the keys in `screens.toml`.

Textual applies the keymap, but does not detect every clash, so clashes are detected here. Textual calls
`handle_bindings_clash` if two ids of the keymap share a key on one node. It does not call it for a default key of
another binding, or for a key that a nearer node overrides (Textual 8.2, `BindingsMap.apply_keymap`).
"""

import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module

import msgspec
from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import Keys, key_to_character
from textual.screen import Screen

from pawtui.similar_names import nearest

_MODIFIERS = frozenset({"ctrl", "shift", "alt", "super", "hyper", "meta"})
_NAMED = frozenset(key.value for key in Keys)
_QUIT = "quit"
# `quit` always keeps the first of these keys. The second key is Textual's own binding, which has no id.
_ALWAYS_QUIT = ("q", "ctrl+q")
# The order of places in lists of keys, most important first. Other places follow.
PLACES = ("On a signal", "On a gate", "Notes", "Main screen", "Walk", "Detail", "Lists", "Everywhere", "Other screens")
# The place of a binding of "Everywhere", by the part of its id before the dot. Other bindings have the place of their
# class.
_PLACE_OF_PREFIX = {"gate": "On a gate", "signal": "On a signal", "note": "Notes", "pin": "Notes", "evidence": "Detail"}


class KnownBinding(msgspec.Struct, frozen=True, kw_only=True):
    """A binding with an id: its default keys, the place where it applies, and the class that defines it."""

    id: str
    binding: Binding
    keys: tuple[str, ...]
    place: str
    node_class: type[DOMNode]

    @property
    def summary(self) -> str:
        name, about = self.binding.description, self.binding.tooltip
        return f"{name}: {about[:1].lower()}{about[1:]}" if about else name


@cache
def known_bindings() -> dict[str, KnownBinding]:
    """Return all bindings by id, by place and then in order of definition.

    It imports all screens: call it after the first paint.
    """
    bindings: dict[str, KnownBinding] = {}
    for node_class in node_classes():
        by_id: dict[str, list[Binding]] = {}
        for binding in Binding.make_bindings(vars(node_class).get("BINDINGS", ())):
            if binding.id and binding.id not in bindings:
                by_id.setdefault(binding.id, []).append(binding)
        for binding_id, same_id in by_id.items():
            bindings[binding_id] = KnownBinding(
                id=binding_id,
                binding=same_id[0],
                keys=tuple(dict.fromkeys(binding.key for binding in same_id if binding.action == same_id[0].action)),
                place=_place_of(binding_id, node_class),
                node_class=node_class,
            )
    places = list(dict.fromkeys((*PLACES, *(binding.place for binding in bindings.values()))))
    return dict(sorted(bindings.items(), key=lambda item: places.index(item[1].place)))


def _place_of(binding_id: str, node_class: type[DOMNode]) -> str:
    place = node_class.BINDING_GROUP_TITLE or node_class.__name__
    return _PLACE_OF_PREFIX.get(binding_id.partition(".")[0], place) if place == "Everywhere" else place


def node_classes() -> list[type[DOMNode]]:
    """Return all pawtui classes that can have bindings, base classes first."""
    import pawtui.tui

    classes: list[type[DOMNode]] = []
    for module in pkgutil.walk_packages(pawtui.tui.__path__, "pawtui.tui."):
        values = [value for value in vars(import_module(module.name)).values() if isinstance(value, type)]
        classes += [value for value in values if issubclass(value, DOMNode) and value.__module__.startswith("pawtui.")]
    # A class is also a value of each module that imports it.
    return sorted(dict.fromkeys(classes), key=lambda node_class: len(node_class.__mro__))


def keymap_of(wanted: Mapping[str, Sequence[str]]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the keymap for the wanted keys by id, and a message for each mistake.

    The keymap omits unknown ids and keys that cannot be used. It includes a key that two bindings share.
    """
    known = known_bindings()
    problems: list[str] = []
    accepted: dict[str, tuple[str, ...]] = {}
    for binding_id, texts in wanted.items():
        keys = [_key_name(text) for text in texts]
        if problem := _find_mistake(binding_id, keys, known):
            problems.append(problem)
            continue
        if binding_id == _QUIT:
            keys.insert(0, _ALWAYS_QUIT[0])
        accepted[binding_id] = tuple(dict.fromkeys(keys))
    problems += _shared_keys(accepted, known)
    return {binding_id: ",".join(keys) for binding_id, keys in accepted.items()}, tuple(problems)


def _key_name(key: str) -> str:
    """Return Textual's name of a key, such as `question_mark` for `?`."""
    return next(binding.key for binding in Binding.make_bindings([Binding(key, "")]))


def _find_mistake(binding_id: str, keys: Sequence[str], known: Mapping[str, KnownBinding]) -> str:
    """Return a message for a mistake in the keys of a binding; empty if there is none."""
    if binding_id not in known:
        close = nearest(binding_id, known)
        remedy = f": did you mean `{close}`?" if close else ". `pawtui help keys` lists all actions."
        return f"There is no action `{binding_id}`{remedy}"
    if not keys:
        return f"`{binding_id}` has no key. Give at least one."
    for key in keys:
        if key in _ALWAYS_QUIT and binding_id != _QUIT:
            return f"`{binding_id}` cannot have {key}, which always quits. Choose another key."
        if not _is_key(key):
            return f"`{binding_id}` cannot have {key!r}: it is not a key. Write a key such as f5, ctrl+t or ?."
    return ""


def _is_key(key: str) -> bool:
    *modifiers, base = key.split("+")
    return _MODIFIERS.issuperset(modifiers) and (len(base) == 1 or base in _NAMED or key_to_character(base) is not None)


def _shared_keys(accepted: Mapping[str, Sequence[str]], known: Mapping[str, KnownBinding]) -> Iterator[str]:
    """Yield a message for each pair of bindings that can both apply and share a key that `accepted` adds to one."""
    reported: set[frozenset[str]] = set()
    for binding_id, keys in accepted.items():
        added = set(keys) - set(known[binding_id].keys)
        for other in known.values():
            pair = frozenset({binding_id, other.id})
            if other.id == binding_id or pair in reported:
                continue
            shared = added & set(accepted.get(other.id, other.keys))
            if shared and _can_both_apply(known[binding_id].node_class, other.node_class):
                reported.add(pair)
                yield f"`{binding_id}` and `{other.id}` share the key {min(shared)}. Give one of them another key."


def _can_both_apply(first: type[DOMNode], second: type[DOMNode]) -> bool:
    """Return whether one key press can reach both: a class and its subclass, or two of app, screen and widget."""
    return issubclass(first, second) or issubclass(second, first) or _level(first) != _level(second)


def _level(node_class: type[DOMNode]) -> int:
    """Return the level of a class: 0 for the app, 1 for a screen, 2 for a widget."""
    if issubclass(node_class, App):
        return 0
    return 1 if issubclass(node_class, Screen) else 2
