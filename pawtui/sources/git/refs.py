"""A clone's branches and tags, and what a ref in a tracker names among them.

As on GitHub, a bare name is a branch first, then a tag, then a SHA of at least seven digits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from pawtui.sources.facts import Tag
from pawtui.sources.sanitize import safe_line

_TAGS = "refs/tags/"
_SHA = re.compile(r"[0-9a-f]{7,40}")


class BranchRefs(NamedTuple):
    """Where the branches of the forge's repository are kept: `prefix` goes before a branch's name.

    `only` are the branches that are kept, where not all of them are.
    """

    prefix: str = "refs/heads/"
    only: frozenset[str] | None = None


class Ref(NamedTuple):
    """What a ref names: an object's SHA and its type."""

    sha: str
    type: str


class Refs(NamedTuple):
    """Branches by the forge's names for them, and tags, in the order of their names."""

    branches: Mapping[str, Ref]
    tags: Mapping[str, Ref]

    @property
    def is_empty(self) -> bool:
        """Return whether there is neither a branch nor a tag: a repository without commits."""
        return not self.branches and not self.tags

    def named(self, ref: str) -> str | None:
        """Return the SHA, maybe a short one, that a tracker's ref names; None where it names nothing here."""
        name = ref.removeprefix("refs/")
        if name.startswith("heads/"):
            found = self.branches.get(name.removeprefix("heads/"))
        elif name.startswith("tags/"):
            found = self.tags.get(name.removeprefix("tags/"))
        else:
            found = self.branches.get(name) or self.tags.get(name)
            if found is None and is_sha(name):
                return name
        return found.sha if found else None

    def tags_from(self, prefix: str) -> tuple[Tag, ...]:
        """Return every tag whose name starts so."""
        return tuple(
            Tag(name=safe_line(name), sha=ref.sha, annotated=ref.type == "tag")
            for name, ref in self.tags.items()
            if name.startswith(prefix)
        )


def is_sha(text: str) -> bool:
    """Return whether that is a full SHA or a part of one that can be asked for."""
    return _SHA.fullmatch(text) is not None


def parse_refs(out: bytes, branches: BranchRefs) -> Refs:
    """Return the branches and tags among the refs that git listed as `SHA TYPE NAME`."""
    heads: dict[str, Ref] = {}
    tags: dict[str, Ref] = {}
    for line in filter(None, out.decode("utf-8", "replace").split("\n")):
        sha, kind, name = line.split(" ", 2)
        if name.startswith(_TAGS):
            tags[name.removeprefix(_TAGS)] = Ref(sha, kind)
        elif name.startswith(branches.prefix):
            short = name.removeprefix(branches.prefix)
            if branches.only is None or short in branches.only:
                heads[short] = Ref(sha, kind)
    return Refs(heads, tags)
