"""A repository that is hard to read: merges of every kind, renames, odd names, links, tags."""

import datetime as dt
import os
import random
import subprocess

from tests.support.git_repo import GitRepo, Link, RepoCommit, Submodule

START = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
DAYS = 120
FILES = ("src/a.py", "src/b.py", "src/deep/er/c.py", "lib/d.py", "lib", "docs/e.md", "src/deep/f.py")
ODD_NAMES = (
    "odd/with space.py",
    "odd/tab\there",
    "odd/line\nbreak",
    'odd/"quoted"',
    "odd/back\\slash",
    "odd/-dash",
    "odd/--end-of-options",
    "odd/:(glob)x*",
    "odd/a[b]?",
    "odd/é-composed",
    "odd/e\u0301-decomposed",
    "odd/日本/🐾",
    "odd/\x1b[31mred",
    "odd/\udcff-no-utf-8",
    "odd/\nfirst",
    "HEAD",
    "-leading",
)
ODD_MESSAGES = (
    "feat!: break it\n\nA body.\n",
    "",
    "\n\nafter empty lines",
    "two\nlines in the first paragraph",
    "\x1b[2Jclear the screen \u202e and turn around",
    "x" * 1000,
    "trailing space   \n",
    "\udcff is no UTF-8",
    "fix: (#7)",
)


def _day(number: float) -> dt.datetime:
    return START + dt.timedelta(days=number)


def make_odd_repo(repo: GitRepo, seed: int = 7) -> GitRepo:
    """Fill a repository whose default branch is `main`. `seed` determines the files of each commit."""
    rng = random.Random(seed)
    repo.commit(
        {"src/a.py": "a\n", "lib/d.py": "d\n", "docs/e.md": "e\n", "README": "r\n"}, at=_day(0), message="begin"
    )
    repo.commit(
        {
            **{name: f"{name!r}\n" for name in ODD_NAMES},
            "link": Link("src/a.py"),
            "odd/broken link": Link("no/where"),
            "vendor/theirs": Submodule(40 * "1"),
            "empty": "",
            "binary": b"\0\1\2\xff",
        },
        at=_day(0.5),
        message="odd names",
    )
    branches: list[str] = []
    for number in range(1, DAYS):
        _add_day(repo, rng, number, branches)
    _add_renames(repo)
    _add_merges(repo)
    _add_refs(repo)
    repo.flush()
    return repo


def _add_day(repo: GitRepo, rng: random.Random, number: int, branches: list[str]) -> None:
    """Add a commit on `main` or a side branch, and sometimes a new branch or a merge."""
    at = _day(number)
    message = ODD_MESSAGES[number % len(ODD_MESSAGES)] if number % 3 == 0 else f"fix: change {number}"
    files = _files(rng, number)
    if branches and rng.random() < 0.45:
        repo.commit(files, branch=rng.choice(branches), at=at, message=message)
    else:
        repo.commit(files, at=at, message=message)
    if rng.random() < 0.2:
        name = f"side-{number}"
        repo.branch(name, "main")
        branches.append(name)
    if len(branches) > 1 and rng.random() < 0.25:
        name = branches.pop(rng.randrange(len(branches)))
        # A merge may change files itself.
        merged = _files(rng, number) if rng.random() < 0.6 else {}
        repo.commit(merged, at=at + dt.timedelta(hours=3), message=f"Merge {name}", merge=[name])


def _files(rng: random.Random, number: int) -> dict[str, str | None]:
    names = rng.sample([name for name in FILES if name != "lib"], rng.choice((1, 1, 2)))
    # Few different contents, so that both sides of a merge are sometimes equal.
    return {name: f"{rng.randrange(3)}\n" if rng.random() < 0.9 else None for name in names}


def _add_renames(repo: GitRepo) -> None:
    """Add renames with and without a change, a file that becomes a folder, and a folder that becomes a link."""
    long = "".join(f"line {number}\n" for number in range(60))
    repo.commit({"src/long.py": long, "src/same.py": "the same\n" * 9}, at=_day(DAYS), message="add")
    moved = {"src/same.py": None, "pkg/same.py": "the same\n" * 9}
    repo.commit(moved, at=_day(DAYS + 1), message="rename without a change")
    edited = {"src/long.py": None, "pkg/long.py": long + "one more\n"}
    repo.commit(edited, at=_day(DAYS + 2), message="rename with a change")
    repo.commit({"README": None, "README/now.md": "r\n"}, at=_day(DAYS + 3), message="a file becomes a folder")
    removed = {"docs/e.md": None, "docs": Link("src")}
    repo.commit(removed, at=_day(DAYS + 4), message="a folder becomes a link")
    repo.commit({"vendor/theirs": Submodule(40 * "2")}, at=_day(DAYS + 5), message="another submodule commit")


def _add_merges(repo: GitRepo) -> None:
    """Add merges: equal changes on both sides, a discarded side, an octopus, commits older than their parents."""
    repo.branch("twin", "main")
    repo.commit({"src/a.py": "twin\n"}, branch="twin", at=_day(DAYS + 6), message="the same, on twin")
    repo.commit({"src/a.py": "twin\n"}, at=_day(DAYS + 7), message="the same, on main")
    repo.commit({}, at=_day(DAYS + 8), message="Merge twin", merge=["twin"])
    repo.branch("loser", "main")
    repo.commit({"src/a.py": "lost\n", "lib/d.py": "lost\n"}, branch="loser", at=_day(DAYS + 9), message="to be lost")
    repo.commit({"src/b.py": "won\n"}, at=_day(DAYS + 10), message="main goes on")
    repo.commit({"lib/d.py": "lost\n"}, at=_day(DAYS + 11), message="Merge loser, half of it", merge=["loser"])
    arms: list[RepoCommit | str] = []
    for number in range(3):
        repo.branch(f"arm-{number}", "main")
        # Committed long before the merge.
        commit = repo.commit(
            {f"arms/{number}": "x\n", "src/b.py": f"arm {number}\n"}, branch=f"arm-{number}", at=_day(40 + number)
        )
        arms.append(commit)
    repo.commit({f"arms/{number}": "x\n" for number in range(3)}, at=_day(DAYS + 12), message="Octopus", merge=arms)
    repo.commit({}, at=_day(DAYS + 13), message="nothing changed")


def _add_refs(repo: GitRepo) -> None:
    """Add branches and tags of every kind, and a branch that was reset and rewritten."""
    first = repo.commit({"lib/d.py": "v2\n"}, at=_day(DAYS + 14), message="release")
    repo.tag("v1.0.0", "arm-1")
    repo.tag("v2.0.0", first, annotated=True, on=_day(DAYS + 20))
    repo.tag("v2.1.0", first)
    repo.tag("v2.1.0-beta.1", first, annotated=True, on=_day(DAYS + 14))
    repo.branch("maint/v1", first)
    repo.commit({"lib/d.py": "maint\n"}, branch="maint/v1", at=_day(DAYS + 15), message="maintain")
    repo.branch("both", "maint/v1")
    repo.tag("both", first)
    repo.branch("rewritten", "main")
    repo.commit({"src/a.py": "before\n"}, branch="rewritten", at=_day(DAYS + 16), message="to be rewritten")
    repo.flush()
    repo.branch("rewritten", first)
    repo.commit({"src/a.py": "after\n"}, branch="rewritten", at=_day(DAYS + 17), message="rewritten")
    repo.commit({"src/a.py": "last\n"}, at=_day(DAYS + 18), message="the last one")
    _tag_tags(repo)


def _tag_tags(repo: GitRepo) -> None:
    """Add a tag of a tag and tags of blobs, with git itself."""
    committer = {"GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.org"}
    env = {**committer, "GIT_COMMITTER_DATE": "1790000000 +0200", "PATH": os.environ.get("PATH", os.defpath)}
    repo.flush()
    for name, of in (("v2.2.0", "v2.0.0"), ("v2.3.0-blob", "main:src/a.py")):
        args = ["git", "tag", "-a", "-m", name, name, of]
        subprocess.run(args, cwd=repo.path, env=env, check=True, capture_output=True)
    repo.git("update-ref", "refs/tags/v2.4.0-light-blob", repo.sha("main:lib/d.py"))
