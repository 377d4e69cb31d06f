"""Git repositories for tests, written with one `git fast-import` stream: 6,000 commits in about a second.

repo = GitRepo(tmp_path / "up.git")
first = repo.commit({"src/a.py": "one\\n"}, at="2026-06-01", message="feat: begin")
repo.branch("maint/v1", first)
repo.commit({"src/a.py": None, "b": Submodule(40 * "1")}, at="2026-06-02T10:00")
repo.tag("v2.0.0", first, annotated=True)
repo.sha("main"), first.sha, repo.git("rev-list", "--count", "main")
"""

from __future__ import annotations

import atexit
import datetime as dt
import hashlib
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

_ENV = {
    "PATH": os.environ.get("PATH", os.defpath),
    "LC_ALL": "C",
    "TZ": "UTC",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_TERMINAL_PROMPT": "0",
    # Paths are literal, not patterns.
    "GIT_LITERAL_PATHSPECS": "1",
    # git allocates and frees 256 KB for each object: without this, glibc returns the memory each time.
    "MALLOC_TRIM_THRESHOLD_": "100000000",
}
# The disk need not be safe. By default, a few objects would be unpacked, by one more process.
_IMPORT_CONFIG = ("core.fsync=none", "fastimport.unpackLimit=1")
# The configuration that `git init --bare` writes, without a process. As on GitHub, partial clones are allowed.
_CONFIG = """[core]
\trepositoryformatversion = 0
\tfilemode = true
\tbare = true
[uploadpack]
\tallowFilter = true
\tallowAnySHA1InWant = true
"""
# Many tests begin with the same repository: the first streams that were imported, and copies of the repositories of
# streams that were imported twice.
_IMPORTED: set[bytes] = set()
_COPIES: dict[bytes, Path] = {}
TimeLike = dt.datetime | dt.date | str
# The format of `git log` that `logged_since` reads.
DATED = "--format=%H %ct"


def logged_since(log: str, since: dt.date) -> list[str]:
    """Return the commits of a `DATED` log since a day: `--since` stops at the first older commit, wherever it is."""
    start = dt.datetime.combine(since, dt.time(), dt.UTC).timestamp()
    commits = (line.split() for line in log.splitlines())
    return [sha for sha, seconds in commits if int(seconds) >= start]


class Submodule(NamedTuple):
    """A path that is a commit of another repository (a submodule)."""

    sha: str


class Link(NamedTuple):
    """A symbolic link to a path."""

    target: str


class RepoCommit(NamedTuple):
    """A commit of a `GitRepo`. Reading its SHA writes the pending commits."""

    repo: GitRepo
    mark: int

    @property
    def sha(self) -> str:
        """The full SHA."""
        return self.repo.sha(self)


def utc_time(at: TimeLike) -> dt.datetime:
    """Return a time in UTC from a datetime, a date (noon) or an ISO text of either."""
    if isinstance(at, str):
        at = dt.date.fromisoformat(at) if len(at) == 10 else dt.datetime.fromisoformat(at)
    if not isinstance(at, dt.datetime):
        return dt.datetime(at.year, at.month, at.day, 12, tzinfo=dt.UTC)
    return at.astimezone(dt.UTC) if at.tzinfo else at.replace(tzinfo=dt.UTC)


class GitRepo:
    """A bare repository at `path`, created at the first write. `default` is its default branch."""

    def __init__(self, path: Path, default: str = "main") -> None:
        self.path = path
        self.default = default
        # Increases with each change: a cached value of another version is outdated.
        self.version = 0
        # A hash of all imported streams: repositories with the same hash have the same objects.
        self.content = b""
        # Each thread of the fake GitHub writes pending commits first.
        self._lock = threading.Lock()
        self._stream: list[bytes] = []
        self._tips: dict[str, RepoCommit] = {}
        self._tags: set[str] = set()
        self._marks = 0
        self._shas: dict[int, str] = {}
        self._last = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
        for folder in ("objects/info", "objects/pack", "refs/heads", "refs/tags"):
            (path / folder).mkdir(parents=True)
        (path / "HEAD").write_text(f"ref: refs/heads/{default}\n", encoding="utf-8")
        (path / "config").write_text(_CONFIG, encoding="utf-8")

    def commit(
        self,
        files: Mapping[str, str | bytes | Submodule | Link | None] | None = None,
        *,
        branch: str | None = None,
        at: TimeLike | None = None,
        authored: TimeLike | None = None,
        message: str = "chore: change",
        author: str = "Ada Lovelace",
        merge: Sequence[RepoCommit | str] = (),
    ) -> RepoCommit:
        """Add a commit to `branch` (default: the default branch) that writes these files (None: deletes).

        `at` is the committer's date (default: an hour after the last commit), `authored` the author's (default: `at`).
        `merge` are further parents (a commit or a branch's tip); their files are not added.
        """
        branch = self.default if branch is None else branch
        when = self._last + dt.timedelta(hours=1) if at is None else utc_time(at)
        self._last = when
        wrote = utc_time(authored) if authored is not None else when
        self._marks += 1
        commit = RepoCommit(self, self._marks)
        name = author.encode()
        body = message.encode("utf-8", "surrogateescape")
        lines = [
            b"commit refs/heads/%s\nmark :%d\n" % (branch.encode(), commit.mark),
            b"author %s <ada@example.org> %d +0000\n" % (name, int(wrote.timestamp())),
            b"committer %s <ada@example.org> %d +0000\n" % (name, int(when.timestamp())),
            b"data %d\n%s\n" % (len(body), body),
        ]
        if branch in self._tips:
            lines.append(b"from :%d\n" % self._tips[branch].mark)
        lines += [b"merge :%d\n" % self._commit_at(parent).mark for parent in merge]
        lines += [_file(path, content) for path, content in (files or {}).items()]
        self._stream += [*lines, b"\n"]
        self._tips[branch] = commit
        return commit

    def branch(self, name: str, at: RepoCommit | str | None = None) -> None:
        """Set a branch to a commit or the tip of another branch, even if that is not a fast-forward."""
        target = self._commit_at(at)
        self._stream.append(b"reset refs/heads/%s\nfrom :%d\n\n" % (name.encode(), target.mark))
        self._tips[name] = target

    def delete_branch(self, name: str) -> None:
        """Delete a branch; its commits are still available by SHA."""
        self.flush()
        self._run(["update-ref", "-d", f"refs/heads/{name}"])
        del self._tips[name]
        self.version += 1

    def tag(
        self, name: str, at: RepoCommit | str | None = None, *, annotated: bool = False, on: TimeLike | None = None
    ) -> None:
        """Tag a commit or the tip of a branch (default: the default branch). `on` is the date of an annotated tag."""
        target = self._commit_at(at)
        self._tags.add(name)
        if annotated:
            when = int((self._last if on is None else utc_time(on)).timestamp())
            head = b"tag %s\nfrom :%d\ntagger Ada Lovelace <ada@example.org> %d +0000\n"
            body = f"{name}\n".encode()
            self._stream.append(head % (name.encode(), target.mark, when) + b"data %d\n%s\n" % (len(body), body))
        else:
            self._stream.append(b"reset refs/tags/%s\nfrom :%d\n\n" % (name.encode(), target.mark))

    def delete_tag(self, name: str) -> None:
        """Delete a tag."""
        self.flush()
        self._run(["update-ref", "-d", f"refs/tags/{name}"])
        self.version += 1

    def sha(self, what: RepoCommit | str) -> str:
        """Return the full SHA of a commit or of any git revision (`main`, `v2.0.0^{commit}`, `main:src/a`)."""
        self.flush()
        if isinstance(what, str):
            # A tag comes before a branch of the same name.
            if what in self._tags or what not in self._tips:
                return self.git("rev-parse", "--verify", what)
            what = self._tips[what]
        return self._shas[what.mark]

    def git(self, *args: str) -> str:
        """Return the output of a git command without the last newline."""
        return self.git_bytes(*args).decode("utf-8", "replace").removesuffix("\n")

    def git_bytes(self, *args: str) -> bytes:
        """Return the output of a git command as bytes. Raises `subprocess.CalledProcessError` if it fails."""
        self.flush()
        return self._run(list(args))

    def flush(self) -> None:
        """Write all pending commits."""
        with self._lock:
            if not self._stream:
                return
            marks, stream = self.path / "fast-import-marks", b"".join(self._stream)
            self._import(stream, marks)
            self.content = hashlib.sha256(self.content + stream).digest()
            pairs = (line.split() for line in marks.read_text().splitlines())
            self._shas = {int(mark[1:]): sha for mark, sha in pairs}
            self._stream = []
            self.version += 1

    def _import(self, stream: bytes, marks: Path) -> None:
        """Import the commits of a stream, or copy a repository that began with the same stream."""
        if self.version == 0 and stream in _COPIES:
            shutil.copytree(_COPIES[stream], self.path, dirs_exist_ok=True)
            return
        options = ["--quiet", "--force", f"--import-marks-if-exists={marks}", f"--export-marks={marks}"]
        config = [word for setting in _IMPORT_CONFIG for word in ("-c", setting)]
        self._run([*config, "fast-import", *options], stream)
        if self.version == 0 and stream in _IMPORTED:
            # If a copy fails, the next one has another name.
            copy = Path(tempfile.mkdtemp(dir=_copies_folder()))
            shutil.copytree(self.path, copy, ignore=shutil.ignore_patterns("HEAD", "config"), dirs_exist_ok=True)
            _COPIES[stream] = copy
        _IMPORTED.add(stream)

    def _commit_at(self, at: RepoCommit | str | None) -> RepoCommit:
        if isinstance(at, RepoCommit):
            return at
        return self._tips[self.default if at is None else at]

    def _run(self, args: list[str], stdin: bytes = b"") -> bytes:
        command = ["git", *args]
        if stdin:
            return subprocess.run(command, cwd=self.path, env=_ENV, input=stdin, capture_output=True, check=True).stdout
        # `subprocess` reads one pipe faster than several.
        return subprocess.check_output(
            command, cwd=self.path, env=_ENV, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )


@cache
def _copies_folder() -> str:
    folder = tempfile.mkdtemp(prefix="pawtui-repositories-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _file(path: str, content: str | bytes | Submodule | Link | None) -> bytes:
    raw = path.encode("utf-8", "surrogateescape")
    name = b'"' + raw.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n") + b'"'
    if content is None:
        return b"D %s\n" % name
    if isinstance(content, Submodule):
        return b"M 160000 %s %s\n" % (content.sha.encode(), name)
    if isinstance(content, Link):
        target = content.target.encode()
        return b"M 120000 inline %s\ndata %d\n%s\n" % (name, len(target), target)
    body = content.encode() if isinstance(content, str) else content
    return b"M 100644 inline %s\ndata %d\n%s\n" % (name, len(body), body)
