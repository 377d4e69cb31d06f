"""Release tags as versions: which are stable, and which came first."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TypeAlias

from pawtui.sources.facts import Tag

Version: TypeAlias = tuple[int, ...]
# Digits and dots, and nothing behind them: `-beta.1`, `rc2` or `-20261011` make a pre-release.
_STABLE = re.compile(r"[^0-9]*(?P<version>\d+(?:\.\d+)*)")


def version_of(name: str, line: str = "*") -> Version | None:
    """The version that a tag of a line (`v2.*`) names, or None where it is a pre-release or no version at all."""
    # What the line fixes in front of its first number may hold digits of its own (`python3-v2.*`).
    fixed = re.sub(r"[\d.]*$", "", prefix_of(line))
    found = _STABLE.fullmatch(name.removeprefix(fixed))
    return tuple(int(part) for part in found["version"].split(".")) if found else None


def prefix_of(line: str) -> str:
    """The fixed part in front of a line's first wildcard: what tags can be asked for by."""
    return re.split(r"[*?\[]", line, maxsplit=1)[0]


def stable_tags(line: str, tags: tuple[Tag, ...]) -> list[tuple[Version, Tag]]:
    """The stable tags of a line (`v2.*`), lowest version first."""
    found = [
        (version, tag)
        for tag in tags
        if fnmatchcase(tag.name, line) and (version := version_of(tag.name, line)) is not None
    ]
    return sorted(found, key=lambda pair: (pair[0], pair[1].name))


def minor_of(version: Version) -> Version:
    """The first two numbers: a change of them is a minor release."""
    return (*version, 0)[:2]
