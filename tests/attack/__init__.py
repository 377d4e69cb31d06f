"""Attacks: hostile input of one kind each, made at random from a seed.

An attack is a module `attack_NAME.py` with

- `TITLE`: what is attacked, in a few words,
- `CASES`: how many cases the test suite runs,
- `run(seed, cases)`: run that many cases, the first with number `seed`. It raises where one of them does harm.

A case depends on nothing but its number (`cases.py`), so that one that failed can be run alone. The suite runs each
attack with seed 0 (`test_attacks.py`); `python -m tests.attack --cases N` runs more of them.
"""
