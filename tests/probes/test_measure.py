"""Rules for every kind of probe: the built-in tracker's sentences, and the combination of states."""

from collections.abc import Callable, Sequence
from itertools import product

import msgspec
import pytest

from pawtui.probes.measure import kind_module
from pawtui.probes.probe_facts import AttestedFacts, TextFacts
from pawtui.probes.reading import ProbeReading, numbered_probes
from pawtui.probes.signal_state import asks_for_absence, deciding_summary, part_states, signal_state
from pawtui.probes.state import STATES, State, worst
from pawtui.tracker.probe_types import (
    AttestedProbe,
    ChurnProbe,
    Contract,
    IssuesProbe,
    JsonProbe,
    NamesProbe,
    NewFilesProbe,
    PathsProbe,
    Probe,
    SoakProbe,
    TextProbe,
)
from pawtui.tracker.read_tracker import builtin_tracker
from pawtui.tracker.tracker_types import Part, Policy, Signal
from tests.probes.measuring import facts_of, measure
from tests.support.fake_github import FakeGitHub
from tests.support.fake_repo import FakeRepo
from tests.support.fixtures import OpenSource
from tests.support.git_repo import GitRepo


def _reading(state: State, part: str = "", *, decides: bool = True, absence: bool = False) -> ProbeReading:
    return ProbeReading(kind="text", state=state, summary="", rule="", part=part, decides=decides, absence=absence)


@pytest.mark.parametrize(
    ("states", "worst", "parts"),
    [
        (("met", "met"), "met", "met"),
        (("met", "partial"), "partial", "partial"),
        (("met", "unmet"), "unmet", "partial"),
        (("met", "unknown"), "unknown", "partial"),
        (("unmet", "unknown"), "unmet", "unmet"),
        (("unknown", "unknown"), "unknown", "unknown"),
        (("unmet", "unmet"), "unmet", "unmet"),
        (("partial", "unmet"), "unmet", "partial"),
        ((), "unknown", "unknown"),
    ],
)
def test_states_combine(states: tuple[State, ...], worst: str, parts: str) -> None:
    readings = [_reading(state) for state in states]
    assert signal_state(Signal(id="s", title="S"), readings) == worst
    assert signal_state(Signal(id="s", title="S", combine="parts"), readings) == parts


@pytest.mark.parametrize(
    ("probe", "cause"),
    [
        (TextProbe(file="a", pattern="a("), "pattern: the pattern 'a(' does not compile"),
        (TextProbe(file="a", discards="a("), "discards: the pattern 'a(' does not compile"),
        (TextProbe(file="a", pattern="DROP", read="sql"), "pattern: the pattern has 'D'. SQL is read"),
        (NewFilesProbe(paths=("a",), name="a("), "name: the pattern 'a(' does not compile"),
        (NewFilesProbe(paths=("a",), body="DROP", read="sql"), "body: the pattern has 'D'. SQL is read"),
        (NewFilesProbe(paths=("a",), identity="a("), "identity: the pattern 'a(' does not compile"),
        (SoakProbe(line="v2.*", breaking="a("), "breaking: the pattern 'a(' does not compile"),
        (
            NamesProbe(files=("a",), contract=Contract(block="a(", name="b", fields="c")),
            "contract.block: the pattern 'a(' does not compile",
        ),
    ],
)
async def test_every_pattern_is_checked_before_it_runs(
    up: FakeRepo, open_source: OpenSource, probe: Probe, cause: str
) -> None:
    up.git.commit({"a": "x"}, at="2026-06-01")
    reading = (await measure(open_source(), probe)).reading
    assert (reading.state, reading.cause[: len(cause)]) == ("unknown", cause)
    assert not reading.cause.endswith(".")


PARTS = Signal(id="s", title="S", parts=(Part(id="a", title="A"), Part(id="b", title="B")))


@pytest.mark.parametrize(
    ("first", "second", "parts", "signal"),
    [
        (("met", "met"), ("met",), {"a": "met", "b": "met"}, "met"),
        (("met", "unmet"), ("met",), {"a": "partial", "b": "met"}, "partial"),
        (("unmet", "unknown"), ("unmet",), {"a": "unmet", "b": "unmet"}, "unmet"),
        (("unknown",), ("unknown",), {"a": "unknown", "b": "unknown"}, "unknown"),
        (("met",), (), {"a": "met", "b": "unknown"}, "partial"),
    ],
)
def test_parts_combine(first: tuple[State, ...], second: tuple[State, ...], parts: dict[str, str], signal: str) -> None:
    readings = [*(_reading(state, "a") for state in first), *(_reading(state, "b") for state in second)]
    assert part_states(PARTS, readings) == parts
    assert signal_state(PARTS, readings) == signal
    # A probe without a part counts as a separate part.
    assert signal_state(PARTS, [*readings, _reading("unmet")]) == (
        "partial" if signal in ("met", "partial") else "unmet"
    )


def test_parts_combine_like_their_probes() -> None:
    """The state of a signal is that of its parts and of its other probes, which combine by the same rule."""

    def combined(items: Sequence[tuple[State, bool]]) -> tuple[State, bool]:
        """Return the state of items, and whether one of them is more than an absence."""
        states = [state for state, _ in items]
        has_progress = any(is_progress and state in ("met", "partial") for state, is_progress in items)
        all_met = bool(states) and set(states) == {"met"}
        state = "met" if all_met else "partial" if has_progress else worst(states)
        return state, any(is_progress for _, is_progress in items)

    items = [(state, is_progress) for state in STATES for is_progress in (True, False)]
    for first, second, third in product(items, repeat=3):
        for in_b, others in (([third], []), ([], [third]), ([], [])):
            parts = [([first, second], "a"), (in_b, "b"), (others, "")]
            readings = [_reading(state, part, absence=not new) for found, part in parts for state, new in found]
            wanted, _ = combined([combined([first, second]), combined(in_b), *others])
            assert signal_state(PARTS, readings) == wanted


@pytest.mark.parametrize(
    ("probe", "wanted"),
    [
        (TextProbe(file="a", pattern="b", expect="absent"), True),
        (TextProbe(file="a", pattern="b"), False),
        (PathsProbe(absent=("a",)), True),
        (PathsProbe(exist=("a",), absent=("b",)), False),
        (JsonProbe(url="https://a.example", field="b", pattern="c", expect="absent"), True),
        (IssuesProbe(watch=(1,)), False),
    ],
)
def test_a_probe_may_ask_for_an_absence(probe: Probe, wanted: bool) -> None:
    assert asks_for_absence(probe) is wanted


def test_an_absence_alone_makes_nothing_partial() -> None:
    gone = _reading("met", "a", absence=True)
    assert part_states(PARTS, [gone, _reading("unmet", "a")])["a"] == "unmet"
    assert part_states(PARTS, [gone, _reading("unknown", "a")])["a"] == "unknown"
    assert part_states(PARTS, [gone])["a"] == "met"
    # Nor does a part with only an absence make the signal partial.
    assert signal_state(PARTS, [gone, _reading("unmet", "b")]) == "unmet"
    assert signal_state(PARTS, [gone, _reading("met", "b")]) == "met"
    assert signal_state(PARTS, [gone, _reading("met", "a"), _reading("unmet", "b")]) == "partial"
    # The same without parts.
    pair = [_reading("met", absence=True), _reading("unmet")]
    assert signal_state(Signal(id="s", title="S", combine="parts"), pair) == "unmet"


def test_the_summary_is_that_of_the_worst_probe_that_decides() -> None:
    met, unmet, unknown = (
        msgspec.structs.replace(_reading(state), summary=f"is {state}", cause="no answer")
        for state in ("met", "unmet", "unknown")
    )
    ignored = msgspec.structs.replace(unmet, decides=False)
    assert deciding_summary([met, unmet, unknown]) == "is unmet"
    assert deciding_summary([met, unknown, ignored]) == "no answer"
    assert deciding_summary([msgspec.structs.replace(unknown, cause="")]) == "is unknown"
    assert deciding_summary([met, ignored]) == "is met"
    assert deciding_summary([ignored]) == ""


def test_a_probe_that_does_not_decide_changes_nothing() -> None:
    evidence = _reading("unmet", decides=False)
    assert signal_state(Signal(id="s", title="S"), [_reading("met"), evidence]) == "met"
    assert (
        signal_state(PARTS, [_reading("met", "a"), _reading("met", "b"), _reading("unmet", "a", decides=False)])
        == "met"
    )
    assert signal_state(Signal(id="s", title="S"), [evidence]) == "unknown"


async def test_attested_waits_for_a_verdict(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"a": "1"})
    found = (await measure(open_source(), AttestedProbe(ask="Is it promised?"))).reading
    assert (found.state, found.rule) == ("unknown", "only a maintainer's verdict decides")
    assert (found.summary, found.cause) == ("needs a maintainer's verdict", "needs a verdict: Is it promised?")
    facts = facts_of(found, AttestedFacts)
    assert (facts.ask, facts.head) == ("Is it promised?", up.git.sha("main"))


@pytest.mark.parametrize(
    "probe",
    [
        TextProbe(file="SPEC", pattern="claim"),
        ChurnProbe(surfaces=("spec",), met=5),
        # The branch contained the commit on that day.
        SoakProbe(commit="main", days=28),
    ],
    ids=type,
)
async def test_a_head_in_doubt_is_not_read(
    fake: FakeGitHub, up: FakeRepo, open_source: OpenSource, probe: Probe
) -> None:
    made = up.git.commit({"SPEC": "a claim\n"}, at="2026-06-01")
    if isinstance(probe, SoakProbe):
        probe = msgspec.structs.replace(probe, commit=made.sha)
    doubt = "main does not contain v2.3.2"
    found = (await measure(open_source(), probe, surfaces={"spec": ("SPEC",)}, doubt=doubt)).reading
    assert (found.state, found.cause) == ("unknown", doubt)
    if isinstance(probe, SoakProbe):
        assert found.summary == "at most 172 quiet days"
    assert "/repos/up/stream/commits" not in [request.path for request in fake.log]


async def test_any_probe_may_read_the_downstream(
    fake: FakeGitHub, up: FakeRepo, open_source: OpenSource, make_repo: Callable[..., GitRepo]
) -> None:
    up.git.commit({"SPEC": "nothing\n"})
    down = fake.add("down/stream", make_repo("down"))
    down.git.commit({"SPEC": "a claim\n"})
    probe = TextProbe(file="SPEC", pattern="claim", side="downstream", part="p", decides=False)
    found = (await measure(open_source(), probe)).reading
    assert (found.state, facts_of(found, TextFacts).head) == ("met", down.git.sha("main"))
    assert found.evidence[0].pin == f"down/stream@{down.git.sha('main')}:SPEC#L1"
    assert (found.part, found.decides) == ("p", False)


def test_every_threshold_of_the_built_in_tracker_has_its_reason_and_rule() -> None:
    for signal in builtin_tracker().signals:
        for probe in signal.probes:
            assert probe.why.endswith(".")
            assert "\n" not in probe.why
            assert len(probe.why) <= 130
            rule = kind_module(probe).rule(probe, Policy())
            assert rule.startswith("met ")
            assert len(rule) <= 260


def test_probes_are_numbered_by_kind() -> None:
    probes = [ProbeReading(kind=kind, state="met", summary="", rule="") for kind in ("paths", "text", "paths")]
    assert [key for key, _ in numbered_probes(probes)] == [("paths", 0), ("text", 0), ("paths", 1)]
