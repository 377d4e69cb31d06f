"""A page: what the detail shows, as blocks that lay themselves out at whatever width there is. No widgets here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec
from textual.content import Content

from pawtui.tui.content import MUTED, NONE, STRONG, concat, fit, line, trusted, wrapped

Layout = Callable[[int], list[Content]]


class Target(msgspec.Struct, frozen=True):
    """What a marked line stands for: a page to open, a text to copy, and what Enter does with it.

    `enter` is a verb and its object: `part` ticks `GATE/PART`, `show` goes to a subject, `open` opens `url`.
    """

    url: str = ""
    copy: str = ""
    enter: Literal["open", "part", "show", "text"] = "open"
    object: str = ""


class Block(msgspec.Struct, frozen=True):
    """Some lines that belong together; with a target, one can stop at them."""

    lay: Layout
    target: Target | None = None


class Page(msgspec.Struct, frozen=True):
    """What is shown of one subject. Two pages of the same `key` are the same subject, before and after a change."""

    key: str
    title: Content
    subtitle: Content = NONE
    blocks: tuple[Block, ...] = ()


def block(content: Content, *, indent: int = 0, hang: int = 0, target: Target | None = None) -> Block:
    """A paragraph that wraps."""
    return Block(lambda width: wrapped(content, width, indent=indent, hang=hang), target)


def gap() -> Block:
    """An empty line."""
    return Block(lambda _width: [NONE])


def heading(words: str, aside: Content = NONE) -> Block:
    """The title of a part, with an empty line above."""
    return Block(lambda width: [NONE, fit(concat(line(words, STRONG), "  ", aside), width).rstrip()])


def pair(label: str, content: Content, *, width: int = 11, target: Target | None = None) -> Block:
    """A label and what it stands for, the text wrapping beside it."""

    def lay(room: int) -> list[Content]:
        first, *rest = wrapped(content, room - width)
        return [concat(fit(trusted(label, MUTED), width), first), *(one.pad_left(width) for one in rest)]

    return Block(lay, target)


def rows(lay: Layout, target: Target | None = None) -> Block:
    """Lines that depend on the width: tables and charts."""
    return Block(lay, target)
