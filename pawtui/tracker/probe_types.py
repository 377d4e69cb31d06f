"""The probes of the tracker file as typed, frozen structs: one for each kind.

`pawtui help probes` prints their docstrings and fields: write them for users.
"""

import datetime as dt
from typing import Literal

import msgspec

from pawtui.tracker.value_types import (
    Count,
    Days,
    DefinitionKey,
    DottedKey,
    FieldPath,
    FilePath,
    FilePaths,
    GlobPath,
    GlobPaths,
    HttpsAddress,
    IssueNumber,
    OneLine,
    PositiveCount,
    ShaPrefix,
    Share,
    TagPattern,
)


class TrackerTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the tracker file: an unknown key is a mistake and is not ignored."""


class ProbeKeys(TrackerTable, frozen=True, kw_only=True, tag_field="kind", tag=True):
    """The keys that every kind has.

    `why` explains the thresholds. `part` is the id of the signal's part that the probe measures. With `decides = false`
    the probe is measured and shown, but does not change the state of the signal. `side` is the repository to read.
    """

    why: str = ""
    part: str = ""
    decides: bool = True
    side: Literal["upstream", "downstream"] = "upstream"


class ReleaseProbe(ProbeKeys, frozen=True, kw_only=True, tag="release"):
    """Is there a stable release of the line? `line` is a pattern of tags, such as `v2.*`; pre-releases do not count.

    `met` is the number of stable releases that are needed.
    """

    line: TagPattern
    met: PositiveCount = 1


class SoakProbe(ProbeKeys, frozen=True, kw_only=True, tag="soak"):
    """How long has the line been in use? It counts quiet days and releases since a start.

    The start is the first stable tag of `line`, or `commit`, or `date`. With `file` and `pattern`, the window opens
    again on the day since which the file matches, for example if a new default was switched off for some days. Of
    `a | b` the first path that exists is read. With `breaking`, a commit on `surfaces` restarts the quiet days if its
    subject matches or it has the footer `BREAKING CHANGE:`. Two conditions can close the window: `days` quiet days, or
    `releases` with `minors` new minor versions. A post-release such as `1.0.post1` is not another release, because its
    code is that of `1.0`. `[policy] soak` sets whether one condition is enough. If both are needed, one of them makes
    the probe partial. It is also partial after `days_partial` quiet days, after `days` days since the start, or after
    `releases_partial` releases with `minors`. `days_partial = 0` turns off the first two, `releases_partial = 0` the
    last. Without `line`, only days count.
    """

    line: TagPattern = ""
    commit: ShaPrefix = ""
    date: dt.date | None = None
    days: Days = 28
    days_partial: Count = 14
    releases: PositiveCount = 3
    releases_partial: Count = 0
    minors: Count = 1
    surfaces: tuple[str, ...] = ()
    breaking: str = ""
    file: FilePaths = ""
    pattern: str = ""


class PathsProbe(ProbeKeys, frozen=True, kw_only=True, tag="paths"):
    """Do these paths exist at the head, or not exist? A path `a | b` has alternatives: one of them is enough.

    A path with wildcards that matches no file may match a folder. The probe is partial if some of `exist` exist;
    without `exist`, if some of `absent` do not.
    """

    exist: tuple[GlobPaths, ...] = ()
    absent: tuple[GlobPaths, ...] = ()


class TextProbe(ProbeKeys, frozen=True, kw_only=True, tag="text"):
    """Does `pattern` match in `file`, or in one of `files`? Of `a | b` the first path that exists is read.

    `expect` is whether it should match. With `read = "sql"` the pattern is matched against the SQL statements in the
    file, each on one line. A wanted match only in comments is unknown. `discards` replaces `pattern`: does the file
    delete rows of tables with such names, or the values of a column? Statements are read in SQL files (`.sql`,
    `.sql.postgres`), JavaScript and TypeScript. Another file with SQL, or a deletion in an unknown form, makes the
    state unknown. A `down.sql`, which undoes a migration, deletes nothing, nor does a function `down` or `downgrade`,
    or the part of a file after `-- +goose Down`, `-- +migrate Down` or `-- migrate:down`, nor the function of a
    trigger in PostgreSQL.
    """

    file: GlobPaths = ""
    files: tuple[GlobPaths, ...] = ()
    pattern: str = ""
    discards: str = ""
    read: Literal["text", "sql"] = "text"
    expect: Literal["present", "absent"] = "present"


class Limits(TrackerTable, frozen=True, kw_only=True):
    """The highest counts for one surface: commits, or shares (0 to 1) of its busiest window before."""

    met: Count | None = None
    partial: Count | None = None
    met_share: Share | None = None
    partial_share: Share | None = None


class ChurnProbe(ProbeKeys, frozen=True, kw_only=True, tag="churn"):
    """How many commits touched these surfaces in the last `days`, also compared with the busiest window before?

    `met` and `partial` are the highest numbers of commits, `met_share` and `partial_share` the highest shares (0 to 1)
    of the busiest window; a number or a share is enough. `limits` are those of single surfaces: the worst state counts.
    With more than `met_week` commits in any seven days, the state is at best partial: holidays lower only the sum.
    """

    surfaces: tuple[str, ...]
    days: Days = 28
    met: Count | None = None
    met_week: Count | None = None
    partial: Count | None = None
    met_share: Share | None = None
    partial_share: Share | None = None
    limits: dict[str, Limits] = msgspec.field(default_factory=dict)


class SubjectsProbe(ProbeKeys, frozen=True, kw_only=True, tag="subjects"):
    """How many commits on these surfaces in the last `days` have a subject that matches `pattern`?

    `met` and `partial` are the highest numbers of such commits. With `breaking`, a commit counts too if its subject
    matches that or it has the footer `BREAKING CHANGE:`; with one of them, the probe is not met.
    """

    surfaces: tuple[str, ...]
    pattern: str
    breaking: str = ""
    days: Days = 28
    met: Count = 0
    partial: Count = 2


class Contract(TrackerTable, frozen=True, kw_only=True):
    """The form of definitions in a source file, for `names`.

    `block` is a pattern that ends right before the `{` of a definition. `name` and `fields` are the keys in it that
    contain the name and the fields; without `fields`, the keys of the block are the fields. Instead of `name`, the
    first group of `name_after` is the name, a pattern that matches right after the `}`: blocks without it are ignored.
    `version` are dotted keys: the first that exists is the version, otherwise it is 1. `stored` are keys that only a
    stored definition has; without them all definitions are stored. A definition is also stored if the group `stored` of
    `block` matches. `optional` is a pattern of values that data may lack: a new field without it makes the state
    unknown, because older data does not have it.
    """

    block: str
    name: DefinitionKey = ""
    name_after: str = ""
    fields: DefinitionKey = ""
    version: tuple[DottedKey, ...] = ()
    stored: tuple[DefinitionKey, ...] = ()
    optional: str = ""


class NamesProbe(ProbeKeys, frozen=True, kw_only=True, tag="names"):
    """Which names disappeared from a file in the last `days`, and which are new?

    A name is the text of the groups of `pattern`, joined by `@`. With `contract`, names are the definitions with their
    versions, and their fields. `files` are the paths of the file over time: at each date the first that exists is read.
    `met` and `partial` are the highest numbers of names that disappeared; new names are allowed. A moved file is at
    best partial.
    """

    files: tuple[FilePath, ...]
    pattern: str = ""
    contract: Contract | None = None
    days: Days = 28
    met: Count = 0
    partial: Count = 2


class NewFilesProbe(ProbeKeys, frozen=True, kw_only=True, tag="new-files"):
    """Which files are new under `paths` in the last `days`, and match?

    A file matches if its name matches `name`, its text matches `body`, or it deletes rows of tables whose names match
    `discards`. A file that existed before and was changed, or moved and was changed with the same `identity`, matches,
    too, if it did not delete these rows when the window opened. Without these keys, every new file matches. `name` is
    also matched against the path inside the folder of `paths`, or the whole path if that has wildcards. `met` and
    `partial` are the highest numbers of such files. If one is newer than `days_unmet`, the probe is unmet instead of
    partial (0: never). A file that moved with the same name and text is not new. With `identity`, a file is new if the
    part of its path that matches is new, such as the id of a migration. New files with the same part count as one, and
    only one of them must match; JSON and a `down.sql` beside others are ignored. The state is then at best partial if
    earlier files are gone, because they may have been squashed, and unknown if they moved out of `paths`. `read`
    applies to `body`; its values are those of `text`.
    """

    paths: tuple[GlobPath, ...]
    days: Days = 56
    days_unmet: Count = 0
    name: str = ""
    body: str = ""
    discards: str = ""
    identity: str = ""
    read: Literal["text", "sql"] = "text"
    met: Count = 0
    partial: Count = 0


class IssuesProbe(ProbeKeys, frozen=True, kw_only=True, tag="issues"):
    """How many of the watched issues are not done, and how many issues does a search find?

    `watch` lists issue numbers of the repository. Done means closed as completed, or merged into the followed ref;
    closed as not planned does not count, and a duplicate counts like its original. `query` is a search in GitHub's
    syntax, limited to the repository, such as `is:issue is:open label:bug`. Without `is:open`, closed issues count;
    `is:pr` finds pull requests. `met` and `partial` are the highest numbers of watched issues that are not done,
    `query_met` and `query_partial` those of issues that the search finds.
    """

    watch: tuple[IssueNumber, ...] = ()
    met: Count = 0
    partial: Count = 1
    query: OneLine = ""
    query_met: Count = 0
    query_partial: Count = 0


class PullsProbe(ProbeKeys, frozen=True, kw_only=True, tag="pulls"):
    """Which pull requests touch these surfaces: merged in the last `days`, and open now?

    `met` and `partial` are the highest numbers of both together. A commit in the window that names no pull request
    counts as one.
    """

    surfaces: tuple[str, ...]
    days: Days = 28
    met: Count = 0
    partial: Count = 3


class JsonProbe(ProbeKeys, frozen=True, kw_only=True, tag="json"):
    """Does one field of a JSON document match `pattern`? `url` is an https address; no token is sent to it.

    `field` is a path with dots, such as `metadata.github.ref`; a number is a position in a list, counted from 0.
    `expect` is whether it should match. A document has at most 4 MB.
    """

    url: HttpsAddress
    field: FieldPath
    pattern: str
    expect: Literal["present", "absent"] = "present"


class AttestedProbe(ProbeKeys, frozen=True, kw_only=True, tag="attested"):
    """A question that only a maintainer can answer, with a verdict. Without a verdict it is unknown."""

    ask: str


Probe = (
    ReleaseProbe
    | SoakProbe
    | PathsProbe
    | TextProbe
    | ChurnProbe
    | SubjectsProbe
    | NamesProbe
    | NewFilesProbe
    | IssuesProbe
    | PullsProbe
    | JsonProbe
    | AttestedProbe
)
PROBE_TYPES: tuple[type[Probe], ...] = Probe.__args__


def kind_of(probe: Probe | type[Probe]) -> str:
    """Return the kind of a probe or of its type, as the tracker file spells it."""
    return str(probe.__struct_config__.tag)
