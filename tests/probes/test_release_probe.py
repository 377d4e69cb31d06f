"""`release`: the first and the newest stable tag of the line. `test_release_and_soak_probes.py` has what both share."""

import datetime as dt

from pawtui.probes.probe_facts import ReleaseFacts, TagFacts
from pawtui.tracker.probe_types import ReleaseProbe
from tests.probes.measuring import facts_of, measure
from tests.support.fake_repo import FakeRepo
from tests.support.fixtures import OpenSource

RELEASE = ReleaseProbe(line="v2.*")


async def test_first_and_newest_by_version_not_by_date(up: FakeRepo, open_source: OpenSource) -> None:
    git = up.git
    first = git.commit({"a": "1"}, at="2026-09-01")
    newest = git.commit({"a": "2"}, at="2026-09-20")
    backport = git.commit({"a": "3"}, at="2026-10-01")
    git.tag("v2.0.0", first)
    only = (await measure(open_source(), RELEASE)).reading
    assert [item.text for item in only.evidence] == ["v2.0.0  newest stable tag of the line"]
    git.tag("v2.10.0", newest, annotated=True, on="2026-09-25")
    git.tag("v2.2.0", backport)
    found = (await measure(open_source(), RELEASE)).reading
    facts = facts_of(found, ReleaseFacts)
    assert (found.state, facts.stable, facts.minors) == ("met", 3, 3)
    at = dt.datetime(2026, 9, 1, 12, tzinfo=dt.UTC)
    assert facts.first == TagFacts(tag="v2.0.0", sha=first.sha, at=at)
    # An annotated tag has the tagger's date.
    tagged = dt.datetime(2026, 9, 25, 12, tzinfo=dt.UTC)
    assert facts.newest == TagFacts(tag="v2.10.0", sha=newest.sha, at=tagged)
    assert [(item.text, item.url.rpartition("/")[2]) for item in found.evidence] == [
        ("v2.0.0  first stable tag of the line", "v2.0.0"),
        ("v2.10.0  newest stable tag of the line", "v2.10.0"),
    ]
