"""The document of a signal, as plain text: its verdict, its probes and their facts."""

import datetime as dt

import msgspec
import pytest

from pawtui.probes.probe_facts import PathsFacts, SoakFacts
from pawtui.probes.reading import Evidence
from pawtui.report.document_lines import plain_text
from pawtui.report.documents.signal_document import probe_document
from pawtui.report.documents.subject_document import subject_document
from pawtui.review.record_types import Record
from tests.report import samples
from tests.report.samples import TRACKER, UP_2, context, page


def test_a_valid_verdict_shows_what_it_overrides_and_when_it_expires() -> None:
    assert ", does not expire\n" in page(samples.overridden(), "signal:default")
    assert 'Overrides "unknown" at ' in page(samples.overridden(), "signal:default")


def test_a_signal_shows_rule_evidence_and_states_over_time() -> None:
    text = page(samples.week(), "signal:calm")
    for words in (
        "measured  = met  8 commits\n",
        "verdict   none\n",
        "Probes  1 probe\n= met  paths\n  rule  r\n",
        "History  one mark per refresh, newest last\nx=\n",
        "2026-11-20  = met    8 commits\n2026-11-16  x unmet  74 commits\n",
    ):
        assert words in text
    many = samples.reading("calm", "met", "8 commits", *(Evidence(text=f"src/{n}.ts  exists") for n in range(62)))
    short = page(Record(refreshes=(samples.refresh(many),)), "signal:calm")
    assert "src/59.ts exists\n  2 more\n" in short
    assert "src/60.ts" not in short


def test_a_probe_without_facts_has_its_cause_once() -> None:
    (probe,) = samples.reading("calm", "unknown", "path missing", cause="no file", gaps=("no file", "a cut")).probes
    text = plain_text(probe_document("calm.1", probe, ""))
    assert (
        text
        == "calm.1  ? unknown  paths  path missing\n  rule         r\n  cause        no file\n  not covered  a cut\n"
    )


def test_evidence_has_its_whole_date() -> None:
    # Without its year, a release of years ago would seem to be new.
    old = Evidence(text="v2.0  first stable tag of the line", at=dt.datetime(2023, 6, 30, tzinfo=dt.UTC))
    record = Record(refreshes=(samples.refresh(samples.reading("calm", "met", "v2.9 is out", old)),))
    assert "2023-06-30  v2.0 first stable tag" in page(record, "signal:calm")


def test_a_signal_shows_the_remarks_on_the_refs_it_was_measured_on() -> None:
    last = samples.refresh(
        samples.reading("calm", "met", "0 commits", facts=PathsFacts(head=UP_2)),
        samples.reading("default", "met", "is there", facts=PathsFacts(head=samples.DOWN_1)),
    )
    inactive = msgspec.structs.replace(last.upstream, remark="v2 has had no commit for 40 days")
    record = Record(refreshes=(msgspec.structs.replace(last, upstream=inactive),))
    assert "measured  = met  0 commits\n          v2 has had no commit for 40 days\n" in page(record, "signal:calm")
    assert "no commit" not in page(record, "signal:default")


def test_a_soak_window_shows_each_condition() -> None:
    facts = SoakFacts(
        mode="both",
        days=28,
        releases=7,
        minors=1,
        anchor="v2.0.0",
        anchor_at=samples.MONDAY,
        age_days=32,
        age_on=dt.date(2026, 11, 16),
        quiet_days=14,
        quiet_on=dt.date(2026, 12, 4),
        releases_closed=True,
        met_on=dt.date(2026, 12, 4),
    )
    record = Record(refreshes=(samples.refresh(samples.reading("calm", "partial", "x", facts=facts)),))
    text = page(record, "signal:calm")
    for words in (
        "Soak window  since v2.0.0 (2026-11-16); needs days and releases\n",
        "███████░░░░░░░  14 of 28 days; enough from 2026-12-04",
        "32 of 28 days; enough from 2026-11-16",
        "7 releases, 1 new minor: enough",
        "2026-12-04, if nothing breaks before",
    ):
        assert words in text


@pytest.mark.parametrize(
    ("quiet_days", "expected"),
    [
        (14, "at most 14 of 28 days; enough from 2026-12-04 at the earliest\n"),
        (30, "at most 30 of 28 days; enough from 2026-12-04 at the earliest\n"),
    ],
)
def test_quiet_days_that_may_be_fewer_are_not_enough_for_certain(quiet_days: int, expected: str) -> None:
    facts = SoakFacts(
        mode="both",
        days=28,
        anchor="v2.0.0",
        anchor_at=samples.MONDAY,
        quiet_days=quiet_days,
        quiet_on=dt.date(2026, 12, 4),
        quiet_at_most=True,
    )
    record = Record(refreshes=(samples.refresh(samples.reading("calm", "unknown", "x", facts=facts)),))
    assert expected in page(record, "signal:calm")


def test_a_signal_of_parts_names_the_probe_that_decides() -> None:
    tracker = msgspec.structs.replace(
        TRACKER, signals=(msgspec.structs.replace(TRACKER.signals[0], combine="parts"), TRACKER.signals[1])
    )
    met, unmet = samples.reading("calm", "met", "3 releases"), samples.reading("calm", "unmet", "20 commits")
    mixed = msgspec.structs.replace(met, state="partial", probes=(*met.probes, *unmet.probes))
    overview = samples.overview_of(Record(refreshes=(samples.refresh(mixed),)), tracker)
    for subject in ("signal:calm", "refresh:r1120"):
        document = subject_document(subject, context(overview))
        assert document is not None
        assert "1 of 2 probes met; 20 commits" in plain_text(document)
