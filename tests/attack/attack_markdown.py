"""Markdown for GitHub from hostile text: no mention, reference, link, image or element, and no lost text."""

import json
import re
from random import Random
from typing import Any

from pawtui.report import escape
from tests.attack import hostile
from tests.attack.attack_terminal import made_up_record
from tests.attack.cases import each_case
from tests.attack.isolated import command, isolated
from tests.attack.tracker_text import demo_tracker_text
from tests.report.hostile_markdown import PIECES
from tests.report.rendered_comment import Page

TITLE = "Markdown for GitHub from hostile text"
CASES = 500

# A summary takes about a hundred times as long as a note.
_SUMMARIES = 0.02
# Elements of pawtui's own Markdown, and elements that a note may have.
_OWN = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "strong", "em", "s", "code", "pre", "a", "hr", "br"}
_OWN |= {"blockquote", "table", "thead", "tbody", "tr", "th", "td", "details", "summary"}
_STRICT = {"state", "id", "key", "kind", "decision", "table", "undoes", "redoes", "until", "measured", "by", "pin"}
# Addresses of the record and links of a note stay. Only web pages are linked.
_SAFE_LINK = re.compile(r"https?://[A-Za-z0-9]")


def run(seed: int, cases: int) -> None:
    """Run cases."""
    each_case("markdown", seed, cases, _attack)


def _attack(rng: Random) -> None:
    if rng.random() < _SUMMARIES:
        _summary(rng)
        return
    text = _text(rng)
    page = Page(f"{escape.quoted(text)}\n\nafter\n")
    assert page.active_text == [], text
    assert not {"img", "!--", "!", "?", "details", "script", "b"} & set(page.tags), text
    assert page.html.rstrip().endswith("</blockquote>\n<p>after</p>"), text
    assert all(_SAFE_LINK.match(href) for href in page.hrefs), (text, page.hrefs)


def _summary(rng: Random) -> None:
    with isolated() as folder:
        path = folder / "home" / "demo" / "pawtui.json"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(_hostile_values(rng, made_up_record())), encoding="utf-8")
        (folder / "work" / "pawtui.toml").write_text(demo_tracker_text(), encoding="utf-8")
        done = command("export")
    assert done.status == 0, done
    assert hostile.raw_controls(done.out) == []
    page = Page(done.out)
    assert page.active_text == [], page.active_text
    assert set(page.tags) <= _OWN, set(page.tags) - _OWN
    assert all(_SAFE_LINK.match(href) for href in page.hrefs), page.hrefs


def _hostile_values(rng: Random, node: Any, key: str = "") -> Any:
    if isinstance(node, dict):
        return {name: _hostile_values(rng, value, name) for name, value in node.items()}
    if isinstance(node, list):
        return [_hostile_values(rng, item, key) for item in node]
    is_free = key not in _STRICT and not key.endswith(("at", "_on", "_from", "since", "as_of"))
    return _text(rng) if is_free and isinstance(node, str) and rng.random() < 0.2 else node


def _text(rng: Random) -> str:
    return "".join(rng.choice(PIECES) for _ in range(rng.randint(1, 12)))
