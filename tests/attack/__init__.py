"""Attacks: random hostile input, generated from a seed.

An attack is a module `attack_NAME.py` with

- `TITLE`: a short name of the attacked part,
- `CASES`: the number of cases that `python -m tests.attack` runs,
- `run(seed, cases)`: run `cases` cases, the first with number `seed`. It raises if a case succeeds as an attack.

A case depends only on its number (`cases.py`), so a failed case can be run alone. The suite runs fewer cases of slow
attacks (`test_attacks.py`); `python -m tests.attack --cases N` runs more cases.
"""
