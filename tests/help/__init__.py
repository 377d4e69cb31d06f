"""The generated parts of the reference that are kept in its files: `python -m tests.help` writes them again."""

from __future__ import annotations

from textual.keys import REPLACED_KEYS, key_to_character

from pawtui.help.key_tables import table
from pawtui.tui.keys import known_bindings


def binding_table() -> str:
    """Return every key that can be changed: finding them imports all screens, which takes too long to print a page."""
    rows = [
        (f"`{one.id}`", " ".join(f"`{written(key)}`" for key in one.keys), one.does)
        for one in known_bindings().values()
    ]
    return table(("id", "keys", "does"), rows)


def written(key: str) -> str:
    """Return a key as people write it: its character, where it has one that can be seen."""
    character = None if "+" in key else key_to_character(REPLACED_KEYS.get(key, key))
    return character if character is not None and character.isprintable() and character != " " else key


KEPT = {"keys": binding_table}
