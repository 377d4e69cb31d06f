"""The browser opens only web pages, without a token, and its output is discarded."""

from pathlib import Path

import pytest

from pawtui.errors import PawtuiError
from pawtui.tui.external_programs import open_page


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://",
        "ssh://host/x",
        "-x",
        "",
        "https://[",
        "https://a\nb.example/",
    ],
)
def test_only_web_pages_are_opened(url: str) -> None:
    with pytest.raises(PawtuiError):
        open_page(url)


def test_the_remedy_names_no_key_that_has_another_effect_in_a_dialog(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("BROWSER", raising=False)
    with pytest.raises(PawtuiError, match=r"no browser was found\. Open the address yourself\.$"):
        open_page("https://github.com/loom/loom")


def test_the_output_of_the_browser_is_discarded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    got = tmp_path / "got"
    browser = tmp_path / "browser"
    browser.write_text(
        f'#!/bin/sh\necho noise; echo noise >&2; echo "$1 $GH_TOKEN" > {got}.part; mv {got}.part {got}\n'
    )
    monkeypatch.setenv("GH_TOKEN", "ghp_CANARY" + "0" * 30)
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER", str(browser))
    open_page("https://github.com/loom/loom").wait(10)
    assert got.read_text().strip() == "https://github.com/loom/loom"
