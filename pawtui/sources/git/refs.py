"""A clone's branches and tags, and the lookup of a tracker's ref among them.

As on GitHub, a bare name is a branch if possible, then a tag, then a SHA of at least seven digits.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from pawtui.sources.facts import Tag
from pawtui.sources.sanitize import safe_line

_TAGS = "refs/tags/"
_SHA = re.compile(r"[0-9a-f]{7,40}")


class BranchRefs(NamedTuple):
    """The refs of a clone that contain GitHub's branches: `prefix` and the branch's name.

    `only`: the clone contains only these branches.
    """

    prefix: str = "refs/heads/"
    only: frozenset[str] | None = None


class Ref(NamedTuple):
    """The SHA and type of a ref's object."""

    sha: str
    type: str


class Refs(NamedTuple):
    """Branches by their names on GitHub, and tags, both sorted by name."""

    branches: Mapping[str, Ref]
    tags: Mapping[str, Ref]

    @property
    def is_empty(self) -> bool:
        """Whether there are no branches and no tags: a repository without commits."""
        return not self.branches and not self.tags

    def resolve(self, ref: str) -> str | None:
        """Return the full or short SHA of a tracker's ref, or None if the ref is not in this clone."""
        name = ref.removeprefix("refs/")
        if name.startswith("heads/"):
            target = self.branches.get(name.removeprefix("heads/"))
        elif name.startswith("tags/"):
            target = self.tags.get(name.removeprefix("tags/"))
        else:
            target = self.branches.get(name) or self.tags.get(name)
            if target is None and is_sha(name):
                return name
        return target.sha if target else None

    def tags_with_prefix(self, prefix: str) -> tuple[Tag, ...]:
        """Return every tag whose name starts with `prefix`."""
        return tuple(
            Tag(name=safe_line(name), sha=ref.sha, annotated=ref.type == "tag")
            for name, ref in self.tags.items()
            if name.startswith(prefix)
        )


def is_sha(text: str) -> bool:
    """Return whether the text is a full SHA, or a short SHA of at least seven digits."""
    return _SHA.fullmatch(text) is not None


def parse_refs(out: bytes, branches: BranchRefs) -> Refs:
    """Return the branches and tags among refs in the format `SHA TYPE NAME`."""
    heads: dict[str, Ref] = {}
    tags: dict[str, Ref] = {}
    for line in filter(None, out.decode("utf-8", "replace").split("\n")):
        sha, type_, name = line.split(" ", 2)
        if name.startswith(_TAGS):
            tags[name.removeprefix(_TAGS)] = Ref(sha, type_)
        elif name.startswith(branches.prefix):
            short = name.removeprefix(branches.prefix)
            if branches.only is None or short in branches.only:
                heads[short] = Ref(sha, type_)
    return Refs(heads, tags)
