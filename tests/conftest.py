"""Load the shared fixtures, collect garbage rarely, and remove time limits, which fail on a busy machine."""

import gc
import importlib.util
import os
import py_compile
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
from hypothesis import HealthCheck, settings, strategies

from tests.probes.measuring import World, open_world

settings.register_profile("pawtui", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("pawtui")

pytest_plugins = ["tests.support.fixtures"]
# The worker that collects backwards.
_BACKWARDS = "gw1"


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
        _copy_bytecode()


def _copy_bytecode() -> None:
    """Put the bytecode of all imported modules at the new place: each worker would compile them again, in 2 s."""
    for module in list(sys.modules.values()):
        file, cached = getattr(module, "__file__", None), getattr(module, "__cached__", None)
        if file and cached and file.endswith(".py"):
            new = Path(importlib.util.cache_from_source(file))
            new.parent.mkdir(parents=True, exist_ok=True)
            if Path(cached).exists() and not new.exists():
                shutil.copyfile(cached, new)
            elif not new.exists():
                py_compile.compile(file, str(new))


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Let two workers compile the tests, and the others read the bytecode: five at once took 8 s more of CPU time."""
    worker = _worker(session.config)
    if not worker:
        if session.config.getoption("numprocesses", None):
            # Once for all workers, which start now: otherwise each makes Hypothesis's table of characters, in a second.
            strategies.text().validate()
        return (yield)
    if worker == _BACKWARDS:
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
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Let one worker collect the last folder and file first: it meets the worker that begins with the first."""
    report = yield
    if isinstance(collector, pytest.Directory) and _worker(collector.config) == _BACKWARDS:
        report.result.reverse()
    return report


def _worker(config: pytest.Config) -> str:
    """Return the id of this worker: `gw0`, `gw1` and so on; empty in a process that starts workers or has none."""
    return str(getattr(config, "workerinput", {}).get("workerid", ""))


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable() -> Generator[None, dict[str, object] | None, dict[str, object] | None]:
    """Leave out the keywords of a test: workers send them three times for each test, and nothing reads them."""
    data = yield
    return None if data is None else data | {"keywords": {}}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mix the files: tests of screens wait for half of their time, so at the end only they would run."""
    items.sort(key=lambda item: zlib.crc32(item.nodeid.partition("::")[0].encode()))


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
