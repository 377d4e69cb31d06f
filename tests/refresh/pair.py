"""A small upstream and downstream, their tracker, and one refresh."""

import datetime as dt
from collections.abc import Callable

from pawtui.refresh.refresh_types import Refresh
from pawtui.review.record_types import Record
from pawtui.tracker.probe_types import ChurnProbe, IssuesProbe, PathsProbe, ReleaseProbe, SubjectsProbe, TextProbe
from pawtui.tracker.tracker_types import Related, Side, Signal, Tracker
from tests.probes.measuring import recorded_refresh, refreshed
from tests.support.fake_github import FakeGitHub
from tests.support.fake_repo import FakeRepo
from tests.support.fixtures import OpenSource
from tests.support.git_repo import GitRepo

NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
TRACKER = Tracker(
    id="t",
    title="T",
    upstream=Side(repo="up/stream", refs=("v2", "main")),
    downstream=Side(repo="down/stream", refs=("dev", "main"), runtime=("src/session",)),
    surfaces={"runner": ("src/runner",), "tools": ("src/tool",)},
    signals=(
        Signal(id="calm", title="Calm", probes=(ChurnProbe(surfaces=("runner", "tools"), met=3, partial=5),)),
        Signal(
            id="no-breaks",
            title="No breaks",
            probes=(SubjectsProbe(surfaces=("runner",), pattern="!:", met=0, partial=1),),
        ),
        Signal(id="released", title="Released", probes=(ReleaseProbe(line="v2.*"), PathsProbe(exist=("src/runner",)))),
        Signal(
            id="claims",
            title="Claims",
            probes=(TextProbe(file="SPEC", pattern="claim"), IssuesProbe(watch=(1, 2), met=0)),
        ),
    ),
    related=(Related(ref="up/stream#2"), Related(ref="down/stream#7")),
)


class Pair:
    """A published upstream and downstream with seven weeks of history."""

    def __init__(self, fake: FakeGitHub, make_repo: Callable[..., GitRepo]) -> None:
        self.fake = fake
        self.up: FakeRepo = fake.add("up/stream", make_repo("up"))
        self.down: FakeRepo = fake.add("down/stream", make_repo("down"))
        self.begun = self.up.git.commit({"src/runner/a": "0", "src/tool/a": "0", "SPEC": "a claim\n"}, at="2026-10-01")
        self.up.git.tag("v2.0.0")
        self.up.git.commit({"src/runner/a": "1"}, at="2026-11-15", message="fix: it")
        self.down.git.commit({"src/session/a": "0"}, at="2026-10-02")
        for number in (1, 2):
            self.up.issue(number, state="closed", at="2026-10-03")
        self.down.issue(7, "the plan", is_pull=True, merged=True)


def states(found: Refresh) -> dict[str, str]:
    return {reading.id: reading.state for reading in found.signals}


async def refresh_pair(
    open_source: OpenSource, record: Record | None = None, *, at: dt.datetime = NOW, tracker: Tracker = TRACKER
) -> Refresh:
    async with open_source() as source:
        return recorded_refresh(await refreshed(tracker, source, record, at=at))


def record_of(*found: Refresh) -> Record:
    return Record(refreshes=found)
