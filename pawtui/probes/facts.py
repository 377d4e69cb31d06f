"""The facts of each kind of probe: what was counted or read, as the record and `--json` have it.

A field that a later version adds has a default; a renamed one is a breaking change.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import msgspec

from pawtui.probes.finding import ProbeFacts, State


class TagFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A tag, the commit it names, and when the tag was made (the tagger's date of an annotated one)."""

    tag: str
    sha: str
    at: dt.datetime


class ReleaseFacts(ProbeFacts, frozen=True, kw_only=True, tag="release"):
    """How many `stable` tags the line has, and how many others (None: not told for a past moment)."""

    line: str = ""
    stable: int = 0
    prereleases: int | None = None
    minors: int = 0
    first: TagFacts | None = None
    newest: TagFacts | None = None


class BreakFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The last commit whose subject says that it breaks."""

    sha: str
    subject: str
    at: dt.datetime


class SoakFacts(ProbeFacts, frozen=True, kw_only=True, tag="soak"):
    """Both arms. Days are whole UTC days; `*_on` is the day an arm closes if nothing breaks before.

    `quiet_days` counts from the last break, however long ago, or from the anchor; they are at most so many where
    `quiet_at_most` says that not every commit since the anchor was listed. `breaks` counts those of the listed history,
    which ends before the anchor where it holds one.
    """

    mode: str = "either"
    days: int = 0
    releases: int = 0
    minors: int = 0
    anchor: str = ""
    anchor_at: dt.datetime | None = None
    newest: str = ""
    age_days: int = 0
    age_on: dt.date | None = None
    quiet_days: int = 0
    quiet_on: dt.date | None = None
    quiet_at_most: bool = False
    days_closed: bool = False
    releases_closed: bool = False
    breaks: int = 0
    last_break: BreakFacts | None = None
    breaking: str = ""


class PathsFacts(ProbeFacts, frozen=True, kw_only=True, tag="paths"):
    """Each wanted or unwanted path as the tracker writes it, with the SHA of the object there (None: it is missing)."""

    paths: Mapping[str, str | None] = {}


class TextFacts(ProbeFacts, frozen=True, kw_only=True, tag="text"):
    """The `files` that were read, and where the pattern first matches (`line` counts from 1; None: nowhere).

    `file` is the one with the match, else the first that was read; `blob` is its SHA and `text` the matched line.
    """

    files: tuple[str, ...] = ()
    file: str = ""
    blob: str = ""
    pattern: str = ""
    expect: str = "present"
    line: int | None = None
    text: str | None = None


class SurfaceFacts(msgspec.Struct, frozen=True, kw_only=True):
    """One surface: commits in the window, in the busiest window before it, and per week (oldest first).

    `state` is set where the tracker gives the surface limits of its own.
    """

    name: str
    count: int = 0
    peak: int = 0
    weeks: tuple[int, ...] = ()
    state: State | None = None


class ChurnFacts(ProbeFacts, frozen=True, kw_only=True, tag="churn"):
    """`total` counts each commit once. `peak` is that of the busiest window before this one, which `peak_from` opens.

    `weeks` are commits per week from `weeks_from`, oldest first. `young` names surfaces younger than the window.
    """

    days: int = 0
    since: dt.date | None = None
    total: int = 0
    peak: int = 0
    peak_from: dt.date | None = None
    weeks: tuple[int, ...] = ()
    weeks_from: dt.date | None = None
    surfaces: tuple[SurfaceFacts, ...] = ()
    young: tuple[str, ...] = ()


class SubjectsFacts(ProbeFacts, frozen=True, kw_only=True, tag="subjects"):
    """`matching` of so many `commits` in the window have a subject that matches `pattern`, or `breaking`.

    `breaks` of them match `breaking`.
    """

    days: int = 0
    since: dt.date | None = None
    pattern: str = ""
    commits: int = 0
    matching: int = 0
    breaking: str = ""
    breaks: int = 0


class NamesFacts(ProbeFacts, frozen=True, kw_only=True, tag="names"):
    """`names` stand in `file` now; `removed` and `added` since it stood as `before` at `before_sha`.

    `unsure` are names of which it cannot be told whether they changed; `opaque` those with fields that are not in the
    file. `before_source` says how it is known what the branch held then.
    """

    file: str = ""
    before: str = ""
    before_sha: str = ""
    before_source: str = ""
    since: dt.date | None = None
    pattern: str = ""
    names: int = 0
    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    opaque: tuple[str, ...] = ()


class CommitFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A commit that brought a matching file."""

    sha: str
    subject: str
    at: dt.datetime


class NewFilesFacts(ProbeFacts, frozen=True, kw_only=True, tag="new-files"):
    """Of `files` under the paths some are `new` since `before_sha`, of which some are `matching`; at most 60 are named.

    `partly` are matching files that throw away rows of some kind only. `unread` counts new files that were not read.
    """

    since: dt.date | None = None
    name: str = ""
    body: str = ""
    discards: str = ""
    files: int = 0
    before_sha: str = ""
    before_source: str = ""
    new: tuple[str, ...] = ()
    matching: tuple[str, ...] = ()
    partly: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unread: int = 0
    commits: tuple[CommitFacts, ...] = ()


class IssuesFacts(ProbeFacts, frozen=True, kw_only=True, tag="issues"):
    """`watched` has each number's state, `originals` the issue that a duplicate repeats. `undone` counts what is not
    done; `found` is a search's count (None: there was none)."""

    watched: Mapping[str, str] = {}
    originals: Mapping[str, str] = {}
    open: int = 0
    undone: int = 0
    query: str = ""
    found: int | None = None


class PullFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A pull request, the surfaces that it touches (empty: a commit on one of them names it) and when it moved last."""

    number: int
    title: str
    surfaces: tuple[str, ...] = ()
    at: dt.datetime | None = None


class PullsFacts(ProbeFacts, frozen=True, kw_only=True, tag="pulls"):
    """`merged` in the window and `open` now, on the surfaces; `unnumbered` counts commits that name no pull request.

    `unread` counts open ones whose files are not known.
    """

    days: int = 0
    since: dt.date | None = None
    merged: tuple[PullFacts, ...] = ()
    open: tuple[PullFacts, ...] = ()
    unread: int = 0
    unnumbered: int = 0


class JsonFacts(ProbeFacts, frozen=True, kw_only=True, tag="json"):
    """The `value` of `field` in the document that `host` gave, as text, cut at 300 characters."""

    url: str = ""
    host: str = ""
    field: str = ""
    value: str = ""
    pattern: str = ""
    expect: str = "present"


class AttestedFacts(ProbeFacts, frozen=True, kw_only=True, tag="attested"):
    """The question for a person."""

    ask: str = ""


Facts = (
    ReleaseFacts
    | SoakFacts
    | PathsFacts
    | TextFacts
    | ChurnFacts
    | SubjectsFacts
    | NamesFacts
    | NewFilesFacts
    | IssuesFacts
    | PullsFacts
    | JsonFacts
    | AttestedFacts
)
