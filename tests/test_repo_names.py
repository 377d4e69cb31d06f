"""Names of repositories that GitHub allows, and other texts."""

import pytest

from pawtui.repo_names import is_repo_name


@pytest.mark.parametrize(
    "name", ["a/b", "Astro-Han/pawwork", "ada_corp/x", "a/.github", "a/...", f"{'a' * 39}/{'b' * 100}"]
)
def test_a_possible_name(name: str) -> None:
    assert is_repo_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "a",
        "a/",
        "/b",
        "a/b/c",
        "a/.",
        "a/..",
        "../b",
        "-a/b",
        "_a/b",
        "a.b/c",
        "a/b c",
        "a/b\n",
        "é/b",
        "a/ü",
        f"{'a' * 40}/b",
        f"a/{'b' * 101}",
    ],
)
def test_another_text_is_no_repository_name(name: str) -> None:
    assert not is_repo_name(name)
