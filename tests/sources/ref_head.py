"""Read the head of a ref that must exist."""

from pawtui.sources.facts import Head
from pawtui.sources.protocol import Source


async def ref_head(source: Source, repo: str, ref: str) -> Head:
    """Return the head of a ref; fail if the ref is missing."""
    found = await source.ref_head(repo, ref)
    assert isinstance(found, Head), found
    return found
