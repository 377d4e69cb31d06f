"""Release tags as versions: stable tags and their order."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TypeAlias

from pawtui.sources.facts import Tag

Version: TypeAlias = tuple[int, ...]
# Digits and dots at the end; a suffix such as `-beta.1`, `rc2` or `-20261011` makes a pre-release.
_STABLE = re.compile(r"[^0-9]*(?P<version>\d+(?:\.\d+)*)")


def version_of(name: str, line: str = "*") -> Version | None:
    """Return the version of a tag of a line (`v2.*`), or None for a pre-release or another tag."""
    # The fixed prefix of the line may contain digits (`python3-v2.*`).
    fixed = re.sub(r"[\d.]*$", "", prefix_of(line))
    found = _STABLE.fullmatch(name.removeprefix(fixed))
    return tuple(int(part) for part in found["version"].split(".")) if found else None


def prefix_of(line: str) -> str:
    """Return the fixed part before a line's first wildcard, by which tags are requested."""
    return re.split(r"[*?\[]", line, maxsplit=1)[0]


def stable_tags(line: str, tags: tuple[Tag, ...]) -> list[tuple[Version, Tag]]:
    """Return the stable tags of a line (`v2.*`), lowest version first."""
    found = [
        (version, tag)
        for tag in tags
        if fnmatchcase(tag.name, line) and (version := version_of(tag.name, line)) is not None
    ]
    return sorted(found, key=lambda pair: (pair[0], pair[1].name))


def minor_of(version: Version) -> Version:
    """Return the first two numbers: a change of them is a minor release."""
    return (*version, 0)[:2]
