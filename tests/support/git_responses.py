"""Responses of GitHub about the objects and history of a repository, computed with git.

Shapes and limits are those of the REST API (version 2022-11-28), reduced to the fields that pawtui reads.
"""

import base64
import subprocess
from typing import Any

from tests.support.git_repo import GitRepo
from tests.support.repository_objects import GitObjects, Missing, person

WEB = "https://github.com"
COMPARE_COMMITS = 250
COMPARE_FILES = 300
# Git's output about commits that are named by SHA: the same in every repository that has them.
_KNOWN: dict[tuple[str, ...], bytes] = {}


class GitResponses:
    """The responses about one repository."""

    def __init__(self, git: GitRepo) -> None:
        self.git = git
        # Trees with more paths than this are truncated and marked as truncated.
        self.tree_limit = 100_000
        self._objects = GitObjects(git)

    def run(self, *args: str) -> bytes:
        """Return git's output; `args` name commits by SHA. Raises `Missing` if git fails."""
        if args not in _KNOWN:
            try:
                _KNOWN[args] = self.git.git_bytes(*args)
            except (subprocess.CalledProcessError, ValueError) as error:
                raise Missing from error
        return _KNOWN[args]

    def text(self, *args: str) -> str:
        """Return git's output as text."""
        return self.run(*args).decode("utf-8", "replace")

    def is_empty(self) -> bool:
        """Return whether no branch has a commit."""
        return not any(ref.name.startswith("refs/heads/") for ref in self._objects.refs())

    def resolve(self, ref: str) -> str:
        """Return the commit of `heads/NAME`, `tags/NAME`, a branch, a tag or a SHA (from 7 digits), in this order."""
        if ref.startswith(("heads/", "tags/")):
            return self._objects.resolve(f"refs/{ref}")
        return self._objects.resolve(f"refs/heads/{ref}", f"refs/tags/{ref}", sha=ref)

    def commits(self, full_name: str, sha: str, path: str, page: slice) -> list[dict[str, Any]]:
        """Return a page of the commits of a path (empty: all) as in `/commits`."""
        found = self._objects.short_log(sha, path)
        if found is None:
            args = [f"--skip={page.start}", f"--max-count={page.stop - page.start}", sha, "--", path]
            found = self.text("log", "--format=%H", *filter(None, args)).split()
        else:
            found = found[page]
        return [self.plain_commit(full_name, commit) for commit in found]

    def plain_commit(self, full_name: str, sha: str) -> dict[str, Any]:
        """Return a commit as in a list: without its files."""
        commit = self._objects.commit(sha)
        return {
            "sha": sha,
            "commit": {
                "author": commit.author,
                "committer": commit.committer,
                "message": commit.message.rstrip("\n"),
            },
            "html_url": f"{WEB}/{full_name}/commit/{sha}",
            "parents": [{"sha": parent} for parent in commit.parents],
        }

    def commit(self, full_name: str, sha: str, files: int) -> dict[str, Any]:
        """Return a commit with at most `files` files."""
        names = [name.decode("utf-8", "replace") for name in self._objects.changed(sha)]
        listed = [{"filename": name, "status": "modified"} for name in names[:files]]
        return self.plain_commit(full_name, sha) | {"files": listed}

    def tree(self, sha: str, recursive: bool) -> dict[str, Any]:
        """Return the paths of a commit or tree."""
        try:
            tree = self._objects.commit(self.resolve(sha)).tree
        except Missing:
            tree = sha
            self._objects.get(tree, "tree")
        items: list[dict[str, Any]] = []
        for path, item in self._objects.listing(tree, recursive):
            name = path.decode("utf-8", "replace")
            entry: dict[str, Any] = {"path": name, "mode": item.mode, "type": item.kind, "sha": item.sha}
            if item.kind == "blob":
                entry["size"] = self._objects.size(item.sha)
            items.append(entry)
        cut = len(items) > self.tree_limit
        return {"sha": tree, "tree": items[: self.tree_limit], "truncated": cut}

    def blob(self, sha: str) -> dict[str, Any]:
        """Return a file's bytes, in base64 with a newline after each 60 characters."""
        data = self._objects.get(sha, "blob")
        text = base64.b64encode(data).decode()
        lines = "".join(f"{text[at : at + 60]}\n" for at in range(0, len(text), 60))
        return {"sha": sha, "size": len(data), "content": lines, "encoding": "base64"}

    def annotated(self, sha: str) -> dict[str, Any]:
        """Return the object of an annotated tag."""
        head, _, message = self._objects.get(sha, "tag").decode("utf-8", "replace").partition("\n\n")
        fields = dict(line.split(" ", 1) for line in head.splitlines())
        return {
            "sha": sha,
            "tag": fields["tag"],
            "message": message.rstrip("\n"),
            "tagger": person(fields["tagger"]),
            "object": {"sha": fields["object"], "type": fields["type"]},
        }

    def pushes(self, ref: str) -> list[dict[str, Any]]:
        """Return the pushes to a branch, oldest first: one for each first parent, at its commit date."""
        chain = [self._objects.commit(self._objects.resolve(f"refs/heads/{ref}"))]
        while chain[-1].parents:
            chain.append(self._objects.commit(chain[-1].parents[0]))
        before = "0" * 40
        pushes: list[dict[str, Any]] = []
        for commit in reversed(chain):
            kind = "push" if pushes else "branch_creation"
            pushes.append(
                {
                    "id": len(pushes) + 1,
                    "before": before,
                    "after": commit.sha,
                    "ref": f"refs/heads/{ref}",
                    "timestamp": commit.committer["date"],
                    "activity_type": kind,
                    "actor": {"login": "ada"},
                }
            )
            before = commit.sha
        return pushes

    def refs(self, prefix: str) -> list[dict[str, Any]]:
        """Return every ref under `refs/` whose name starts with `prefix`."""
        return [
            {"ref": name, "object": {"sha": sha, "type": kind}}
            for name, sha, kind in self._objects.refs()
            if name.startswith(f"refs/{prefix}")
        ]

    def have_common_ancestor(self, base: str, head: str) -> bool:
        """Return whether two commits have a common history."""
        return not self._objects.ancestors(base).isdisjoint(self._objects.ancestors(head))

    def compare(self, full_name: str, base: str, head: str, page: int | None, per_page: int) -> dict[str, Any]:
        """Return `base...head`: without a page the newest 250 commits, else that page; files only on the first page."""
        behind = len(self._objects.ancestors(base) - self._objects.ancestors(head))
        merge_base = self.text("merge-base", base, head).strip() if behind else base
        ahead = self._objects.since(base, head)[::-1]
        shown = ahead[-COMPARE_COMMITS:] if page is None else ahead[(page - 1) * per_page : page * per_page]
        status = "behind" if behind else "identical"
        if ahead:
            status = "diverged" if behind else "ahead"
        names = self.text("diff", "--name-only", "-M", "-z", merge_base, head).split("\0")[:-1] if ahead else []
        files = names[:COMPARE_FILES] if page in (None, 1) else []
        return {
            "base_commit": self.plain_commit(full_name, base),
            "merge_base_commit": self.plain_commit(full_name, merge_base),
            "status": status,
            "ahead_by": len(ahead),
            "behind_by": behind,
            "total_commits": len(ahead),
            "commits": [self.plain_commit(full_name, sha) for sha in shown],
            "files": [{"filename": name, "status": "modified", "patch": "@@"} for name in files],
        }
