"""The generated parts that are stored in the files of the reference: `python -m tests.help` updates them."""

from __future__ import annotations

from textual.keys import REPLACED_KEYS, key_to_character

from pawtui.help.key_tables import table
from pawtui.tui.keys import known_bindings


def binding_table() -> str:
    """Return every key that can be changed. It imports all screens, which would be too slow for printing a page."""
    rows = [
        (f"`{one.id}`", " ".join(f"`{written(key)}`" for key in one.keys), one.does)
        for one in known_bindings().values()
    ]
    return table(("id", "keys", "does"), rows)


def written(key: str) -> str:
    """Return the text of a key: its character if that is visible, else its name."""
    character = None if "+" in key else key_to_character(REPLACED_KEYS.get(key, key))
    return character if character is not None and character.isprintable() and character != " " else key


KEPT = {"keys": binding_table}
