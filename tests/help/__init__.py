"""The generated parts in the files of the reference, which `python -m tests.help` updates."""

import re

from textual.keys import REPLACED_KEYS, key_to_character

from pawtui.help.pages import GENERATED
from pawtui.help.type_tables import markdown_table
from pawtui.tui.keymap import known_bindings


def binding_table() -> str:
    """Return a table of all keys. This imports all screens, which is too slow for printing a page."""
    rows = []
    for known in known_bindings().values():
        name, about = known.binding.description, known.binding.tooltip
        does = f"{name}: {about[:1].lower()}{about[1:]}" if about else name
        rows.append((f"`{known.id}`", " ".join(f"`{written(key)}`" for key in known.keys), does))
    return markdown_table(("id", "keys", "does"), rows)


def written(key: str) -> str:
    """Return the character of a key, or its name if the character is not visible."""
    character = None if "+" in key else key_to_character(REPLACED_KEYS.get(key, key))
    return character if character is not None and character.isprintable() and character != " " else key


STORED_PARTS = {"keys": binding_table}


def updated(page: str) -> str:
    """Return the text of a page file with its stored parts generated again."""

    def generate(found: re.Match[str]) -> str:
        make_part = STORED_PARTS.get(found["name"])
        text = f"\n{make_part().strip()}\n\n" if make_part else found["text"]
        return f"<!-- generated: {found['name']} -->\n{text}<!-- end -->\n"

    return GENERATED.sub(generate, page)


def parts_of(page: str) -> list[str]:
    """Return the names of the generated parts of a page."""
    return [found["name"] for found in GENERATED.finditer(page)]
