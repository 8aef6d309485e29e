"""What would make a fake like a recorded system: values of traits, read from what its answers show.

A trait is read from both sides in the same way; only where the two readings differ is there something to suggest. What
no answer shows (who chooses the keys, when results are visible) is not read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, NamedTuple, TypeAlias

from mock_las.variants import FIXED
from mock_las.vendors import Deviation, Part, Traits
from uwlr.berichten.leerlinggegevens import Leerkracht, Leerling
from uwlr.berichten.profielen import PROFIELEN, profiel
from uwlr.berichten.tabel import table
from uwlr.codec.read import read_tolerant
from uwlr.drift.comparing import before_each, in_order, moved
from uwlr.drift.differences import USUAL, Asked
from uwlr.drift.observations import EMPTY, FILLED, NO_FAULT, Aspect, Observations, Values
from uwlr.errors import Fault, MessageError
from uwlr.foutcodes import Foutcode
from uwlr.paths import Path
from uwlr.recorded import Recording

_PARTS: Final[dict[Part, tuple[str, ...]]] = {
    "vestigingen": ("vestiging",),
    "groepen": ("groepen", "groep"),
    "samengestelde_groepen": ("samengestelde_groep",),
    "leerkrachten": ("leerkracht",),
}
"""The last steps of the place of an item of each part."""
_ENOUGH: Final = 10
"""Persons without something from which it is the system that leaves it out."""
_FIRST_OF_VO: Final = 11


class Pair(NamedTuple):
    """A recorded system, and the fake that is to be like it, both asked the same.

    Attributes:
        real: what the system shows.
        fake: what the fake shows.
        traits: how the fake behaves.
        recording: the system.
    """

    real: Observations
    fake: Observations
    traits: Traits
    recording: Recording


Found: TypeAlias = dict[str, Any]
"""Traits and their values; None for a trait that the fake has to lose."""


def suggest(recording: Recording, fake: Recording, traits: Traits) -> tuple[Deviation, ...]:
    """Find the traits that make a fake answer as a recorded system did.

    Args:
        recording: the system.
        fake: the fake, asked the same.
        traits: how the fake behaves.
    """
    pair = Pair(Observations(recording), Observations(fake), traits, recording)
    found: Found = {}
    for read in _READERS:
        found |= read(pair)
    return tuple(
        Deviation(
            trait=trait,
            value=value,
            source="observed",
            reference=f"Recording {recording.about.id}",
            date=dt.date.fromisoformat(recording.about.date),
        )
        for trait, value in found.items()
        if getattr(traits, trait) != value
    )


def settable(deviations: Iterable[Deviation]) -> dict[str, Any]:
    """Give those traits that can change while the fakes run, with their values."""
    return {one.trait: one.value for one in deviations if one.trait not in FIXED}


def as_toml(deviations: Iterable[Deviation]) -> str:
    """Write deviations as lines of a vendor's file; a trait to lose becomes a comment."""
    return "\n".join(line for deviation in deviations for line in _lines(deviation))


def _lines(deviation: Deviation) -> Iterator[str]:
    if deviation.value is None:
        yield f"# {deviation.trait}: {deviation.reference} does not show it; leave its deviation out."
        yield ""
        return
    yield "[[deviation]]"
    yield f'trait = "{deviation.trait}"'
    yield f"value = {_toml(deviation.value)}"
    yield f'source = "{deviation.source}"'
    yield f'reference = "{deviation.reference}"'
    yield f"date = {deviation.date.isoformat()}"
    yield ""


def _toml(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            plain = value.replace("\\", "\\\\").replace('"', '\\"')
            return f'"{plain}"'
        case tuple() | list():
            return f"[{', '.join(map(_toml, value))}]"
        case dict():
            return f"{{ {', '.join(f'{_toml(name)} = {_toml(item)}' for name, item in value.items())} }}"
        case _:
            return str(value)


def _form(pair: Pair) -> Found:
    """Prefixes of the envelope and of what is in it."""
    found: Found = {}
    for trait, aspect in (
        ("soap_prefix", Aspect("form", Path.of("Envelope"), "prefix")),
        ("body_prefix", Aspect("form", Path.of("Body"), "body prefix")),
    ):
        real, fake = _most(pair.real.values.get(aspect)), _most(pair.fake.values.get(aspect))
        if real is not None and real != fake:
            found[trait] = real or None
    return found


def _order(pair: Pair) -> Found:
    """The order of the children of those elements of which some are moved."""
    parents = {place.parent for place, *_ in moved(pair.real, pair.fake)}
    if not parents:
        return {}
    named = {place.last.name for place in parents}
    order = {name: value for name, value in pair.traits.element_order.items() if name not in named}
    for place in sorted(parents, key=str):
        before = before_each(pair.real.sequences[place])
        order[place.last.name] = tuple(in_order(before, {name for one in before for name in one}))
    return {"element_order": order}


def _empty_voorvoegsel(pair: Pair) -> Found:
    shown = [any(v[EMPTY] for at, v in side.children.items() if at.last.name == "voorvoegsel") for side in pair[:2]]
    return {"empty_voorvoegsel": shown[0]} if shown[0] != shown[1] and _persons(pair.real, "leerling") else {}


def _eckids(pair: Pair) -> Found:
    found: Found = {}
    for name in ("leerling", "leerkracht"):
        has = [_has(side, name, "eckid") for side in pair[:2]]
        if has[0] or (has[1] and _persons(pair.real, name) >= _ENOUGH):
            found[f"{name}_eckid"] = has[0]
    return found


def _omitted(pair: Pair) -> Found:
    if not _persons(pair.real, "leerling"):
        return {}
    there = [{part for part, steps in _PARTS.items() if _shows(side, steps)} for side in pair[:2]]
    left_out = {*(there[1] - there[0]), *(set(pair.traits.omits) - there[0])}
    return {"omits": tuple(part for part in _PARTS if part in left_out)}


def _jaargroepen(pair: Pair) -> Found:
    codes = [
        {
            int(code)
            for at, values in side.values.items()
            if _is_code(at, "jaargroep")
            for code in values
            if code.isdigit()
        }
        for side in pair[:2]
    ]
    if pair.traits.sector != "VO" or not codes[0]:
        return {}
    return {"vo_jaargroep_from_1": max(codes[0]) < _FIRST_OF_VO}


def _key_word(pair: Pair) -> Found:
    found = [
        _most(values)
        for at, values in pair.real.values.items()
        if at.feature == "word before the key" and at.place.names[-2:] == ("leerkracht", "key")
    ]
    return {"leerkracht_key_prefix": found[0]} if found and found[0] is not None else {}


def _profile(pair: Pair) -> Found:
    real, fake = (_fields(side) for side in pair[:2])
    if not any(real.values()) or real == fake:
        return {}
    versie = "2.3" if pair.traits.xsdversies[-1] == "2.3" else "2.2"
    for naam in PROFIELEN:
        allowed = {
            cls.__name__.lower(): {field.wire for field in table(cls).fields if field.name in names}
            for cls, names in profiel(naam, versie).allowed.items()  # type: ignore[arg-type]
            if cls in {Leerling, Leerkracht}
        }
        seen = [name for name in real if real[name] and fake[name]]
        if all(real[name] <= allowed[name] for name in seen) and any(fake[name] - allowed[name] for name in seen):
            return {"profile": naam}
        if pair.traits.profile == naam and any(real[name] - allowed[name] for name in seen):
            return {"profile": None}
    return {}


def _versions(pair: Pair) -> Found:
    """The versions that are answered, if others than the usual one were asked for."""
    usual = pair.real.centre.xsdversie
    found = {
        asked.xsdversie: Foutcode.XSD_VERSIE_ONGELDIG not in faults
        for asked, faults in _faults(pair.real)
        if asked.xsdversie not in {None, USUAL} and not asked.findings
    }
    if not found or usual is None:
        return {}
    real = tuple(sorted(str(versie) for versie, answered in found.items() if answered and versie != "9.9"))
    known = {*found, usual}
    kept = tuple(versie for versie in pair.traits.xsdversies if versie not in known)
    return {"xsdversies": (*kept, *real, usual)}


def _gegevenssets(pair: Pair) -> Found:
    usual = pair.real.centre.gegevenssetid
    without = [NO_FAULT in faults for asked, faults in _faults(pair.real) if asked.gegevenssetid != USUAL]
    if not without:
        return {}
    if any(without):
        return {"gegevenssetids": ()}
    return {"gegevenssetids": (usual,)} if usual is not None else {}


def _forgiven(pair: Pair) -> Found:
    rules = {"XS-102": "order", "VZ-101": "empty-schooljaar", "VZ-102": "brincode-beside-schoolkey"}
    found = {
        rules[asked.findings[0]]: NO_FAULT in faults
        for asked, faults in _faults(pair.real)
        if len(asked.findings) == 1 and asked.findings[0] in rules and asked.service == "leerlinggegevens"
    }
    kept = {one for one in pair.traits.forgives if found.get(one, True)}
    forgiven = {*kept, *(name for name, taken in found.items() if taken)}
    order = ("empty-schooljaar", "brincode-beside-schoolkey", "order", "long-key")
    now = tuple(one for one in order if one in forgiven)
    return {"forgives": now} if set(now) != set(pair.traits.forgives) else {}


def _soap_action(pair: Pair) -> Found:
    found = [NO_FAULT in faults for asked, faults in _faults(pair.real) if not asked.soap_action and not asked.findings]
    return {"soap_action_required": not any(found)} if found else {}


def _http_headers(pair: Pair) -> Found:
    """The headers that every request has which was answered, and none that got a page."""
    taken = [names for (names, well), _ in pair.real.sent.items() if well]
    refused = [names for (names, well), _ in pair.real.sent.items() if not well]
    if not taken:
        return {}
    usual = {name.lower() for one in pair.fake.sent for name in one[0]} - {n.lower() for n in pair.traits.http_headers}
    needed = frozenset.intersection(*taken) - frozenset().union(*refused) if refused else frozenset()
    return {"http_headers": tuple(sorted(name for name in needed if name.lower() not in usual))}


def _years(pair: Pair) -> Found:
    shown = {
        name.rpartition("/")[2]
        for at, values in pair.real.values.items()
        if at.kind == "answer" and at.asked is not None and at.asked.year and at.asked.xsdversie == USUAL
        for name in values
    }
    if "leerlinggegevens" in shown:
        return {"current_year_only": False}
    return {"current_year_only": True} if "geengegevens" in shown else {}


def _results(pair: Pair) -> Found:
    """What becomes of results; they were the same on both sides, so what one refuses the other may take."""
    real, fake = (_result_faults(side) for side in pair[:2])
    if not real or not fake:
        return {}
    found: Found = {}
    refused = Foutcode.LEERLING_ONGELDIG in real, Foutcode.LEERLING_ONGELDIG in fake
    if refused[0] and NO_FAULT not in real:
        found["knows_pupils_by_number"] = True
    elif NO_FAULT in real:
        found["knows_pupils_by_number"] = False
        if refused[0] != refused[1]:
            found["unknown_leerling"] = "refuse" if refused[0] else "take"
    if NO_FAULT in real:
        found["aanmaakdatum_must_rise"] = Foutcode.ONGELDIG_BERICHT in real
    if Foutcode.TOETS_NORMERING_ONGELDIG in real and Foutcode.TOETS_NORMERING_ONGELDIG not in fake:
        found["unknown_toetscode"] = "refuse"
        found["known_toetscodes"] = tuple(sorted(_codes_taken(pair.recording))) or ("onbekend",)
    elif NO_FAULT in real and Foutcode.TOETS_NORMERING_ONGELDIG in fake:
        found["unknown_toetscode"] = "take"
    return found


_READERS: Final[tuple[Callable[[Pair], Found], ...]] = (
    _form,
    _order,
    _empty_voorvoegsel,
    _eckids,
    _omitted,
    _jaargroepen,
    _key_word,
    _profile,
    _versions,
    _gegevenssets,
    _forgiven,
    _soap_action,
    _http_headers,
    _years,
    _results,
)


def _most(values: Values | None) -> str | None:
    return values.most_common(1)[0][0] if values else None


def _persons(side: Observations, name: str) -> int:
    return max(
        (count for place, count in side.parents.items() if place.last.name == name and len(place) > 1), default=0
    )


def _has(side: Observations, name: str, child: str) -> bool:
    return any(values[FILLED] for place, values in side.children.items() if place.names[-2:] == (name, child))


def _shows(side: Observations, steps: tuple[str, ...]) -> bool:
    return any(place.names[-len(steps) :] == steps for place in side.parents)


def _fields(side: Observations) -> dict[str, set[str]]:
    """The fields that persons have, apart from those that traits of their own leave out."""
    return {
        name: {
            place.last.name
            for place in side.children
            if place.parent.last.name == name and len(place) > 3 and place.last.name not in _OWN_TRAITS
        }
        for name in ("leerling", "leerkracht")
    }


_OWN_TRAITS: Final = frozenset(
    {"key", "eckid", "groep", "groepen", "samengestelde_groepen", "vestiging", "voorvoegsel"}
)


def _is_code(aspect: Aspect, name: str) -> bool:
    return aspect.kind == "code" and aspect.place.last.name == name


def _faults(side: Observations) -> Iterator[tuple[Asked, Values]]:
    """The faults that questions about the roster of the school got."""
    for aspect, values in side.values.items():
        asked = aspect.asked
        if (
            aspect.kind == "fault"
            and asked is not None
            and asked.service == "leerlinggegevens"
            and asked.school == "main"
        ):
            yield asked, values


def _result_faults(side: Observations) -> Values:
    """The faults that results without a defect got."""
    found: Values = Values()
    for aspect, values in side.values.items():
        asked = aspect.asked
        if aspect.kind == "fault" and asked is not None and asked.service == "leerresultaten" and not asked.findings:
            found.update(values)
    return found


def _codes_taken(recording: Recording) -> set[str]:
    """The codes of tests in results that were taken."""
    codes: set[str] = set()
    for exchange in recording:
        if exchange.service == "leerresultaten" and exchange.fault is None:
            try:
                bericht = read_tolerant(recording.request(exchange.number)).bericht
            except (MessageError, Fault):
                continue
            codes.update(str(toets.toetscode.waarde) for toets in getattr(bericht, "toetsen", ()))
    return codes
