"""The drift of pins (fresh, changed, moved, gone), and its effect on gates."""

import datetime as dt

import msgspec
import pytest

from pawtui.refresh.refresh_types import Drift
from pawtui.review.verdict_actions import give_verdict
from pawtui.tracker.tracker_types import Side
from tests.refresh.daily_workspace import TEXT, TRACKER, DailyWorkspace


async def test_a_pin_is_fresh_changed_moved_or_gone(daily: DailyWorkspace) -> None:
    await daily.refresh()
    pinned = daily.up.git.sha("main")
    daily.note("up:SPEC", "up:src/a.ts", "up:src/b.ts#L1", "down:plan.md")
    await daily.refresh()
    assert {path: drift.state for path, drift in daily.drift().items()} == dict.fromkeys(
        ("SPEC", "src/a.ts", "src/b.ts#L1", "plan.md"), "fresh"
    )
    daily.up.git.commit({"SPEC": TEXT + "more\n"}, at="2026-11-22", message="docs: more")
    changed = daily.up.git.commit({"SPEC": TEXT + "more and more\n"}, at="2026-11-22T13:00", message="docs: even more")
    daily.up.git.commit({"src/a.ts": None, "lib/a.ts": TEXT + "a", "src/b.ts": None}, at="2026-11-22T14:00")
    await daily.refresh()
    head = daily.up.git.sha("main")
    found = daily.drift()
    assert found["SPEC"] == Drift(
        pin=f"up/stream@{pinned}:SPEC",
        state="changed",
        summary=f"changed since {pinned[:10]}; last commit on the file: {changed.sha[:10]} docs: even more",
        by=changed.sha,
        url=f"https://github.com/up/stream/compare/{pinned}...{head}",
        place=f"up/stream@{head}:SPEC",
    )
    assert (found["src/a.ts"].state, found["src/a.ts"].summary) == ("moved", "the same text is now lib/a.ts")
    assert found["src/a.ts"].url == f"https://github.com/up/stream/blob/{head}/lib/a.ts"
    assert (found["src/b.ts#L1"].state, found["src/b.ts#L1"].summary) == ("gone", f"does not exist at {head[:10]}")
    assert found["plan.md"].state == "fresh"
    overview = daily.workspace.overview()
    assert [drift.state for drift in overview.signal("s").stale] == ["changed", "moved", "gone"]


async def test_an_empty_file_that_was_removed_did_not_move_to_another_empty_file(daily: DailyWorkspace) -> None:
    daily.up.git.commit({"a/__init__.py": "", "b/__init__.py": ""}, at="2026-11-02")
    await daily.refresh()
    daily.note("up:b/__init__.py")
    daily.up.git.commit({"b/__init__.py": None}, at="2026-11-22")
    await daily.refresh()
    assert daily.drift()["b/__init__.py"].state == "gone"


@pytest.mark.parametrize(("path", "what"), [("SPEC", "file"), ("docs", "folder")])
async def test_after_a_reset_no_older_commit_is_named_as_the_change(
    daily: DailyWorkspace, path: str, what: str
) -> None:
    older = daily.up.git.commit({"SPEC": "older\n", "docs/a": "1"}, at="2026-11-02", message="docs: it")
    daily.up.git.commit({"SPEC": TEXT, "docs/a": "2"}, at="2026-11-03")
    await daily.refresh()
    pinned = daily.up.git.sha("main")
    daily.note(f"up:{path}")
    daily.up.git.branch("main", older)
    await daily.refresh()
    summary = f"changed since {pinned[:10]}; last commit on the {what}: {older.sha[:10]} docs: it"
    assert daily.drift()[path].summary == summary


async def test_a_restored_file_is_fresh_again(daily: DailyWorkspace) -> None:
    await daily.refresh()
    daily.note("up:SPEC")
    daily.up.git.commit({"SPEC": "other\n"}, at="2026-11-22")
    await daily.refresh()
    assert daily.drift()["SPEC"].state == "changed"
    daily.up.git.commit({"SPEC": TEXT}, at="2026-11-23")
    await daily.refresh()
    assert daily.drift()["SPEC"].state == "fresh"


async def test_a_gate_with_stale_evidence_does_not_count_in_the_decision(daily: DailyWorkspace) -> None:
    await daily.refresh()
    daily.workspace.record_change(lambda context: give_verdict(context, "s", "met", reason="seen"))
    daily.satisfy("plan", "down:plan.md#L4")
    daily.satisfy("value", "up:SPEC#L1")
    await daily.refresh()
    assert daily.workspace.overview().decision == "go"
    changed = daily.down.git.commit({"plan.md": "another plan\n"}, at="2026-11-22", message="docs: another plan")
    await daily.refresh()
    overview = daily.workspace.overview()
    gate = overview.gate("plan")
    assert (overview.decision, gate.state, gate.counts_as_satisfied) == ("hold", "satisfied", False)
    assert overview.gate("value").counts_as_satisfied
    assert any(reason.text.startswith('Stale evidence: "There is a plan"') for reason in overview.reasons)
    assert overview.gate("plan").stale[0].by == changed.sha
    assert overview.last is not None
    assert overview.last.decision == "hold"


async def test_a_pin_to_a_path_that_never_existed_is_gone(daily: DailyWorkspace) -> None:
    await daily.refresh()
    begun = daily.up.git.sha("main")
    daily.up.git.commit({"SPEC": "other\n"}, at="2026-11-22")
    await daily.refresh()
    daily.note(f"up/stream@{begun[:10]}:no/such.ts", f"up/stream@{begun[:10]}:SPEC")
    await daily.refresh()
    assert daily.drift()["no/such.ts"].summary == f"the path did not exist at {begun[:10]}"
    assert (daily.drift()["no/such.ts"].state, daily.drift()["SPEC"].state) == ("gone", "changed")


async def test_a_renamed_repository_keeps_its_pins(daily: DailyWorkspace) -> None:
    await daily.refresh()
    daily.note("up:SPEC")
    daily.fake.rename("up/stream", "new/river")
    daily.up.git.commit({"SPEC": "other\n"}, at="2026-11-22")
    await daily.refresh()
    assert daily.drift()["SPEC"].state == "changed"


async def test_pins_to_other_places_are_unchecked(daily: DailyWorkspace) -> None:
    await daily.refresh()
    sha = daily.up.git.sha("main")
    daily.note("up/stream#7", f"up/stream@{sha}", "https://example.org/a", f"other/repo@{sha}:a")
    daily.up.git.commit({"README": "1"}, at="2026-11-22")
    await daily.refresh()
    assert {drift.pin.partition("@")[0]: drift.state for drift in daily.drift().values()} == {
        "up/stream#7": "unchecked",
        "up/stream": "fresh",
        "https://example.org/a": "unchecked",
        "other/repo": "unchecked",
    }


async def test_without_a_tree_pins_are_unchecked_not_gone(daily: DailyWorkspace) -> None:
    await daily.refresh()
    daily.note("up:SPEC")
    daily.up.git.commit({"SPEC": "other\n"}, at="2026-11-22")
    daily.fake.clear()
    head = daily.up.git.sha("main")
    daily.now += dt.timedelta(days=1)
    daily.fake.fail(f"/git/trees/{head}", 503, times=None)
    await daily.workspace.refresh(lambda _step: None)
    assert daily.drift()["SPEC"].state == "unchecked"
    assert daily.drift()["SPEC"].failed


async def test_after_a_failed_check_stale_evidence_is_unchecked_and_gates_do_not_count(daily: DailyWorkspace) -> None:
    await daily.refresh()
    for gate, pin in (("plan", "down:plan.md"), ("value", "down:src/export.ts")):
        daily.satisfy(gate, pin)
    daily.down.git.commit({"plan.md": "another plan\n"}, at="2026-11-22")
    await daily.refresh()
    assert daily.drift()["plan.md"].state == "changed"
    daily.down.git.commit({"README": "more\n"}, at="2026-11-23")
    daily.now += dt.timedelta(days=1)
    daily.fake.fail(f"/git/trees/{daily.down.git.sha('main')}", 502, times=None)
    await daily.workspace.refresh(lambda _step: None)
    assert daily.drift()["plan.md"].failed
    overview = daily.workspace.overview()
    assert not overview.gate("plan").counts_as_satisfied
    assert not overview.gate("value").counts_as_satisfied
    assert any(reason.kind == "unchecked" for reason in overview.reasons)


async def test_a_pin_to_an_unknown_commit_is_no_evidence(daily: DailyWorkspace) -> None:
    await daily.refresh()
    daily.satisfy("plan", f"down/stream@{'dead' * 10}:plan.md")
    assert not daily.workspace.overview().gate("plan").counts_as_satisfied
    await daily.refresh()
    drift = daily.drift()["plan.md"]
    assert (drift.state, drift.failed) == ("unchecked", True)
    assert not daily.workspace.overview().gate("plan").counts_as_satisfied


async def test_a_pinned_commit_is_evidence_after_it_was_read_once(daily: DailyWorkspace) -> None:
    begun = daily.down.git.sha("main")
    daily.down.git.commit({"README": "1"}, at="2026-11-02")
    await daily.refresh()
    head = daily.down.git.sha("main")
    unread = f"down/stream@{'dead' * 10}"
    daily.satisfy("plan", unread, [unread])
    daily.satisfy("value", f"down/stream@{begun}")
    daily.note(f"down/stream@{head[:10]}")

    def counts() -> list[bool]:
        return [daily.workspace.overview().gate(gate).counts_as_satisfied for gate in ("plan", "value")]

    assert counts() == [False, True]
    assert daily.workspace.overview().drift[f"down/stream@{head}"].state == "fresh"
    await daily.refresh()
    assert counts() == [False, True]
    last = daily.workspace.overview().last
    assert last is not None
    assert any("Commit deaddeadde of down/stream does not exist" in error for error in last.errors)
    await daily.refresh()
    assert counts() == [False, True]
    assert not daily.fake.requests(f"/commits/{begun}")


async def test_the_next_refresh_reads_another_pinned_commit_even_if_no_head_moved(daily: DailyWorkspace) -> None:
    begun = daily.down.git.sha("main")
    later = daily.down.git.commit({"README": "1"}, at="2026-11-01").sha
    daily.down.git.commit({"README": "2"}, at="2026-11-02")
    await daily.refresh()
    daily.note(*(f"down/stream@{sha}:plan.md" for sha in (begun, later)))
    for failed in (1, 0):
        await daily.workspace.refresh(lambda _step: None)
        last = daily.workspace.overview().last
        assert last is not None
        assert sum(drift.failed for drift in last.drift) == failed


async def test_pins_of_two_branches_of_one_repository_are_compared_with_their_own_branch(daily: DailyWorkspace) -> None:
    git = daily.up.git
    git.branch("v1", "main")
    git.commit({"plan": TEXT}, branch="v1", at="2026-11-02")
    daily.workspace.tracker = msgspec.structs.replace(TRACKER, downstream=Side(repo="up/stream", refs=("v1",)))
    begun = git.sha("main")
    git.commit({"SPEC": TEXT + "2"}, at="2026-11-03")
    await daily.refresh()
    up, down = git.sha("main"), git.sha("v1")
    gone_up, gone_down = f"up/stream@{begun}:src/b.ts", f"up/stream@{begun}:src/a.ts"
    daily.note("up:SPEC", "up:src/a.ts", "down:SPEC", "down:plan", gone_up, gone_down, "https://example.org/a")
    git.commit({"SPEC": TEXT + "3", "src/b.ts": None}, at="2026-11-22")
    git.commit({"src/a.ts": None, "plan": "other\n"}, branch="v1", at="2026-11-22")
    await daily.refresh()
    last = daily.workspace.overview().last
    assert last is not None
    assert {drift.pin: drift.state for drift in last.drift} == {
        f"up/stream@{up}:SPEC": "changed",
        f"up/stream@{up}:src/a.ts": "fresh",
        f"up/stream@{down}:SPEC": "fresh",
        f"up/stream@{down}:plan": "changed",
        # Its commit is in both branches, and one of them no longer has the file.
        gone_up: "gone",
        gone_down: "gone",
        "https://example.org/a": "unchecked",
    }


@pytest.mark.parametrize("failed", ["main", "v1"])
async def test_a_pin_that_could_be_compared_with_one_of_two_branches_is_not_checked(
    daily: DailyWorkspace, failed: str
) -> None:
    git = daily.up.git
    begun = git.sha("main")
    git.branch("v1", "main")
    git.commit({"README": "v1"}, branch="v1", at="2026-11-02")
    git.commit({"README": "main"}, at="2026-11-03")
    daily.workspace.tracker = msgspec.structs.replace(TRACKER, downstream=Side(repo="up/stream", refs=("v1",)))
    await daily.refresh()
    daily.note(f"up/stream@{begun}:SPEC")
    git.commit({"README": "later"}, branch=failed, at="2026-11-22")
    daily.now += dt.timedelta(days=1)
    daily.fake.fail(f"/git/trees/{git.sha(failed)}", 502, times=None)
    await daily.workspace.refresh(lambda _step: None)
    assert daily.drift()["SPEC"].failed


async def test_a_cut_list_of_paths_leaves_evidence_unchecked_and_the_decision_at_hold(daily: DailyWorkspace) -> None:
    await daily.refresh()
    daily.satisfy("plan", "down:plan.md")
    daily.satisfy("value", "down:src/export.ts")
    daily.workspace.record_change(lambda context: give_verdict(context, "s", "met", reason="seen"))
    daily.down.git.commit({"README": "1"}, at="2026-11-22")
    await daily.refresh()
    assert daily.workspace.overview().decision == "go"
    daily.down.git.commit({"README": "2"}, at="2026-11-23")
    daily.down.responses.tree_limit = 2
    await daily.refresh()
    drift = daily.drift()
    assert [drift[path].state for path in ("plan.md", "src/export.ts")] == ["fresh", "unchecked"]
    assert drift["src/export.ts"].failed
    cut = f"the list of paths at {daily.down.git.sha('main')[:10]} was cut short"
    assert drift["src/export.ts"].summary == f"could not be checked: {cut}"
    assert daily.workspace.overview().decision == "hold"


async def test_a_cut_list_of_paths_at_an_older_commit_leaves_pins_unchecked(daily: DailyWorkspace) -> None:
    begun = daily.up.git.sha("main")
    daily.up.git.commit({"SPEC": None, "src/a.ts": None}, at="2026-11-02")
    daily.up.responses.tree_limit = 3
    await daily.refresh()
    # The older tree is cut: it is not known whether it had these paths.
    daily.note(f"up/stream@{begun}:src/b.ts", f"up/stream@{begun}:never.ts")
    await daily.refresh()
    found = daily.drift()
    assert [found[path].state for path in ("src/b.ts", "never.ts")] == ["unchecked", "unchecked"]
