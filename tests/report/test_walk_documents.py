"""The documents of the walk: an item with its keys, the list of items, and the end."""

import re

import pytest
from msgspec.structs import replace

from pawtui.report.document import Document, Field, Item
from pawtui.report.document_lines import document_lines, plain_text
from pawtui.report.documents.walk_document import walk_document
from pawtui.report.spans import Span
from pawtui.report.walk_json import walk_items_json
from pawtui.report.walk_keys import default_walk_keys
from pawtui.review.actions import close_review
from pawtui.review.record_types import Record
from pawtui.review.walk import Walk
from tests.report import samples
from tests.report.samples import PIN, context


def item_document(record: Record, subject: str) -> Document:
    """Return the document of the item of a subject."""
    walk = Walk(samples.overview_of(record))
    walk.go_to(subject)
    assert walk.subject == subject
    return walk_document(walk, context(walk.overview))


def item_text(record: Record, subject: str) -> str:
    return plain_text(item_document(record, subject))


def test_an_item_has_its_reason_and_the_changes_since_the_last_review() -> None:
    text = item_text(samples.week(), "signal:calm")
    assert text.startswith("It is calm\nwhy now      measured state changed: unmet to met\n")
    assert "since 11-16  x unmet  →  = met  new upstream commits\n" in text
    assert text.count("It is calm\n") == 1


@pytest.mark.parametrize(("rules", "words"), [("a", "no change"), ("b", "same state, with another tracker")])
def test_an_item_without_differences_mentions_another_tracker(rules: str, words: str) -> None:
    same = samples.reading("calm", "met", "x")
    record = Record(refreshes=(samples.refresh(same, at=samples.MONDAY, rules="a"), samples.refresh(same, rules=rules)))
    assert f"since 11-16  {words}\n" in item_text(record, "signal:calm")


@pytest.mark.parametrize(
    ("record", "subject", "role"),
    [
        (samples.week(), "signal:calm", "alert"),
        (samples.week(), "gate:value", "alert"),
        (samples.week(), "signal:default", "muted"),
        (samples.blocked(samples.week()), "gate:plan", "muted"),
    ],
)
def test_the_reason_of_an_urgent_item_is_highlighted(record: Record, subject: str, role: str) -> None:
    blocks = item_document(record, subject).blocks
    (why,) = (block.value for block in blocks if isinstance(block, Field) and block.label == "why now")
    assert isinstance(why, Span)
    assert why.role == role


RENEWABLE, GONE, UNCHECKED = (
    samples.with_problem_pin(place=samples.MOVED_PIN),
    samples.with_problem_pin(),
    samples.with_problem_pin(failed=True),
)


@pytest.mark.parametrize(
    ("record", "subject", "keys"),
    [
        (RENEWABLE, "gate:value", "R: renew 1 pin; or s: satisfied, b: blocked, t: untested"),
        (RENEWABLE, "signal:calm", "R: renew 1 pin; or n: note with another pin, v: verdict"),
        (GONE, "gate:value", "s: satisfied, with another pin; or b: blocked, t: untested"),
        (GONE, "signal:calm", "n: note with another pin; or v: verdict"),
        (UNCHECKED, "gate:value", "s: satisfied, with another pin; or skip it until the next refresh"),
        (UNCHECKED, "signal:calm", "n: note with another pin; or v: verdict"),
        (samples.blocked(GONE, "No", PIN), "gate:plan", "b: still blocked; or p: new pin"),
        (samples.week(), "gate:value", "a: agree that it is still untested; or s: satisfied, b: blocked"),
        (samples.week(), "signal:calm", 'a: agree with "met"; or v: verdict'),
        (
            samples.blocked(samples.week()),
            "gate:plan",
            "a: agree that it is still blocked; or s: satisfied, t: untested",
        ),
    ],
)
def test_an_item_names_the_keys_that_decide_it(record: Record, subject: str, keys: str) -> None:
    overview = samples.overview_of(record)
    assert default_walk_keys(overview, overview.statuses[subject]) == keys
    assert bool(overview.statuses[subject].evidence_problem) == ("a: " not in keys)
    json = {item["subject"]: item["next"] for item in walk_items_json(Walk(overview))}
    assert json[subject] == keys


@pytest.mark.parametrize(
    ("subject", "title", "state"),
    [("gate:value", "There is value", "state"), ("signal:calm", "It is calm", "measured")],
)
def test_an_item_shows_its_title_and_its_stale_evidence_above_its_state(subject: str, title: str, state: str) -> None:
    head, _, rest = item_text(RENEWABLE, subject).partition("Evidence to renew")
    assert head.startswith(f"{title}\n")
    assert "R: renew 1 pin; or " in head
    assert "  -old\n" in rest
    assert rest.index("+new") < rest.index(f"\n{state} ")


@pytest.mark.parametrize(("subject", "pin_of"), [("gate:value", "gate:value"), ("signal:calm", "")])
def test_only_a_pin_of_a_gate_itself_has_an_owner_that_it_can_be_removed_from(subject: str, pin_of: str) -> None:
    blocks = item_document(RENEWABLE, subject).blocks
    targets = [block.target for block in blocks if isinstance(block, Item) and block.target]
    assert [target.pin_of for target in targets if target.copy == PIN][:1] == [pin_of]


def test_an_item_that_needs_no_decision_names_the_key_that_closes_the_review() -> None:
    same = samples.reading("calm", "met", "x")
    record = Record(refreshes=(samples.refresh(same, at=samples.MONDAY), samples.refresh(same)))
    assert "c: close the review" in item_text(record, "signal:calm")
    closed = samples.changed(record, lambda now: close_review(now, "Wait"))
    assert "c: replace the recommendation" in item_text(closed, "signal:calm")


def test_an_item_compares_with_the_commit_of_its_decision() -> None:
    text = item_text(samples.with_problem_pin(), "gate:value")
    assert re.search(r"upstream +(no new commits|\w{10}\.\.\w{10}) since its state was set on 2026-", text)


def test_the_end_of_the_walk_has_the_whole_reason_why_a_verdict_needs_renewal() -> None:
    (given,) = samples.overridden().verdicts.values()
    for state, fingerprint, why in (
        ("partial", "l1", "the measured state went from partial to unknown"),
        ("unknown", "l1", "its files changed upstream since b2b2b2b2b2"),
    ):
        last = samples.refresh(samples.reading("default", "unknown", "no answer", fingerprint="l2"))
        verdict = replace(given, measured=state, fingerprint=fingerprint)
        walk = Walk(samples.overview_of(Record(refreshes=(last,), verdicts={"default": verdict})))
        walk.go_to_end()
        assert f"  verdict needs renewal: {why}\n" in plain_text(walk_document(walk, context(walk.overview)))


def test_the_end_of_the_walk_has_all_items() -> None:
    record = samples.overridden()
    walk = Walk(samples.overview_of(record))
    walk.go_to("gate:value")
    walk.skip()
    walk.go_to_end()
    text = plain_text(walk_document(walk, context(walk.overview)))
    assert text.startswith("4 items, 2 open, 2 decided\n\nDecision  NO-GO  2 reasons\n")
    assert "Decided  2 items\n" in text
    assert "gate:plan       set plan to blocked, by mira\n" in text
    assert "Open  2 items\n" in text
    assert "gate:value   skipped\n" in text


def test_the_end_of_a_walk_without_items_names_no_key_of_items() -> None:
    overview = samples.overview_of(samples.overridden())
    empty = replace(overview, tracker=replace(overview.tracker, signals=(), gates=()), signals=(), gates=())
    document = walk_document(Walk(empty), context(empty))
    lines = document_lines(document, 120, screen_keys={})
    text = "\n".join("".join(span.text for span in line.text) for line in lines)
    assert text.startswith("0 items, 0 open, 0 decided (c: close the review, e: summary)\n")
    assert "Enter" not in text
