"""Numbered cases: each has its own random generator, and an error names the number of its case."""

from collections.abc import Callable
from random import Random


def each_case(name: str, seed: int, cases: int, attack: Callable[[Random], None]) -> None:
    """Run an attack with a generator for each number from `seed`. An error has a note with the command for its case."""
    for number in range(seed, seed + cases):
        try:
            attack(Random(f"{name} {number}"))
        except Exception as error:
            # Any error is raised again, with a note.
            error.add_note(f"case {number}: python -m tests.attack --only {name} --seed {number} --cases 1")
            raise
