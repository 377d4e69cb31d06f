"""What is followed: the tracker file as typed, frozen structs.

One tracker is one TOML file (`reader.py` reads it, `builtin.toml` is the one that comes along). Nothing here does I/O.
Words are those of the README's table: tracker, surface, signal, probe, gate, policy.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

SOAK_MODES = ("either", "both")


class _Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the tracker file: an unknown key in it is a mistake, not something to ignore."""


class RefRule(_Strict, frozen=True, kw_only=True):
    """One entry of a `refs` list. It counts only from `start` (inclusive) until `end` (exclusive), where given."""

    name: str
    start: dt.date | None = msgspec.field(default=None, name="from")
    end: dt.date | None = msgspec.field(default=None, name="until")

    def holds_on(self, day: dt.date) -> bool:
        """Whether this entry is to be tried on that day."""
        return (self.start is None or self.start <= day) and (self.end is None or day < self.end)


class Side(_Strict, frozen=True, kw_only=True):
    """A repository that is looked at: `owner/name` and the refs to follow, in order of preference."""

    repo: str
    refs: tuple[str | RefRule, ...]
    # Paths that tell whether what is tracked is in this ref at all (PawWork's `main` has no opencode runtime any more).
    runtime: tuple[str, ...] = ()

    def refs_on(self, day: dt.date) -> tuple[str, ...]:
        """The names to try on that day, in order."""
        rules = (RefRule(name=ref) if isinstance(ref, str) else ref for ref in self.refs)
        return tuple(rule.name for rule in rules if rule.holds_on(day))


class _Probe(_Strict, frozen=True, kw_only=True, tag_field="kind", tag=True):
    """What every probe has.

    `why` says why its thresholds are what they are. `part` is the id of the signal's part that it measures. `side` is
    the repository that it looks at. One that does not decide (`decides = false`) is measured and shown as evidence.
    """

    why: str = ""
    part: str = ""
    decides: bool = True
    side: Literal["upstream", "downstream"] = "upstream"


class ReleaseProbe(_Probe, frozen=True, kw_only=True, tag="release"):
    """Is there a stable release of the line? `line` is a tag pattern (`v2.*`); pre-releases do not count."""

    line: str
    met: int = 1


class SoakProbe(_Probe, frozen=True, kw_only=True, tag="soak"):
    """How long the line has run: days and releases since an anchor, by age and by quiet time.

    The anchor is the first stable tag of `line`, or `commit`, or `date`, whichever is given.
    `breaking` (a pattern over commit subjects on `surfaces`) is what restarts the quiet days. `days_partial` and
    `releases_partial` are the low ends of "2-4 weeks or 2-3 releases" (0: there is none).
    """

    line: str = ""
    commit: str = ""
    date: dt.date | None = None
    days: int = 28
    days_partial: int = 14
    releases: int = 3
    releases_partial: int = 0
    minors: int = 1
    surfaces: tuple[str, ...] = ()
    breaking: str = ""


class PathsProbe(_Probe, frozen=True, kw_only=True, tag="paths"):
    """Do these paths exist, or not exist, at the head? An entry `a | b` holds where any of its alternatives does."""

    exist: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


class TextProbe(_Probe, frozen=True, kw_only=True, tag="text"):
    """Does `pattern` match in `file` (the first of its ` | ` alternatives that exists), or in any of `files`?

    `expect` says whether it should. `read = "sql"` holds it against the file's SQL statements, folded. Instead of a
    pattern, `discards` is a pattern of table names: does the file throw their rows away?
    """

    file: str = ""
    files: tuple[str, ...] = ()
    pattern: str = ""
    discards: str = ""
    read: Literal["text", "sql"] = "text"
    expect: Literal["present", "absent"] = "present"


class Limits(_Strict, frozen=True, kw_only=True):
    """Thresholds of one surface: commits at most, or shares (0 to 1) of its busiest window before at most."""

    met: int | None = None
    partial: int | None = None
    met_share: float | None = None
    partial_share: float | None = None


class ChurnProbe(_Probe, frozen=True, kw_only=True, tag="churn"):
    """How many commits touched these surfaces in the last `days`, alone or against the busiest window before?

    `met` and `partial` are commits at most; `met_share` and `partial_share` are shares (0 to 1) of the peak at most.
    `limits` gives single surfaces thresholds of their own; the worst of all decides.
    """

    surfaces: tuple[str, ...]
    days: int = 28
    met: int | None = None
    partial: int | None = None
    met_share: float | None = None
    partial_share: float | None = None
    limits: dict[str, Limits] = msgspec.field(default_factory=dict)


class SubjectsProbe(_Probe, frozen=True, kw_only=True, tag="subjects"):
    """How many commit subjects on these surfaces in the last `days` match `pattern`? `met`/`partial` are at most.

    One that matches `breaking` counts, too, and is never within `met`.
    """

    surfaces: tuple[str, ...]
    pattern: str
    breaking: str = ""
    days: int = 28
    met: int = 0
    partial: int = 2


class Contract(_Strict, frozen=True, kw_only=True):
    """How definitions are written in a source text, for `names`.

    `block` is a pattern that ends right before the `{` of a definition; what its group `stored` catches is stored by
    that word alone. `name`, `fields` and `version` (dotted, the first that is set; 1 where none is) are keys in it.
    `stored` are keys of which a stored definition has one; without any, all are stored.
    """

    block: str
    name: str
    fields: str
    version: tuple[str, ...] = ()
    stored: tuple[str, ...] = ()


class NamesProbe(_Probe, frozen=True, kw_only=True, tag="names"):
    """Which names left or entered a file over the last `days`?

    A name is what `pattern`'s groups caught, joined by `@`; or, with `contract`, each definition's name and version
    and each of its fields. `files` are the homes of that file over time; at each date the first that exists is read.
    `met`/`partial` count the names that left, at most; additions are fine.
    """

    files: tuple[str, ...]
    pattern: str = ""
    contract: Contract | None = None
    days: int = 28
    met: int = 0
    partial: int = 2


class NewFilesProbe(_Probe, frozen=True, kw_only=True, tag="new-files"):
    """Which files appeared under `paths` over the last `days` whose name matches `name`, whose text matches `body`, or
    that throw rows of tables named like `discards` away?

    `met`/`partial` count those files, at most. One that came within `days_unmet` is never `partial` (0: no such rule).
    `identity` is the part of a path that stays the same in every home of a file (a migration's id): a file is new when
    that part is. `read = "sql"` holds `body` against the file's SQL statements, folded.
    """

    paths: tuple[str, ...]
    days: int = 56
    days_unmet: int = 0
    name: str = ""
    body: str = ""
    discards: str = ""
    identity: str = ""
    read: Literal["text", "sql"] = "text"
    met: int = 0
    partial: int = 0


class IssuesProbe(_Probe, frozen=True, kw_only=True, tag="issues"):
    """How many of the watched issues are not done, and how many open issues does a search find?

    Done is closed as completed, or merged: an issue that was closed as not planned or as stale is not, and a duplicate
    is as done as its original. `watch` holds numbers of the probe's repository. `query` is a search in GitHub's own
    words, scoped to it. `met`/`partial` are issues not done, at most; `query_met`/`query_partial` found ones.
    """

    watch: tuple[int, ...] = ()
    met: int = 0
    partial: int = 1
    query: str = ""
    query_met: int = 0
    query_partial: int = 0


class PullsProbe(_Probe, frozen=True, kw_only=True, tag="pulls"):
    """Which pull requests touch these surfaces: merged in the last `days`, and open now?

    `met`/`partial` count them together, at most; a commit in the window that names no pull request counts as one.
    """

    surfaces: tuple[str, ...]
    days: int = 28
    met: int = 0
    partial: int = 3


class JsonProbe(_Probe, frozen=True, kw_only=True, tag="json"):
    """Does one field of a JSON document match `pattern`? `url` is an https address, asked without any token.

    `field` names it with dots (`metadata.github.ref`); a number is a place in a list, counted from 0.
    """

    url: str
    field: str
    pattern: str
    expect: Literal["present", "absent"] = "present"


class AttestedProbe(_Probe, frozen=True, kw_only=True, tag="attested"):
    """What no machine can see: a question that only a person's verdict answers."""

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


def kind_of(probe: Probe) -> str:
    """The probe's kind as the tracker file spells it."""
    return str(probe.__struct_config__.tag)


class Part(_Strict, frozen=True, kw_only=True):
    """One part of a signal or a gate."""

    id: str
    title: str


class Signal(_Strict, frozen=True, kw_only=True):
    """A statement about the upstream's maturity, and the probes that measure it.

    `combine` says how the probes' states make the signal's: `worst` takes the worst of them; `parts` is met when all
    are, partial when some are at least partial, and else the worst of them. With `parts`, each probe measures one of
    them: the probes of a part make its state so, and the parts the signal's. What is met by an absence alone
    (`expect = "absent"`) makes nothing partial: it was met before anything was built.
    """

    id: str
    title: str
    about: str = ""
    combine: Literal["worst", "parts"] = "worst"
    parts: tuple[Part, ...] = ()
    probes: tuple[Probe, ...] = ()


class Gate(_Strict, frozen=True, kw_only=True):
    """A statement about the downstream that must hold before it moves. `look` are paths worth opening there."""

    id: str
    title: str
    about: str = ""
    parts: tuple[Part, ...] = ()
    look: tuple[str, ...] = ()


class Policy(_Strict, frozen=True, kw_only=True):
    """The numbers and choices behind the decision.

    `soak`: whether the soak window closes by `either` arm (days or releases, the issue's own words) or needs `both`.
    `recheck_days`: when the next look is due. `history_weeks`: how far back commits are listed (trend and peak).
    """

    soak: Literal["either", "both"] = "either"
    recheck_days: int = 7
    history_weeks: int = 12


class Related(_Strict, frozen=True, kw_only=True):
    """An issue or pull request that stays linked while its scope stays apart: `owner/repo#number`."""

    ref: str
    why: str = ""


class Scope(_Strict, frozen=True, kw_only=True):
    """What this tracker is for and what it is not, line by line."""

    inside: tuple[str, ...] = msgspec.field(default=(), name="in")
    outside: tuple[str, ...] = msgspec.field(default=(), name="out")


class Tracker(_Strict, frozen=True, kw_only=True):
    """The whole tracker file. `surfaces` maps a name to upstream paths: its homes over time."""

    id: str
    title: str
    upstream: Side
    downstream: Side
    issue: str = ""
    about: str = ""
    policy: Policy = Policy()
    scope: Scope = Scope()
    surfaces: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    signals: tuple[Signal, ...] = ()
    gates: tuple[Gate, ...] = ()
    related: tuple[Related, ...] = ()

    def signal(self, signal_id: str) -> Signal | None:
        """The signal of that id, or None."""
        return next((signal for signal in self.signals if signal.id == signal_id), None)

    def gate(self, gate_id: str) -> Gate | None:
        """The gate of that id, or None."""
        return next((gate for gate in self.gates if gate.id == gate_id), None)
