"""A clone is only read: no byte of it changes, and no program in its configuration is started."""

import datetime as dt
import hashlib
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pawtui.sources.git.clone_reader import CloneReader
from pawtui.sources.git.environment import network_environment, read_only_environment
from pawtui.sources.source_errors import NotInClone, SourceError
from pawtui.tracker.read_tracker import builtin_tracker
from tests.probes.measuring import recorded_refresh, refreshed
from tests.probes.opencode import DOWN, UP, make_downstream, make_upstream
from tests.sources.git.clones import ENV, NOW, git, git_source, opened, set_creation_time
from tests.support.git_repo import GitRepo

MakeRepo = Callable[..., GitRepo]


def fingerprint(folder: Path) -> dict[str, tuple[str, int, int]]:
    """Return every file and folder with its content hash, time and mode."""
    found = {}
    for path in sorted(folder.rglob("*")):
        content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() and not path.is_symlink() else ""
        state = path.lstat()
        found[str(path.relative_to(folder))] = (content, state.st_mtime_ns, state.st_mode)
    return found


def configure_programs(work: Path, marker: Path) -> None:
    """Set every configuration key that starts a program. The programs create the file `marker`."""
    mark = f"touch {marker}; true"
    hooks = work / "hooks"
    hooks.mkdir()
    for name in ("post-checkout", "reference-transaction", "post-index-change", "fsmonitor-watchman"):
        (hooks / name).write_text(f"#!/bin/sh\n{mark}\n")
        (hooks / name).chmod(0o700)
    lines: list[str] = []
    for key, value in (
        ("core.hooksPath", str(hooks)),
        ("core.fsmonitor", mark),
        ("core.pager", mark),
        ("pager.log", "true"),
        ("pager.diff-tree", mark),
        ("core.editor", mark),
        ("core.askPass", mark),
        ("core.sshCommand", mark),
        ("core.gitProxy", mark),
        ("core.alternateRefsCommand", mark),
        ("credential.helper", f"!{mark}"),
        ("diff.external", mark),
        ("diff.marked.command", mark),
        ("diff.marked.textconv", mark),
        ("filter.marked.smudge", mark),
        ("gpg.program", mark),
        ("log.showSignature", "true"),
        ("diff.renames", "copies"),
        ("diff.noprefix", "true"),
        ("diff.orderFile", "/dev/null"),
        ("core.quotePath", "true"),
        ("i18n.logOutputEncoding", "UTF-16"),
        ("log.date", "relative"),
        ("log.follow", "true"),
        ("alias.log", f"!{mark}"),
        ("alias.rev-list", f"!{mark}"),
        ("uploadpack.packObjectsHook", mark),
        ("gc.auto", "1"),
        ("maintenance.auto", "true"),
        ("core.logAllRefUpdates", "always"),
    ):
        section, _, name = key.rpartition(".")
        part, _, subsection = section.partition(".")
        lines += [f'[{part} "{subsection}"]' if subsection else f"[{part}]", f'{name} = "{value}"']
    config = work / ".git" / "config"
    config.write_text("\n".join([config.read_text(), *lines, ""]))
    (work / ".gitattributes").write_text("* diff=marked filter=marked\n")
    (work / ".git" / "info" / "attributes").write_text("* diff=marked filter=marked\n")


async def test_the_configuration_of_a_clone_has_no_effect_and_a_refresh_changes_no_file(
    make_repo: MakeRepo, tmp_path: Path
) -> None:
    up, down = make_upstream(make_repo("up", default="dev")), make_downstream(make_repo("down", default="main"))
    up.flush()
    down.flush()
    git(tmp_path, "clone", "-q", str(up.path), "work")
    work, marker = tmp_path / "work", tmp_path / "marker"
    # A working clone with a staged change, an unstaged change, and a stale lock.
    (work / "README.md").write_text("changed\n")
    git(work, "add", "README.md")
    (work / "README.md").write_text("changed again\n")
    configure_programs(work, marker)
    (work / ".git" / "index.lock").write_bytes(b"")
    set_creation_time(work / ".git")
    before, before_down = fingerprint(work), fingerprint(down.path)
    found = []
    for clone in (up, work):
        async with git_source((UP, clone), (DOWN, down)) as source:
            measured = recorded_refresh(await refreshed(builtin_tracker(), source, at=NOW))
        found.append([(probe.kind, probe.state, probe.facts) for signal in measured.signals for probe in signal.probes])
    assert found[0] == found[1]
    assert {state for _, state, _ in found[0]} >= {"met", "unmet", "partial"}
    assert fingerprint(work) == before
    assert fingerprint(down.path) == before_down
    assert not marker.exists()


async def test_nothing_is_fetched_into_a_partial_clone(make_repo: MakeRepo, tmp_path: Path) -> None:
    """Neither with `GIT_NO_LAZY_FETCH` nor, as in an older git, without it."""
    up = make_repo("up")
    up.commit({"a": "1\n"}, at="2026-06-01")
    up.git("config", "uploadpack.allowFilter", "true")
    up.flush()
    git(tmp_path, "clone", "-q", "--bare", "--filter=blob:none", f"file://{up.path}", "partial")
    partial, marker = tmp_path / "partial", tmp_path / "marker"
    git(partial, "config", "remote.origin.uploadpack", f"touch {marker}; git-upload-pack")
    before = fingerprint(partial)
    for known in (True, False):
        async with opened(partial) as repository:
            if not known:
                remove_variable(repository, "GIT_NO_LAZY_FETCH")
            with pytest.raises(NotInClone):
                await repository.blob(up.sha("main:a"))
    assert fingerprint(partial) == before
    assert not marker.exists()


def remove_variable(repository: CloneReader, name: str) -> None:
    """Remove a variable from git's environment."""
    env = repository.clone.git.env
    assert env.pop(name)


async def test_replaced_objects_and_grafts_are_ignored(make_repo: MakeRepo) -> None:
    repo = make_repo("up")
    commits = [repo.commit({"a": f"{number}"}, at=f"2026-06-0{number}") for number in range(1, 6)]
    shas = [repo.sha(commit) for commit in commits]
    async with opened(repo) as repository:
        before = await everything(repository, shas)
    repo.git("replace", shas[3], shas[1])
    (repo.path / "info").mkdir(exist_ok=True)
    (repo.path / "info" / "grafts").write_text(f"{shas[4]} {shas[0]}\n")
    assert repo.git("rev-list", "--count", "main") != "5"
    async with opened(repo) as repository:
        assert await everything(repository, shas) == before


async def everything(repository: CloneReader, shas: list[str]) -> list[object]:
    return [
        *[await repository.commit(sha) for sha in shas],
        *[await repository.tree(sha) for sha in shas],
        await repository.commits(shas[-1], "a", dt.date(2026, 1, 1)),
        await repository.compare(shas[0], shas[-1]),
    ]


NAMES = (
    "--all",
    "--output=marker",
    "-h",
    "main..main",
    "main^@",
    "main@{1}",
    ":/first",
    "HEAD:a",
    "main\nmain",
    "a b",
    "",
)


async def test_a_name_is_never_an_option_or_an_expression(make_repo: MakeRepo) -> None:
    repo = make_repo("up")
    repo.commit({"a": "1"}, at="2026-06-01", message="first")
    sha = repo.sha("main")
    async with opened(repo) as repository:
        for name in NAMES:
            assert (await repository.ref_head(name)).__class__.__name__ == "MissingRef", name
            assert not await repository.contains(name), name
            with pytest.raises(NotInClone):
                await repository.commit(name)
            with pytest.raises(SourceError):
                await repository.tree(name)
            assert (await repository.commits(sha, name or "-", dt.date(2026, 1, 1))).items == (), name
            # The git processes still work.
            assert (await repository.commit(sha)).sha == sha, name
    assert not (repo.path / "marker").exists()


def test_no_secret_and_no_user_setting_reaches_git() -> None:
    environment = {
        "PATH": "/usr/bin",
        "GH_TOKEN": "secret",
        "GITHUB_TOKEN": "secret",
        "GIT_DIR": "/elsewhere",
        "GIT_CONFIG_PARAMETERS": "'core.pager=touch x'",
        "GIT_EXTERNAL_DIFF": "touch x",
        "GIT_SSH_COMMAND": "touch x",
        "GIT_TRACE": "2",
        "HOME": "/home/ada",
        "HTTPS_PROXY": "http://proxy.example.org",
        "SSL_CERT_FILE": "/etc/ca.pem",
    }
    reading = read_only_environment(environment)
    fetching = network_environment(environment, "https", {})
    for env in (reading, fetching):
        assert "secret" not in env.values()
        assert not {"GIT_DIR", "GIT_CONFIG_PARAMETERS", "GIT_EXTERNAL_DIFF", "GIT_SSH_COMMAND", "HOME"} & set(env)
        assert "GIT_TRACE" not in env
        assert (env["GIT_TERMINAL_PROMPT"], env["GIT_CONFIG_GLOBAL"]) == ("0", os.devnull)
    assert "HTTPS_PROXY" not in reading
    assert (fetching["HTTPS_PROXY"], fetching["GIT_SSL_CAINFO"]) == ("http://proxy.example.org", "/etc/ca.pem")


def test_only_https_is_allowed(make_repo: MakeRepo, tmp_path: Path) -> None:
    up = make_repo("up")
    up.commit({"a": "1"})
    up.flush()
    for env in (read_only_environment(ENV), network_environment(ENV, "https", {})):
        done = subprocess.run(
            ["git", "clone", "-q", f"file://{up.path}", "copy"], cwd=tmp_path, env=env, capture_output=True, text=True
        )
        assert "transport 'file' not allowed" in done.stderr


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a folder away")
async def test_a_clone_of_another_user_is_read_without_a_setting(make_repo: MakeRepo) -> None:
    repo = make_repo("up")
    repo.commit({"a": "1"})
    sha = repo.sha("main")
    for path in (repo.path, *repo.path.rglob("*")):
        os.chown(path, 12345, 12345)
    async with opened(repo) as repository:
        assert (await repository.commit(sha)).sha == sha
