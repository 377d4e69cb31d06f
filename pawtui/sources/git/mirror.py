"""Mirrors: bare clones without file contents that pawtui creates and updates in its cache folder.

A mirror is read only after its metadata file states that it is complete. Until then, the next update continues it, or
deletes it if it is damaged. The first update fetches the followed refs one by one, then everything. So an interrupted
update keeps its progress. A deleted mirror is downloaded again; nothing else is lost.
"""

import asyncio
import base64
import contextlib
import datetime as dt
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from filelock import AsyncFileLock, Timeout

from pawtui.atomic import PRIVATE, write_file
from pawtui.errors import os_reason
from pawtui.redact import redact
from pawtui.repo_names import is_repo_name
from pawtui.sources.git import git_errors
from pawtui.sources.git.clone import Clone, open_clone
from pawtui.sources.git.environment import network_environment
from pawtui.sources.git.process import Git, open_git
from pawtui.sources.github.server import is_loopback
from pawtui.sources.github.token import Secret, may_carry_token
from pawtui.sources.sanitize import safe_line
from pawtui.sources.source_errors import CloneDamaged, CloneUnusable, NotFound, RefConflict, Refused, SourceError

# The file that states whether a mirror is complete.
METADATA_FILE = "pawtui-mirror.json"
_FETCH = ("fetch", "--progress", "--atomic", "--no-tags", "--no-write-fetch-head", "--filter=blob:none")
_EVERYTHING = ("--prune", "origin", "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
# A progress line of `git fetch`: `Receiving objects:  40% (4/10), 1.20 MiB | 2.00 MiB/s`.
_STEP = re.compile(rb"[A-Z][a-z]+(?: [a-z]+)*: +\d+% \(\d+/\d+\)[^\r\n]*")
_COLLECT_SECONDS = 0.01  # debounce before a fetch of files, which takes far longer
_LOCK_SECONDS = 1.0  # time that a refresh waits for a mirror that another process is updating
_ABANDONED_SECONDS = 3600
_UPDATE_SECONDS = 120.0  # time limit of an update within a refresh; fetched objects remain

_StepCallback = Callable[[str], None]


class MirrorMetadata(msgspec.Struct, frozen=True, kw_only=True):
    """The content of a mirror's metadata file. `updated_at` is None until everything has been fetched once."""

    updated_at: dt.datetime | None = None


def mirror_path(folder: Path, web: str, repo: str) -> Path:
    """Return the path of a repository's mirror, in lower case: GitHub's names are case-insensitive."""
    # Another port is another host.
    host = urlsplit(web).netloc.lower().replace(":", "-")
    owner, _, name = repo.lower().partition("/")
    return folder / "mirrors" / host / owner / f"{name}.git"


def _read_metadata(path: Path) -> MirrorMetadata | None:
    """Return the metadata of the mirror at a path; None if it is missing or invalid."""
    try:
        return msgspec.json.decode((path / METADATA_FILE).read_bytes(), type=MirrorMetadata)
    except (OSError, msgspec.MsgspecError, ValueError):
        return None


class MirrorState(msgspec.Struct, frozen=True, kw_only=True):
    """A mirror after an update. `size` is in bytes on disk."""

    repo: str
    updated_at: dt.datetime
    size: int


class Mirror:
    """The mirror of one repository in `folder`. `web` is GitHub's web root, from which it is fetched.

    `token` is sent only if GitHub refuses a request without it, and only over https to that host. `first_branches` are
    those that the first update fetches before all others.
    """

    def __init__(
        self,
        repo: str,
        folder: Path,
        *,
        web: str,
        env: Mapping[str, str],
        token: Secret | None,
        clock: Callable[[], dt.datetime],
        first_branches: Sequence[str] = (),
    ) -> None:
        if not is_repo_name(repo):
            raise Refused(f"{safe_line(repo, 80)!r} is not a repository name. Give owner/name.")
        self.repo = repo
        self.path = mirror_path(folder, web, repo)
        self._web = web
        self._env = env
        self._token = token if may_carry_token(web) else None
        self._clock = clock
        self._first_branches = tuple(first_branches)
        # Whether GitHub has refused a request without the token.
        self._needs_token = False
        self._wanted_files: list[str] = []
        self._collecting: asyncio.Task[None] | None = None
        self._fetches: set[asyncio.Task[None]] = set()

    def updated_at(self) -> dt.datetime | None:
        """Return the time of the last update, or None if the mirror is not complete."""
        metadata = _read_metadata(self.path)
        return metadata.updated_at if metadata is not None else None

    async def open(self) -> Clone:
        """Open the mirror for reading. Raises `CloneUnusable` if it is not complete."""
        updated_at = await asyncio.to_thread(self.updated_at)
        if updated_at is None:
            raise CloneUnusable(f"There is no mirror of {self.repo}. Run `pawtui mirror`.")
        clone = await open_clone(self.repo, self.path, self._env, is_mirror=True)
        return msgspec.structs.replace(clone, all_known_until=updated_at)

    async def update_if_older(self, since: dt.datetime | None) -> str:
        """Update a mirror that was not updated since that time (None: always). Return the error, or an empty text."""
        updated_at = self.updated_at()
        # A time in the future was written with a wrong clock.
        if updated_at is None or (since is not None and since <= updated_at <= self._clock()):
            return ""
        try:
            async with asyncio.timeout(_UPDATE_SECONDS):
                # A refresh shows its own progress.
                await self.update(lambda _step: None, wait_seconds=_LOCK_SECONDS)
        except TimeoutError:
            return f"Updating the mirror of {self.repo} took longer than {_UPDATE_SECONDS:g} s. Run `pawtui mirror`."
        except SourceError as error:
            return str(error)
        return ""

    async def update(self, on_step: _StepCallback, *, wait_seconds: float = 30.0) -> MirrorState:
        """Create the mirror, or fetch new commits into it.

        Wait up to `wait_seconds` for another process that updates it. Raises `SourceError`; fetched objects remain.
        """
        # Without an executor, a cancelled wait cannot leave the file locked by a thread.
        lock = AsyncFileLock(self.path.with_suffix(".lock"), wait_seconds, mode=PRIVATE, run_in_executor=False)
        try:
            await asyncio.to_thread(self.path.parent.mkdir, parents=True, exist_ok=True)
            async with lock:
                with contextlib.suppress(CloneDamaged):
                    return await self._update(on_step)
                on_step("the mirror is damaged: creating it again")
                self.mark_damaged()
                return await self._update(on_step)
        except Timeout:
            raise Refused(f"Another process is updating the mirror of {self.repo}. Try again later.") from None
        except OSError as error:
            raise CloneUnusable(
                f"Cannot write the mirror of {self.repo}: {os_reason(error)}. Check the cache folder."
            ) from error

    async def fetch_file(self, sha: str) -> None:
        """Fetch a file's contents by SHA, in one request with the files that are requested at the same time."""
        self._wanted_files.append(sha)
        if self._collecting is None:
            self._collecting = asyncio.create_task(self._fetch_wanted())
            self._fetches.add(self._collecting)
            self._collecting.add_done_callback(self._fetches.discard)
        await asyncio.shield(self._collecting)

    async def close(self) -> None:
        """Cancel the fetches of files, and wait for their end."""
        fetches = list(self._fetches)
        for fetch in fetches:
            fetch.cancel()
        await asyncio.gather(*fetches, return_exceptions=True)

    async def _fetch_wanted(self) -> None:
        # Other tasks add their files meanwhile.
        await asyncio.sleep(_COLLECT_SECONDS)
        wanted, self._wanted_files, self._collecting = self._wanted_files, [], None
        git = await self._git()
        args = ["-c", "fetch.negotiationAlgorithm=noop", *_FETCH, "--stdin", "origin"]
        await self._run_remote(git, args, stdin="".join(f"{sha}\n" for sha in wanted).encode())

    def mark_damaged(self) -> None:
        """Mark the mirror as damaged: it is not read until the next update has created it again."""
        with contextlib.suppress(OSError):
            (self.path / METADATA_FILE).unlink()

    async def _update(self, on_step: _StepCallback) -> MirrorState:
        """Create or update the mirror under the lock, and state in its metadata file that it is complete."""
        await asyncio.to_thread(self._remove_leftovers)
        git = await self._git()
        git.on_stderr = partial(_report_progress, on_step)
        if await asyncio.to_thread(_read_metadata, self.path) is None:
            await self._create(git)
        if self.updated_at() is None:
            # One by one, so that an interrupted update does not lose those already fetched.
            for name in self._first_branches:
                on_step(f"fetching {name}")
                # A tracker may name a branch that is not there yet. The next fetch resolves a conflict.
                with contextlib.suppress(NotFound, RefConflict):
                    await self._run_remote(git, [*_FETCH, "origin", f"+refs/heads/{name}:refs/heads/{name}"])
        on_step("fetching all branches and tags")
        try:
            await self._run_remote(git, [*_FETCH, *_EVERYTHING])
        except RefConflict:
            # Only without `--atomic`, git removes a deleted branch before it writes one inside a folder of that name.
            await self._run_remote(git, [*_FETCH, "--no-atomic", *_EVERYTHING])
        now = self._clock()
        on_step("writing the index of commits")
        # Both only make reading faster, so their failures are ignored.
        for args in (["pack-refs", "--all"], ["commit-graph", "write", "--reachable"]):
            await git.run(args, what="the mirror", timed=False)
        await asyncio.to_thread(self._write_metadata, now)
        return MirrorState(repo=self.repo, updated_at=now, size=await asyncio.to_thread(_size_of, self.path))

    async def _git(self) -> Git:
        await asyncio.to_thread(self.path.mkdir, parents=True, exist_ok=True)
        return await open_git(self.path, self._env, f"the mirror of {self.repo}")

    async def _create(self, git: Git) -> None:
        what = f"a new mirror of {self.repo}"
        await git.read("init", "--quiet", "--bare", "--template=", "--initial-branch=main", ".", what=what)
        for key, value in (
            ("core.repositoryformatversion", "1"),
            ("extensions.partialClone", "origin"),
            ("remote.origin.url", f"{self._web.rstrip('/')}/{self.repo}.git"),
            ("remote.origin.promisor", "true"),
            ("remote.origin.partialclonefilter", "blob:none"),
        ):
            await git.read("config", key, value, what=what)
        await asyncio.to_thread(self._write_metadata, None)

    async def _run_remote(self, git: Git, args: Sequence[str], *, stdin: bytes = b"") -> None:
        """Run a command that connects to GitHub: first without the token, then with it if GitHub refuses that."""
        web = urlsplit(self._web)
        if web.scheme != "https" and not (web.scheme == "http" and is_loopback(web.hostname or "")):
            raise Refused(f"A mirror is fetched over https, and {web.netloc} is not. Use `--source github`.")
        attempts = [self._needs_token]
        if self._token is not None and not self._needs_token:
            attempts.append(True)
        for with_token in attempts:
            env = network_environment(self._env, web.scheme, self._token_setting(with_token))
            result = await git.run(args, what=self.repo, stdin=stdin, timed=False, env=env)
            if result.status == 0:
                self._needs_token = with_token
                return
            if not git_errors.is_access_denied(result.stderr):
                break
        stderr = redact(result.stderr, () if self._token is None else (self._token.reveal(),))
        raise git_errors.fetch_error(stderr, self.repo, web.netloc)

    def _token_setting(self, with_token: bool) -> dict[str, str]:
        """Return the git setting that sends the token to GitHub's address only, never to a redirect target."""
        if not with_token or self._token is None:
            return {}
        basic = base64.b64encode(f"x-access-token:{self._token.reveal()}".encode()).decode("ascii")
        return {f"http.{self._web}/.extraHeader": f"Authorization: Basic {basic}", "http.followRedirects": "false"}

    def _write_metadata(self, updated_at: dt.datetime | None) -> None:
        metadata = msgspec.json.encode(MirrorMetadata(updated_at=updated_at))
        write_file(self.path / METADATA_FILE, metadata, mode=PRIVATE)

    def _is_abandoned(self, path: Path) -> bool:
        """Return whether no process writes an unfinished pack: it was not changed in the last hour."""
        with contextlib.suppress(FileNotFoundError):
            return abs(self._clock().timestamp() - path.stat().st_mtime) > _ABANDONED_SECONDS
        return False

    def _remove_leftovers(self) -> None:
        """Remove the files of a killed update. The lock is held, so no other process updates.

        Another process may fetch files: a new `tmp_` may be one of them, and stays until a later update.
        """
        if _read_metadata(self.path) is None:
            # Not set up completely, or marked as damaged.
            shutil.rmtree(self.path, ignore_errors=True)
        # Locks and unfinished packs. The name of a ref does not end in `.lock`, but may begin with `tmp_`.
        locks, unfinished = self.path.rglob("*.lock"), (self.path / "objects").rglob("tmp_*")
        for path in (*locks, *filter(self._is_abandoned, unfinished)):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def _report_progress(on_step: _StepCallback, stderr: bytes) -> None:
    """Report the last line of progress in the next bytes of the stderr of `git fetch --progress`, if there is one."""
    steps = _STEP.findall(stderr)
    if steps:
        on_step(safe_line(steps[-1].decode("ascii", "replace"), 80))


def _size_of(folder: Path) -> int:
    """Return the bytes of all files in a folder."""
    size = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):
            size += path.stat().st_size
    return size
