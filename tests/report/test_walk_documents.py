"""The walk as documents: one step with what settles it, all steps, and the end."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from pawtui.report.document import Document
from pawtui.report.documents.walk_document import end_document, walk_steps_document
from pawtui.report.documents.walk_step_document import walk_step_document
from pawtui.report.plain_text import plain_text
from pawtui.report.walk_keys import settling_keys
from pawtui.review.record_types import Record
from pawtui.review.walk import decided_since_refresh, walk_steps
from tests.report import samples
from tests.report.samples import context


def walked(document: Document | None) -> str:
    """A document of the walk as text."""
    assert document is not None
    return plain_text(document)


def test_a_step_says_why_it_comes_now_and_what_changed_since_the_last_review() -> None:
    seen = samples.seen(samples.week())
    step = next(step for step in walk_steps(seen) if step.subject == "signal:calm")
    text = walked(walk_step_document(seen, step, context(), None, error="It failed."))
    assert text.startswith("x It failed.\nwhy now      reading changed: unmet to met\n")
    assert "since 11-16  x unmet  then  = met  watched paths changed upstream\n" in text
    assert "It is calm\n" in text


@pytest.mark.parametrize(
    ("record", "subject", "keys"),
    [
        (samples.doubted(), "gate:value", "s: satisfied, with a pin to the current place; or b: blocked, t: untested"),
        (samples.doubted(failed=True), "gate:value", "s: satisfied, with another pin; or skip until the next refresh"),
        (samples.doubted(), "signal:calm", "n: note with a pin to the current place; or v: verdict"),
        (
            samples.doubted(failed=True),
            "signal:calm",
            "n: note with another pin; or v: verdict",
        ),
        (samples.week(), "gate:value", "a: agree that it is still untested; or s: satisfied, b: blocked"),
        (samples.week(), "signal:calm", 'a: agree with "met"; or v: verdict'),
        (
            samples.blocked(samples.week()),
            "gate:plan",
            "a: agree that it is still blocked; or s: satisfied, t: untested",
        ),
    ],
)
def test_a_step_names_the_key_that_settles_it(record: Record, subject: str, keys: str) -> None:
    assert settling_keys(samples.seen(record), subject).text == keys


def test_a_step_shows_what_changed_of_the_evidence_and_where_it_stands_now() -> None:
    record = samples.doubted()
    last = record.refreshes[-1]
    (drift,) = last.drift
    place = drift.pin.partition(":")[0] + ":src/moved.ts#L3-L4"
    moved = replace(drift, place=place, hunk=("@@ -1,2 +3,2 @@", " same", "-old", "+new"))
    record = replace(record, refreshes=(*record.refreshes[:-1], replace(last, drift=(moved,))))
    seen = samples.seen(record)
    for subject in ("gate:value", "signal:calm"):
        step = next(step for step in walk_steps(seen) if step.subject == subject)
        text = walked(walk_step_document(seen, step, context(), None))
        head, _, rest = text.partition("Evidence to renew")
        assert "next " in head
        assert "#L3-L4" in rest
        assert "  -old\n" in rest
        assert rest.index("+new") < rest.index("There is value" if subject == "gate:value" else "It is calm")


def test_a_step_compares_with_the_commit_at_which_it_was_decided() -> None:
    record = samples.doubted()
    seen = samples.seen(record)
    step = next(step for step in walk_steps(seen) if step.subject == "gate:value")
    text = walked(walk_step_document(seen, step, context(), None))
    assert re.search(r"compare +upstream (not moved|\w{10}\.\.\w{10}) since it was set on 2026-", text)


def test_all_steps_and_the_end_of_the_walk() -> None:
    record = samples.overridden()
    seen = samples.seen(record)
    done = decided_since_refresh(record)
    listed = plain_text(walk_steps_document(seen, walk_steps(seen), done)).splitlines()
    assert listed[0] == "4 steps, 2 open, 2 decided. NO-GO: 2 of 2 signals met (1 by verdict), 0 of 2 gates satisfied"
    assert [line.split()[:2] for line in listed[1:]] == [
        [step.subject, "decided" if step.subject in done else "open"] for step in walk_steps(seen)
    ]
    text = walked(end_document(seen, walk_steps(seen), done, {"gate:value"}))
    assert "Decision  NO-GO  2 reasons\n" in text
    assert "Decided  2 steps\n" in text
    assert "gate:plan       set plan to blocked, by mira\n" in text
    assert "Not decided  2 steps\n" in text
    assert "gate:value   skipped\n" in text
