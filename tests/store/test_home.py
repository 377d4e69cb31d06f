"""The folder of the record: from the option, the environment or the platform."""

from pathlib import Path

import platformdirs
import pytest

from pawtui.store.home import cache_folder, home_folder
from pawtui.store.store_errors import HomeUnusable


def test_the_option_comes_first(tmp_path: Path) -> None:
    env = {"PAWTUI_HOME": str(tmp_path / "env")}
    assert home_folder(tmp_path / "option", env) == tmp_path / "option"
    assert cache_folder(str(tmp_path / "option"), env) == tmp_path / "option" / "cache"


def test_the_environment_comes_second(tmp_path: Path) -> None:
    env = {"PAWTUI_HOME": str(tmp_path / "env")}
    assert home_folder(None, env) == tmp_path / "env"
    assert cache_folder(None, env) == tmp_path / "env" / "cache"


@pytest.mark.parametrize("env", [{}, {"PAWTUI_HOME": ""}])
def test_the_folders_of_the_platform_come_last(env: dict[str, str]) -> None:
    assert home_folder(None, env) == platformdirs.user_data_path("pawtui", appauthor=False)
    assert cache_folder(None, env) == platformdirs.user_cache_path("pawtui", appauthor=False)


def test_a_relative_folder_of_the_platform_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platformdirs, "user_data_path", lambda *_, **__: Path("~/.local"))
    with pytest.raises(HomeUnusable, match="no home folder is set"):
        home_folder(None, {})


def test_a_relative_home_becomes_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert home_folder("here", {}) == tmp_path / "here"


def test_a_tilde_is_the_home_folder_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert home_folder("~/paw", {}) == tmp_path / "paw"
    with pytest.raises(HomeUnusable, match="~no-such-user-here/x: that user has no home folder on this machine"):
        home_folder("~no-such-user-here/x", {})
