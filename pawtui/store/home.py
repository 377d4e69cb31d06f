"""The folders of the record and of the cache on this machine."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Literal

from pawtui.store.store_errors import HomeUnusable


def home_folder(option: str | Path | None, env: Mapping[str, str]) -> Path:
    """Return the parent folder of all tracker folders: `--home`, else `PAWTUI_HOME`, else the user's data folder.

    The path is absolute; the folder is not created. Raises `HomeUnusable` for the `~name` of an unknown user, and if no
    home is set.
    """
    return _given_home(option, env) or _of_platform("data")


def cache_folder(option: str | Path | None, env: Mapping[str, str]) -> Path:
    """Return the folder for data that can be fetched again: `cache` in a given home, else the user's cache folder."""
    given = _given_home(option, env)
    return given / "cache" if given else _of_platform("cache")


def _of_platform(kind: Literal["data", "cache"]) -> Path:
    """Return the platform's folder. If no home is set, platformdirs raises, or returns a path such as `~/.local`."""
    # Imported here, so that `status` starts faster if a home is given.
    from platformdirs import user_cache_path, user_data_path

    find = user_data_path if kind == "data" else user_cache_path
    with suppress(RuntimeError):
        folder = find("pawtui", appauthor=False)
        if folder.is_absolute():
            return folder
    raise HomeUnusable(
        "Cannot find a folder for the record: no home folder is set. Set HOME, or choose a folder with --home or "
        "PAWTUI_HOME."
    )


def _given_home(option: str | Path | None, env: Mapping[str, str]) -> Path | None:
    """Return the given home, or None. An empty value counts as not given (XDG base directory specification)."""
    chosen = str(option or "") or env.get("PAWTUI_HOME", "")
    if not chosen:
        return None
    try:
        return Path(chosen).expanduser().absolute()
    except RuntimeError as error:
        raise HomeUnusable(
            f"Cannot use the home {chosen}: that user has no home folder on this machine. "
            "Give a full path with --home or PAWTUI_HOME."
        ) from error
