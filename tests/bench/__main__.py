"""Measure the speed budgets: `python -m tests.bench [NAME ...]` prints each as a ratio to a reference in the same run.

Each `bench_*.py` has a `TITLE`, a `BUDGET` (the largest ratio) and `measure() -> (ours, reference)` in seconds. The
exit status is 1 if a ratio exceeds its budget. Benchmarks are not tests, because they fail on a busy machine.
"""

import importlib
import pkgutil
import sys

import tests.bench


def _names() -> list[str]:
    return sorted(found.name for found in pkgutil.iter_modules(tests.bench.__path__) if found.name.startswith("bench_"))


def main(wanted: list[str]) -> int:
    """Run the benchmarks whose name contains one of the words (without words: all) and print the table."""
    names = [name for name in _names() if not wanted or any(word in name for word in wanted)]
    if not names:
        print(f"Unknown benchmark {' or '.join(wanted)}. Choose from {', '.join(_names())}.", file=sys.stderr)
        return 2
    failed = 0
    print(f"{'benchmark':58} {'ours':>11} {'reference':>11} {'ratio':>7} {'budget':>7}")
    for name in names:
        bench = importlib.import_module(f"tests.bench.{name}")
        ours, reference = bench.measure()
        ratio = ours / reference
        is_over = ratio > bench.BUDGET
        failed += is_over
        verdict = "  over" if is_over else ""
        times = f"{ours * 1000:8.2f} ms {reference * 1000:8.2f} ms"
        print(f"{bench.TITLE:58} {times} {ratio:6.2f}x {bench.BUDGET:6.2f}x{verdict}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
