"""`new-files`: which files are new, which of them match, and how old they are."""

import asyncio
import datetime as dt

import msgspec
import pytest

from pawtui.probes.kinds.new_files_probe import rule
from pawtui.probes.probe_facts import NewFilesFacts
from pawtui.probes.repo_reader import RESERVED_REQUESTS
from pawtui.tracker.probe_types import NewFilesProbe
from pawtui.tracker.tracker_types import Policy
from tests.probes.measuring import facts_of, log_reads, measure
from tests.support.fake_github import FakeGitHub
from tests.support.fake_repo import FakeRepo
from tests.support.fixtures import OpenSource

PROBE = NewFilesProbe(
    paths=("db/migration",),
    days_unmet=28,
    name="(?i)reset|drop",
    body=r"(?i)delete from [`\"]?event\b",
    partial=2,
)
HARMLESS = "CREATE TABLE a;\n"
RESET = "-- all of it\n  DELETE FROM event;\n"


async def test_nothing_new_is_met(fake: FakeGitHub, up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"db/migration/01_reset.sql": RESET}, at="2026-06-01")
    up.git.commit({"README": "1"}, at="2026-10-10")
    # A changed file is not new.
    up.git.commit({"README": "2", "db/migration/01_reset.sql": f"{RESET}\n"}, at="2026-11-01")
    found = (await measure(open_source(), PROBE)).reading
    assert (found.state, found.summary) == ("met", "nothing new in 56 days")
    sha = up.git.sha("main")
    assert [(item.text, item.url, item.pin) for item in found.evidence] == [
        (
            "db/migration  no match",
            f"https://github.com/up/stream/tree/{sha}/db/migration",
            f"up/stream@{sha}:db/migration",
        )
    ]
    assert facts_of(found, NewFilesFacts).removed == ()
    # Only the paths of both commits are compared: no file is read.
    assert len(fake.requests("/git/trees/")) == 2
    assert not fake.requests("/git/blobs/")


async def test_a_reset_is_found_by_name_or_text(up: FakeRepo, open_source: OpenSource) -> None:
    git = up.git
    git.commit({"db/migration/01_init.sql": HARMLESS}, at="2026-06-01")
    git.commit({"db/migration/02_add.sql": HARMLESS + "1"}, at="2026-10-01")
    named = git.commit({"db/migration/03_reset/up.sql": HARMLESS}, at="2026-10-02")
    wiped = git.commit({"db/migration/04_tidy.sql": RESET}, at="2026-10-03")
    found = (await measure(open_source(), PROBE)).reading
    assert found.state == "partial"
    assert found.summary == "2 of 3 new files in 56 days match"
    by_text = (await measure(open_source(), msgspec.structs.replace(PROBE, name=""))).reading
    assert by_text.summary == "1 of 3 new files in 56 days matches"
    facts = facts_of(by_text, NewFilesFacts)
    assert (facts.name, facts.body, facts.files) == ("", PROBE.body, 4)
    facts = facts_of(found, NewFilesFacts)
    assert facts.matching == ("db/migration/04_tidy.sql", "db/migration/03_reset/up.sql")
    assert found.evidence[0].pin == f"up/stream@{git.sha('main')}:db/migration/04_tidy.sql#L2"
    assert found.evidence[0].text == "db/migration/04_tidy.sql:2  DELETE FROM event;"
    assert [one.pin for one in found.evidence[2:]] == [f"up/stream@{wiped.sha}", f"up/stream@{named.sha}"]
    added = git.git("log", "--diff-filter=A", "--name-only", "--format=", f"--since={facts.since}T00:00:00Z").split()
    assert added == list(facts.new)


async def test_the_matching_line_of_a_file_is_safe_and_short(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"db/migration/01_init.sql": HARMLESS}, at="2026-06-01")
    text = "  DELETE FROM event; -- \x1b[31m\u202e" + "x" * 200
    up.git.commit({"db/migration/02_tidy.sql": text}, at="2026-11-01")
    shown = (await measure(open_source(), PROBE)).reading.evidence[0].text.removeprefix("db/migration/02_tidy.sql:1  ")
    assert shown == "DELETE FROM event; -- ␛[31m⟨U+202E⟩" + "x" * 84 + "…"


async def test_a_reset_ages_from_unmet_to_partial_to_met(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"db/migration/01_init.sql": HARMLESS}, at="2026-06-01")
    landed = dt.date(2026, 10, 1)
    up.git.commit({"db/migration/02_drop.sql": HARMLESS}, at=f"{landed}T23:59:59")
    states = {}
    for age in (0, 28, 29, 56, 57):
        found = (await measure(open_source(), PROBE, today=landed + dt.timedelta(days=age))).reading
        states[age] = found.state
        if found.state != "met":
            assert facts_of(found, NewFilesFacts).met_on == landed + dt.timedelta(days=57)
    assert states == {0: "unmet", 28: "unmet", 29: "partial", 56: "partial", 57: "met"}


async def test_the_age_of_a_file_may_be_unknown(fake: FakeGitHub, up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"db/migration/0.sql": HARMLESS}, at="2026-06-01")
    up.git.commit({"db/migration/1_reset.sql": HARMLESS}, at="2026-10-01")
    then = up.git.commit({"README": "1"}, at="2026-10-10")
    up.git.commit({"README": "2"}, at="2026-11-01")
    fake.fail(f"/git/trees/{then.sha}", 403, "Not yours", times=None)
    found = await measure(open_source(), PROBE)
    assert (found.reading.state, found.reading.cause) == ("unknown", "the age of the matching files is not known")
    assert len(found.errors) == 1


async def test_a_name_may_be_matched_with_its_folder(fake: FakeGitHub, up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"db/migration/01/up.sql": HARMLESS}, at="2026-06-01")
    up.git.commit({"db/migration/02/up.sql": HARMLESS + "2"}, at="2026-11-01")
    probe = NewFilesProbe(paths=("old", "db/migration"), name="^02/up", days_unmet=7, partial=1)
    found = (await measure(open_source(), probe)).reading
    facts = facts_of(found, NewFilesFacts)
    assert (facts.matching, facts.name) == (("db/migration/02/up.sql",), "^02/up")
    assert found.summary == "1 of 1 new file in 56 days matches"
    other = (await measure(open_source(), msgspec.structs.replace(probe, name="^03/up"))).reading
    assert other.summary == "0 of 1 new file in 56 days matches"
    by_file = (await measure(open_source(), msgspec.structs.replace(probe, name=r"^up\."))).reading
    assert facts_of(by_file, NewFilesFacts).matching == facts.matching
    assert not fake.requests("/git/blobs/")


@pytest.mark.parametrize(
    ("probe", "words"),
    [
        (NewFilesProbe(paths=("a",)), "met up to 0 new files in 56 days"),
        (NewFilesProbe(paths=("a",), met=1, partial=1, days_unmet=7), "met up to 1 new file in 56 days"),
        (
            NewFilesProbe(paths=("a",), name="b", days_unmet=7, partial=1),
            "met up to 0 new files with a name like 'b' in 56 days, partial up to 1 older than 7 days",
        ),
        (
            NewFilesProbe(paths=("a",), body="b", discards="c", partial=1),
            "met up to 0 new or changed files with a text like 'b' or statements that delete rows of 'c' in 56 days, "
            "partial up to 1",
        ),
        (
            NewFilesProbe(paths=("a",), identity="b"),
            "met up to 0 new files in 56 days; at best partial if earlier files are gone",
        ),
    ],
)
def test_the_rule_names_what_makes_a_file_match(probe: NewFilesProbe, words: str) -> None:
    assert rule(probe, Policy()) == words


async def test_moved_files_are_not_new_and_removed_files_are_listed(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"old/01_reset.sql": RESET, "old/02_reset.sql": RESET + "2"}, at="2026-06-01")
    up.git.commit(
        {"old/01_reset.sql": None, "old/02_reset.sql": None, "db/migration/01_reset.sql": RESET}, at="2026-11-01"
    )
    alternatives = NewFilesProbe(paths=("db/migration", "old"), name="reset")
    found = (await measure(open_source(), alternatives)).reading
    facts = facts_of(found, NewFilesFacts)
    assert (found.state, facts.new) == ("met", ())
    assert facts.removed == ("old/01_reset.sql", "old/02_reset.sql")
    # The result is the same if the old folder is not watched.
    found = (await measure(open_source(), NewFilesProbe(paths=("db/migration",), name="reset"))).reading
    assert (found.state, facts_of(found, NewFilesFacts).new) == ("met", ())


async def test_files_of_an_older_side_branch_are_new_at_the_merge(up: FakeRepo, open_source: OpenSource) -> None:
    git = up.git
    base = git.commit({"db/migration/00.sql": HARMLESS}, at="2026-06-01")
    git.branch("side", base)
    side = git.commit({"db/migration/01.sql": RESET}, branch="side", at="2026-09-01")
    git.commit({"README": "1"}, at="2026-08-01")
    git.commit({"db/migration/01.sql": RESET}, at="2026-11-02", message="Merge side", merge=[side])
    found = (await measure(open_source(), PROBE)).reading
    facts = facts_of(found, NewFilesFacts)
    assert (found.state, facts.new) == ("unmet", ("db/migration/01.sql",))
    assert (facts.before_sha, facts.before_source) == (git.sha("main~1"), "first parents")


async def test_an_incomplete_list_of_paths_of_either_commit_is_unknown(up: FakeRepo, open_source: OpenSource) -> None:
    files: dict[str, str | None] = {f"a{number}": "1" for number in range(6)}
    up.git.commit({**files, "db/migration/01_reset.sql": RESET}, at="2026-06-01")
    up.git.commit(dict.fromkeys(files), at="2026-11-01")
    up.responses.tree_limit = 4
    # The past: a file of today may have existed.
    found = (await measure(open_source(), PROBE)).reading
    assert found.state == "unknown"
    assert "was cut short" in found.cause
    # Today: a new file or the folder may be missing in the list.
    up.git.commit({"README": "1"}, at="2026-11-02")
    up.responses.tree_limit = 1
    for probe in (PROBE, msgspec.structs.replace(PROBE, paths=("other",))):
        found = (await measure(open_source(), probe)).reading
        assert (found.state, "gone" in found.summary + found.cause) == ("unknown", False)


async def test_copies_and_empty_files_are_new(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"a/__init__.py": "", "b/__init__.py": "", "old/x.py": "1", "lib/y.py": "2"}, at="2026-06-01")
    up.git.commit(
        {"b/__init__.py": None, "lib/new/__init__.py": "", "lib/x.py": "1", "lib/z/x.py": "1"}, at="2026-11-01"
    )
    probe = NewFilesProbe(paths=("lib",), days=56)
    found = (await measure(open_source(), probe)).reading
    assert facts_of(found, NewFilesFacts).new == ("lib/z/x.py", "lib/x.py", "lib/new/__init__.py")
    assert found.summary == "3 new files in 56 days"
    assert found.evidence[0].text == "lib/z/x.py  is new"
    # One of the copies is the moved file.
    up.git.commit({"old/x.py": None}, at="2026-11-02")
    found = (await measure(open_source(), probe)).reading
    assert facts_of(found, NewFilesFacts).new == ("lib/z/x.py", "lib/new/__init__.py")


async def test_a_copy_of_a_moved_file_is_recent(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"old/01.sql": RESET, "db/migration/00.sql": HARMLESS}, at="2026-06-01")
    files = {"old/01.sql": None, "db/migration/a/01.sql": RESET, "db/migration/b/01.sql": RESET}
    up.git.commit(files, at="2026-11-01")
    found = (await measure(open_source(), PROBE)).reading
    assert (found.state, facts_of(found, NewFilesFacts).matching) == ("unmet", ("db/migration/b/01.sql",))


async def test_an_identity_that_several_files_share_is_unknown(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"db/migration/01_init.sql": HARMLESS}, at="2026-06-01")
    up.git.commit({"db/migration/02_reset.sql": RESET}, at="2026-11-01")
    found = (await measure(open_source(), msgspec.structs.replace(PROBE, identity="migration"))).reading
    assert found.state == "unknown"
    assert found.cause == (
        "`identity` 'migration' is the same for db/migration/01_init.sql and db/migration/02_reset.sql: "
        "make it different for each file"
    )


async def test_every_file_of_an_identity_is_read(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"db/migration/01_init.sql": HARMLESS}, at="2026-06-01")
    files = {"02_reset.Designer.sql": HARMLESS, "02_reset.sql": RESET, "03_two/a.sql": RESET, "03_two/b.js": RESET}
    up.git.commit({f"db/migration/{name}": text for name, text in files.items()}, at="2026-11-01")
    probe = NewFilesProbe(paths=("db/migration",), body="DELETE", identity=r"\d\d_[a-z]+", partial=2)
    found = (await measure(open_source(), probe)).reading
    assert (found.state, found.summary) == ("partial", "2 of 2 new files in 56 days match")
    expected = ("db/migration/03_two/a.sql", "db/migration/02_reset.sql")
    assert facts_of(found, NewFilesFacts).matching == expected
    named = msgspec.structs.replace(probe, body="", name=r"reset\.sql|b\.js")
    found = (await measure(open_source(), named)).reading
    expected = ("db/migration/03_two/b.js", "db/migration/02_reset.sql")
    assert facts_of(found, NewFilesFacts).matching == expected
    # Every one of them can be recent.
    assert (await measure(open_source(), msgspec.structs.replace(named, days_unmet=28))).reading.state == "unmet"


async def test_of_the_files_of_an_identity_one_that_deletes_all_rows_counts(
    up: FakeRepo, open_source: OpenSource
) -> None:
    up.git.commit({"db/migration/01_init.sql": HARMLESS}, at="2026-06-01")
    some, every = "DELETE FROM session WHERE id = 1;\n", "DELETE FROM session;\n"
    files = {"02_a/a.sql": some, "02_a/b.data.sql": every, "03_b/a.sql": every, "03_b/b.data.sql": some}
    up.git.commit({f"db/migration/{name}": text for name, text in files.items()}, at="2026-11-01")
    probe = NewFilesProbe(paths=("db/migration",), discards="session", identity=r"\d\d_[a-z]+", partial=2)
    facts = facts_of((await measure(open_source(), probe)).reading, NewFilesFacts)
    assert (facts.matching, facts.partly) == (("db/migration/03_b/a.sql", "db/migration/02_a/b.data.sql"), ())


async def test_every_matching_file_is_listed_after_the_state_is_decided(
    fake: FakeGitHub, up: FakeRepo, open_source: OpenSource
) -> None:
    up.git.commit({"db/migration/00.sql": HARMLESS}, at="2026-06-01")
    up.git.commit({f"db/migration/1{n:02}.sql": f"{RESET}{n}" for n in range(20)}, at="2026-11-01")
    found = (await measure(open_source(), PROBE)).reading
    assert (found.state, found.summary) == ("unmet", "20 of 20 new files in 56 days match")
    assert found.gaps == ("8 matching files not listed", "commits of 17 other matching files not listed")
    assert facts_of(found, NewFilesFacts).unread == 0
    # If the name decides, no text is read.
    fake.clear()
    named = msgspec.structs.replace(PROBE, name="sql")
    assert (await measure(open_source(cache=None), named)).reading.state == "unmet"
    assert not fake.requests("/git/blobs/")


@pytest.mark.parametrize(("left", "required"), [(RESERVED_REQUESTS + 9, 8), (RESERVED_REQUESTS + 3, 3), (0, 0)])
async def test_the_first_reads_are_required_if_requests_are_left(
    up: FakeRepo, open_source: OpenSource, monkeypatch: pytest.MonkeyPatch, left: int, required: int
) -> None:
    up.git.commit({"db/migration/00.sql": HARMLESS}, at="2026-06-01")
    up.git.commit({f"db/migration/1{n:02}.sql": f"{RESET}{n}" for n in range(20)}, at="2026-11-01")
    source = open_source()
    optional_reads = log_reads(source, monkeypatch)
    monkeypatch.setattr(source, "requests_left", lambda: left)
    assert (await measure(source, PROBE)).reading.state == "unmet"
    assert optional_reads == [False] * required + [True] * (20 - required)


async def test_files_beyond_the_budget_are_a_gap_of_a_decided_state(
    fake: FakeGitHub, up: FakeRepo, open_source: OpenSource
) -> None:
    up.git.commit({"db/migration/00.sql": HARMLESS}, at="2026-06-01")
    up.git.commit({f"db/migration/1{n:02}.sql": f"{RESET}{n}" for n in range(40)}, at="2026-11-01")
    found = await measure(open_source(budget=30), PROBE)
    unread = facts_of(found.reading, NewFilesFacts).unread
    assert unread == 40 - len(fake.requests("/git/blobs/")) > 0
    assert (found.reading.state, found.reading.gaps[0]) == ("unmet", f"{unread} new files not read yet")
    assert found.errors == ()
    assert len(fake.log) <= 30


async def test_a_slow_required_read_is_within_the_budget(
    fake: FakeGitHub, up: FakeRepo, open_source: OpenSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    up.git.commit({"db/migration/00.sql": HARMLESS}, at="2026-06-01")
    up.git.commit({f"db/migration/1{n:02}.sql": f"{HARMLESS}{n}" for n in range(40)}, at="2026-11-01")
    source = open_source(budget=20)
    read = source.blob

    async def blob(repo: str, sha: str, *, optional: bool = False) -> bytes:
        if not optional:
            # Its search in the cache takes longer than all optional reads.
            await asyncio.sleep(0.2)
        return await read(repo, sha, optional=optional)

    monkeypatch.setattr(source, "blob", blob)
    await measure(source, PROBE)
    assert len(fake.log) == 19


async def test_files_beyond_the_budget_make_an_undecided_state_unknown(
    fake: FakeGitHub, up: FakeRepo, open_source: OpenSource
) -> None:
    up.git.commit({"db/migration/00.sql": HARMLESS}, at="2026-06-01")
    up.git.commit({f"db/migration/1{n:02}.sql": f"{HARMLESS}{n}" for n in range(40)}, at="2026-11-01")
    found = await measure(open_source(budget=20), PROBE)
    assert found.reading.state == "unknown"
    unread = facts_of(found.reading, NewFilesFacts).unread
    assert unread == 40 - len(fake.requests("/git/blobs/")) > 0
    assert len(fake.log) <= 20
    assert found.reading.cause == f"The budget of requests is spent: {unread} new files not read yet. Refresh again."
    assert [str(error) for error in found.errors] == [found.reading.cause], "the signal is named with the error"
    # The texts are cached, so the next refreshes read the others.
    for _ in range(3):
        found = await measure(open_source(budget=20), PROBE)
    assert found.reading.state == "met"


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (b"a\0b", "is a binary file at main"),
        ("x" * 1_000_001, "is larger than 1 MB at main"),
        (b"-- caf\xe9\n", "is not UTF-8 text at main"),
    ],
)
async def test_a_new_file_that_cannot_be_read_is_unknown(
    up: FakeRepo, open_source: OpenSource, content: str | bytes, cause: str
) -> None:
    up.git.commit({"db/migration/00.sql": HARMLESS}, at="2026-06-01")
    up.git.commit({"db/migration/01.sql": content}, at="2026-11-01")
    found = await measure(open_source(), PROBE)
    assert found.reading.state == "unknown"
    assert cause in found.reading.cause
    assert not found.errors


async def test_commits_of_further_files_are_a_gap(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"db/migration/00.sql": HARMLESS}, at="2026-06-01")
    for day in range(1, 6):
        up.git.commit({f"db/migration/0{day}.sql": f"{day}"}, at=f"2026-11-0{day}")
    found = (await measure(open_source(), NewFilesProbe(paths=("db/migration",), name="sql"))).reading
    assert len(facts_of(found, NewFilesFacts).commits) == 3
    assert found.gaps == ("commits of 2 other matching files not listed",)


async def test_not_every_file_that_cannot_be_read_is_listed(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"db/migration/00.sql": HARMLESS}, at="2026-06-01")
    up.git.commit({f"db/migration/{number}.png": b"a\0" + bytes([number]) for number in range(20)}, at="2026-11-01")
    found = (await measure(open_source(), PROBE)).reading
    assert facts_of(found, NewFilesFacts).unread == 20
    assert (len(found.gaps), found.gaps[-1]) == (13, "8 unread files not listed")


async def test_a_refused_text_is_an_error_of_the_refresh(
    fake: FakeGitHub, up: FakeRepo, open_source: OpenSource
) -> None:
    up.git.commit({"db/migration/00.sql": HARMLESS}, at="2026-06-01")
    up.git.commit({"db/migration/01.sql": RESET}, at="2026-11-01")
    fake.fail("/git/blobs/", 403, "Not yours", times=None)
    found = await measure(open_source(), PROBE)
    assert found.reading.state == "unknown"
    assert len(found.errors) == 1
    assert str(found.errors[0]) == found.reading.cause


async def test_missing_paths_a_short_history_and_an_incomplete_tree_are_unknown(
    up: FakeRepo, open_source: OpenSource
) -> None:
    up.git.commit({"README": "1"}, at="2026-10-01")
    found = (await measure(open_source(), PROBE)).reading
    assert (found.state, found.summary) == ("unknown", "path missing")
    assert found.cause.startswith("path missing: db/migration does not exist at main @ ")
    up.git.commit({"db/migration/00.sql": HARMLESS}, at="2026-10-02")
    found = (await measure(open_source(), PROBE)).reading
    assert found.cause == "The history of up/stream begins on 2026-10-01, after 2026-09-25."
    up.responses.tree_limit = 1
    found = (await measure(open_source(cache=None), PROBE)).reading
    assert found.state == "unknown"
    assert "was cut short" in found.cause
