"""What becomes of each field of a known group or person at an import: one rule per field, stated here."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

import msgspec

from uwlr.exchange.leden import FIELDS, Gegevens, GroepRef

FieldRule: TypeAlias = Literal["kept", "cleared", "with achternaam", "with key"]
"""What happens to a value that the LAS no longer sends. A value that it sends takes the place of the old one.

- kept: stays, as systems leave it out for reasons that are not about this person.
- cleared: its absence says something.
- with achternaam: goes with achternaam: replaced or cleared when that is sent, kept when it is not.
- with key: says what the key is of: that of a key that is kept stays, else the new one takes its place.
"""

RULES: Final[Mapping[str, FieldRule]] = MappingProxyType(
    {
        "key": "kept",  # 2.3 lets a key be absent if there is an ECK-iD
        "bron": "with key",
        "eckid": "kept",
        "naam": "kept",
        "achternaam": "kept",
        "voorvoegsel": "with achternaam",  # or van den Berg would become van den van den Berg
        "roepnaam": "kept",
        "geboortedatum": "kept",  # 2.3 takes it out of the Smalle set
        "emailadres": "kept",  # of staff it may have been typed in by hand (R21)
        "jaargroep": "cleared",  # it is the pupil's own or follows from the stamgroep, so an old one is wrong
        "groepen": "cleared",
    }
)


def settle(before: Gegevens, said: Gegevens) -> Gegevens:
    """Give what is to be kept of a known one, from what was and what the LAS says now."""
    values: dict[str, object] = {}
    for name in FIELDS:
        value = getattr(said, name)
        rule = RULES[name]
        if value is not None or rule == "cleared":
            values[name] = value
        elif rule == "with achternaam" and said.achternaam is not None:
            values[name] = None
        else:
            values[name] = getattr(before, name)
    groepen = said.groepen
    if said.key is None and before.key is not None and before.bron not in {None, said.bron}:
        # The bron stays that of the key, so groups of the other one are named with theirs.
        values["bron"] = before.bron
        groepen = tuple((said.bron or "", ref) if isinstance(ref, str) else ref for ref in groepen)
    return Gegevens(groepen=groepen, **values)  # type: ignore[arg-type]


def differing(before: Gegevens, after: Gegevens, fields: Collection[str]) -> tuple[str, ...]:
    """Name the fields that differ, out of those that are kept, and groepen.

    The bron of a key that was of no known bron is filled in on the way, and is no change that somebody has to see.
    """
    if before == after:
        return ()
    names = [name for name in FIELDS if name in fields and getattr(before, name) != getattr(after, name)]
    if "bron" in names and before.bron is None:
        names.remove("bron")
    if before.groepen != after.groepen:
        names.append("groepen")
    return tuple(names)


def without(said: Gegevens, left_out: Collection[GroepRef]) -> Gegevens:
    """Leave out groups that are not imported; the person is all the same."""
    if not left_out or not said.groepen:
        return said
    groepen = tuple(ref for ref in said.groepen if ref_of(said, ref) not in left_out)
    return said if groepen == said.groepen else msgspec.structs.replace(said, groepen=groepen)


def ref_of(person: Gegevens, ref: GroepRef) -> tuple[str, str]:
    """Give bron and key of a group that a person refers to."""
    return ref if isinstance(ref, tuple) else (person.bron or "", ref)
