"""Tokens of any shape are masked; child processes do not get them."""

import ast
from pathlib import Path

import pytest

import pawtui
from pawtui.redact import TOKEN_VARIABLES, child_environment, redact, tokens_in


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("token ghp_" + "a" * 36 + ".", "token ***."),
        ("gho_" + "a1" * 18, "***"),
        ("github_pat_11ABCDEFG0_" + "z" * 59, "***"),
        ("Authorization: Bearer abc.def-123", "Authorization: Bearer ***"),
        ("authorization: token 0123456789abcdef", "authorization: token ***"),
        ("https://x-access-token:secret@github.com/a/b", "https://***@github.com/a/b"),
        ("x-access-token:secret@github.com", "x-access-token:***@github.com"),
        ("https://user:secret@host/a", "https://***@host/a"),
        ("http://:secret@proxy", "http://***@proxy"),
        ("https://0123456789abcdef0123@github.com/a", "https://***@github.com/a"),
        ("ssh://git@github.com/a", "ssh://git@github.com/a"),
        ("https://github.com/a/b@1a2b3c4:x.ts", "https://github.com/a/b@1a2b3c4:x.ts"),
        ("the bearer of news", "the bearer of news"),
        ("041885d838c7eea81cffbe446e0cb0ac6f197728", "041885d838c7eea81cffbe446e0cb0ac6f197728"),
    ],
)
def test_token_shapes_are_masked(text: str, shown: str) -> None:
    assert redact(text) == shown


def test_tokens_of_the_environment_are_masked() -> None:
    env = {"GH_TOKEN": "odd secret", "GITHUB_TOKEN": "odd", "HOME": "/home/x", "GH_ENTERPRISE_TOKEN": ""}
    assert tokens_in(env) == ("odd secret", "odd")
    assert redact("an odd secret, an odd one", tokens_in(env)) == "an ***, an *** one"


def test_a_child_process_gets_no_token_in_any_variable() -> None:
    token = "ghp_" + "a" * 36
    env = {
        "GH_TOKEN": token,
        "GITHUB_TOKEN": "",
        "COPY": token,
        "INDEX_URL": f"https://x:{token}@example.org",
        "HOME": "/home/x",
        "EDITOR": "vi",
    }
    assert child_environment(env) == {"HOME": "/home/x", "EDITOR": "vi"}
    # A value that is too short for a token is not searched in other variables.
    assert child_environment({"GH_TOKEN": "x", "EDITOR": "ex"}) == {"EDITOR": "ex"}
    assert not set(TOKEN_VARIABLES) & set(child_environment(dict.fromkeys(TOKEN_VARIABLES, token)))


def _child_processes() -> list[tuple[str, ast.Call]]:
    """Return every call in pawtui that starts a child process, with its file and line."""
    starts = {"run", "Popen", "call", "check_call", "check_output", "create_subprocess_exec", "create_subprocess_shell"}
    root = Path(pawtui.__file__).parent
    texts = [(path, path.read_text(encoding="utf-8")) for path in sorted(root.rglob("*.py"))]
    return [
        (f"{path.relative_to(root)}:{node.lineno}", node)
        for path, text in texts
        if "subprocess" in text
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in starts
        and ast.unparse(node.func.value) in ("subprocess", "asyncio")
        and ast.unparse(node.func) != "asyncio.run"
    ]


def test_every_child_process_gets_an_explicit_environment() -> None:
    calls = _child_processes()
    assert len(calls) >= 4
    without = [where for where, call in calls if "env" not in {keyword.arg for keyword in call.keywords}]
    assert without == []
