"""The footer: the keys that apply now, on one line.

Textual's own footer mounts one widget for each key, and mounts all of them again when the focus moves: 40 % of the CPU
time of a key press. This footer is one widget with one line of text.
"""

from itertools import groupby

from textual import getters
from textual.binding import Binding
from textual.content import Content
from textual.events import MouseDown
from textual.screen import Screen
from textual.style import Style
from textual.widget import Widget

from pawtui.tui.base_app import BaseApp
from pawtui.tui.content import concat, spaced, trusted
from pawtui.tui.pane_layout import NARROW

_KEY_STYLE = "bold $footer-key-foreground on $footer-key-background"
_LABEL_STYLE = "$footer-description-foreground on $footer-description-background"
# The ids of the keys that are left out first. Instead of `o`, Enter shows the evidence in the app.
_LEAST_IMPORTANT = ("evidence.open", "quit")


class KeysFooter(Widget):
    """The keys that apply now, most important first. A click on a key presses it.

    If not all keys fit, the key that leaves the screen and the key of the help, which lists all keys, stay. Of the
    other keys, those of `_LEAST_IMPORTANT` are left out first, then the last ones.
    """

    ALLOW_SELECT = False

    app = getters.app(BaseApp)

    def __init__(self) -> None:
        super().__init__()
        # By action: its first key.
        self._keys: dict[str, Binding] = {}

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._keys_changed)

    def _keys_changed(self, screen: Screen[object]) -> None:
        # While another window has the focus, no widget has it, and most keys would disappear.
        if not self.app.app_focus:
            return
        # Textual lists a key with priority first, in the place of the field's own key, and chosen keys last, where a
        # narrow screen has no space for them.
        listed = [active.binding for active in screen.active_bindings.values() if active.binding.show]
        listed.sort(key=lambda binding: (binding.priority, binding.id not in self.app.key_overrides))
        self._keys = {}
        for binding in listed:
            self._keys.setdefault(binding.action, binding)
        self.refresh()

    def on_mouse_down(self, event: MouseDown) -> None:
        if event.button == 1 and (key := event.style.meta.get("key")):
            self.app.simulate_key(key)

    def render(self) -> Content:
        shown, width = self._labelled_keys(), self.content_size.width

        def row(gap: str) -> Content:
            return spaced(*(text for _, text in shown), gap=gap)

        gap = " " if self.screen.size.width < NARROW and row("  ").cell_length > width else "  "
        optional = [
            (binding, text)
            for binding, text in shown
            # The user may have chosen another key than Escape.
            if binding.id != "help" and binding.key != "escape" and binding.action != "back"
        ]
        optional.sort(key=lambda labelled: labelled[0].id in _LEAST_IMPORTANT)
        while optional and row(gap).cell_length > width:
            shown.remove(optional.pop())
        return row(gap)

    def _labelled_keys(self) -> list[tuple[Binding, Content]]:
        """Return the text of each key or group of keys, with its first binding. A group has one label."""
        labelled = []
        for group, members in groupby(self._keys.values(), lambda binding: binding.group or binding.action):
            bindings = list(members)
            keys = [
                trusted(self.app.get_key_display(binding), _KEY_STYLE).stylize(_pressed_by_click(binding))
                for binding in bindings
            ]
            label = group.description if isinstance(group, Binding.Group) else bindings[0].description
            text = trusted(f" {label}", _LABEL_STYLE)
            if isinstance(group, Binding.Group) and not group.compact:
                keys = [spaced(*keys, gap=" ")]
            if len(bindings) == 1:
                text = text.stylize(_pressed_by_click(bindings[0]))
            labelled.append((bindings[0], concat(*keys, text)))
        return labelled


def _pressed_by_click(binding: Binding) -> Style:
    return Style.from_meta({"key": binding.key})
