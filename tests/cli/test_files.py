"""export, init, validate."""

import json
from pathlib import Path

from pawtui.tracker.read_tracker import builtin_text
from tests.cli.conftest import Run, World


def test_export_prints_or_replaces_a_file(run: Run, world: World, tmp_path: Path) -> None:
    run("refresh", "--quiet")
    printed = run("export")
    assert printed.out.startswith("## Scope refresh on ")
    assert world.up.sha("v2") in printed.out
    target = tmp_path / "summary.md"
    target.write_text("old", encoding="utf-8")
    target.chmod(0o640)
    written = run("export", "-o", str(target))
    assert (written.status, written.out, written.err) == (0, "", f"Wrote {target}.\n")
    assert target.read_text(encoding="utf-8").startswith("## Scope refresh on ")
    assert target.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".summary")] == []


def test_export_is_json_by_option_or_by_file_name(run: Run, world: World, tmp_path: Path) -> None:
    run("refresh", "--quiet")
    assert run("export", "--format", "json").json["record"]["refreshes"]
    assert run("export", "--json").json["tracker"]["id"] == "small"
    target = tmp_path / "all.json"
    run("export", "-o", str(target))
    assert json.loads(target.read_text(encoding="utf-8"))["decision"]["state"] == "hold"
    run("export", "-o", str(target), "--format", "markdown")
    assert target.read_text(encoding="utf-8").startswith("## Scope")


def test_export_to_a_minus_prints(run: Run) -> None:
    printed = run("export", "-o", "-")
    assert (printed.out, printed.err) == (run("export").out, "")
    assert not Path("-").exists()


def test_export_into_a_missing_folder_is_an_error(run: Run, tmp_path: Path) -> None:
    refused = run("export", "-o", str(tmp_path / "nowhere" / "x.md"))
    assert refused.status == 2
    assert (
        "x.md: no such file or directory. Choose a file in an existing folder in which you can write.\n" in refused.err
    )


def test_init_replaces_a_file_only_with_force(run: Run, tmp_path: Path) -> None:
    done = run("init")
    path = Path("pawtui.toml")
    assert done.out.startswith("Wrote pawtui.toml. Edit it, then run `pawtui validate pawtui.toml`.\n")
    assert "`pawtui init --small` is a shorter start" in done.out
    assert path.read_text(encoding="utf-8") == builtin_text()
    path.write_text("mine", encoding="utf-8")
    refused = run("init")
    assert refused.status == 2
    assert "already exists. Edit it" in refused.err
    assert path.read_text(encoding="utf-8") == "mine"
    assert run("init", "--force").status == 0
    assert run("init", str(tmp_path)).status == 0
    assert (tmp_path / "pawtui.toml").is_file()


def test_init_writes_a_small_tracker_that_is_valid(run: Run) -> None:
    done = run("init", "--small")
    assert done.out == "Wrote pawtui.toml. Edit it, then run `pawtui validate pawtui.toml`.\n"
    assert run("validate", "pawtui.toml").out.startswith("pawtui.toml is valid: Mine follows theirs; 1 signal")


def test_validate_warns_of_a_copy_that_shares_the_record_of_the_built_in_tracker(run: Run) -> None:
    run("init", "copy.toml")
    assert run("validate", "copy.toml").err == ""
    text = Path("copy.toml").read_text(encoding="utf-8").replace('repo = "anomalyco/opencode"', 'repo = "up/other"')
    Path("copy.toml").write_text(text, encoding="utf-8")
    warned = run("validate", "copy.toml")
    assert warned.status == 0
    assert "The id is that of the built-in tracker, and both share one record. Choose your own." in warned.err


def test_validate_summarizes_a_valid_tracker(run: Run, tracker_file: Path) -> None:
    done = run("validate", str(tracker_file))
    assert done.out == f"{tracker_file} is valid: Fork follows upstream; 2 signals with 2 probes, 2 gates.\n"
    assert run("validate").out == done.out


def test_validate_and_every_command_locate_a_mistake(run: Run, tracker_file: Path) -> None:
    text = tracker_file.read_text(encoding="utf-8")
    line = text.splitlines().index('kind = "churn"') + 1
    tracker_file.write_text(text.replace('kind = "churn"', 'kind = "chrun"'), encoding="utf-8")
    for command in (["validate", str(tracker_file)], ["status"], ["refresh"], ["gate", "plan", "untested"]):
        refused = run(*command)
        assert refused.status == 2
        assert f"{tracker_file}:{line}" in refused.err
        assert "did you mean 'churn'?" in refused.err


def test_validate_reports_an_invalid_pattern(run: Run, tracker_file: Path) -> None:
    text = tracker_file.read_text(encoding="utf-8")
    probe = '[[signals.probes]]\nkind = "text"\nfile = "a"\npattern = "("\n'
    tracker_file.write_text(text.replace("[[gates]]", f"{probe}[[gates]]", 1), encoding="utf-8")
    refused = run("validate", str(tracker_file))
    assert refused.status == 2
    assert "pattern" in refused.err


def test_a_missing_tracker_is_an_error(run: Run, tmp_path: Path) -> None:
    refused = run("validate", str(tmp_path / "none.toml"))
    assert (refused.status, refused.err.count("\n")) == (2, 1)
    assert refused.err.startswith("pawtui: There is no tracker file")
