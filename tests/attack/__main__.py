"""Run more cases of every attack: `python -m tests.attack --cases N [--seed N] [--only NAME]`.

The exit status is 1 if an attack succeeded; the traceback ends with the command that runs its case alone.
"""

import argparse
import sys
import time
import traceback

from tests.attack.attacks import attacks


def main(words: list[str] | None = None) -> int:
    """Run the attacks that `--only` names (default: all), print each result, and return the exit status."""
    known = attacks()
    parser = argparse.ArgumentParser(prog="python -m tests.attack", description=__doc__)
    parser.add_argument("--cases", type=int, help="number of cases of each attack (default: its CASES)")
    parser.add_argument(
        "--only", action="append", default=[], metavar="NAME", help=f"one of {', '.join(known)}; may be repeated"
    )
    parser.add_argument("--seed", type=int, default=0, help="the number of the first case (default 0)")
    options = parser.parse_args(words)
    chosen = {name: attack for name, attack in known.items() if not options.only or name in options.only}
    if unknown := set(options.only) - set(known):
        parser.error(f"unknown attack {', '.join(sorted(unknown))}; the attacks are {', '.join(known)}")
    failed = 0
    for name, attack in chosen.items():
        cases = attack.CASES if options.cases is None else options.cases
        started = time.perf_counter()
        try:
            attack.run(options.seed, cases)
            outcome = "passed"
        except Exception:  # noqa: BLE001 - every exception is a success of the attack, and the other attacks must still run
            traceback.print_exc()
            outcome = "FAILED"
            failed += 1
        print(
            f"{name:12} {attack.TITLE:62} {cases:9,} cases {time.perf_counter() - started:8.1f} s  {outcome}",
            flush=True,
        )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
