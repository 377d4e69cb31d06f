"""The keys of the JSON output."""

import json
from typing import Any

import msgspec

from pawtui.commands.output import json_text
from pawtui.probes.probe_facts import AttestedFacts
from pawtui.probes.reading import Evidence
from pawtui.refresh.refresh_types import Drift
from pawtui.report.change_json import difference_json, log_json
from pawtui.report.refresh_difference import compare_refreshes
from pawtui.report.status_json import export_json, refresh_json, status_json
from pawtui.review.note_actions import add_note
from pawtui.review.record_types import Record
from pawtui.review.undo import redo, undo
from pawtui.review.verdict_actions import give_verdict
from tests.report import samples
from tests.report.samples import NOW, TRACKER, UP_1, UP_2


def read_back(value: object) -> Any:
    """Return a value as a script reads it."""
    return json.loads(json_text(value))


def test_a_refresh_has_exactly_the_documented_keys() -> None:
    evidence = Evidence(text="seen", url="https://github.com/a/b", pin="a/b#1")
    reading = samples.reading("calm", "met", "8 commits", evidence, facts=AttestedFacts(ask="Is it?"))
    shown = read_back(refresh_json(samples.refresh(reading, range_=samples.moved(), errors=("no",))))
    assert set(shown) == {
        "id",
        "at",
        "as_of",
        "duration",
        "source",
        "tool",
        "upstream",
        "downstream",
        "range",
        "signals",
        "errors",
        "requests",
    }
    keys = {"repo", "ref", "sha", "committed_at", "renamed_from", "doubt", "missing", "remark", "source"}
    assert set(shown["upstream"]) == set(shown["downstream"]) == keys
    span = {"from": UP_1, "to": UP_2, "ancestor": True, "commits": 229, "files": 562}
    assert shown["range"] == {
        "upstream": span | {"files_at_least": False, "behind": 0, "ref_before": "", "undone": []},
        "downstream": None,
    }
    assert shown["signals"] == [
        {
            "id": "calm",
            "state": "met",
            "parts": [],
            "fingerprint": reading.fingerprint,
            "probes": [
                {
                    "part": "",
                    "decides": True,
                    "absence": False,
                    "kind": "attested",
                    "state": "met",
                    "summary": "8 commits",
                    "rule": reading.probes[0].rule,
                    "gaps": [],
                    "facts": {"kind": "attested", "head": "", "met_on": None, "ask": "Is it?"},
                    "evidence": [{"text": "seen", "url": "https://github.com/a/b", "pin": "a/b#1", "at": None}],
                    "cause": "",
                }
            ],
        }
    ]
    assert shown["errors"] == ["no"]
    assert shown["requests"] == {"sent": 41, "not_modified": 4, "remaining": 4971, "limit": None, "reset_at": None}
    assert (shown["at"], shown["duration"]) == ("2026-11-20T14:02:00Z", 3.25)


def test_status_has_the_documented_keys() -> None:
    pin = f"up/stream@{UP_1}:src/run.ts"
    record = samples.blocked(samples.week(), "No one", pin)
    record = samples.changed(record, lambda context: give_verdict(context, "default", "met", reason="I ran it."))
    record = samples.changed(record, lambda context: add_note(context, "calm", "Seen."))
    shown = read_back(status_json(samples.overview_of(record)))
    assert {"tracker", "decision", "refresh", "signals", "gates", "notes", "drift"} <= set(shown)
    assert shown["decision"]["state"] == "no-go"
    assert shown["decision"]["reasons"][0] == 'Blocked: "There is a plan": No one; 0 of 2 parts'
    assert shown["decision"]["missing"][0] == {
        "kind": "blocked",
        "subject": "gate:plan",
        "title": "There is a plan",
        "detail": "No one; 0 of 2 parts",
    }
    assert shown["refresh"]["id"] == "r1120"
    by_id = {signal["id"]: signal for signal in shown["signals"]}
    assert by_id["default"]["measured"] == "unknown"
    assert by_id["default"]["effective"] == "met"
    assert by_id["default"]["verdict"]["reason"] == "I ran it."
    assert by_id["calm"]["verdict"] is None
    gate = shown["gates"][0]
    assert {"id", "title", "state", "reason", "by", "at", "stale"} <= set(gate)
    assert (gate["state"], gate["reason"], gate["by"], gate["stale"]) == ("blocked", "No one", "mira", False)
    assert shown["gates"][1]["by"] is shown["gates"][1]["at"] is None
    assert shown["notes"][0]["text"] == "Seen."
    assert shown["drift"] == [
        {
            "pin": pin,
            "state": "unchecked",
            "summary": "pinned after the last refresh: refresh to check it",
            "by": "",
            "url": "",
            "failed": True,
            "place": "",
            "hunk": [],
        }
    ]


def test_unchecked_pins_are_listed() -> None:
    pin = f"up/stream@{UP_1}:src/run.ts"
    record = samples.changed(
        samples.blocked(samples.week(), "No", pin),
        lambda context: add_note(context, "calm", "Seen.", pins=[pin]),
    )
    failed = samples.refresh(drift=(Drift(pin=pin, state="unchecked", failed=True),))
    shown = read_back(status_json(samples.overview_of(msgspec.structs.replace(record, refreshes=(failed,)))))
    assert [gate["unchecked_pins"] for gate in shown["gates"]] == [[pin], []]
    assert [signal["unchecked"] for signal in shown["signals"]] == [[pin], []]
    assert shown["drift"][0]["failed"] is True


def test_an_empty_record_has_the_same_keys() -> None:
    full, empty = status_json(samples.overview_of(samples.week())), status_json(samples.overview_of(Record()))
    assert set(full) == set(empty)
    assert empty["refresh"] is None
    assert empty["decision"]["state"] == "hold"


def test_the_summary_has_the_record_and_the_tracker() -> None:
    record = samples.blocked(samples.week())
    shown = read_back(export_json(samples.overview_of(record), now=NOW))
    assert len(shown["record"]["refreshes"]) == 2
    assert [change["summary"] for change in shown["record"]["log"]] == ["set plan to blocked"]
    assert shown["rules"]["id"] == "t"
    assert shown["exported_at"] == "2026-11-20T16:02:00Z"


def test_the_log_and_a_difference_have_their_keys() -> None:
    record = samples.blocked(samples.week())
    (change,) = read_back(log_json(record.log))
    assert change["edits"][0]["before"] is None
    assert (change["edits"][0]["after"]["state"], change["undone"]) == ("blocked", False)
    shown = read_back(difference_json(compare_refreshes(TRACKER, record, record.refreshes[0], record.refreshes[1])))
    assert shown["readings"][0]["why"] == "new upstream commits"
    assert shown["decision"] == {"before": "hold", "after": "hold"}


def test_an_undone_change_is_one_entry_of_the_log() -> None:
    record = samples.changed(samples.blocked(samples.week()), undo)
    (entry,) = read_back(log_json(record.log))
    assert (entry["action"], entry["undone"], [later["action"] for later in entry["later"]]) == (
        "gate",
        True,
        ["undo"],
    )
    (entry,) = read_back(log_json(samples.changed(record, redo).log))
    assert (entry["undone"], [later["action"] for later in entry["later"]]) == (False, ["undo", "redo"])


def test_control_characters_are_escaped_and_read_back_unchanged() -> None:
    text = "\x1b]52;c;eA==\x07 \x7f\x9b31m \u202eevil\u2066 \u200b\u2028 \U000e0041 Förk → 漢字 👩\u200d💻 \\u202e"
    printed = json_text({"text": text, text: [text]})
    assert json.loads(printed) == {"text": text, text: [text]}
    assert not set(printed) & set("\x1b\x07\x7f\x9b\u202e\u2066\u200b\u2028\U000e0041")
    assert "Förk → 漢字" in printed, "other characters are not escaped"
    assert "\\u202e" in printed
    assert "\\udb40\\udc41" in printed
