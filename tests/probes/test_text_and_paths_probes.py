"""`text` and `paths`: texts and paths in the tree of the head."""

from typing import Literal

import pytest

from pawtui.probes.probe_facts import PathsFacts, TextFacts
from pawtui.tracker.tracker_types import ChurnProbe, PathsProbe, TextProbe
from tests.probes.measuring import facts_of, measure
from tests.support.fake_github import FakeGitHub
from tests.support.fake_repo import FakeRepo
from tests.support.fixtures import OpenSource
from tests.support.git_repo import Link, Submodule

CLAIM = TextProbe(file="specs/session.md | docs/session.md", pattern="(?i)write-ahead claim")


async def test_a_match_is_pinned_to_its_line(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"docs/session.md": "# Sessions\n\nEach is a Write-ahead claim.\x1b[31m\n"}, at="2026-06-01")
    found = (await measure(open_source(), CLAIM)).reading
    sha = up.git.sha("main")
    assert (found.state, found.summary) == ("met", "match in docs/session.md at line 3")
    assert found.evidence[0].url == f"https://github.com/up/stream/blob/{sha}/docs/session.md#L3"
    assert found.evidence[0].pin == f"up/stream@{sha}:docs/session.md#L3"
    facts = facts_of(found, TextFacts)
    assert (facts.line, facts.text) == (3, "Each is a Write-ahead claim.␛[31m")
    assert (facts.file, facts.files) == ("docs/session.md", ("docs/session.md",))
    assert facts.blob == up.git.sha("main:docs/session.md")
    assert found.rule == "met when docs/session.md matches '(?i)write-ahead claim'"


async def test_the_line_of_a_match_is_not_a_blank_line_above(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"a": "\none\n\n \n  two\n\nthree"}, at="2026-06-01")
    for pattern, line, text in ((r"^\s*two", 5, "two"), (r"\S\s+$", 2, "one"), (r"one\s+two", 2, "one")):
        facts = facts_of((await measure(open_source(), TextProbe(file="a", pattern=pattern))).reading, TextFacts)
        assert (facts.line, facts.text) == (line, text)


@pytest.mark.parametrize(
    ("name", "line", "doubtful"),
    [
        ("a.ts", "// run()", True),
        ("a.ts", "run() // it", False),
        ("a.py", "# run()", True),
        ("a.py", "run()  # it", False),
        ("a.md", "// run()", False),
        ("a.go", "/* run() */", True),
        ("a.toml", "x = 'a' # run()", True),
    ],
)
async def test_a_match_only_in_comments_of_a_script_is_doubted(
    up: FakeRepo, open_source: OpenSource, name: str, line: str, doubtful: bool
) -> None:
    up.git.commit({name: f'url = "https://x"\n{line}\n'}, at="2026-06-01")
    found = (await measure(open_source(), TextProbe(file=name, pattern=r"\brun\("))).reading
    doubt = (f"only comments of {name} match: the code may be disabled",) if doubtful else ()
    assert (found.state, found.gaps) == ("met", doubt)
    # An unwanted match counts in a comment too.
    absent = (await measure(open_source(), TextProbe(file=name, pattern=r"\brun\(", expect="absent"))).reading
    assert (absent.state, absent.gaps) == ("unmet", ())


async def test_a_match_in_a_file_whose_comments_are_not_known_is_doubted(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"a.vue": "<!-- run() -->\n"}, at="2026-06-01")
    found = (await measure(open_source(), TextProbe(file="a.vue", pattern=r"\brun\("))).reading
    gap = "a match may be in a comment: pawtui does not know the comments of a.vue"
    assert (found.state, found.gaps) == ("met", (gap,))


async def test_a_match_in_a_script_that_cannot_be_read_is_doubted(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"a.tsx": "run()\nconst a = '\n"}, at="2026-06-01")
    found = (await measure(open_source(), TextProbe(file="a.tsx", pattern=r"\brun\("))).reading
    doubt = "the match may be in a comment: a.tsx cannot be read: line 2: the syntax is wrong or not known"
    assert (found.state, found.gaps) == ("met", (doubt,))
    # SQL in it is not known.
    sql = (await measure(open_source(), TextProbe(file="a.tsx", pattern="delete", read="sql", expect="absent"))).reading
    assert (sql.state, sql.cause) == ("unknown", "a.tsx cannot be read: line 2: the syntax is wrong or not known")


@pytest.mark.parametrize(
    ("expect", "there", "state"),
    [("present", True, "met"), ("present", False, "unmet"), ("absent", True, "unmet"), ("absent", False, "met")],
)
async def test_a_text_must_be_present_or_absent(
    up: FakeRepo, open_source: OpenSource, expect: str, there: bool, state: str
) -> None:
    up.git.commit({"specs/session.md": "write-ahead claim" if there else "nothing"}, at="2026-06-01")
    probe = TextProbe(file=CLAIM.file, pattern=CLAIM.pattern, expect="absent" if expect == "absent" else "present")
    found = (await measure(open_source(), probe)).reading
    facts = facts_of(found, TextFacts)
    assert (found.state, facts.pattern, facts.expect) == (state, probe.pattern, expect)
    summary = "match in specs/session.md at line 1" if there else "no match in specs/session.md"
    verb = "matches" if expect == "present" else "does not match"
    assert found.rule == f"met when specs/session.md {verb} '(?i)write-ahead claim'"
    assert found.summary == ("unwanted " if expect == "absent" and there else "") + summary
    assert found.evidence[0].pin.startswith(f"up/stream@{up.git.sha('main')}:specs/session.md")


LFS_POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{64 * '0'}\nsize 12\n"
CANNOT = [
    ({"x": "1"}, "path missing: specs/session.md or docs/session.md does not exist at main @ "),
    ({"specs/session.md/a": "1"}, "specs/session.md is a folder at main @ "),
    ({"specs/session.md": Submodule("1" * 40)}, "specs/session.md is a submodule at main @ "),
    ({"specs/session.md": b"\0"}, "specs/session.md is a binary file at main @ "),
    ({"specs/session.md": "x" * 1_200_000}, "specs/session.md is 1.2 MB at main @ "),
    ({"specs/session.md": "Schlüssel".encode("latin-1")}, "specs/session.md is not UTF-8 text at main @ "),
    ({"specs/session.md": "删除表".encode("utf-16-le")}, "specs/session.md is not UTF-8 text at main @ "),
    ({"specs/session.md": LFS_POINTER}, "specs/session.md is in Git LFS at main @ "),
]


@pytest.mark.parametrize(
    ("files", "meant"),
    [
        (["specs/sesion.md", "old/session.md"], "specs/sesion.md"),
        (["old/session.md", "specs/other.md"], "old/session.md"),
        (["session.md"], "session.md"),
        (["old/session.md", "new/session.md"], ""),
        (["specs/other.md"], ""),
    ],
)
async def test_the_cause_names_the_path_that_was_probably_meant(
    up: FakeRepo, open_source: OpenSource, files: list[str], meant: str
) -> None:
    up.git.commit(dict.fromkeys(files, "1"), at="2026-06-01")
    found = await measure(open_source(), TextProbe(file="specs/session.md", pattern="claim"))
    assert found.reading.cause.partition(". Similar path: ")[2] == meant


@pytest.mark.parametrize("expect", ["present", "absent"])
@pytest.mark.parametrize(("files", "cause"), CANNOT, ids=[cause for _, cause in CANNOT])
async def test_an_unreadable_file_is_unknown(
    up: FakeRepo, open_source: OpenSource, files: dict[str, str], cause: str, expect: str
) -> None:
    up.git.commit(files, at="2026-06-01")
    probe = TextProbe(file=CLAIM.file, pattern=CLAIM.pattern, expect="absent" if expect == "absent" else "present")
    found = await measure(open_source(), probe)
    assert found.reading.state == "unknown"
    assert found.reading.cause.startswith(cause)
    assert not found.errors


@pytest.mark.parametrize("expect", ["present", "absent"])
@pytest.mark.parametrize(("name", "there"), [("src/a.ts", True), ("lib/a.ts", False), ("src/deep/b.ts", True)])
async def test_a_text_may_be_in_any_of_several_files(
    up: FakeRepo, open_source: OpenSource, name: str, there: bool, expect: Literal["present", "absent"]
) -> None:
    up.git.commit({"src/first.ts": "nothing", "specs/x": "nothing", name: "one\nuse(FLAG)\n"}, at="2026-06-01")
    probe = TextProbe(files=("src/**/*.ts", "gone.md | specs/x"), pattern="FLAG", expect=expect)
    found = (await measure(open_source(), probe)).reading
    facts = facts_of(found, TextFacts)
    assert found.state == ("met" if there == (expect == "present") else "unmet")
    assert (facts.file, facts.line) == ((name, 2) if there else ("src/first.ts", None))
    assert facts.files == (tuple(sorted(["src/first.ts", name])) if there else ("src/first.ts",)) + ("specs/x",)
    *most, last = facts.files
    some = "any" if expect == "present" else "none"
    assert found.rule == f"met when {some} of {', '.join(most)} and {last} matches 'FLAG'"
    if not there:
        assert found.summary == "no match in 2 files"


async def test_many_files_are_not_read(up: FakeRepo, open_source: OpenSource) -> None:
    probe = TextProbe(files=("src/*.ts",), pattern="FLAG", expect="absent")
    up.git.commit({f"src/{number}.ts": "nothing" for number in range(12)}, at="2026-06-01")
    assert (await measure(open_source(), probe)).reading.state == "met"
    up.git.commit({"src/12.ts": "nothing"}, at="2026-06-02")
    found = (await measure(open_source(), probe)).reading
    assert (found.state, found.cause) == (
        "unknown",
        "13 files match src/*.ts, and at most 12 are read. Name fewer files",
    )


async def test_one_missing_file_of_several_is_unknown(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"a.ts": "nothing"}, at="2026-06-01")
    for probe in (
        TextProbe(files=("a.ts", "gone/*.ts"), pattern="FLAG", expect="absent"),
        TextProbe(files=("a.ts", "gone.ts"), pattern="nothing"),
    ):
        found = (await measure(open_source(), probe)).reading
        assert (found.state, found.summary) == ("unknown", "path missing")


@pytest.mark.parametrize(
    ("content", "there"),
    [("first\nkey: 1\nlast", True), ("first\r\nkey: 1\r\nlast", True), ("first key: 1\n", False), ("key: 12", False)],
)
async def test_pattern_anchors_match_at_lines(up: FakeRepo, open_source: OpenSource, content: str, there: bool) -> None:
    up.git.commit({"a": content}, at="2026-06-01")
    found = (await measure(open_source(), TextProbe(file="a", pattern="^key: 1$"))).reading
    assert found.state == ("met" if there else "unmet")


async def test_sql_is_matched_as_normalized_statements(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"a.ts": "// import\nrun(`\n  ALTER   TABLE \\`Part\\`\n  ADD x`)\n"}, at="2026-06-01")
    found = (await measure(open_source(), TextProbe(file="a.ts", pattern="^alter table part add", read="sql"))).reading
    assert (found.state, facts_of(found, TextFacts).line, found.gaps) == ("met", 3, ())
    plain = (await measure(open_source(), TextProbe(file="a.ts", pattern="^alter table part add"))).reading
    assert plain.state == "unmet"


async def test_a_file_that_deletes_rows_is_unmet(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"a.ts": "// import\nrun('DELETE FROM event')\n"}, at="2026-06-01")
    probe = TextProbe(file="a.ts", discards="event", expect="absent")
    found = (await measure(open_source(), probe)).reading
    facts = facts_of(found, TextFacts)
    assert (found.state, facts.line, facts.pattern) == ("unmet", 2, "event")
    assert found.evidence[0].text == "a.ts:2  deletes the rows of event (delete)"
    assert found.rule == "met when the statements of a.ts do not delete rows of tables named 'event'"
    wanted = (await measure(open_source(), TextProbe(file="a.ts", discards="event"))).reading
    assert (wanted.state, wanted.gaps) == ("met", ())
    assert wanted.rule == "met when the statements of a.ts delete rows of tables named 'event'"
    up.git.commit({"a.ts": "// import: DELETE FROM event\n"})
    assert (await measure(open_source(), probe)).reading.state == "met"


@pytest.mark.parametrize(("pattern", "discards"), [("^DROP TABLE", ""), ("", "event")])
async def test_a_byte_order_mark_is_not_text(
    up: FakeRepo, open_source: OpenSource, pattern: str, discards: str
) -> None:
    up.git.commit({"a.sql": "DROP TABLE event;\r\n".encode("utf-8-sig")}, at="2026-06-01")
    probe = TextProbe(file="a.sql", expect="absent", pattern=pattern, discards=discards)
    found = (await measure(open_source(), probe)).reading
    assert (found.state, found.summary) == ("unmet", "unwanted match in a.sql at line 1")


async def test_a_symbolic_link_is_not_followed(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"a": Link("write-ahead claim")}, at="2026-06-01")
    found = (await measure(open_source(), TextProbe(file="a", pattern="claim"))).reading
    assert found.state == "unknown"
    assert found.cause.startswith("a is a symbolic link at main @ ")


async def test_a_slow_pattern_is_unknown(
    up: FakeRepo, open_source: OpenSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pawtui.probes.pattern.TIME_LIMIT", 0.05)
    up.git.commit({"a": "a" * 80 + "b"}, at="2026-06-01")
    found = (await measure(open_source(), TextProbe(file="a", pattern="(?:a|a|a|a|a|a|a|a)+$"))).reading
    assert found.state == "unknown"
    assert found.cause.endswith("make it simpler")


async def test_a_too_large_pattern_is_unknown(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"a": "x"}, at="2026-06-01")
    found = (await measure(open_source(), TextProbe(file="a", pattern="((x{900}){900}){900}"))).reading
    assert found.state == "unknown"
    assert "repeats groups inside groups to over 50,000 steps" in found.cause


async def test_a_failing_blob_is_an_error(fake: FakeGitHub, up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"specs/session.md": "x"}, at="2026-06-01")
    fake.fail("/git/blobs/", 502, times=None)
    found = await measure(open_source(), CLAIM)
    assert found.reading.state == "unknown"
    assert [str(error) for error in found.errors] == [found.reading.cause]


@pytest.mark.parametrize(
    "glob",
    ["src/*.ts", "src/**/*.ts", "**/b.ts", "src/?.ts", "src/[!a].ts", "src/[ab].*", "*.ts", "src/**", "**", "s*/a.ts"],
)
async def test_globs_match_as_in_git(up: FakeRepo, open_source: OpenSource, glob: str) -> None:
    up.git.commit({"src/a.ts": "1", "src/deep/b.ts": "2", "README": "3", "src/[ab].md": "4"}, at="2026-06-01")
    names = up.git.git("--no-literal-pathspecs", "log", "--name-only", "--format=", "main", "--", f":(glob){glob}")
    matched = sorted(names.split())
    for probe, met in ((PathsProbe(exist=(glob,)), bool(matched)), (PathsProbe(absent=(glob,)), not matched)):
        found = (await measure(open_source(), probe)).reading
        assert found.state == ("met" if met else "unmet")
        assert [item.pin.rpartition(":")[2] for item in found.evidence if item.pin] == matched
        missing = [item for item in found.evidence if not item.pin]
        assert all(bool(item.url) == ("the link shows its history" in item.text) for item in missing)
        assert all(bool(item.url) == ("/" in item.text.split()[0].split("*")[0]) for item in missing)


async def test_a_glob_that_matches_only_a_folder_exists(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"src/runner/a.ts": "1"}, at="2026-06-01")
    found = (await measure(open_source(), PathsProbe(absent=("src/run*",)))).reading
    assert (found.state, found.summary) == ("unmet", "src/run* still exists")
    assert [item.text for item in found.evidence] == ["src/runner  exists"]
    assert facts_of(found, PathsFacts).paths == {"src/run*": up.git.sha("main:src/runner")}


async def test_a_text_is_not_read_from_a_folder_that_a_glob_matches(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"src/a.ts/b": "1"}, at="2026-11-01")
    found = (await measure(open_source(), TextProbe(files=("src/*.ts",), pattern="1"))).reading
    assert (found.state, found.cause.partition(" at ")[0]) == ("unknown", "path missing: src/*.ts does not exist")


async def test_each_path_must_exist_or_be_absent(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"src/runner/a.ts": "1", "old.ts": "1", "new/home.ts": "1"}, at="2026-06-01")
    probe = PathsProbe(exist=("src/runner", "home.ts | new/home.ts", "gone.ts"), absent=("old.ts",))
    found = (await measure(open_source(), probe)).reading
    sha = up.git.sha("main")
    assert found.state == "partial"
    assert found.summary == "gone.ts is missing; old.ts still exists"
    assert facts_of(found, PathsFacts).paths == {
        "src/runner": up.git.sha("main:src/runner"),
        "home.ts | new/home.ts": up.git.sha("main:new/home.ts"),
        "gone.ts": None,
        "old.ts": up.git.sha("main:old.ts"),
    }
    assert [item.url.removeprefix("https://github.com/up/stream/") for item in found.evidence] == [
        f"tree/{sha}/src/runner",
        f"blob/{sha}/new/home.ts",
        f"commits/{sha}/gone.ts",
        f"blob/{sha}/old.ts",
    ]
    expected = "met when src/runner exists, home.ts or new/home.ts exists, gone.ts exists and old.ts does not exist"
    assert found.rule == expected


async def test_only_some_matches_of_a_glob_are_listed(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({f"src/{number}.ts": f"{number}" for number in range(8)}, at="2026-06-01")
    found = (await measure(open_source(), PathsProbe(exist=("src/*.ts",)))).reading
    assert (len(found.evidence), found.gaps) == (6, ("2 more files of src/*.ts not listed",))


@pytest.mark.parametrize(
    ("probe", "state", "summary"),
    [
        (PathsProbe(exist=("a",)), "met", "a exists"),
        (PathsProbe(exist=("a", "d")), "met", "a and d exist"),
        (PathsProbe(exist=("b",)), "unmet", "b is missing"),
        (PathsProbe(absent=("b",)), "met", "b does not exist"),
        (PathsProbe(absent=("a",)), "unmet", "a still exists"),
        (PathsProbe(exist=("a", "b")), "partial", "b is missing"),
        (PathsProbe(absent=("a", "b")), "partial", "a still exists"),
        (PathsProbe(exist=("a",), absent=("a*",)), "partial", "a* still exists"),
        # Nothing of what must exist is there.
        (PathsProbe(exist=("b",), absent=("c",)), "unmet", "b is missing"),
    ],
)
async def test_existing_paths_decide_the_state(
    up: FakeRepo, open_source: OpenSource, probe: PathsProbe, state: str, summary: str
) -> None:
    up.git.commit({"a": "1", "d": "1"}, at="2026-06-01")
    found = (await measure(open_source(), probe)).reading
    assert (found.state, found.summary) == (state, summary)


@pytest.mark.parametrize(
    ("probe", "summary"),
    [
        (PathsProbe(exist=("a",), absent=("x",)), "a exists"),
        (PathsProbe(exist=("a", "b")), "a and b exist"),
        (PathsProbe(absent=("x",)), "x does not exist"),
        (PathsProbe(absent=("x", "y | z")), "x and y | z do not exist"),
        (PathsProbe(exist=("x",), absent=("a",)), "x is missing; a still exists"),
    ],
)
async def test_the_summary_names_the_paths(
    up: FakeRepo, open_source: OpenSource, probe: PathsProbe, summary: str
) -> None:
    up.git.commit({"a": "1", "b": "1"}, at="2026-06-01")
    assert (await measure(open_source(), probe)).reading.summary == summary


@pytest.mark.parametrize("probe", [PathsProbe(exist=("z",)), PathsProbe(absent=("z",))])
async def test_a_cut_list_of_paths_leaves_a_path_unknown(
    up: FakeRepo, open_source: OpenSource, probe: PathsProbe
) -> None:
    up.git.commit({"a": "1", "b": "1"}, at="2026-06-01")
    up.responses.tree_limit = 1
    found = (await measure(open_source(), probe)).reading
    assert found.state == "unknown"
    assert "was cut short: z may or may not exist" in found.cause
    assert (await measure(open_source(), PathsProbe(exist=("a",)))).reading.state == "met"


@pytest.mark.parametrize(
    "probe",
    [
        PathsProbe(exist=("z*",)),
        PathsProbe(absent=("z*",)),
        # More files may match the glob and contain the pattern.
        TextProbe(files=("*",), pattern="2", expect="absent"),
        TextProbe(file="z | a*", pattern="1", expect="absent"),
    ],
)
async def test_a_cut_list_of_paths_leaves_a_glob_unknown(
    up: FakeRepo, open_source: OpenSource, probe: PathsProbe | TextProbe
) -> None:
    up.git.commit({"a": "1", "b": "2", "z": "1"}, at="2026-06-01")
    up.responses.tree_limit = 1
    found = (await measure(open_source(), probe)).reading
    assert found.state == "unknown"
    assert "was cut short" in found.cause
    assert "gone" not in found.cause + found.summary


async def test_a_path_with_control_characters_is_never_requested(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"src/a\x1b[31m\nb.ts": "1", "src/\u202e.ts": "2"}, at="2026-06-01")
    found = (await measure(open_source(), PathsProbe(exist=("src/*.ts",)))).reading
    assert found.state == "met"
    shown = "".join(item.text + item.url + item.pin for item in found.evidence) + found.summary + found.rule
    assert shown.isprintable()
    # The shown path is not the name in git: its commits cannot be listed.
    probe = ChurnProbe(surfaces=("all",), met=3, partial=5)
    found = (await measure(open_source(), probe, surfaces={"all": ("src/*.ts",)})).reading
    assert found.state == "unknown"
    assert "control characters" in found.cause
    assert found.cause.isprintable()
