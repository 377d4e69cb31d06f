"""The two themes of pawtui, and readable colours for all other themes. ANSI themes use the terminal's own colours."""

from collections.abc import Mapping

from textual.color import Color
from textual.theme import Theme

# The colours of text on rows, and the backgrounds of rows: selected with focus, without focus, and under the mouse.
TEXT_COLORS = (
    "foreground",
    "text-muted",
    "text-primary",
    "text-secondary",
    "text-accent",
    "text-success",
    "text-warning",
    "text-error",
)
ROW_COLORS = ("block-cursor-background", "block-cursor-blurred-background", "block-hover-background")
# WCAG 2.1, success criterion 1.4.3.
MIN_CONTRAST = 4.5
# The share of the theme's cursor colour in each row background. The full colour is too bright or dark for the text.
_SHARES = (0.2, 0.1, 0.05)

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
        "border-blurred": "#343c49",
        "text-success": "#97c98d",
        "text-warning": "#e3bd6b",
        "text-error": "#ef8a84",
        "text-primary": "#8fb8e0",
        "text-secondary": "#a6abc0",
        "text-accent": "#e5b67a",
        "text-muted": "#9ba4b3",
        "footer-background": "#1a1e25",
        "footer-description-foreground": "#a6abc0",
        "scrollbar": "#3a4352",
        "scrollbar-background": "#14171c",
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
        "border-blurred": "#c9c4b8",
        "text-success": "#2f6a2b",
        "text-warning": "#7d5606",
        "text-error": "#a52f2a",
        "text-primary": "#26547f",
        "text-secondary": "#525969",
        "text-accent": "#854c12",
        "text-muted": "#595f6a",
        "footer-background": "#efece5",
        "footer-description-foreground": "#525969",
        "scrollbar": "#c2bcae",
        "scrollbar-background": "#f7f5f0",
        "block-cursor-background": "#cfdeed",
        "block-cursor-foreground": "#14181d",
        "block-cursor-blurred-background": "#e8e4db",
        "block-hover-background": "#ece8df",
        "input-selection-background": "#b9d0e8",
    },
)

OWN_THEMES = {theme.name: theme for theme in (DARK, LIGHT)}


def initial_theme(environ: Mapping[str, str], saved: str = "") -> str:
    """Return the first of: `TEXTUAL_THEME`, an ANSI theme for `NO_COLOR`, the saved theme, the dark theme of pawtui."""
    if chosen := environ.get("TEXTUAL_THEME"):
        return chosen
    return "ansi-dark" if environ.get("NO_COLOR") else saved or DARK.name


def contrast(first: Color, second: Color) -> float:
    """Return the contrast ratio of two opaque colours, from 1 to 21 (WCAG 2.1)."""
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: Color) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in color.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def readable(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the colours of rows and text, changed so that every text is readable on every row.

    A theme's cursor colour suits text of one colour, but each state in a row has its own colour. A row gets a share of
    the cursor colour, and text moves towards white or black until its contrast is at least `MIN_CONTRAST`.
    """
    base = Color.parse(variables["background"])
    accent = base + Color.parse(variables["block-cursor-background"])
    rows = [base, *(base.blend(accent, share, alpha=1) for share in _SHARES)]
    end = base.get_contrast_text(1)
    colors = {name: row.hex for name, row in zip(ROW_COLORS, rows[1:], strict=True)}
    foreground = _readable_color(base + Color.parse(variables["foreground"]), end, rows)
    for name in TEXT_COLORS:
        value = variables[name]
        # `auto` is not a colour: it is derived from the background.
        color = base.blend(foreground, 0.7, alpha=1) if value.startswith("auto") else base + Color.parse(value)
        colors[name] = _readable_color(color, end, rows).hex
    return colors


def _readable_color(color: Color, end: Color, rows: list[Color]) -> Color:
    """Return the first colour between `color` and `end` that is readable on all rows."""
    blends = (color.blend(end, step / 20, alpha=1) for step in range(21))
    return next((blend for blend in blends if all(contrast(blend, row) >= MIN_CONTRAST for row in rows)), end)
