"""Links to the web pages of facts."""

import pytest

from pawtui.sources import links

WEB = "https://github.com/"
ROOT = "https://github.com/up/stream"


@pytest.mark.parametrize(
    ("link", "tail"),
    [
        (links.commit_url(WEB, "up/stream", "abc"), "commit/abc"),
        (links.blob_url(WEB, "up/stream", "abc", "src/a#b ?.ts"), "blob/abc/src/a%23b%20%3F.ts"),
        (links.blob_url(WEB, "up/stream", "abc", "a", 3), "blob/abc/a#L3"),
        (links.blob_url(WEB, "up/stream", "abc", "a", 3, 3), "blob/abc/a#L3"),
        (links.blob_url(WEB, "up/stream", "abc", "a", 3, 9), "blob/abc/a#L3-L9"),
        (links.tree_url(WEB, "up/stream", "abc", "src"), "tree/abc/src"),
        (links.history_url(WEB, "up/stream", "feat/x", "src"), "commits/feat/x/src"),
        (links.compare_url(WEB, "up/stream", "abc", "def"), "compare/abc...def"),
        (links.issue_url(WEB, "up/stream", 7), "issues/7"),
        (links.tag_url(WEB, "up/stream", "@up/cli@1.0"), "releases/tag/%40up/cli%401.0"),
    ],
)
def test_a_link_has_no_special_characters_of_names(link: str, tail: str) -> None:
    assert link == f"{ROOT}/{tail}"
