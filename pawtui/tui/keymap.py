"""All key bindings by id, and the mistakes in the keys of `screens.toml`."""

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module

import msgspec
from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import Keys, key_to_character

from pawtui.similar_names import nearest

_MODIFIERS = frozenset({"ctrl", "shift", "alt", "super", "hyper", "meta"})
_NAMED = frozenset(key.value for key in Keys)
# The order of places in lists of keys, most important first. Other places follow.
PLACES = ("On a signal", "On a gate", "Notes", "Main screen", "Walk", "Detail", "Lists", "Everywhere", "Other screens")
# The place of a binding of "Everywhere", by the part of its id before the dot. Other bindings have the place of their
# class.
_PLACE_OF_PREFIX = {"gate": "On a gate", "signal": "On a signal", "note": "Notes", "pin": "Notes", "evidence": "Detail"}


class KnownBinding(msgspec.Struct, frozen=True, kw_only=True):
    """A binding with an id: its default keys, and the place where it applies."""

    id: str
    binding: Binding
    keys: tuple[str, ...]
    place: str


@cache
def known_bindings() -> dict[str, KnownBinding]:
    """Return all bindings by id, by place and then in order of definition.

    It imports all screens: call it after the first paint.
    """
    bindings: dict[str, KnownBinding] = {}
    for node_class in node_classes():
        own = list(Binding.make_bindings(vars(node_class).get("BINDINGS", ())))
        for binding in own:
            if binding.id and binding.id not in bindings:
                place = node_class.BINDING_GROUP_TITLE or node_class.__name__
                if place == "Everywhere":
                    place = _PLACE_OF_PREFIX.get(binding.id.partition(".")[0], place)
                keys = [other.key for other in own if (other.id, other.action) == (binding.id, binding.action)]
                bindings[binding.id] = KnownBinding(id=binding.id, binding=binding, keys=tuple(keys), place=place)
    places = list(dict.fromkeys((*PLACES, *(binding.place for binding in bindings.values()))))
    return dict(sorted(bindings.items(), key=lambda item: places.index(item[1].place)))


def node_classes() -> list[type[DOMNode]]:
    """Return all pawtui classes that can have bindings, base classes first."""
    import pawtui.tui

    classes: list[type[DOMNode]] = []
    for module in pkgutil.walk_packages(pawtui.tui.__path__, "pawtui.tui."):
        values = [value for value in vars(import_module(module.name)).values() if isinstance(value, type)]
        classes += [value for value in values if issubclass(value, DOMNode) and value.__module__.startswith("pawtui.")]
    # A class is also a value of each module that imports it.
    return sorted(dict.fromkeys(classes), key=lambda node_class: len(node_class.__mro__))


def find_key_mistakes(keys: Mapping[str, str]) -> list[str]:
    """Return a message for each mistake in comma-separated keys by id."""
    known = known_bindings()
    mistakes = []
    for binding_id, joined in keys.items():
        if binding_id not in known:
            close = nearest(binding_id, known)
            remedy = f": did you mean `{close}`?" if close else ". `pawtui help keys` lists all actions."
            mistakes.append(f"there is no action `{binding_id}`{remedy}")
            continue
        mistakes += [
            f"`{binding_id}` cannot have {key!r}: {reason}"
            for key in joined.split(",")
            if (reason := _key_mistake(binding_id, key))
        ]
    return mistakes


def _key_mistake(binding_id: str, key: str) -> str:
    """Return why an action cannot have a key; empty if it can."""
    if not _is_key(key):
        return "it is not a key. Write a key such as f5, ctrl+t or ?."
    return "it always quits. Write another key." if key == "ctrl+q" and binding_id != "quit" else ""


def _is_key(key: str) -> bool:
    # Textual's name of the key, such as `question_mark` for `?`.
    (binding,) = Binding.make_bindings([Binding(key, "")])
    *modifiers, base = binding.key.split("+")
    return _MODIFIERS.issuperset(modifiers) and (len(base) == 1 or base in _NAMED or key_to_character(base) is not None)
