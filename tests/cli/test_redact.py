"""Tokens are masked, whatever their shape and wherever they stand; other text stays."""

from __future__ import annotations

import pytest

from pawtui.redact import redact, tokens_in


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
        ("https://github.com/a/b@1a2b3c4:x.ts", "https://github.com/a/b@1a2b3c4:x.ts"),
        ("the bearer of news", "the bearer of news"),
        ("041885d838c7eea81cffbe446e0cb0ac6f197728", "041885d838c7eea81cffbe446e0cb0ac6f197728"),
    ],
)
def test_shapes(text: str, shown: str) -> None:
    assert redact(text) == shown


def test_the_tokens_of_the_environment_are_masked_whatever_their_shape() -> None:
    env = {"GH_TOKEN": "odd secret", "GITHUB_TOKEN": "odd", "HOME": "/home/x", "GH_ENTERPRISE_TOKEN": ""}
    assert tokens_in(env) == ("odd secret", "odd")
    assert redact("an odd secret, an odd one", tokens_in(env)) == "an ***, an *** one"
