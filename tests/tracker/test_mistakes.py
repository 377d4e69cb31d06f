"""Every mistake in a tracker file is refused with its place, the finding and the remedy."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pawtui.help.pages import example_of, topics
from pawtui.tracker.read_tracker import TrackerError, parse_tracker, read_tracker, tracker_text
from pawtui.tracker.validate import find_warnings
from tests.tracker.tracker_texts import HEAD, PROBE, SIGNAL

DATA = Path(__file__).with_name("data")


def data_lines(name: str) -> Iterator[tuple[str, str, list[str]]]:
    """Yield each line of a data file as a TOML text, the place of its mistake, and the parts of the message."""
    kind = ""
    for line in (DATA / name).read_text(encoding="utf-8").splitlines():
        if found := re.fullmatch(r"\[([a-z -]+)\]", line):
            kind = "" if found[1] == "any kind" else f'kind = "{found[1]}"\n'
        elif line and not line.startswith("# "):
            text, _, expected = line.rpartition("-> ")
            place, _, parts = expected.partition(": ")
            yield kind + text.strip().replace("; ", "\n"), place.strip("-"), parts.split(" + ")


def test_a_mistake_in_a_probe_is_refused_with_its_key_and_line() -> None:
    for probe, key, parts in data_lines("probe_mistakes.txt"):
        text = f"{HEAD}{SIGNAL}[[signals.probes]]\n{probe}\n"
        message = refused(text)[0]
        place = re.match(r"t\.toml:(\d+): ", message)
        assert place is not None, (probe, message)
        if key:
            assert f": signals.one.probes.1.{key}: " in message, probe
            name = re.sub(r"\.\d+$", "", key).split(".")[-1]
            assert name in text.split("\n")[int(place[1]) - 1], (probe, message)
        assert [part for part in parts if part not in message] == [], (probe, message)


@pytest.mark.parametrize(
    ("probe", "part"),
    [
        (f'kind = "issues"\nwatch = {list(range(1, 102))}', "it names 101 issues; at most 100 are allowed"),
        (f'kind = "issues"\nquery = "{"x" * 201}"', "one line of at most 200 characters"),
        (f'kind = "paths"\nexist = ["{"x" * 1_001}"]', "a path from the top of the repository"),
        (f'kind = "json"\nurl = "https://a.example/{"x" * 500}"\nfield = "a"\npattern = "b"', "an https address"),
        (f'kind = "text"\nfile = "a"\npattern = "{"x" * 2_001}"', "2,001 characters; at most 2,000 are allowed"),
    ],
    ids=lambda value: value[:40],
)
def test_a_value_of_a_probe_that_is_too_long_is_refused(probe: str, part: str) -> None:
    assert part in refused(f"{HEAD}{SIGNAL}[[signals.probes]]\n{probe}\n")[0]


@pytest.mark.parametrize(
    "probe",
    [
        f'kind = "issues"\nwatch = {list(range(1, 101))}',
        f'kind = "issues"\nquery = "{"x" * 200}"',
        f'kind = "paths"\nexist = ["{"x" * 1_000}"]',
        f'kind = "json"\nurl = "https://a.example/{"x" * 482}"\nfield = "a"\npattern = "b"',
        f'kind = "release"\nline = "{"v" * 99}*"',
        f'kind = "text"\nfile = "a"\npattern = "{"x" * 2_000}"',
        'kind = "text"\nfile = "a"\npattern = "x{100000}"',
        'kind = "text"\nfile = "a"\npattern = "(x{250}){250}"',
    ],
    ids=lambda value: value[:40],
)
def test_a_value_of_a_probe_at_its_limit_is_accepted(probe: str) -> None:
    parse_tracker(f"{HEAD}{SIGNAL}[[signals.probes]]\n{probe}\n", "t.toml", patterns=True)


@pytest.mark.parametrize(
    "probe",
    [
        # Paths as patterns, and names with braces.
        "kind = 'text'\nfile = 'a'\npattern = '/src/ui'",
        "kind = 'text'\nfile = 'a'\npattern = '/api/v1/i'",
        "kind = 'text'\nfile = 'a'\npattern = '/src/'",
        "kind = 'new-files'\npaths = ['src']\nname = '/sys/my'",
        "kind = 'paths'\nexist = ['{{cookiecutter.name}}/a', 'b/{id}.ts', 'c,d']",
    ],
)
def test_unusual_paths_and_patterns_are_accepted(probe: str) -> None:
    parse_tracker(f"{HEAD}{SIGNAL}[[signals.probes]]\n{probe}\n", "t.toml", patterns=True)


def file_mistakes() -> Iterator[tuple[str, int, list[str]]]:
    """Yield each text with a mistake, the line of the mistake (0: the whole file), and the parts of the message."""
    yield "", 0, ["'id' is missing"]
    for edit, place, parts in data_lines("file_mistakes.txt"):
        old, _, new = edit.rpartition(" => ")
        new = new.replace("SIGNAL", SIGNAL.strip()).replace("PROBE", PROBE.strip())
        yield HEAD.replace(old, new, 1) if old else f"{HEAD}{new}\n", int(place), parts
    for line, part in (
        (f"{'a.' * 50_000}b = 1", "more than 100 parts"),
        (f"[{'a . ' * 50_000}b]", "more than 100 parts"),
        ('"\\"".' * 50_000 + "b = 1", "more than 100 parts"),
        (f"x = 0x{'f' * 10_000}", "more than 18 digits"),
        (f"x = {'9' * 19}", "more than 18 digits"),
    ):
        yield f"{HEAD}{line}\n", 12, [part]
    for value, part in (
        (f"{'[' * 60_000}{']' * 60_000}", "nested too deep"),
        (f"{'{a = ' * 5_000}1{'}' * 5_000}", "nested too deep"),
        ("9" * 100_000, "this is not TOML"),
    ):
        yield f"{HEAD}x = {value}\n", 0, [part]


def test_a_mistake_is_refused_with_its_line() -> None:
    for text, line, parts in file_mistakes():
        found = refused(text)
        messages = [message for message in found if all(part in message for part in parts)]
        assert messages, (parts, found)
        assert messages[0].startswith(f"t.toml:{line}: " if line else "t.toml: "), parts


@pytest.mark.parametrize(
    "value", ["a" + " " * 300_000 + "\\n", "{" * 200_000, "{" + "," * 300_000, "a/" * 130_000, "a | " * 70_000]
)
def test_a_very_long_path_is_refused_at_once(value: str) -> None:
    # A pattern that backtracks would take minutes.
    assert refused(HEAD.replace('["src"]', f'["{value}"]'))


def refused(text: str) -> tuple[str, ...]:
    """Return the messages of all mistakes in a text."""
    with pytest.raises(TrackerError) as caught:
        parse_tracker(text, "t.toml", patterns=True)
    assert all(message.endswith((".", "?")) for message in caught.value.messages)
    return caught.value.messages


def test_a_valid_tracker_that_can_never_reach_go_has_warnings() -> None:
    bare = parse_tracker(HEAD, "t.toml")
    assert [warning[:17] for warning in find_warnings(bare)][:2] == ["It has no signals", "It has no gates, "]


def test_a_surface_without_a_probe_and_a_commit_as_a_ref_have_warnings() -> None:
    pinned = HEAD.replace('["main"]\n[d', f'["{"a" * 40}"]\n[d')
    probe = '[[signals.probes]]\nkind = "churn"\nsurfaces = ["r"]\nmet = 1\n'
    assert find_warnings(parse_tracker(f"{pinned}{SIGNAL}{probe}", "t.toml"))[1:] == [
        "No probe uses the surface 's'. Remove it, or use it.",
        "The ref aaaaaaaaaa of a/b is a commit, which never moves. Name a branch.",
    ]


@pytest.mark.parametrize(("line", "warned"), [("v0.5*", True), ("v0.5.*", False), ("v2*", False), ("v0.5?.*", False)])
def test_a_line_that_may_continue_the_last_number_has_a_warning(line: str, warned: bool) -> None:
    signal = f'[[signals]]\nid = "a"\ntitle = "A"\n[[signals.probes]]\nkind = "release"\nline = "{line}"\n'
    warnings = find_warnings(parse_tracker(HEAD + signal, "t.toml"))
    assert any("matches both v0.5.1 and v0.50.1" in warning for warning in warnings) == warned


def test_lines_are_found_after_texts_that_look_like_keys() -> None:
    text = HEAD.replace('title = "T"', 'title = "T"\nabout = """\n[[signals]]\nid = "one"\ndays = 3\n"""')
    text += SIGNAL + '[[signals.probes]]\nkind = "churn"\n# days = 4\nsurfaces = ["s"]\nmet = 1\ndays = 0\n'
    (message,) = refused(text)
    line = int(message.split(":")[1])
    assert text.split("\n")[line - 1] == "days = 0"
    assert "days = 0" not in text.split("\n")[: line - 1]


@pytest.mark.parametrize("body", [b"\xef\xbb\xbf" + HEAD.encode(), HEAD.replace("\n", "\r\n").encode()])
def test_other_line_ends_and_a_byte_order_mark_are_accepted(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "pawtui.toml"
    path.write_bytes(body)
    assert parse_tracker(tracker_text(path), str(path), patterns=True).id == "t"


def test_a_device_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(TrackerError, match=r"^Cannot read /dev/zero: it is a device\. Give a file that you can read"):
        read_tracker(Path("/dev/zero"))


@pytest.mark.parametrize(
    "probe", ["kind = 'pulls'\nsurfaces = []", "kind = 'text'\nfile = 'a'\npattern = 'b'\nread = ''"]
)
def test_an_empty_value_is_one_mistake(probe: str) -> None:
    assert len(refused(f"{HEAD}{SIGNAL}[[signals.probes]]\n{probe}\n")) == 1


def test_a_reason_and_an_optional_key_of_another_table_may_be_empty() -> None:
    text = f"{HEAD}{SIGNAL}about = ''\nparts = []\n{PROBE}why = ''\n"
    assert parse_tracker(text, "t.toml", patterns=True).signals[0].probes[0].why == ""


STEP = """[[gates]]
id = "g"
title = "G"
[[steps]]
id = "try"
title = "Try it"
verify = { tools = "they run" }
gates = ["g"]
"""


def test_a_step_of_the_evaluation_is_read(tmp_path: Path) -> None:
    path = tmp_path / "t.toml"
    path.write_text(f"{HEAD}{SIGNAL}{PROBE}{STEP}", encoding="utf-8")
    (step,) = read_tracker(path).steps
    assert (step.id, step.gates, step.verify.tools, step.verify.recovery) == ("try", ("g",), "they run", "")


def test_a_missing_table_is_called_so() -> None:
    up, down = refused('id = "t"\ntitle = "T"\n')
    assert up == "t.toml: the table 'upstream' is missing; found 'id', 'title'. Add [upstream]."
    assert down.endswith(" Add [downstream].")


def test_the_id_of_the_small_tracker_has_a_warning() -> None:
    small = parse_tracker(example_of(topics()["tracker"].read_text(encoding="utf-8")), "t.toml")
    assert find_warnings(small) == [
        f"The id {small.id!r} is only an example. Choose your own: trackers with the same id share one record.",
    ]
