"""A part of GitHub's issue search, sufficient for the queries of trackers: qualifiers, words, `OR` and brackets."""

from __future__ import annotations

import datetime as dt
import re

from pawtui.demo.reports import MadeIssue

_TERM = re.compile(r'(?:(?P<key>[a-z]+):)?(?:"(?P<quoted>[^"]*)"|(?P<bare>[^\s()"]+))')


def search(issues: tuple[MadeIssue, ...], query: str, when: dt.datetime) -> list[MadeIssue]:
    """Return the matching issues, newest first. The title must contain all words, or one of them if `OR` joins them."""
    wanted: dict[str, list[str]] = {}
    words: list[str] = []
    for term in _TERM.finditer(query):
        value = (term["quoted"] if term["quoted"] is not None else term["bare"]).lower()
        if term["key"]:
            wanted.setdefault(term["key"], []).append(value)
        elif value != "or":
            words.append(value)
    enough = any if " OR " in query else all
    found = [
        issue
        for issue in issues
        if issue.created_at <= when
        and _qualifies(issue, wanted, when)
        and (not words or enough(word in issue.title.lower() for word in words))
    ]
    return sorted(found, key=lambda issue: issue.created_at, reverse=True)


def _qualifies(issue: MadeIssue, wanted: dict[str, list[str]], when: dt.datetime) -> bool:
    state = "closed" if issue.closed(when) else "open"
    kind = "pr" if issue.is_pull else "issue"
    has = {"repo": {issue.repo.lower()}, "label": {label.lower() for label in issue.labels}, "state": {state}}
    has |= {"is": {state, kind}, "type": {kind}}
    return all(value in has.get(key, {value}) for key, values in wanted.items() for value in values)
