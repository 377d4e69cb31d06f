"""pawtui's own two themes; every other theme of the palette works too, the ANSI ones for the terminal's own colours."""

from __future__ import annotations

from collections.abc import Mapping

from textual.theme import Theme

DARK = Theme(
    name="pawtui-dark",
    primary="#7aa2c9",
    secondary="#9a9fb5",
    accent="#d9a86c",
    success="#86b97d",
    warning="#dcb35c",
    error="#e0746f",
    foreground="#d5d9e0",
    background="#14171c",
    surface="#1a1e25",
    panel="#222832",
    dark=True,
    variables={
        "border": "#7aa2c9",
        "border-blurred": "#343c49",
        "text-success": "#97c98d",
        "text-warning": "#e3bd6b",
        "text-error": "#ef8a84",
        "text-primary": "#8fb8e0",
        "text-secondary": "#a6abc0",
        "text-accent": "#e5b67a",
        "text-muted": "#97a0af",
        "footer-background": "#1a1e25",
        "footer-key-foreground": "#d9a86c",
        "footer-description-foreground": "#a6abc0",
        "scrollbar": "#3a4352",
        "scrollbar-background": "#14171c",
        "scrollbar-corner-color": "#14171c",
        "scrollbar-background-hover": "#14171c",
        "scrollbar-background-active": "#14171c",
        "block-cursor-background": "#293a4e",
        "block-cursor-foreground": "#eef2f7",
        "block-cursor-blurred-background": "#20262f",
        "block-hover-background": "#1d232b",
        "input-selection-background": "#35506e",
    },
)

LIGHT = Theme(
    name="pawtui-light",
    primary="#2f5f8f",
    secondary="#5d6475",
    accent="#96591a",
    success="#3f7a3a",
    warning="#8f6410",
    error="#b23b36",
    foreground="#23272e",
    background="#f7f5f0",
    surface="#efece5",
    panel="#e5e1d8",
    dark=False,
    variables={
        "border": "#2f5f8f",
        "border-blurred": "#c9c4b8",
        "text-success": "#2f6a2b",
        "text-warning": "#7d5606",
        "text-error": "#a52f2a",
        "text-primary": "#26547f",
        "text-secondary": "#525969",
        "text-accent": "#854c12",
        "text-muted": "#696f7b",
        "footer-background": "#efece5",
        "footer-key-foreground": "#96591a",
        "footer-description-foreground": "#525969",
        "scrollbar": "#c2bcae",
        "scrollbar-background": "#f7f5f0",
        "scrollbar-corner-color": "#f7f5f0",
        "scrollbar-background-hover": "#f7f5f0",
        "scrollbar-background-active": "#f7f5f0",
        "block-cursor-background": "#cfdeed",
        "block-cursor-foreground": "#14181d",
        "block-cursor-blurred-background": "#e8e4db",
        "block-hover-background": "#ece8df",
        "input-selection-background": "#b9d0e8",
    },
)

OURS = {theme.name: theme for theme in (DARK, LIGHT)}


def first_theme(environ: Mapping[str, str], remembered: str = "") -> str:
    """The theme to start with: what `TEXTUAL_THEME` names, the terminal's own colours under `NO_COLOR`, the one that
    was chosen last, else ours."""
    if chosen := environ.get("TEXTUAL_THEME"):
        return chosen
    return "ansi-dark" if environ.get("NO_COLOR") else remembered or DARK.name
