"""Read the mapping files in `generations/`, or a mapping file of the user."""

import tomllib
from functools import cache
from pathlib import Path

import msgspec

from pawtui.errors import os_reason
from pawtui.replay.mapping.generation import Generation
from pawtui.replay.replay_errors import ReplayError

_FOLDER = Path(__file__).parents[1] / "generations"
# The keys that a rule for messages takes from the rule that it extends.
_INHERITED = ("data", "begin", "end", "reordered", "merged", "changed", "source")


def read_generation(path: Path) -> Generation:
    """Read one mapping file. Raises `ReplayError`."""
    try:
        return parse_generation(path.read_text(encoding="utf-8"), str(path))
    except UnicodeDecodeError:
        raise ReplayError(f"{path} is not UTF-8 text: save it as UTF-8.") from None
    except OSError as error:
        raise ReplayError(f"Cannot read {path}: {os_reason(error)}. Check the path and its permissions.") from None


def parse_generation(text: str, name: str) -> Generation:
    """Return the mapping in the text of a file. `name` is the file's name in messages. Raises `ReplayError`."""
    try:
        return _inherited(msgspec.convert(tomllib.loads(text), Generation), name)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ReplayError(f"{name} is not a mapping file: {error}. Correct it.") from None


def _inherited(generation: Generation, name: str) -> Generation:
    """Fill in the keys that rules for messages take from the rules that they extend and from their role."""
    known = {rule.name: rule for rule in generation.messages}
    filled = []
    for rule in generation.messages:
        if rule.extends and rule.extends not in known:
            raise ReplayError(
                f"Message {rule.name!r} of {name} extends {rule.extends!r}, which does not exist. Correct the name."
            )
        model = known[rule.extends] if rule.extends else rule
        empty = {field: getattr(model, field) for field in _INHERITED if not getattr(rule, field)}
        lost = generation.lost_by_role.get(rule.role, {}) | (rule.lost or model.lost)
        filled.append(msgspec.structs.replace(rule, **empty, lost=lost))
    return msgspec.structs.replace(generation, messages=tuple(filled))


@cache
def all_generations() -> tuple[Generation, ...]:
    """Return the mappings of pawtui, newest first. Raises `ReplayError`."""
    return tuple(sorted(map(read_generation, _FOLDER.glob("*.toml")), key=lambda generation: -generation.rank))


def find_generation(name: str) -> Generation:
    """Return the mapping with that name, or the mapping in the file at that path. Raises `ReplayError`."""
    if name.endswith(".toml"):
        return read_generation(Path(name))
    known = {generation.name: generation for generation in all_generations()}
    if name in known:
        return known[name]
    raise ReplayError(f"There is no mapping {name!r}. Use one of {', '.join(known)}, or the path of a mapping file.")
