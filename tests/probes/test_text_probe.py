"""`text`: a pattern in a file at the head."""

from typing import Literal

import pytest

from pawtui.probes.probe_facts import TextFacts
from pawtui.sources.sanitize import MAX_LINE
from pawtui.tracker.probe_types import TextProbe
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
    assert found.rule == "met when specs/session.md or docs/session.md matches '(?i)write-ahead claim'"


async def test_the_line_of_a_match_is_not_a_blank_line_above(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"a": "\none\n\n \n  two\n\nthree"}, at="2026-06-01")
    for pattern, line, text in ((r"^\s*two", 5, "two"), (r"\S\s+$", 2, "one"), (r"one\s+two", 2, "one")):
        facts = facts_of((await measure(open_source(), TextProbe(file="a", pattern=pattern))).reading, TextFacts)
        assert (facts.line, facts.text) == (line, text)


@pytest.mark.parametrize(
    ("name", "line", "only_comments"),
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
async def test_a_match_only_in_comments_of_a_script_is_unknown(
    up: FakeRepo, open_source: OpenSource, name: str, line: str, only_comments: bool
) -> None:
    up.git.commit({name: f'url = "https://x"\n{line}\n'}, at="2026-06-01")
    found = (await measure(open_source(), TextProbe(file=name, pattern=r"\brun\("))).reading
    cause = f"only comments of {name} match: the code may be disabled, or planned" if only_comments else ""
    state = "unknown" if only_comments else "met"
    assert (found.state, found.cause, found.gaps) == (state, cause, (cause,) if cause else ())
    # An unwanted match counts in a comment too.
    absent = (await measure(open_source(), TextProbe(file=name, pattern=r"\brun\(", expect="absent"))).reading
    assert (absent.state, absent.gaps) == ("unmet", ())


async def test_a_match_in_code_counts_before_one_in_comments_of_another_file(
    up: FakeRepo, open_source: OpenSource
) -> None:
    up.git.commit({"a.ts": "// run()\n", "b.ts": "run()\n"}, at="2026-06-01")
    found = (await measure(open_source(), TextProbe(files=("a.ts", "b.ts"), pattern=r"\brun\("))).reading
    assert (found.state, found.summary, found.gaps) == ("met", "match in b.ts at line 1", ())
    # Of two files with such comments, the first is named.
    up.git.commit({"b.ts": "/* run() */\n"}, at="2026-06-02")
    found = (await measure(open_source(), TextProbe(files=("a.ts", "b.ts"), pattern=r"\brun\("))).reading
    assert (found.state, found.summary) == ("unknown", "match in a.ts at line 1")


async def test_a_match_in_a_file_whose_comments_are_not_known_is_doubted(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"a.vue": "<!-- run() -->\n"}, at="2026-06-01")
    found = (await measure(open_source(), TextProbe(file="a.vue", pattern=r"\brun\("))).reading
    gap = "a match may be in a comment: pawtui does not know the comments of a.vue"
    assert (found.state, found.gaps) == ("met", (gap,))


async def test_a_match_in_a_script_that_cannot_be_read_is_unknown(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"a.tsx": "run()\nconst a = '\n"}, at="2026-06-01")
    # Neither its comments nor its SQL are known.
    wanted = TextProbe(file="a.tsx", pattern=r"\brun\(")
    for probe in (wanted, TextProbe(file="a.tsx", pattern="delete", read="sql", expect="absent")):
        found = (await measure(open_source(), probe)).reading
        cause = "a.tsx cannot be read: line 2: the syntax is wrong or not known"
        assert (found.state, found.cause) == ("unknown", cause)


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
    assert found.rule == f"met when specs/session.md or docs/session.md {verb} '(?i)write-ahead claim'"
    assert found.summary == ("unwanted " if expect == "absent" and there else "") + summary
    assert found.evidence[0].pin.startswith(f"up/stream@{up.git.sha('main')}:specs/session.md")


LFS_POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{64 * '0'}\nsize 12\n"


CANNOT = [
    ({"x": "1"}, "path missing: specs/session.md or docs/session.md does not exist at main @ "),
    ({"specs/session.md/a": "1"}, "specs/session.md is a folder at main @ "),
    ({"specs/session.md": Submodule("1" * 40)}, "specs/session.md is a submodule at main @ "),
    ({"specs/session.md": b"\0"}, "specs/session.md is a binary file at main @ "),
    ({"specs/session.md": "x" * 1_200_000}, "specs/session.md is larger than 1 MB at main @ "),
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
    some = "any" if expect == "present" else "none"
    assert found.rule == f"met when {some} of src/**/*.ts and gone.md or specs/x matches 'FLAG'"
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
    assert "repeats too much" in found.cause


async def test_a_failing_blob_is_an_error(fake: FakeGitHub, up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"specs/session.md": "x"}, at="2026-06-01")
    fake.fail("/git/blobs/", 502, times=None)
    found = await measure(open_source(), CLAIM)
    assert found.reading.state == "unknown"
    assert [str(error) for error in found.errors] == [found.reading.cause]


async def test_a_text_is_not_read_from_a_folder_that_a_glob_matches(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"src/a.ts/b": "1"}, at="2026-11-01")
    found = (await measure(open_source(), TextProbe(files=("src/*.ts",), pattern="1"))).reading
    assert (found.state, found.cause.partition(" at ")[0]) == ("unknown", "path missing: src/*.ts does not exist")


async def test_the_name_of_a_deleted_table_is_cut_to_one_line(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"a.sql": f"DROP TABLE {'a' * 5_000};\n"})
    reading = (await measure(open_source(), TextProbe(file="a.sql", discards="a+"))).reading
    assert len(facts_of(reading, TextFacts).text or "") == MAX_LINE
