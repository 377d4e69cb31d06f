"""GitHub's responses (the wire format) as typed structs with the used fields only, and their conversion to facts.

Decoding checks the shape: a missing field, another type or a number out of range is an error with its position in the
JSON. All text becomes safe here (`sanitize.py`), dates are clamped (`dates.py`), and links are built by us
(`links.py`).
"""

import datetime as dt
from typing import Annotated, Literal

import msgspec

from pawtui.repo_names import is_repo_name
from pawtui.sources import links
from pawtui.sources.dates import EARLIEST, clamp_date, parse_date
from pawtui.sources.facts import ChangedFile, Comment, Commit, EntryType, Issue, Pull, Tag, Tree, TreeEntry, safe_commit
from pawtui.sources.github.server import split_url
from pawtui.sources.sanitize import safe_line, safe_path, safe_text

Sha = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{40}\Z")]
# Above this number, other programs lose digits (RFC 8259, section 6).
_MAX_INT = 2**53 - 1
Count = Annotated[int, msgspec.Meta(ge=0, le=_MAX_INT)]
PositiveInt = Annotated[int, msgspec.Meta(ge=1, le=_MAX_INT)]


class WirePerson(msgspec.Struct):
    """Git's author, committer or tagger. The date may be out of range."""

    name: str | None = None
    date: str | None = None

    @property
    def at(self) -> dt.datetime | None:
        """The clamped date; None if it is missing or invalid."""
        return parse_date(self.date) if self.date else None


class WireGitCommit(msgspec.Struct):
    """The git part of a commit; GitHub allows either person to be null."""

    message: str
    author: WirePerson | None = None
    committer: WirePerson | None = None


class WireSha(msgspec.Struct):
    """A commit of which only the SHA is used."""

    sha: Sha


class WireFile(msgspec.Struct):
    """A changed file of a commit, a comparison or a pull request."""

    filename: str
    previous_filename: str | None = None
    status: str = ""
    additions: Count = 0
    deletions: Count = 0

    def to_fact(self) -> ChangedFile:
        return ChangedFile(
            path=safe_path(self.filename),
            status=safe_line(self.status, 20),
            additions=self.additions,
            deletions=self.deletions,
            before=safe_path(self.previous_filename) if self.previous_filename else "",
        )


class WireCommit(msgspec.Struct):
    """An item of `/commits`, or `/commits/{ref}`, which has files."""

    sha: Sha
    commit: WireGitCommit
    parents: list[WireSha] = []
    files: list[WireFile] | None = None

    @property
    def at(self) -> dt.datetime:
        """The committer's date, else the author's, else `EARLIEST`."""
        people = (self.commit.committer, self.commit.author)
        return next((person.at for person in people if person is not None and person.at is not None), EARLIEST)

    def to_fact(self) -> Commit:
        author = self.commit.author or self.commit.committer
        name = (author.name if author else None) or ""
        return safe_commit(self.sha, self.at, name, self.commit.message)


class WireTreeItem(msgspec.Struct):
    """One path of a tree."""

    path: str
    type: Literal["blob", "tree", "commit"]
    # Only the length is checked: a pattern takes three times as long, for thousands of items.
    sha: Annotated[str, msgspec.Meta(min_length=40, max_length=40)]
    size: Count | None = None
    mode: str = ""


class WireTree(msgspec.Struct):
    """`/git/trees/{sha}?recursive=1`."""

    sha: Sha
    tree: list[WireTreeItem]
    truncated: bool = False

    def to_fact(self, sha: str) -> Tree:
        """Return the tree of the commit `sha`, by safe path."""
        entries = {}
        for item in self.tree:
            # Only the mode identifies a symbolic link (gitformat-index(5)).
            type_: EntryType = "symlink" if item.mode == "120000" else item.type
            entries[safe_path(item.path)] = TreeEntry(item.sha, type_, item.size or 0)
        return Tree(sha=sha, entries=entries, truncated=self.truncated)


class WireBlob(msgspec.Struct):
    """`/git/blobs/{sha}`, in base64."""

    content: str
    size: Count = 0


class WireObject(msgspec.Struct):
    """The object of a ref or an annotated tag."""

    sha: Sha
    type: str


class WireRef(msgspec.Struct):
    """An item of `/git/matching-refs/...`."""

    ref: str
    object: WireObject

    def to_fact(self) -> Tag:
        name = safe_line(self.ref.removeprefix("refs/tags/"))
        return Tag(name=name, sha=self.object.sha, annotated=self.object.type == "tag")


class WireAnnotatedTag(msgspec.Struct):
    """`/git/tags/{sha}`: the object of an annotated tag, usually a commit."""

    object: WireObject
    tagger: WirePerson | None = None


class WireBranch(msgspec.Struct):
    """`/branches/{name}`. GitHub redirects the name of a renamed branch, so `name` may differ."""

    name: str


class WireActivity(msgspec.Struct):
    """An item of `/activity`: a ref moved from `before` to `after` (40 zeros: it did not exist)."""

    ref: str
    before: Sha
    after: Sha
    timestamp: dt.datetime

    @property
    def at(self) -> dt.datetime:
        return clamp_date(self.timestamp)


class WireComparison(msgspec.Struct):
    """`/compare/{base}...{head}`."""

    ahead_by: Count
    behind_by: Count
    base_commit: WireCommit | None = None
    commits: list[WireCommit] = []
    files: list[WireFile] | None = None


class WireLabel(msgspec.Struct):
    """A label; older servers return its name as a string."""

    name: str | None = None


class WirePullFields(msgspec.Struct):
    """The additional fields of an issue that is a pull request."""

    merged_at: dt.datetime | None = None


class WireIssue(msgspec.Struct):
    """An issue or a pull request, alone, in a list or in a search."""

    number: PositiveInt
    title: str
    state: Literal["open", "closed"]
    html_url: str
    created_at: dt.datetime
    closed_at: dt.datetime | None = None
    labels: list[WireLabel | str] = []
    pull_request: WirePullFields | None = None
    state_reason: str | None = None
    locked: bool = False
    updated_at: dt.datetime | None = None

    def to_fact(self, web: str, repo: str) -> Issue:
        """Return the issue. Its repository comes from its URL, or is `repo` if the URL contains none."""
        repo = repo_in(self.html_url) or repo
        labels = (label if isinstance(label, str) else label.name or "" for label in self.labels)
        return Issue(
            repo=repo,
            number=self.number,
            title=safe_line(self.title),
            state=self.state,
            url=links.issue_url(web, repo, self.number),
            is_pull=self.pull_request is not None,
            merged=self.pull_request is not None and self.pull_request.merged_at is not None,
            labels=tuple(safe_line(label, 100) for label in labels if label),
            created_at=clamp_date(self.created_at),
            closed_at=clamp_date(self.closed_at) if self.closed_at else None,
            reason=safe_line(self.state_reason or "", 40) if self.state == "closed" else "",
            locked=self.locked,
            updated_at=clamp_date(self.updated_at) if self.updated_at else None,
        )


class WireBase(msgspec.Struct):
    """The branch that a pull request is merged into."""

    ref: str


class WirePullItem(msgspec.Struct):
    """An item of `/pulls`."""

    number: PositiveInt
    title: str
    updated_at: dt.datetime
    head: WireSha
    draft: bool = False

    def to_fact(self, web: str, repo: str) -> Pull:
        return Pull(
            number=self.number,
            title=safe_line(self.title),
            url=links.issue_url(web, repo, self.number),
            head=self.head.sha,
            updated_at=clamp_date(self.updated_at),
            draft=self.draft,
        )


class WireMergedPull(msgspec.Struct):
    """`/pulls/{number}`: before the merge, `merge_commit_sha` is a test merge."""

    merged: bool
    base: WireBase
    merge_commit_sha: str | None = None


class WireSearchResult(msgspec.Struct):
    """`/search/issues`."""

    total_count: Count
    incomplete_results: bool
    items: list[WireIssue]


class WireUser(msgspec.Struct):
    """An account."""

    login: str


class WireIssueEvent(msgspec.Struct):
    """An event of an issue."""

    event: str


class WireComment(msgspec.Struct):
    """A comment on an issue; its account may be deleted."""

    id: PositiveInt
    created_at: dt.datetime
    updated_at: dt.datetime
    body: str | None = None
    user: WireUser | None = None
    author_association: str = "NONE"
    html_url: str = ""
    minimized: dict[str, object] | None = None

    def to_fact(self, web: str, repo: str, number: int) -> Comment:
        """Return the comment on an issue. Its issue comes from its URL, or is `number` of `repo` without one."""
        last = self.html_url.partition("#")[0].rpartition("/")[2]
        if last.isascii() and last.isdigit() and len(last) < 10:
            number = int(last)
        url = links.issue_url(web, repo_in(self.html_url) or repo, number)
        return Comment(
            id=self.id,
            author=safe_line(self.user.login if self.user else "ghost", 100),
            association=safe_line(self.author_association, 40),
            body=safe_text(self.body or ""),
            created_at=clamp_date(self.created_at),
            updated_at=clamp_date(self.updated_at),
            url=f"{url}#issuecomment-{self.id}",
            hidden=self.minimized is not None,
        )


class WireRepo(msgspec.Struct):
    """A repository. An archived repository is read-only."""

    full_name: str
    archived: bool = False


class WireError(msgspec.Struct):
    """The body of an error response."""

    message: str = ""


def response_message(body: bytes) -> str:
    """Return the message of an error response, safe to show; empty if there is none."""
    try:
        message = msgspec.json.decode(body, type=WireError).message
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return ""
    return safe_line(message, 200).rstrip(".")


def repo_in(html_url: str) -> str:
    """Return `owner/name` from a GitHub web address, or an empty text."""
    parts = split_url(html_url)
    owner, _, rest = (parts.path if parts else "").lstrip("/").partition("/")
    name = rest.partition("/")[0]
    return f"{owner}/{name}" if is_repo_name(f"{owner}/{name}") else ""
