"""Open a clone: find its git folder, check that it is usable, and read its refs.

As on GitHub, a bare name of a ref is a branch if possible, then a tag, then a SHA of at least seven digits.

Folders above the given path are not searched. `--git-dir` is passed to git, so that git searches no folders and needs
no `safe.directory` for a clone that another user owns.
"""

import asyncio
import datetime as dt
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec

from pawtui.errors import os_reason
from pawtui.phrases import capitalized
from pawtui.repo_names import branch_name
from pawtui.sources.git import git_errors
from pawtui.sources.git.process import Git, open_git
from pawtui.sources.sanitize import safe_line
from pawtui.sources.source_errors import CloneUnusable

_SCP_LIKE = re.compile(r"[^/]*?:(?!/)(?P<path>.*)")
_HEADS = "refs/heads/"
_TAGS = "refs/tags/"
_SHA = re.compile(r"[0-9a-f]{7,40}")
_LIST_REFS = ("for-each-ref", "--format=%(objectname) %(objecttype) %(refname)")
# A line of FETCH_HEAD: the SHA, whether it is merged, and the branch with its repository.
_FETCHED_BRANCH = re.compile(r"(?P<sha>[0-9a-f]+)\t[^\t]*\tbranch '(?P<name>.+)' of (?P<url>.+)")


def is_sha(text: str) -> bool:
    """Return whether the text is a full SHA, or a short SHA of at least seven digits."""
    return _SHA.fullmatch(text) is not None


class Ref(NamedTuple):
    """The SHA and type of a ref's object."""

    sha: str
    type: str


class Refs(NamedTuple):
    """Branches by their names on GitHub, and tags, both sorted by name."""

    branches: Mapping[str, Ref]
    tags: Mapping[str, Ref]

    def resolve(self, ref: str) -> str | None:
        """Return the full or short SHA of a tracker's ref, or None if the ref is not in this clone."""
        name = ref.removeprefix("refs/")
        if name.startswith("heads/"):
            target = self.branches.get(name.removeprefix("heads/"))
        elif name.startswith("tags/"):
            target = self.tags.get(name.removeprefix("tags/"))
        else:
            target = self.branches.get(name) or self.tags.get(name)
            if target is None and is_sha(name):
                return name
        return target.sha if target else None


class Clone(msgspec.Struct, frozen=True):
    """A usable clone and its refs.

    Args:
        is_mirror: whether pawtui created the clone and may fetch into it. Any other clone is read only.
        all_known_until: the time until which all branches are known: the creation of the clone, or the last fetch of a
            mirror. None: the clone has no remote, so its branches are always current.
        fetched: the time of the last fetch of each branch.
        from_copy: whether the remote is a folder on this machine, which may be outdated itself.
        other_repo: the repository (`owner/name`) of the remote on a host, if it is not `repo`, such as a fork.
    """

    repo: str
    git: Git
    refs: Refs
    is_mirror: bool = False
    all_known_until: dt.datetime | None = None
    fetched: Mapping[str, dt.datetime] = msgspec.field(default_factory=dict)
    from_copy: bool = False
    other_repo: str = ""

    def known_until(self, ref: str) -> dt.datetime | None:
        """Return the time until which the commits of a ref are known; None if they are always current."""
        return self.fetched.get(branch_name(ref), self.all_known_until)


class OwnClone(NamedTuple):
    """The user's own clone of a repository at a path. It is only read."""

    repo: str
    path: Path
    env: Mapping[str, str]

    async def open(self) -> Clone:
        return await open_clone(self.repo, self.path, self.env)


async def open_clone(repo: str, path: Path, env: Mapping[str, str], *, is_mirror: bool = False) -> Clone:
    """Open the clone of `repo` at a path. Raises `CloneUnusable` if it cannot be read."""
    name = f"the {'mirror' if is_mirror else 'clone'} of {repo}"
    git_dir = await asyncio.to_thread(_checked_git_dir, name, path)
    git = await open_git(git_dir, env, name)
    config = await git.read("config", "--list", "-z", what="the configuration of the repository", allow=(0, 1))
    entries = filter(None, config.decode("utf-8", "surrogateescape").split("\0"))
    # git writes sections and variables in lower case.
    settings = [(key, value) for key, _, value in (entry.partition("\n") for entry in entries)]

    if ("extensions.objectformat", "sha256") in settings:
        raise CloneUnusable(
            f"{capitalized(name)} has the object format SHA-256, but GitHub uses SHA-1. Give a clone made from GitHub."
        )
    _check_history(name, git_dir)
    remote = remote_of(settings, repo)
    refs = await _read_refs(git, branch_prefix(remote.refspecs), f"the refs of {repo}")
    # Only now: a partial clone lacks files and folders, but not the commits of its refs.
    git.partial = any(key.endswith((".promisor", ".partialclonefilter")) for key, _ in settings)

    created_at, fetched = None, {}
    if any(key.startswith("remote.") for key, _ in settings):
        created_at = await asyncio.to_thread(_created_at, git_dir)
        repos = {repo.lower(), *map(_repo_in, remote.urls)}
        fetched = await asyncio.to_thread(_fetch_times, git_dir, repos, refs.branches)
    hosted = [_repo_in(url) for url in remote.urls if not _is_local(url)]
    return Clone(
        repo=repo,
        git=git,
        refs=refs,
        is_mirror=is_mirror,
        all_known_until=created_at,
        fetched=fetched,
        from_copy=bool(remote.urls) and not hosted,
        other_repo=safe_line(hosted[0]) if hosted and repo.lower() not in hosted else "",
    )


def _checked_git_dir(name: str, path: Path) -> Path:
    """Return the git folder of a clone; `name` is for messages. Raises `CloneUnusable` if there is none."""
    why = "is not a git repository"
    try:
        # Since Python 3.14, the methods of `Path` below do not raise, but return False, for a path that cannot be read.
        path.stat()
        git_dir = _find_git_dir(path)
    except (FileNotFoundError, NotADirectoryError):
        git_dir, why = None, "does not exist"
    except OSError as error:
        raise CloneUnusable(f"{capitalized(name)} cannot be read: {os_reason(error)}. Give another path.") from None
    if git_dir is None:
        raise CloneUnusable(
            f"{capitalized(name)} {why}: {path.name!r}. "
            "Give the path of a clone; `clone` in a tracker is relative to its file."
        )
    return git_dir.absolute()


def _find_git_dir(path: Path) -> Path | None:
    """Return a clone's git folder: the bare clone itself, its folder `.git`, or the folder in its file `.git`."""
    dotted = path / ".git"
    if dotted.is_dir():
        return dotted
    if dotted.is_file():
        try:
            named = dotted.read_text(encoding="utf-8", errors="surrogateescape").strip()
        except OSError:
            return None
        target = path / named.removeprefix("gitdir:").strip()
        return target if named.startswith("gitdir:") and target.is_dir() else None
    return path if (path / "HEAD").is_file() and (path / "objects").is_dir() else None


def _check_history(name: str, git_dir: Path) -> None:
    """Raise `CloneUnusable` if the history is cut off."""
    shallow = _common_dir(git_dir) / "shallow"
    if shallow.exists() and shallow.stat().st_size:
        raise CloneUnusable(
            f"{capitalized(name)} is shallow: its history is cut off. Run `git fetch --unshallow` in it."
        )


class Remote(NamedTuple):
    """The URLs and the fetch refspecs of a remote; empty if the clone has no such remote."""

    urls: list[str]
    refspecs: list[str]


def remote_of(settings: list[tuple[str, str]], repo: str) -> Remote:
    """Return the remote whose URL names the repository, or `origin` if no remote does.

    GitHub's branches are in the targets of its refspecs. If it has none (a bare clone), they are the clone's own
    branches. The local branches of a working clone may contain other commits and are not read.
    """
    remotes: dict[str, Remote] = {}
    for key, value in settings:
        section, _, rest = key.partition(".")
        name, _, variable = rest.rpartition(".")
        if section == "remote" and variable in ("url", "fetch"):
            remote = remotes.setdefault(name, Remote([], []))
            values = remote.urls if variable == "url" else remote.refspecs
            values.append(value)
    for remote in remotes.values():
        if repo.lower() in map(_repo_in, remote.urls):
            return remote
    origin = remotes.get("origin")
    return origin if origin is not None and origin.urls else Remote([], [])


def _repo_in(url: str) -> str:
    """Return the repository (`owner/name` in lower case) in a remote's URL or path: its last two folders."""
    path = url
    if "://" in url:
        # `urlsplit` refuses some hosts.
        path = url.partition("://")[2].partition("/")[2]
    elif scp := _SCP_LIKE.fullmatch(url):
        path = scp["path"]
    parts = path.replace("\\", "/").rstrip("/").removesuffix(".git").split("/")
    return "/".join(parts[-2:]).lower()


def _is_local(url: str) -> bool:
    """Return whether a remote's URL is a path on this machine."""
    return url.startswith("file://") if "://" in url else not _SCP_LIKE.fullmatch(url)


def branch_prefix(refspecs: list[str]) -> str:
    """Return where fetch refspecs write GitHub's branches: the start of their refs, before the branch's name.

    Without such a refspec (a bare clone), GitHub's branches are the clone's own.
    """
    for refspec in refspecs:
        source, _, target = refspec.removeprefix("+").partition(":")
        if source == "refs/*" and target.endswith("*"):
            return f"{target.removesuffix('*')}heads/"
        # The name is `*` for all branches.
        name = source.removeprefix(_HEADS)
        if source.startswith(_HEADS) and target.endswith(name):
            return target.removesuffix(name)
    return _HEADS


def _common_dir(git_dir: Path) -> Path:
    """Return the git folder that linked working trees share, or `git_dir` if the clone is not a linked working tree."""
    try:
        return git_dir / (git_dir / "commondir").read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return git_dir


async def _read_refs(git: Git, prefix: str, what: str) -> Refs:
    """Return the branches (refs that begin with `prefix`) and tags. Raises `CloneDamaged` for an unreadable ref."""
    result = await git.run((*_LIST_REFS, prefix.rpartition("/")[0], _TAGS), what=what)
    if result.status:
        raise git.command_error(result.stderr, what)
    # git leaves it out: without an error, the next ref of the tracker would be followed.
    if "ignoring broken ref" in result.stderr:
        raise git_errors.damage_error(result.stderr, git.name)
    return _parse_refs(result.stdout, prefix)


def _parse_refs(out: bytes, prefix: str) -> Refs:
    """Return the branches (refs that begin with `prefix`) and tags among refs in the format `SHA TYPE NAME`."""
    heads: dict[str, Ref] = {}
    tags: dict[str, Ref] = {}
    for line in filter(None, out.decode("utf-8", "replace").split("\n")):
        sha, type_, name = line.split(" ", 2)
        if name.startswith(_TAGS):
            tags[name.removeprefix(_TAGS)] = Ref(sha, type_)
        elif name.startswith(prefix):
            heads[name.removeprefix(prefix)] = Ref(sha, type_)
    return Refs(heads, tags)


def _created_at(git_dir: Path) -> dt.datetime | None:
    """Return the time of a clone's creation: the time of its oldest file that reading and checkouts do not change."""
    common = _common_dir(git_dir)
    created = [at for name in ("description", "config", "packed-refs") if (at := _changed_at(common / name))]
    return min(created, default=None)


def _fetch_times(git_dir: Path, repos: set[str], branches: Mapping[str, Ref]) -> dict[str, dt.datetime]:
    """Return the time of the last fetch of each branch from one of the repositories (`owner/name` in lower case).

    git empties FETCH_HEAD before it connects, and also writes it at a fetch of another repository or branch, or at a
    fetch that updates no ref (`git fetch URL main`): then the SHA is not that of the branch.
    """
    fetched: dict[str, dt.datetime] = {}
    for folder in {git_dir, _common_dir(git_dir)}:
        at = _changed_at(folder / "FETCH_HEAD")
        try:
            lines = (folder / "FETCH_HEAD").read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            continue
        for line in lines:
            branch = _FETCHED_BRANCH.fullmatch(line)
            if at is None or branch is None or _repo_in(branch["url"]) not in repos:
                continue
            name = branch["name"]
            if name in branches and branches[name].sha == branch["sha"]:
                fetched[name] = max(at, fetched.get(name, at))
    return fetched


def _changed_at(path: Path) -> dt.datetime | None:
    try:
        return dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
    except OSError:
        return None
