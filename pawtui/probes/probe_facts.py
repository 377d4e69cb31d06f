"""The facts of each kind of probe, as the record and `--json` contain them.

A field that a later version adds has a default; a renamed field is a breaking change. `pawtui help probes` prints the
docstrings and fields below.
"""

import datetime as dt
from collections.abc import Mapping

import msgspec

from pawtui.moments import Moment
from pawtui.probes.state import State

_MAX_WEEKS = 10_000


class ProbeFacts(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """The keys that all kinds of facts have, in addition to `kind`, the kind of the probe.

    `head` is the commit that was read. `met_on` is the date on which the probe is met if nothing else happens.
    """

    head: str = ""
    met_on: dt.date | None = None


class TagFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A tag, its commit, and when the tag was made: for an annotated tag, the tagger's date."""

    tag: str
    sha: str
    at: Moment


class ReleaseFacts(ProbeFacts, frozen=True, kw_only=True, tag="release"):
    """The numbers of `stable` tags of the line and of their `minors`.

    `prereleases` counts the other tags that match the line; None if it is not known.
    """

    line: str = ""
    stable: int = 0
    prereleases: int | None = None
    minors: int = 0
    first: TagFacts | None = None
    newest: TagFacts | None = None


class CommitFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A breaking commit, or the first commit to a matching file in the window."""

    sha: str
    subject: str
    at: Moment


class FileRead(msgspec.Struct, frozen=True, kw_only=True):
    """The first day on which the file was read, and how many `releases` and new `minors` since then certainly count."""

    since: dt.date
    releases: int = 0
    minors: int = 0


class SoakFacts(ProbeFacts, frozen=True, kw_only=True, tag="soak"):
    """Days and releases since the start (`anchor`). Days are whole UTC days.

    `mode` is `[policy] soak`, and `newest` the newest tag of the line. `days_closed` and `releases_closed` are whether
    the quiet days or the releases close the window. `age_on` and `quiet_on` are the dates on which those days are
    enough, if nothing breaks before. `quiet_days` counts from the last breaking commit, or from the start; with
    `quiet_at_most` there may be fewer, because not every commit was listed. `breaks` counts the breaking commits that
    were listed. `file_read` is None without a file, or if it was read on all days: earlier days and releases may not
    count, but the state does not depend on them.
    """

    mode: str = "either"
    days: int = 0
    releases: int = 0
    minors: int = 0
    anchor: str = ""
    anchor_at: Moment | None = None
    newest: str = ""
    age_days: int = 0
    age_on: dt.date | None = None
    quiet_days: int = 0
    quiet_on: dt.date | None = None
    quiet_at_most: bool = False
    days_closed: bool = False
    releases_closed: bool = False
    breaks: int = 0
    last_break: CommitFacts | None = None
    breaking: str = ""
    file_read: FileRead | None = None


class PathsFacts(ProbeFacts, frozen=True, kw_only=True, tag="paths"):
    """Each path of the tracker with the SHA of the object there; None if it does not exist."""

    paths: Mapping[str, str | None] = {}


class TextFacts(ProbeFacts, frozen=True, kw_only=True, tag="text"):
    """The `files` that were read, and the first match: its `line`, counted from 1, and the `text` of that line.

    Both are None without a match. `file` is the file with the match, or the first file read; `blob` is its SHA.
    """

    files: tuple[str, ...] = ()
    file: str = ""
    blob: str = ""
    pattern: str = ""
    expect: str = "present"
    line: int | None = None
    text: str | None = None


class SurfaceFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The commits on one surface: in the window, in the busiest window before, and per week, oldest first.

    `state` is None if the tracker sets no limits for the surface.
    """

    name: str
    count: int = 0
    peak: int = 0
    weeks: tuple[int, ...] = ()
    state: State | None = None


class ChurnFacts(ProbeFacts, frozen=True, kw_only=True, tag="churn"):
    """The commits in the window, each counted once (`total`), and in the busiest window before (`peak`).

    `busiest_week` has the most commits in any seven days of the window. `peak_from` is the first day of the busiest
    window. `weeks` counts commits per week from `weeks_from`, oldest first. `young` names each surface, or the
    history, that did not exist when the window opened. `incomplete` has the reasons why the counts may be too low.
    """

    days: int = 0
    since: dt.date | None = None
    total: int = 0
    busiest_week: int = 0
    peak: int = 0
    peak_from: dt.date | None = None
    weeks: tuple[int, ...] = ()
    weeks_from: dt.date | None = None
    surfaces: tuple[SurfaceFacts, ...] = ()
    young: tuple[str, ...] = ()
    incomplete: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raise `ValueError` for weeks beyond the calendar: a chart cannot label them."""
        if self.weeks_from is not None and (self.weeks_from.year > 9000 or len(self.weeks) > _MAX_WEEKS):
            raise ValueError("weeks out of range")


class SubjectsFacts(ProbeFacts, frozen=True, kw_only=True, tag="subjects"):
    """The number of `commits` in the window, and the number of `matching` ones.

    The subject of a matching commit matches `pattern`, or it is a breaking commit. `breaks` counts breaking commits:
    the subject matches `breaking`, or the message has the footer `BREAKING CHANGE:`. `incomplete` has the reasons why
    the counts may be too low.
    """

    days: int = 0
    since: dt.date | None = None
    pattern: str = ""
    commits: int = 0
    matching: int = 0
    breaking: str = ""
    breaks: int = 0
    incomplete: tuple[str, ...] = ()


class NamesFacts(ProbeFacts, frozen=True, kw_only=True, tag="names"):
    """How many `names` are in `file` now, and which were `removed` and `added` since the window opened.

    When the window opened, the file had the path `before` at the commit `before_sha`; `before_source` is the way that
    commit was found. Names in `unsure` may have changed, or are new fields that older data lacks; names in `opaque`
    have fields that are defined in other files. `met_on` is the latest date: the probe is met before it if the last
    commits to the file removed no name. It is None if few requests are left.
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


class NewFilesFacts(ProbeFacts, frozen=True, kw_only=True, tag="new-files"):
    """The number of `files` under the paths, the `new` files since the window opened, and the `matching` files.

    `before_sha` is the branch's commit when the window opened, and `before_source` the way it was found. `new` and
    `removed` have at most 60 paths. Files in `partly` match, but delete only some rows of a table. `unread` counts new
    files that were not read. `added_on` is the day on which the branch got the last matching file that is not in
    `partly`, or its last change; None if it is not known. `gone` counts earlier files whose identity is gone.
    `incomplete` has the reasons why new files may be missing. A file in `matching` that is not in `new` existed before,
    and deletes rows since it was changed.
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
    added_on: dt.date | None = None
    gone: int = 0
    incomplete: tuple[str, ...] = ()


class IssuesFacts(ProbeFacts, frozen=True, kw_only=True, tag="issues"):
    """The state of each `watched` issue, and the numbers of `open` and `undone` issues.

    `originals` has the original of each duplicate. `unread` counts the watched issues that could not be read. `found`
    is the result of the search, None without a search.
    """

    watched: Mapping[str, str] = {}
    originals: Mapping[str, str] = {}
    open: int = 0
    undone: int = 0
    unread: int = 0
    query: str = ""
    found: int | None = None


class PullFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A pull request, the surfaces that it touches, and the time of its last change.

    `surfaces` is empty for a merged pull request: its commits are on the surfaces.
    """

    number: int
    title: str
    surfaces: tuple[str, ...] = ()
    at: Moment | None = None


class PullsFacts(ProbeFacts, frozen=True, kw_only=True, tag="pulls"):
    """Pull requests on the surfaces: `merged` in the window, and `open` now.

    `unread` counts open pull requests whose files were not read, `unnumbered` commits in the window that name no pull
    request. `incomplete` has the reasons why the counts may be too low.
    """

    days: int = 0
    since: dt.date | None = None
    merged: tuple[PullFacts, ...] = ()
    open: tuple[PullFacts, ...] = ()
    unread: int = 0
    unnumbered: int = 0
    incomplete: tuple[str, ...] = ()


class JsonFacts(ProbeFacts, frozen=True, kw_only=True, tag="json"):
    """The `value` of the field in the document, as text of at most 300 characters."""

    url: str = ""
    host: str = ""
    field: str = ""
    value: str = ""
    pattern: str = ""
    expect: str = "present"


class AttestedFacts(ProbeFacts, frozen=True, kw_only=True, tag="attested"):
    """The question for a maintainer."""

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
