"""Where the record lives: the option, the environment, the platform."""

from __future__ import annotations

from pathlib import Path

import platformdirs
import pytest

from pawtui.store.home import cache_folder, home_folder
from pawtui.store.store_errors import HomeUnusable


def test_the_option_comes_first(tmp_path: Path) -> None:
    env = {"PAWTUI_HOME": str(tmp_path / "env")}
    assert home_folder(tmp_path / "option", env) == tmp_path / "option"
    assert cache_folder(str(tmp_path / "option"), env) == tmp_path / "option" / "cache"


def test_then_the_environment(tmp_path: Path) -> None:
    env = {"PAWTUI_HOME": str(tmp_path / "env")}
    assert home_folder(None, env) == tmp_path / "env"
    assert cache_folder(None, env) == tmp_path / "env" / "cache"


@pytest.mark.parametrize("env", [{}, {"PAWTUI_HOME": ""}])
def test_then_the_platforms_folders(env: dict[str, str]) -> None:
    assert home_folder(None, env) == platformdirs.user_data_path("pawtui", appauthor=False)
    assert cache_folder(None, env) == platformdirs.user_cache_path("pawtui", appauthor=False)


def test_a_relative_home_does_not_move_with_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert home_folder("here", {}) == tmp_path / "here"


def test_the_users_home_is_meant_by_a_tilde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert home_folder("~/paw", {}) == tmp_path / "paw"
    with pytest.raises(HomeUnusable, match="~no-such-user-here/x names a user who has no home folder"):
        home_folder("~no-such-user-here/x", {})
