"""Responses of GitHub about the objects and history of a repository, computed with git.

Shapes and limits are those of the REST API (version 2022-11-28), reduced to the fields that pawtui reads.
"""

from __future__ import annotations

import base64
import datetime as dt
import subprocess
from typing import Any
from urllib.parse import quote

from tests.support.git_repo import GitRepo

WEB = "https://github.com"
COMPARE_COMMITS = 250
COMPARE_FILES = 300
_FORMAT = "%x1f".join(("%H", "%T", "%P", "%an", "%ae", "%at", "%cn", "%ce", "%ct", "%B"))


class Missing(Exception):
    """Git has no object or ref with that name."""


def iso(when: dt.datetime) -> str:
    """Return a time in GitHub's format."""
    return f"{when.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"


class GitAnswers:
    """The responses about one repository; git's output is cached until the repository changes."""

    def __init__(self, git: GitRepo, api: str, number: int) -> None:
        self.git = git
        # Trees with more paths than this are truncated and marked as truncated.
        self.tree_limit = 100_000
        self._api = f"{api}/repositories/{number}"
        self._known: dict[tuple[int, tuple[str, ...]], bytes] = {}

    def run(self, *args: str) -> bytes:
        """Return git's output. Raises `Missing` if git fails."""
        self.git.flush()
        key = (self.git.version, args)
        if key not in self._known:
            try:
                self._known[key] = self.git.git_bytes(*args)
            except (subprocess.CalledProcessError, ValueError) as error:
                raise Missing from error
        return self._known[key]

    def text(self, *args: str) -> str:
        """Return git's output as text."""
        return self.run(*args).decode("utf-8", "replace")

    def is_empty(self) -> bool:
        """Return whether no branch has a commit."""
        return not self.run("for-each-ref", "--count=1", "refs/heads")

    def resolve(self, ref: str) -> str:
        """Return the commit of `heads/NAME`, `tags/NAME`, a branch, a tag or a SHA (from 7 digits), in this order."""
        names = [f"refs/{ref}"] if ref.startswith(("heads/", "tags/")) else [f"refs/heads/{ref}", f"refs/tags/{ref}"]
        if len(ref) >= 7 and all(letter in "0123456789abcdef" for letter in ref):
            names.append(ref)
        for name in names:
            try:
                return self.text("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}").strip()
            except Missing:
                continue
        raise Missing

    def commits(self, full_name: str, *args: str) -> list[dict[str, Any]]:
        """Return commits as in `/commits`; `args` are arguments of `git log`."""
        raw = self.text("log", "-z", f"--format={_FORMAT}", *args)
        return [self._commit(full_name, record) for record in raw.split("\0") if record]

    def _commit(self, full_name: str, record: str) -> dict[str, Any]:
        sha, tree, parents, an, ae, at, cn, ce, ct, body = record.split("\x1f", 9)
        return {
            "sha": sha,
            "node_id": f"C_{sha[:12]}",
            "commit": {
                "author": {"name": an, "email": ae, "date": _epoch(at)},
                "committer": {"name": cn, "email": ce, "date": _epoch(ct)},
                "message": body.rstrip("\n"),
                "tree": {"sha": tree, "url": f"{self._api}/git/trees/{tree}"},
                "comment_count": 0,
                "verification": {"verified": False, "reason": "unsigned", "signature": None, "payload": None},
            },
            "url": f"{self._api}/commits/{sha}",
            "html_url": f"{WEB}/{full_name}/commit/{sha}",
            "author": None,
            "committer": None,
            "parents": [{"sha": parent, "url": f"{self._api}/commits/{parent}"} for parent in parents.split()],
        }

    def commit(self, full_name: str, sha: str, files: int) -> dict[str, Any]:
        """Return a commit with at most `files` files."""
        answer = self.commits(full_name, "-1", sha)[0]
        raw = self.run("diff-tree", "-r", "--root", "--no-commit-id", "--name-only", "-z", sha)
        names = raw.decode("utf-8", "replace").split("\0")[:-1]
        return answer | {
            "stats": {"total": len(names), "additions": len(names), "deletions": 0},
            "files": [{"filename": name, "status": "modified"} for name in names[:files]],
        }

    def tree(self, sha: str, recursive: bool) -> dict[str, Any]:
        """Return the paths of a commit or tree."""
        tree = self.text("rev-parse", "--verify", "--quiet", "--end-of-options", f"{sha}^{{tree}}").strip()
        raw = self.run("ls-tree", "-l", "-z", *(["-r", "-t"] if recursive else []), tree)
        items: list[dict[str, Any]] = []
        for line in raw.decode("utf-8", "replace").split("\0")[:-1]:
            head, path = line.split("\t", 1)
            mode, kind, item, size = head.split()
            entry: dict[str, Any] = {"path": path, "mode": mode, "type": kind, "sha": item}
            if kind == "blob":
                entry["size"] = int(size) if size.isdigit() else 0
            items.append(entry | ({"url": f"{self._api}/git/{kind}s/{item}"} if kind != "commit" else {}))
        cut = len(items) > self.tree_limit
        return {"sha": tree, "url": f"{self._api}/git/trees/{tree}", "tree": items[: self.tree_limit], "truncated": cut}

    def blob(self, sha: str) -> dict[str, Any]:
        """Return a file's bytes, in base64 with a newline after each 60 characters."""
        data = self.run("cat-file", "blob", sha)
        text = base64.b64encode(data).decode()
        lines = "".join(f"{text[at : at + 60]}\n" for at in range(0, len(text), 60))
        return {
            "sha": sha,
            "size": len(data),
            "content": lines,
            "encoding": "base64",
            "url": f"{self._api}/git/blobs/{sha}",
        }

    def annotated(self, sha: str) -> dict[str, Any]:
        """Return the object of an annotated tag."""
        head, _, message = self.text("cat-file", "tag", sha).partition("\n\n")
        fields = dict(line.split(" ", 1) for line in head.splitlines())
        name, _, rest = fields["tagger"].partition(" <")
        email, _, when = rest.partition("> ")
        return {
            "sha": sha,
            "tag": fields["tag"],
            "message": message.rstrip("\n"),
            "tagger": {"name": name, "email": email, "date": _epoch(when.partition(" ")[0])},
            "object": {"sha": fields["object"], "type": fields["type"]},
        }

    def pushes(self, ref: str) -> list[dict[str, Any]]:
        """Return the pushes to a branch, oldest first: one for each first parent, at its commit date."""
        lines = self.text("log", "--first-parent", "--reverse", "--format=%H %ct", f"refs/heads/{ref}").splitlines()
        before = "0" * 40
        moves: list[dict[str, Any]] = []
        for line in lines:
            sha, _, when = line.partition(" ")
            kind = "push" if moves else "branch_creation"
            moves.append(
                {
                    "id": len(moves) + 1,
                    "before": before,
                    "after": sha,
                    "ref": f"refs/heads/{ref}",
                    "timestamp": _epoch(when),
                    "activity_type": kind,
                    "actor": {"login": "ada"},
                }
            )
            before = sha
        return moves

    def refs(self, prefix: str) -> list[dict[str, Any]]:
        """Return every ref under `refs/` whose name starts with `prefix`."""
        lines = self.text("for-each-ref", "--format=%(refname)%00%(objectname)%00%(objecttype)").splitlines()
        found = (line.split("\0") for line in lines)
        return [
            {
                "ref": name,
                "node_id": f"R_{sha[:12]}",
                "url": f"{self._api}/git/{quote(name)}",
                "object": {"sha": sha, "type": kind, "url": f"{self._api}/git/{kind}s/{sha}"},
            }
            for name, sha, kind in found
            if name.startswith(f"refs/{prefix}")
        ]

    def compare(self, full_name: str, base: str, head: str, page: int | None, per_page: int) -> dict[str, Any]:
        """Return `base...head`: without a page the newest 250 commits, else that page; files only on the first page."""
        merge_base = self.text("merge-base", base, head).strip()
        ahead = self.text("rev-list", "--reverse", "--end-of-options", f"{base}..{head}").split()
        behind = int(self.text("rev-list", "--count", "--end-of-options", f"{head}..{base}"))
        shown = ahead[-COMPARE_COMMITS:] if page is None else ahead[(page - 1) * per_page : page * per_page]
        status = ("diverged" if behind else "ahead") if ahead else ("behind" if behind else "identical")
        names = self.text("diff", "--name-only", "-M", "-z", merge_base, head).split("\0")[:-1]
        files = names[:COMPARE_FILES] if page in (None, 1) else []
        listed = self.commits(full_name, "--no-walk=unsorted", *shown) if shown else []
        return {
            "url": f"{self._api}/compare/{base}...{head}",
            "html_url": f"{WEB}/{full_name}/compare/{base}...{head}",
            "base_commit": self.commits(full_name, "-1", base)[0],
            "merge_base_commit": self.commits(full_name, "-1", merge_base)[0],
            "status": status,
            "ahead_by": len(ahead),
            "behind_by": behind,
            "total_commits": len(ahead),
            "commits": listed,
            "files": [{"filename": name, "status": "modified", "sha": None, "patch": "@@"} for name in files],
        }


def _epoch(seconds: str) -> str:
    return iso(dt.datetime.fromtimestamp(int(seconds), dt.UTC))
