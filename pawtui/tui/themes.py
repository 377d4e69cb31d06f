"""The two themes of pawtui, and readable colours for all other themes. ANSI themes use the terminal's own colours."""

from collections.abc import Mapping

from textual.color import Color
from textual.theme import Theme

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
# The backgrounds of rows: selected with focus, selected without focus, and under the mouse.
ROW_COLORS = ("block-cursor-background", "block-cursor-blurred-background", "block-hover-background")
# The backgrounds of the header, messages and dialogs.
SURFACE, PANEL = "surface", "panel"
FOOTER, FOOTER_COLORS = "footer-background", ("footer-key-foreground", "footer-description-foreground")
SELECTION_COLORS = ("input-selection-foreground", "input-selection-background")
# The borders of panes and fields, with and without focus.
BORDER_COLORS = ("border", "border-blurred")
SCROLLBAR_COLORS = ("scrollbar", "scrollbar-hover")
# WCAG 2.1, success criteria 1.4.3 for text, and 1.4.11 for scroll bars and the border that shows the focus.
MIN_CONTRAST, MIN_NON_TEXT_CONTRAST = 4.5, 3.0
# A border without focus is quiet, but visible.
MIN_BORDER_CONTRAST = 1.5
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
        "scrollbar": "#5b677b",
        "scrollbar-hover": "#74819a",
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
        "scrollbar": "#8f897b",
        "scrollbar-hover": "#77715f",
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
    """Return the colours of rows, text and borders, changed so that all are readable or visible where they are used.

    A theme's cursor colour suits text of one colour, but each state in a row has its own colour. A row gets a share of
    the cursor colour, and text moves towards white or black until its contrast is at least `MIN_CONTRAST`.
    """
    base = Color.parse(variables["background"])

    def opaque(name: str) -> Color:
        return base + Color.parse(variables[name])

    accent, surface = opaque("block-cursor-background"), opaque(SURFACE)
    rows = [base.blend(accent, share, alpha=1) for share in _SHARES]
    backgrounds = [base, *rows, surface]
    white_or_black = base.get_contrast_text(1)
    colors = {name: row.hex for name, row in zip(ROW_COLORS, rows, strict=True)}
    foreground = _readable_color(opaque("foreground"), white_or_black, backgrounds)
    for name in (*TEXT_COLORS, *FOOTER_COLORS):
        # `auto` is not a colour: it is derived from the background.
        is_auto = variables[name].startswith("auto")
        color = base.blend(foreground, 0.7, alpha=1) if is_auto else opaque(name)
        colors[name] = _readable_color(color, white_or_black, backgrounds).hex
    # A panel that is far from the background would need text as bright as white, without a difference between roles.
    texts = [Color.parse(colors[name]) for name in TEXT_COLORS]
    colors[PANEL] = _readable_color(opaque(PANEL), surface, texts).hex
    focused, blurred = BORDER_COLORS
    for name in (focused, *SCROLLBAR_COLORS):
        colors[name] = _readable_color(opaque(name), white_or_black, [base], MIN_NON_TEXT_CONTRAST).hex
    # The theme's own colour may be invisible, or brighter than the border that shows the focus.
    colors[blurred] = _readable_color(base, white_or_black, [base], MIN_BORDER_CONTRAST).hex
    # Selected text in a field has the colours of a selected row.
    selected = dict(zip(SELECTION_COLORS, (foreground.hex, rows[0].hex), strict=True))
    return {**colors, **selected, FOOTER: surface.hex}


def _readable_color(color: Color, target: Color, backgrounds: list[Color], minimum: float = MIN_CONTRAST) -> Color:
    """Return the first colour from `color` to `target` with at least the minimum contrast on all backgrounds."""
    for step in range(20):
        blend = color.blend(target, step / 20, alpha=1)
        if all(contrast(blend, background) >= minimum for background in backgrounds):
            return blend
    return target
