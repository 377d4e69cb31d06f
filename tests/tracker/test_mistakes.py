"""No mistake in a tracker file is accepted in silence: each is refused with its place, the finding and the way out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pawtui.tracker.read_tracker import TrackerError, check_tracker, read_tracker, tracker_text
from pawtui.tracker.validate import find_gaps

HEAD = """id = "t"
title = "T"
[upstream]
repo = "a/b"
refs = ["main"]
[downstream]
repo = "c/d"
refs = ["main"]
[surfaces]
s = ["src"]
r = ["run"]
"""
SIGNAL = """[[signals]]
id = "one"
title = "One"
"""
PROBE = '[[signals.probes]]\nkind = "paths"\nexist = ["a"]\n'
CHURN = 'kind = "churn"\nsurfaces = ["s"]\nmet = 4\n'
NEW = 'kind = "new-files"\npaths = ["a"]\n'
SOAK = 'kind = "soak"\nline = "v1.*"\n'
NAMES = 'kind = "names"\nfiles = ["a.ts"]\n'
CONTRACT = f'{NAMES}contract = {{ block = "Event\\\\(", name = "type", fields = "schema" }}\n'
ISSUES = 'kind = "issues"\nwatch = [1, 2]\n'
JSON = 'kind = "json"\nurl = "https://a.example/b"\nfield = "c"\npattern = "d"\n'

# A probe, where the mistake is, and what the sentence must hold.
PROBES = [
    # release
    ('kind = "release"\nline = "v2"', "line", "has no *", "'v2.*'"),
    ('kind = "release"\nline = ""', "line", "is empty", "such as v2.*"),
    ('kind = "release"\nline = "refs/tags/v2.*"', "line", "Leave refs/tags/ out"),
    ('kind = "release"\nline = "v2 *"', "line", "without spaces"),
    ('kind = "release"\nline = "v2.*"\nmet = 0', "met", "found 0", "at least 1"),
    ('kind = "release"\nline = "v2.*"\nmet = -1', "met", "found -1"),
    ('kind = "release"\nline = "v2.*"\npartial = 1', "partial", "there is no key 'partial'"),
    # soak
    ('kind = "soak"', "", "nothing to start from", "`line`, `commit` or `date`"),
    (SOAK + "days = 14\ndays_partial = 28", "days_partial", "found 28", "0 to 14"),
    (SOAK + "days_partial = -1", "days_partial", "found -1"),
    (SOAK + "releases = 0", "releases", "found 0", "closes at once"),
    (SOAK + "releases = 3\nreleases_partial = 4", "releases_partial", "found 4", "0 to 3"),
    (SOAK + "releases = 1\nminors = 2", "minors", "found 2"),
    (SOAK + "minors = -1", "minors", "found -1"),
    (SOAK + 'breaking = "!:"', "breaking", "no surfaces", "Give `surfaces`"),
    (SOAK + 'surfaces = ["s"]', "surfaces", "Give `breaking`"),
    (SOAK + 'surfaces = ["s"]\nbreaking = ".*"', "breaking", "matches an empty text"),
    ('kind = "soak"\ncommit = "HEAD"', "commit", "found 'HEAD'", "a SHA"),
    ('kind = "soak"\ncommit = "0123456789"\ndate = 2026-01-01', "commit", "two starts"),
    ('kind = "soak"\ndate = "soon"', "date", "found 'soon'", "a date such as"),
    # paths
    ('kind = "paths"', "", "names no path"),
    ('kind = "paths"\nexist = ["/a"]', "exist.1", "found '/a'", "from the top"),
    ('kind = "paths"\nexist = ["a/"]', "exist.1", "found 'a/'"),
    ('kind = "paths"\nexist = ["./a"]', "exist.1", "found './a'"),
    ('kind = "paths"\nexist = ["a/../b"]', "exist.1", "found 'a/../b'"),
    ("kind = \"paths\"\nexist = ['a\\b']", "exist.1", "separated by /"),
    ('kind = "paths"\nexist = ["a\\nb"]', "exist.1", "printable"),
    ('kind = "paths"\nexist = ["a |"]', "exist.1", "a path is empty"),
    ('kind = "paths"\nexist = ["a", "a"]', "exist.2", "there twice"),
    ('kind = "paths"\nexist = ["a"]\nabsent = ["a"]', "absent.1", "`exist`"),
    ('kind = "paths"\nexist = ["a/[b"]', "exist.1", "a bracket is not closed"),
    ('kind = "paths"\nexist = "a"', "exist", "found 'a', a text in quotes", "a list in [brackets]", "Write ['a']"),
    # text
    ('kind = "text"\npattern = "x"', "", "either `file` or `files`"),
    ('kind = "text"\nfile = "a"\nfiles = ["b"]\npattern = "x"', "file", "either `file` or `files`"),
    ('kind = "text"\nfile = "a"', "", "either `pattern` or `discards`"),
    ('kind = "text"\nfile = "a"\npattern = ""', "", "either `pattern` or `discards`"),
    ('kind = "text"\nfile = "a"\npattern = "x"\ndiscards = "y"', "pattern", "either `pattern` or `discards`"),
    ('kind = "text"\nfile = "a"\npattern = "x*"', "pattern", "matches an empty text"),
    ('kind = "text"\nfile = "a"\npattern = "."', "pattern", "matches nearly every text"),
    ('kind = "text"\nfile = "a"\npattern = "("', "pattern", "does not compile"),
    ('kind = "text"\nfile = "a"\npattern = "a{99999999}"', "pattern", "at most 1,000"),
    ('kind = "text"\nfile = "a"\npattern = "(?x)a{ 9999 9999 }"', "pattern", "at most 1,000"),
    ('kind = "text"\nfile = "a"\npattern = "((a{1000}){1000}){1000}"', "pattern", "50,000 steps"),
    ('kind = "text"\nfile = "a"\npattern = "(?#[)((a{1000}){1000}){1000}"', "pattern", "50,000 steps"),
    ('kind = "text"\nfile = "a"\npattern = "DROP"\nread = "sql"', "pattern", "lower case"),
    ("kind = \"text\"\nfile = \"a\"\npattern = 'drop `x`'\nread = \"sql\"", "pattern", "without quotes"),
    ('kind = "text"\nfile = "a"\npattern = "x"\nexpect = "gone"', "expect", "found 'gone'", "present, absent"),
    ('kind = "text"\nfile = "a"\npattern = "x"\nread = "SQL"', "read", "found 'SQL'", "text, sql"),
    ('kind = "text"\nfile = "a"\ndiscards = "x("', "discards", "does not compile"),
    ('kind = "text"\nfile = "a"\npattern = "x"\ndiscards = ""', "discards", "nothing is given"),
    (NEW + 'body = " "', "body", "nothing is given"),
    (CONTRACT.replace("}", ", stored = [] }"), "contract.stored", "nothing is given"),
    ('kind = "paths"\nexist = ["a"]\nabsent = []', "absent", "nothing is given"),
    (CHURN + "limits = {}", "limits", "nothing is given"),
    # churn
    ('kind = "churn"\nsurfaces = ["s"]', "", "no threshold"),
    (CHURN + "met_share = 1.5", "met_share", "found 1.5", "from 0 to 1"),
    (CHURN + "met_share = -0.1", "met_share", "found -0.1"),
    (CHURN + "met_share = nan", "met_share", "found nan"),
    (CHURN + "met_share = inf", "met_share", "found inf"),
    (CHURN + 'met_share = "25 %"', "met_share", "found '25 %'", "a number", "without quotes"),
    (CHURN + "met_share = 0.5\npartial_share = 0.25", "partial_share", "less than met_share = 0.5"),
    (CHURN + "partial = 3", "partial", "found 3", "less than met = 4"),
    (CHURN + "partial = -3", "partial", "found -3"),
    (CHURN + "days = 0", "days", "found 0", "1 to 3,660"),
    (CHURN + "days = 1.5", "days", "found 1.5", "a whole number"),
    (CHURN + "days = true", "days", "true or false", "a whole number"),
    (CHURN + "days = 123456789012345678901", "", "21 digits"),
    (CHURN + "limits = { r = { met = 1 } }", "limits.r", "no surface of this probe 'r'", "there are: s"),
    (CHURN + "limits = { s = { partial = 1 } }", "limits.s", "no threshold"),
    (CHURN + "limits = { s = { met = 4, partial = 2 } }", "limits.s.partial", "less than met = 4"),
    (CHURN + "limits = { s = { met_share = 2.0 } }", "limits.s.met_share", "from 0 to 1"),
    (CHURN + "limits = { s = { met = -1 } }", "limits.s.met", "found -1"),
    (CHURN + "limits = { s = 4 }", "limits.s", "found 4, a whole number", "a table"),
    ('kind = "churn"\nsurfaces = ["s", "r"]\nlimits = { s = { met = 1 } }', "", "`limits` for r"),
    ('kind = "churn"\nsurfaces = ["x"]\nmet = 1', "surfaces.1", "no surface 'x'", "there are: s, r"),
    ('kind = "churn"\nsurfaces = ["s", "s"]\nmet = 1', "surfaces.2", "there twice"),
    ('kind = "churn"\nsurfaces = ["s*"]\nmet = 1', "surfaces.1", "no surface 's*'"),
    # subjects
    ('kind = "subjects"\nsurfaces = []\npattern = "x"', "surfaces", "the list is empty"),
    ('kind = "subjects"\nsurfaces = ["s"]\npattern = ""', "pattern", "is empty"),
    ('kind = "subjects"\nsurfaces = ["s"]\npattern = "x|"', "pattern", "matches an empty text"),
    ('kind = "subjects"\nsurfaces = ["s"]', "", "'pattern' is missing"),
    # names
    (NAMES, "", "either `pattern` or `contract`"),
    (NAMES + 'pattern = ""', "", "either `pattern` or `contract`"),
    (NAMES + 'pattern = "(.*)"', "pattern", "matches an empty text"),
    (CONTRACT + 'pattern = "x"', "pattern", "either `pattern` or `contract`"),
    (CONTRACT.replace("Event\\\\(", "Event("), "contract.block", "does not compile"),
    (CONTRACT.replace("Event\\\\(", "a{99999999}"), "contract.block", "at most 1,000"),
    (CONTRACT.replace("Event\\\\(", ""), "contract.block", "is empty"),
    (CONTRACT.replace('"type"', '""'), "contract.name", "found ''"),
    (CONTRACT.replace('"schema"', '"a b"'), "contract.fields", "found 'a b'"),
    (CONTRACT.replace("}", ', version = ["a..b"] }'), "contract.version.1", "found 'a..b'"),
    (CONTRACT.replace("}", ', verson = ["a"] }'), "contract.verson", "did you mean 'version'?"),
    ('kind = "names"\nfiles = []\npattern = "x"', "files", "the list is empty"),
    ('kind = "names"\nfiles = ["a | b"]\npattern = "x"', "files.1", "alternatives"),
    # new-files
    (NEW + "days = 28\ndays_unmet = 56", "days_unmet", "found 56", "0 to 28"),
    (NEW + "days_unmet = -1", "days_unmet", "found -1"),
    (NEW + 'identity = "["', "identity", "does not compile"),
    (NEW + "identity = '\\d*'", "identity", "matches an empty text"),
    (NEW + 'discards = "a{2000}"', "discards", "at most 1,000"),
    (NEW + 'name = "*.ts"', "name", "does not compile"),
    (NEW + 'read = "sql"', "read", "Give `body`"),
    (NEW + "met = 2\npartial = 1", "partial", "less than met = 2"),
    ('kind = "new-files"\npaths = ["a | b"]', "paths.1", "alternatives"),
    ('kind = "new-files"\npaths = []', "paths", "the list is empty"),
    # issues
    ('kind = "issues"', "", "asks for nothing"),
    ('kind = "issues"\nwatch = [0]', "watch.1", "start at 1"),
    ('kind = "issues"\nwatch = [-7]', "watch.1", "found -7"),
    ('kind = "issues"\nwatch = [1, 1]', "watch.2", "there twice"),
    ('kind = "issues"\nwatch = ["#1"]', "watch.1", "found '#1'", "a whole number"),
    (ISSUES + "met = 2\npartial = 2", "met", "found 2 of 2", "Give less than 2"),
    (ISSUES + "partial = -1", "partial", "found -1"),
    ('kind = "issues"\nquery = "repo:x/y is:open"', "query", "(repo:)", "Remove it"),
    ('kind = "issues"\nquery = "is:open (-org:x)"', "query", "(org:)"),
    ('kind = "issues"\nquery = " "', "query", "is empty"),
    ('kind = "issues"\nquery = "x"\nquery_met = 3\nquery_partial = 2', "query_partial", "less than query_met = 3"),
    ('kind = "issues"\nquery = "x"\nquery_met = -1', "query_met", "found -1"),
    # pulls
    ('kind = "pulls"\nsurfaces = ["s"]\nmet = 4\npartial = 1', "partial", "less than met = 4"),
    ('kind = "pulls"\nsurfaces = []', "surfaces", "the list is empty"),
    # json
    (JSON.replace("https://", "http://"), "url", "only https"),
    (JSON.replace("https://", ""), "url", "only https"),
    (JSON.replace("//a.", "//u:p@a."), "url", "user name or password"),
    (JSON.replace("a.example/b", ""), "url", "expected an address"),
    (JSON.replace("/b", "/b#c"), "url", "after #"),
    (JSON.replace('"c"', '"a..b"'), "field", "found 'a..b'"),
    (JSON.replace('"c"', '""'), "field", "found ''"),
    (JSON.replace('"d"', '""'), "pattern", "is empty"),
    (JSON.replace('"d"', '".*"'), "pattern", "matches an empty text"),
    # attested, and every kind
    ('kind = "attested"\nask = ""', "ask", "the question is empty"),
    ('kind = "attested"\nask = "  "', "ask", "the question is empty"),
    ('kind = "atested"\nask = "a"', "kind", "found 'atested'", "did you mean 'attested'?"),
    ('ask = "a"', "", "'kind' is missing", "attested"),
    ('kind = "attested"\nask = "a"\npart = "x"', "part", "there is no part 'x'"),
    ('kind = "attested"\nask = "a"\nside = "up"', "side", "found 'up'", "upstream, downstream"),
    ('kind = "attested"\nask = "a"\ndecides = "no"', "decides", "true or false"),
    ('kind = "attested"\nask = "a"\nquestion = "b"', "question", "did you mean 'ask'?"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("probe", "key", "wanted"),
    [pytest.param(one[0], one[1], one[2:], id=f"{number}-{one[1]}") for number, one in enumerate(PROBES)],
)
def test_a_mistake_in_a_probe(probe: str, key: str, wanted: tuple[str, ...]) -> None:
    text = f"{HEAD}{SIGNAL}[[signals.probes]]\n{probe}\n"
    (sentence,) = refused(text)[:1]
    place = re.match(r"t\.toml:(\d+): ", sentence)
    assert place is not None, sentence
    lines = text.split("\n")
    if key:
        assert f": signals.one.probes.1.{key}: " in sentence
        name = re.sub(r"\.\d+$", "", key).split(".")[-1]
        assert name in lines[int(place[1]) - 1]
    for words in wanted:
        assert words in sentence


FILES = [
    # the whole text, the line, and what the sentence must hold
    ("", 0, "'id' is missing"),
    (HEAD + SIGNAL, 12, "the signal has no probes", "attested"),
    (HEAD + SIGNAL + PROBE + "decides = false\n", 12, "none of the signal's probes decides"),
    (HEAD + SIGNAL + 'parts = [{ id = "p", title = "P" }]\n' + PROBE, 15, "no probe decides the part 'p'"),
    (HEAD + SIGNAL + 'parts = ["Open"]\n' + PROBE, 15, "found 'Open'", 'Write { id = "open", title = "Open" }'),
    (HEAD + SIGNAL + 'parts = [{ id = "p" }]\n' + PROBE, 15, "'title' is missing"),
    (HEAD + SIGNAL + 'parts = [\n  { id = "p", title = "P" },\n  { id = "p", title = "Q" },\n]\n' + PROBE, 17, "twice"),
    (HEAD + SIGNAL + PROBE.replace("exist", 'part = "q"\nexist'), 17, "there is no part 'q'"),
    (HEAD + SIGNAL + PROBE + SIGNAL + PROBE, 19, "the id 'one' is there twice"),
    (HEAD + SIGNAL.replace("one", "review") + PROBE, 13, "Choose another id"),
    (HEAD + SIGNAL.replace('"One"', '" "') + PROBE, 14, "the title is empty"),
    (HEAD + SIGNAL + 'combine = "best"\n' + PROBE, 15, "found 'best'", "worst, parts"),
    (HEAD + "[signals]\n" + SIGNAL[SIGNAL.index("id") :] + PROBE, 12, "found a table", "Write [[signals]]"),
    (HEAD + "[signals]\n" + SIGNAL[SIGNAL.index("id") :], 12, "Write [[signals]]"),
    (HEAD + "signals = 3\n", 12, "surfaces.signals", "a list in [brackets]"),
    (HEAD + "[[policy]]\nrecheck_days = 7\n", 12, "Write [policy]"),
    (HEAD + "[policy]\nrecheck_days = 0\n", 13, "found 0", "1 to 3660"),
    (HEAD + "[policy]\nhistory_weeks = -1\n", 13, "found -1"),
    (HEAD + '[policy]\nsoak = "any"\n', 13, "either, both"),
    (HEAD + "[polcy]\n", 12, "did you mean 'policy'?"),
    (HEAD + '[scope]\nin = "all"\n', 13, "a list in [brackets]"),
    (HEAD + '[[related]]\nref = "a/b"\n', 13, "owner/repo#number"),
    (HEAD + '[[related]]\nref = "a/b#1"\n[[related]]\nref = "A/b#1"\n', 15, "there twice"),
    (HEAD + '[[gates]]\nid = "g"\ntitle = "G"\nlook = ["src/*.ts"]\n', 15, "wildcards are not allowed"),
    (HEAD + '[[gates]]\nid = "g"\ntitle = "G"\nlook = ["a | b"]\n', 15, "alternatives"),
    (HEAD + '[[gates]]\nid = "G"\ntitle = "G"\n', 13, "found 'G'"),
    (HEAD + '[[gates]]\nid = "g"\ntitle = "G"\nparts = [{ id = "p", title = "" }]\n', 15, "the title is empty"),
    (HEAD + '[[gates]]\nid = "g"\ntitle = "G"\nprobes = []\n', 15, "there is no key 'probes'"),
    (HEAD.replace('["src"]', '"src"'), 10, "surfaces.s", "Write ['src']"),
    (HEAD.replace('["src"]', "[]"), 10, "the list is empty"),
    (HEAD.replace('["src"]', '["a | b"]'), 10, "alternatives"),
    (HEAD.replace('["src"]', '["src", "src"]'), 10, "there twice"),
    (HEAD.replace('["main"]\n[d', '[{ name = "main", since = 2026-01-01 }]\n[d'), 5, "did you mean 'from'?"),
    (HEAD.replace('["main"]\n[d', '[{ name = "main", to = 2026-01-01 }]\n[d'), 5, "did you mean 'until'?"),
    (HEAD.replace('["main"]\n[d', "[{ from = 2026-01-01 }]\n[d"), 5, "'name' is missing"),
    (HEAD.replace('["main"]\n[d', '["main", "main"]\n[d'), 5, "there twice"),
    (HEAD.replace('["main"]\n[d', '["v2*"]\n[d'), 5, "found 'v2*'", "git does not allow"),
    (HEAD.replace('["main"]\n[d', '["a/.b"]\n[d'), 5, "git does not allow"),
    (HEAD.replace('["main"]\n[d', '["v2 | dev"]\n[d'), 5, "alternatives"),
    (HEAD.replace('["main"]\n[d', '[""]\n[d'), 5, "git does not allow"),
    (
        HEAD.replace('["main"]\n[d', '[{ name = "m", from = 2026-02-01, until = 2026-01-01 }]\n[d'),
        5,
        "ends on 2026-01-01",
    ),
    (HEAD.replace('"a/b"', '"https://github.com/a/b"'), 4, "expected owner/repo"),
    (HEAD.replace('"a/b"', '"a"'), 4, "expected owner/repo"),
    (HEAD.replace('id = "t"', 'id = "../t"'), 1, "found '../t'"),
    (HEAD.replace('id = "t"', 'id = "cache"'), 1, "a folder of pawtui's own"),
    (HEAD.replace('title = "T"', 'title = "T"\nissue = "a/b/1"'), 3, "owner/repo#number"),
    (HEAD.replace('title = "T"', 'title = "T\\nU"'), 2, "one line"),
    (HEAD.replace("repo =", "repos ="), 4, "did you mean 'repo'?"),
    (HEAD.replace('title = "T"', 'title = "T"\ntitle = "U"'), 3, "there twice"),
    (HEAD + "[upstream]\n", 12, "there twice"),
    (HEAD.replace('title = "T"', "title = T"), 2, "not TOML"),
    (HEAD.replace('title = "T"', 'title = "T'), 2, "not TOML"),
    (HEAD + "[[signals]\n", 12, "not TOML"),
    (HEAD + f"x = {'[' * 60_000}{']' * 60_000}\n", 12, "nested more than 32 deep"),
    (HEAD + "x = " + "{a = " * 40 + "1" + "}" * 40 + "\n", 12, "nested more than 32 deep"),
    (HEAD + f"x = {'9' * 100_000}\n", 12, "100,000 digits"),
    (HEAD + f"{'a.' * 50_000}b = 1\n", 12, "50,001 parts"),
    (HEAD + f"[{'a.' * 50_000}b]\n", 12, "50,001 parts"),
    (HEAD + f"x = 0x{'f' * 10_000}\n", 12, "more than 18 digits"),
]


@pytest.mark.parametrize(
    ("text", "line", "wanted"),
    [pytest.param(one[0], one[1], one[2:], id=f"{number}-{one[2]}") for number, one in enumerate(FILES)],
)
def test_a_mistake_in_a_file(text: str, line: int, wanted: tuple[str, ...]) -> None:
    sentences = [sentence for sentence in refused(text) if all(words in sentence for words in wanted)]
    assert sentences, refused(text)
    assert sentences[0].startswith(f"t.toml:{line}: " if line else "t.toml: ")


def refused(text: str) -> tuple[str, ...]:
    with pytest.raises(TrackerError) as caught:
        check_tracker(text, "t.toml", patterns=True)
    assert all(sentence.endswith((".", "?")) for sentence in caught.value.mistakes)
    return caught.value.mistakes


def test_what_can_be_used_but_never_comes_to_go_is_told() -> None:
    bare = check_tracker(HEAD, "t.toml")
    assert [gap[:17] for gap in find_gaps(bare)][:2] == ["It has no signals", "It has no gates, "]
    ends = check_tracker(HEAD.replace('["main"]\n[d', '[{ name = "main", until = 2026-01-01 }]\n[d'), "t.toml")
    assert any("From 2026-01-01 on it follows no ref of a/b" in gap for gap in find_gaps(ends))
    assert any("No probe uses the surface 's'" in gap for gap in find_gaps(ends))


def test_lines_are_found_past_texts_that_look_like_keys() -> None:
    text = HEAD.replace('title = "T"', 'title = "T"\nabout = """\n[[signals]]\nid = "one"\ndays = 3\n"""')
    text += SIGNAL + '[[signals.probes]]\nkind = "churn"\n# days = 4\nsurfaces = ["s"]\nmet = 1\ndays = 0\n'
    (sentence,) = refused(text)
    line = int(sentence.split(":")[1])
    assert text.split("\n")[line - 1] == "days = 0"
    assert "days = 0" not in text.split("\n")[: line - 1]


@pytest.mark.parametrize("body", [b"\xef\xbb\xbf" + HEAD.encode(), HEAD.replace("\n", "\r\n").encode()])
def test_other_line_ends_and_a_byte_order_mark_are_no_mistakes(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "pawtui.toml"
    path.write_bytes(body)
    assert check_tracker(tracker_text(path), str(path), patterns=True).id == "t"


def test_what_is_no_file_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(TrackerError, match="is a device, but a tracker is a file"):
        read_tracker(Path("/dev/zero"))


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


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('["g"]', '["h"]', "there is no gate 'h'"),
        ('{ tools = "they run" }', "{}", "it verifies nothing"),
        ("{ tools =", "{ tool =", "there is no key 'tool'"),
        ('title = "Try it"', 'title = " "', "the title is empty"),
        ('id = "try"', 'id = "Try"', "expected 1 to 64 lower-case letters"),
    ],
)
def test_a_mistake_in_a_step_is_refused(tmp_path: Path, right: str, wrong: str, said: str) -> None:
    path = tmp_path / "t.toml"
    path.write_text(f"{HEAD}{SIGNAL}{PROBE}{STEP.replace(right, wrong)}", encoding="utf-8")
    with pytest.raises(TrackerError, match=re.escape(said)):
        read_tracker(path)
