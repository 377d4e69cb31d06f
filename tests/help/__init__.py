"""The generated parts in the files of the reference, which `python -m tests.help` updates."""

from __future__ import annotations

from textual.keys import REPLACED_KEYS, key_to_character

from pawtui.help.key_tables import table
from pawtui.tui.keys import known_bindings


def binding_table() -> str:
    """Return a table of all keys. This imports all screens, which is too slow for printing a page."""
    rows = [
        (f"`{binding.id}`", " ".join(f"`{written(key)}`" for key in binding.keys), binding.does)
        for binding in known_bindings().values()
    ]
    return table(("id", "keys", "does"), rows)


def written(key: str) -> str:
    """Return the character of a key, or its name if the character is not visible."""
    character = None if "+" in key else key_to_character(REPLACED_KEYS.get(key, key))
    return character if character is not None and character.isprintable() and character != " " else key


STORED_PARTS = {"keys": binding_table}
