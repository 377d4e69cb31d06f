"""Short ways to ask a source in a test."""

from __future__ import annotations

from pawtui.sources.facts import Head
from pawtui.sources.protocol import Source


async def head_of(source: Source, repo: str, ref: str) -> Head:
    """Where a ref stands, which must exist."""
    found = await source.ref_head(repo, ref)
    assert isinstance(found, Head), found
    return found
