"""The made-up world in the shapes of GitHub's REST API, without the fields that nobody reads."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Sequence
from typing import Any

from pawtui.demo.reports import MadeComment, MadeIssue
from pawtui.demo.repository import MadeCommit, MadeEntry, MadeRepository, MadeTag

# A name that can never exist (RFC 2606), laid out like a GitHub Enterprise server's.
WEB = "https://github.example"
API = f"{WEB}/api/v3"
# GitHub's own limit on the files of a comparison.
MOST_FILES = 300

Json = dict[str, Any]


def stamp(moment: dt.datetime) -> str:
    """A time as GitHub writes it."""
    return f"{moment.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"


def repository(repo: MadeRepository) -> Json:
    """`GET /repos/{owner}/{name}`."""
    return {
        "id": repo.number,
        "full_name": repo.name,
        "default_branch": repo.default_branch,
        "html_url": f"{WEB}/{repo.name}",
        "url": f"{API}/repos/{repo.name}",
        "private": False,
        "archived": False,
    }


def commit(repo: MadeRepository, made: MadeCommit) -> Json:
    """An item of `GET /repos/{r}/commits`."""
    person = {"name": made.author, "email": "nobody@example.invalid", "date": stamp(made.at)}
    return {
        "sha": made.sha,
        "html_url": f"{WEB}/{repo.name}/commit/{made.sha}",
        "url": f"{API}/repos/{repo.name}/commits/{made.sha}",
        "commit": {"message": made.message, "author": person, "committer": person, "tree": {"sha": made.tree}},
        "author": {"login": made.author.lower()},
        "parents": [{"sha": made.parent}] if made.parent else [],
    }


def files(repo: MadeRepository, base: str, head: str) -> list[Json]:
    """The `files` of a commit or a comparison, at most 300; `base` may be empty."""
    found = []
    for path, status, sha, earlier in repo.changes(base, head)[:MOST_FILES]:
        file = {"filename": path, "status": status, "sha": sha, "additions": 1, "deletions": 1, "changes": 2}
        found.append(file | ({"previous_filename": earlier} if earlier else {}))
    return found


def tree(repo: MadeRepository, sha: str, *, recursive: bool) -> Json:
    """`GET /repos/{r}/git/trees/{sha}`."""
    entries = repo.entries(sha) if recursive else repo.trees[sha]
    items = [_tree_item(path, entry) for path, entry in entries.items()]
    return {"sha": sha, "tree": items, "truncated": False}


def _tree_item(path: str, entry: MadeEntry) -> Json:
    item: Json = {"path": path, "mode": entry.mode, "type": entry.type, "sha": entry.sha}
    return item | ({"size": entry.size} if entry.type == "blob" else {})


def blob(sha: str, body: bytes) -> Json:
    """`GET /repos/{r}/git/blobs/{sha}`: base64 in lines of 60, as GitHub sends it."""
    text = base64.b64encode(body).decode()
    lines = [text[start : start + 60] for start in range(0, len(text), 60)]
    return {"sha": sha, "size": len(body), "encoding": "base64", "content": "".join(f"{line}\n" for line in lines)}


def tag_ref(made: MadeTag) -> Json:
    """An item of `GET /repos/{r}/git/matching-refs/tags/...`."""
    kind = "tag" if made.object else "commit"
    return {"ref": f"refs/tags/{made.name}", "object": {"sha": made.object or made.commit, "type": kind}}


def tag(made: MadeTag) -> Json:
    """`GET /repos/{r}/git/tags/{sha}` of an annotated tag."""
    return {
        "sha": made.object,
        "tag": made.name,
        "message": made.name,
        "tagger": {"name": "loom", "date": stamp(made.at)},
        "object": {"sha": made.commit, "type": "commit"},
    }


def comparison(repo: MadeRepository, base: MadeCommit, head: MadeCommit, page: int, size: int) -> Json:
    """`GET /repos/{r}/compare/{base}...{head}`; files come with the first page only."""
    ours = list(repo.history(head.sha))
    theirs = {made.sha: None for made in repo.history(base.sha)}
    shared = next((made for made in ours if made.sha in theirs), None)
    if shared is None:
        raise LookupError("the two have no commit in common")
    ahead = ours[: ours.index(shared)]
    behind = list(theirs).index(shared.sha)
    status = ("diverged" if behind else "ahead") if ahead else ("behind" if behind else "identical")
    oldest_first = ahead[::-1]
    return {
        "status": status,
        "ahead_by": len(ahead),
        "behind_by": behind,
        "total_commits": len(ahead),
        "merge_base_commit": commit(repo, shared),
        "base_commit": commit(repo, base),
        "html_url": f"{WEB}/{repo.name}/compare/{base.sha}...{head.sha}",
        "commits": [commit(repo, made) for made in oldest_first[(page - 1) * size : page * size]],
        "files": files(repo, shared.sha, head.sha) if page == 1 else [],
    }


def issue(made: MadeIssue, moment: dt.datetime) -> Json:
    """An issue or a pull request, alone, in a list or in a search."""
    closed = made.closed_at if made.closed(moment) else None
    kind = "pull" if made.is_pull else "issues"
    summary: Json = {
        "number": made.number,
        "title": made.title,
        "state": "closed" if closed else "open",
        "html_url": f"{WEB}/{made.repo}/{kind}/{made.number}",
        "url": f"{API}/repos/{made.repo}/issues/{made.number}",
        "created_at": stamp(made.created_at),
        "updated_at": stamp(made.updated_at(moment)),
        "closed_at": stamp(closed) if closed else None,
        "labels": [{"name": label} for label in made.labels],
        "user": {"login": made.author.lower()},
        "body": made.body,
    }
    return summary | ({"pull_request": {"merged_at": summary["closed_at"]}} if made.is_pull else {})


def comment(made: MadeComment) -> Json:
    """A comment on an issue."""
    return {
        "id": made.id,
        "body": made.body,
        "user": {"login": made.author.lower()},
        "author_association": made.standing,
        "created_at": stamp(made.at),
        "updated_at": stamp(made.edited or made.at),
        "html_url": f"{WEB}/{made.repo}/issues/{made.number}#issuecomment-{made.id}",
    }


def found(made: Sequence[MadeIssue], moment: dt.datetime, size: int) -> Json:
    """`GET /search/issues`: how many in all, and the first `size` of them."""
    items = [issue(one, moment) for one in made[:size]]
    return {"total_count": len(made), "incomplete_results": False, "items": items}
