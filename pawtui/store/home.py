"""Where the record and the cache live on this machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from pawtui.store.store_errors import HomeUnusable


def home_folder(option: str | Path | None, env: Mapping[str, str]) -> Path:
    """The folder that holds one folder per tracker: `--home`, then `PAWTUI_HOME`, then the user's data folder.

    Absolute, and not created here. Raises `HomeUnusable` for a `~name` that is nobody's, and without a home.
    """
    given = _given(option, env)
    if given is not None:
        return given
    # Only now: status starts faster without it where a home is given.
    import platformdirs

    return _of_platform(lambda: platformdirs.user_data_path("pawtui", appauthor=False))


def cache_folder(option: str | Path | None, env: Mapping[str, str]) -> Path:
    """The folder for what can be fetched again: `cache` inside a given home, otherwise the user's cache folder."""
    given = _given(option, env)
    if given is not None:
        return given / "cache"
    import platformdirs

    return _of_platform(lambda: platformdirs.user_cache_path("pawtui", appauthor=False))


def _of_platform(find: Callable[[], Path]) -> Path:
    """The platform's folder. Without a home to start from, platformdirs raises, or names one like `~/.local`."""
    with suppress(RuntimeError):
        folder = find()
        if folder.is_absolute():
            return folder
    raise HomeUnusable(
        "There is no home folder to keep the record in: set HOME, or choose one with --home or PAWTUI_HOME."
    )


def _given(option: str | Path | None, env: Mapping[str, str]) -> Path | None:
    """The home that was asked for. An empty value counts as not given, as in the XDG base directory specification."""
    chosen = str(option or "") or env.get("PAWTUI_HOME", "")
    if not chosen:
        return None
    try:
        return Path(chosen).expanduser().absolute()
    except RuntimeError as error:
        raise HomeUnusable(
            f"The home {chosen} names a user who has no home folder here: give a full path with --home or PAWTUI_HOME."
        ) from error
