"""A tracker file is read completely, or refused with the place, the finding and the remedy."""

import datetime as dt
import errno
from pathlib import Path
from typing import get_origin

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pawtui.sources import globs
from pawtui.tracker import key_lines
from pawtui.tracker.key_lines import KeyLines
from pawtui.tracker.probe_types import PROBE_TYPES, NewFilesProbe, kind_of
from pawtui.tracker.read_tracker import (
    TrackerError,
    builtin_text,
    builtin_tracker,
    find_tracker,
    parse_tracker,
    read_tracker,
)
from tests.tracker.tracker_texts import HEAD, SIGNAL

DOWN_REFS = 'refs = [{ name = "dev", until = 2026-08-21 }, "maint/v1", "main"]'
# Mistakes in the built-in tracker. Those of the other rules are in `data`.
MISTAKES = [
    # The replaced text, its replacement, and parts of the message.
    ('surfaces = ["runner",', 'surfaces = ["runnr",', ["no surface 'runnr'", "did you mean 'runner'?"]),
    ('issue = "Astro-Han/pawwork#1253"', 'ISSUE = "Astro-Han/pawwork#1253"', ["ISSUE", "did you mean 'issue'?"]),
    ('title = "PawWork follows opencode v2/core"', f'title = "{"a" * 201}"', ["one line of at most 200 characters"]),
    ("2026-06-28", "2026-06-28T10:00:00", ["upstream.refs.1.from", "a date with a time; expected a date such as"]),
    (DOWN_REFS, 'refs = ["--upload-pack=x"]', ["downstream.refs.1", "as git allows it"]),
    ("partial = 90", "partial = 9", ["signals.low-churn.probes.1.met", "it is 40", "at most 9"]),
    ("events = { met = 8", "events = { mett = 8", ["low-churn.probes.1.limits", "'mett'", "did you mean 'met'?"]),
]


@pytest.mark.parametrize(("old", "new", "parts"), MISTAKES, ids=[new for _, new, _ in MISTAKES])
def test_a_mistake_is_located_and_explained(old: str, new: str, parts: list[str]) -> None:
    text = builtin_text()
    assert old in text
    with pytest.raises(TrackerError) as caught:
        parse_tracker(text.replace(old, new, 1), "pawtui.toml", patterns=True)
    message = str(caught.value)
    assert message.startswith("pawtui.toml")
    for part in parts:
        assert part in message


def test_a_mistake_names_the_line_of_its_key() -> None:
    text = builtin_text()
    wrong = text.replace("days = 56", 'days = "many"', 1)
    line = next(number for number, line in enumerate(wrong.split("\n"), 1) if line == 'days = "many"')
    with pytest.raises(TrackerError, match=rf"^pawtui\.toml:{line}: "):
        parse_tracker(wrong, "pawtui.toml")


def test_all_mistakes_of_a_valid_toml_file_are_reported_together() -> None:
    text = builtin_text().replace('id = "user-value"', 'id = "User"').replace('"anomalyco/opencode"', '"x"')
    with pytest.raises(TrackerError) as caught:
        parse_tracker(text, "pawtui.toml")
    assert len(caught.value.messages) == 2


def test_all_values_of_wrong_types_are_reported_together() -> None:
    text = builtin_text().replace("days = 56", 'days = "many"').replace('kind = "pulls"', "kind = 3")
    text = text.replace('id = "code-debt-value"', 'id = 4\nreplay = true\npath = ["a"]')
    with pytest.raises(TrackerError) as caught:
        parse_tracker(text, "pawtui.toml")
    messages = [message.split(": ", 1)[1] for message in caught.value.messages]
    assert messages == [
        f"signals.low-churn.probes.5.kind: found 3, a whole number; allowed: {', '.join(map(kind_of, PROBE_TYPES))}.",
        "signals.no-resets.probes.1.days: found 'many', a text in quotes; expected a whole number from 1 to 3,660.",
        "gates.6.id: found 4, a whole number; expected a text in quotes.",
        "gates.6.replay: found true or false; allowed: semantics, checks.",
        "gates.6.path: there is no key 'path'; did you mean 'paths'?",
    ]


def test_the_builtin_tracker_has_every_signal_and_gate_of_the_issue() -> None:
    tracker = parse_tracker(builtin_text(), "built-in", patterns=True)
    assert tracker == builtin_tracker()
    assert [signal.id for signal in tracker.signals] == [
        "default-path",
        "stability-window",
        "low-churn",
        "recovery-story",
        "no-resets",
        "own-runtime",
    ]
    assert [part.id for part in tracker.signals[3].parts] == [
        "old-sessions",
        "crash",
        "tools",
        "compaction",
        "long-runs",
    ]
    assert {probe.part for probe in tracker.signals[3].probes} == {part.id for part in tracker.signals[3].parts}
    assert {gate.id: len(gate.parts) for gate in tracker.gates} == {
        "sessions-survive": 4,
        "shadow-replay": 6,
        "compatibility-plan": 5,
        "reversible-prs": 0,
        "user-value": 0,
        "code-debt-value": 0,
    }
    assert tracker.related
    assert tracker.scope.inside
    assert tracker.scope.outside
    churn = next(probe for probe in tracker.signals[2].probes if kind_of(probe) == "churn")
    assert set(getattr(churn, "surfaces", ())) == {"runner", "events", "messages", "tools", "compaction", "recovery"}


@pytest.mark.parametrize(
    ("path", "surface"),
    [
        # Services that stand next to the folder with the rest of their code, as in upstream's files of July or later.
        ("packages/core/src/session.ts", "messages"),
        ("packages/core/src/bus.ts", "events"),
        ("packages/core/src/tool.ts", "tools"),
        ("packages/core/src/tool/registry.ts", "tools"),
        ("packages/core/src/tool/plugin/edit.ts", "tools"),
        ("packages/core/src/session/session.ts", "messages"),
        ("packages/core/src/session/inbox.ts", "messages"),
        ("packages/core/src/session/runner/step.ts", "runner"),
        ("packages/core/src/session/execution.ts", "messages"),
        ("packages/core/src/session/execution/restart.ts", "recovery"),
        ("packages/core/src/session/compaction.ts", "compaction"),
        ("packages/schema/src/session-event.ts", "events"),
    ],
)
def test_the_files_of_the_runtime_are_on_a_surface_of_the_builtin_tracker(path: str, surface: str) -> None:
    paths = builtin_tracker().surfaces[surface]
    assert any(path == watched or path.startswith(f"{watched}/") for watched in paths)


@pytest.mark.parametrize(
    ("path", "is_read"),
    [
        ("packages/core/src/database/migration/20260903172701_revert-recovery.ts", True),
        ("packages/core/src/database/migration.ts", True),
        ("packages/core/src/session/reset.ts", True),
        ("packages/core/src/database/reset-v2.ts", True),
        ("packages/core/drizzle/20261005090000_tidy/migration.sql", True),
        ("packages/core/src/session/revert.ts", False),
        ("packages/console/core/migrations/20251228182259_striped_forge/migration.sql", False),
    ],
)
def test_the_builtin_tracker_reads_the_files_that_may_reset_sessions(path: str, is_read: bool) -> None:
    (probe,) = [probe for probe in builtin_tracker().probes if isinstance(probe, NewFilesProbe)]
    assert any(globs.filter_paths(root, [path]) for root in probe.paths) is is_read


def test_every_threshold_of_the_builtin_tracker_has_a_reason() -> None:
    for signal in builtin_tracker().signals:
        for probe in signal.probes:
            assert probe.why, f"{signal.id}: {kind_of(probe)}"


def test_a_dated_ref_applies_on_its_days_only() -> None:
    upstream, downstream = builtin_tracker().upstream, builtin_tracker().downstream
    assert upstream.ref_names(dt.date(2026, 6, 27)) == ("dev",)
    assert upstream.ref_names(dt.date(2026, 6, 28)) == ("v2", "dev")
    assert downstream.ref_names(dt.date(2026, 8, 20)) == ("dev", "maint/v1", "main")
    assert downstream.ref_names(dt.date(2026, 8, 21)) == ("maint/v1", "main")


@pytest.mark.parametrize("kind", map(kind_of, PROBE_TYPES))
def test_every_kind_of_probe_is_accepted(kind: str) -> None:
    # Keys that a kind needs in addition to its required keys.
    more = {
        "soak": 'line = "v1.*"',
        "paths": 'exist = ["a"]',
        "text": 'file = "a"\npattern = "b"',
        "churn": "met = 1",
        "names": 'pattern = "b"',
        "issues": "watch = [1]",
    }.get(kind, "")
    (struct,) = [probe for probe in PROBE_TYPES if kind_of(probe) == kind]
    required = [field for field in msgspec.structs.fields(struct) if field.required]
    values = {field.encode_name: '["s"]' if get_origin(field.type) is tuple else '"s"' for field in required}
    values |= {key: value for key, value in (("line", '"v1.*"'), ("url", '"https://a.example/b"')) if key in values}
    keys = "\n".join(f"{key} = {value}" for key, value in values.items())
    probe = f'[[signals.probes]]\nkind = "{kind}"\n{keys}\n{more}\n'
    tracker = parse_tracker(f"{HEAD}{SIGNAL}{probe}", "t.toml", patterns=True)
    assert kind_of(tracker.signals[0].probes[0]) == kind


def test_a_tracker_is_searched_from_the_option_to_the_folders_above(tmp_path: Path) -> None:
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert find_tracker(None, {}, below) is None or tmp_path not in (find_tracker(None, {}, below) or tmp_path).parents
    (tmp_path / "pawtui.toml").write_text(builtin_text(), encoding="utf-8")
    assert find_tracker(None, {}, below) == tmp_path / "pawtui.toml"
    assert find_tracker(None, {"PAWTUI_TRACKER": "x.toml"}, below) == Path("x.toml")
    assert find_tracker("y.toml", {"PAWTUI_TRACKER": "x.toml"}, below) == Path("y.toml")


def test_a_folder_that_may_not_be_searched_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The tests may run as root, who may search every folder.
    def refuse(path: Path) -> bool:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "stat", refuse)
    # As in Python 3.14, which hides the error.
    monkeypatch.setattr(Path, "is_file", lambda _path: False)
    with pytest.raises(TrackerError, match=r"^Cannot search .* for pawtui\.toml: permission denied\. .* --tracker\.$"):
        find_tracker(None, {}, tmp_path)
    assert find_tracker("y.toml", {}, tmp_path) == Path("y.toml")


def test_a_file_that_cannot_be_read_raises_one_message(tmp_path: Path) -> None:
    with pytest.raises(TrackerError, match=r"There is no tracker file .*pawtui init"):
        read_tracker(tmp_path / "none.toml")
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TrackerError, match="not UTF-8"):
        read_tracker(binary)
    with pytest.raises(TrackerError, match=r"it is a folder\. Give a file"):
        read_tracker(tmp_path)
    huge = tmp_path / "huge.toml"
    huge.write_bytes(b"#" * 1_000_001)
    with pytest.raises(TrackerError, match=r"too large\. Give a file that you can read, of at most 1,000,000 bytes"):
        read_tracker(huge)


def test_lines_of_nested_tables_are_found() -> None:
    text = 'a = 1\n[[s]]\nid = "x"\n[[s.p]]\nk = 1\n[[s.p]]\nk = 2\n[[s]]\n[[s.p]]\n"k" = 3\n'
    line_of = KeyLines(text).line_of
    assert line_of(["a"]) == 1
    assert line_of(["s", 0, "p", 1, "k"]) == 7
    assert line_of(["s", 1, "p", 0, "k"]) == 10
    assert line_of(["s", 1, "p", 0, "missing"]) == 9
    assert line_of(["s", 1, "missing"]) == 8
    assert line_of(["nowhere"]) is None


def test_the_elements_of_an_array_have_the_line_of_its_key() -> None:
    text = 'x = 1\na = [\n  "x", "y",  # ]\n  { k = 1, l = [2] },\n  """\n]""",\n]\nb.c = [\n]\n'
    line_of = KeyLines(text).line_of
    assert (line_of(["a"]), line_of(["a", 2, "l", 0]), line_of(["b", "c"])) == (2, 2, 8)


def test_lines_after_a_very_long_array_are_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "a = [\n" + '"x",\n' * 100 + "]\nb = 1\n"
    assert KeyLines(text).line_of(["b"]) == 103
    monkeypatch.setattr(key_lines, "_MAX_PARSED", 10_000)
    assert KeyLines(text).line_of(["b"]) is None


@given(st.text(max_size=400))
def test_any_text_is_refused_with_messages(text: str) -> None:
    with pytest.raises(TrackerError) as caught:
        parse_tracker(text, "t.toml")
    assert all(message.startswith("t.toml") for message in caught.value.messages)


_SCALARS = st.one_of(
    st.integers(), st.text(max_size=8), st.booleans(), st.floats(allow_nan=False, allow_infinity=False)
)


@given(data=st.data())
def test_any_value_of_any_key_is_accepted_or_refused_with_messages(data: st.DataObject) -> None:
    lines = builtin_text().split("\n")
    keyed = [number for number, line in enumerate(lines) if " = " in line and not line.startswith(("#", "  "))]
    number = data.draw(st.sampled_from(keyed))
    key = lines[number].split(" = ")[0]
    value = data.draw(_SCALARS)
    shown = f'"{value.encode("unicode_escape").decode()}"' if isinstance(value, str) else str(value).lower()
    lines[number] = f"{key} = {shown}"
    messages: tuple[str, ...] = ("t.toml",)
    try:
        parse_tracker("\n".join(lines), "t.toml", patterns=True)
    except TrackerError as error:
        messages = error.messages
    assert messages
    assert all(message.startswith("t.toml") for message in messages)
