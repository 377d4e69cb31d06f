"""Numbered cases: each with a random generator of its own, and with its number on the error where it fails."""

from __future__ import annotations

from collections.abc import Callable
from random import Random


def each_case(name: str, seed: int, cases: int, attack: Callable[[Random], None]) -> None:
    """Run an attack with a generator for each number from `seed` on. What one raises carries how to run it alone."""
    for number in range(seed, seed + cases):
        try:
            attack(Random(f"{name} {number}"))
        except BaseException as error:
            error.add_note(f"case {number}: python -m tests.attack --only {name} --seed {number} --cases 1")
            raise
