"""The help panel, as far as other keys than its own have to do with it."""

from __future__ import annotations

from typing import Any

from textual.screen import Screen


def hide_help(screen: Screen[Any]) -> bool:
    """Take the help panel away; False where there is none. Escape does this before anything else."""
    panels = screen.query("HelpPanel")
    if not panels:
        return False
    panels.remove()
    return True
