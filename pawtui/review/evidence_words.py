"""The words for the two problems with evidence: a pin is stale, or it could not be checked.

`Drift.state` names the state of a pin itself, and `refresh` writes the summary of its check.
"""

from typing import NamedTuple


class EvidenceWords(NamedTuple):
    """The words for a problem, in each form that texts need.

    `label` begins a line about a signal or a gate, and `mark` is added to one. `clause` follows "its". `pin_label`
    begins a line about a pin. `counted_pins` follow a number: of one pin, and of several.
    """

    label: str
    mark: str
    clause: str
    pin_label: str
    counted_pins: tuple[str, str]


STALE = EvidenceWords(
    label="Stale evidence",
    mark="stale evidence",
    clause="evidence is stale",
    pin_label="stale pin",
    counted_pins=("pin is out of date", "pins are out of date"),
)
UNCHECKED = EvidenceWords(
    label="Evidence not checked",
    mark="unchecked evidence",
    clause="evidence was not checked",
    pin_label="pin not checked",
    counted_pins=("pin not checked", "pins not checked"),
)
# The result of a check that failed.
NOT_CHECKABLE = "could not be checked"
