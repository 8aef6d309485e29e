"""What was found about a pupil, and what was erased, in Dutch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from uwlr.dutch_time import dutch_moment
from uwlr.exchange.person_places import PLACES
from uwlr.exchange.pupil_rights import Inspection, Receipt
from uwlr.visible import one_line

_COUNTED: Final[Mapping[str, str]] = {
    "leden": "leerling in de toepassing",
    "plannen": "imports waar de leerling in stond",
    "rijen": "rijen daarvan",
    "resultaten": "resultaten",
    "koppelingen": "koppelingen die de leerling onthielden",
    "vindplaatsen": "aantekeningen bij welke school de leerling hoort",
    "gebeurtenissen": "gebeurtenissen waar de leerling in stond",
}
_STATUS: Final[Mapping[str, str]] = {
    "begonnen": "begonnen, nog niet gewist",
    "gewist": "gewist; de bestanden van de opslag nog niet",
    "klaar": "klaar",
    "toegelaten": "klaar; de leerling mag weer geimporteerd worden",
}


def inspection_text(found: Inspection) -> str:
    """Say all that is kept about a pupil; it is personal."""
    lines = [f"Alles over een leerling van school {one_line(found.school)}, opgezocht op {_moment(found.gemaakt_op)}"]
    for name, rows in found.delen.items():
        lines += ["", PLACES[name].titel]
        for row in rows:
            lines += ["  -", *(f"    {field}: {text}" for field, text in _flat(row))]
    return "\n".join([*lines, ""])


def receipt_text(receipt: Receipt) -> str:
    """Say what was erased: counts and moments, nobody."""
    counts = receipt.aantallen
    lines = [
        f"Opdracht {receipt.opdracht} om een leerling te vergeten, koppeling {receipt.koppeling}",
        f"  gevraagd op {_moment(receipt.gevraagd_op)}",
        f"  {_STATUS[receipt.status]}" + (f" op {_moment(receipt.klaar_op)}" if receipt.klaar_op is not None else ""),
        *(f"  {counts[name]} {words}" for name, words in _COUNTED.items() if name in counts),
    ]
    if "bij_ontvanger" in counts:
        lines.append(
            f"  Let op: {counts['bij_ontvanger']} van de resultaten zijn verstuurd. Wat de ontvanger heeft, blijft "
            "daar: de standaard kan het niet terughalen. Vraag de school het daar te verwijderen."
        )
    if "misschien" in counts:
        lines.append(
            f"  Let op: {counts['misschien']} resultaten zijn misschien ook van deze leerling, en misschien van een "
            "ander. Zij zijn blijven staan."
        )
    if receipt.status in {"begonnen", "gewist"}:
        lines.append("  Draai `uwlr persoon vergeten` nog eens als niemand anders de opslag gebruikt.")
    return "\n".join([*lines, ""])


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Give the values that are there, each with its name."""
    if isinstance(value, Mapping):
        for field, inner in value.items():
            yield from _flat(inner, f"{name}.{field}" if name else str(field))
    elif isinstance(value, (list, tuple)) and any(isinstance(inner, (Mapping, list, tuple)) for inner in value):
        for inner in value:
            yield from _flat(inner, name)
    elif isinstance(value, (list, tuple)):
        if value:
            yield name, one_line(", ".join(map(str, value)))
    elif isinstance(value, bool):
        yield name, "ja" if value else "nee"
    elif isinstance(value, datetime):
        yield name, _moment(value)
    elif value is not None and value != "":
        yield name, one_line(str(value))


def _moment(moment: datetime) -> str:
    return f"{dutch_moment(moment):%d-%m-%Y %H:%M}"
