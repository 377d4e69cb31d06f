"""Load the shared fixtures, collect garbage rarely, and remove time limits, which fail on a busy machine."""

import gc
import os
import shutil
import signal
import sys
import tempfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, settings

from tests.probes.measuring import World, open_world

settings.register_profile("pawtui", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("pawtui")

pytest_plugins = ["tests.support.fixtures"]


def pytest_xdist_auto_num_workers() -> int:
    """Return two workers per core: tests of screens wait for a third of their time."""
    return 2 * (os.cpu_count() or 1)


def pytest_configure(config: pytest.Config) -> None:
    """Collect no garbage while tests are collected: it is a third of the time if they must be compiled."""
    gc.disable()
    _use_memory()
    if sys.dont_write_bytecode and config.pluginmanager.hasplugin("cacheprovider"):
        _cache_bytecode(config.cache)
    # Child processes of a background job would ignore Ctrl+C.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _use_memory() -> None:
    """Write temporary files to memory on Linux: this takes less CPU time, and tests of the store wait for no disk."""
    memory = Path("/dev/shm")  # noqa: S108
    if "TMPDIR" in os.environ or not os.access(memory, os.W_OK):
        return
    # Containers may have little of it, or forbid the scripts of tests.
    if shutil.disk_usage(memory).free > 1 << 30 and not os.statvfs(memory).f_flag & os.ST_NOEXEC:
        # pytest has already chosen a folder for this process.
        os.environ["TMPDIR"] = tempfile.tempdir = str(memory)


def _cache_bytecode(cache: pytest.Cache) -> None:
    """Write bytecode to the cache of pytest if it must not be next to the sources, as in many containers.

    Otherwise each worker and each child process compiles all that it imports.
    """
    # A read-only folder has no cache.
    with suppress(OSError):
        folder = str(cache.mkdir("bytecode"))
        sys.dont_write_bytecode, sys.pycache_prefix = False, folder
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = folder


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Let one worker compile the tests, and the others read its bytecode: five at once took 8 s more of CPU time."""
    if not hasattr(session.config, "workerinput"):
        return (yield)
    shared = Path(session.config.getoption("basetemp")).parent
    compiled = shared / "compiled"
    with FileLock(shared / "compiled.lock") as lock:
        if compiled.exists():
            lock.release()
        result = yield
        compiled.touch()
    return result


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable() -> Generator[None, dict[str, object] | None, dict[str, object] | None]:
    """Leave out the keywords of a test: workers send them three times for each test, and nothing reads them."""
    data = yield
    return None if data is None else data | {"keywords": {}}


def pytest_make_parametrize_id(val: object) -> str | None:
    """Cut the id of a long value: pytest sets the id in the environment, and above 128 KB no program can start."""
    return f"{val[:40]!a}..." if isinstance(val, str | bytes) and len(val) > 200 else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mix the files: tests of screens wait for half of their time, so at the end only they would run."""
    items.sort(key=lambda item: zlib.crc32(str(item.path.relative_to(item.config.rootpath)).encode()))


def pytest_collection_finish() -> None:
    """Collect garbage rarely: a full collection visits all tests, and was a quarter of the CPU time of the suite."""
    gc.enable()
    gc.freeze()
    gc.set_threshold(200_000, 50, 100)


def pytest_unconfigure() -> None:
    """Collect garbage twice: pytest would visit all that is left of the screens five times in each worker."""
    gc.collect()
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def opencode(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One year (2026) of an upstream like opencode, on a fake GitHub. Tests must not change it."""
    with open_world(tmp_path_factory.mktemp("opencode")) as world:
        yield world
