"""What the tables hold about one pupil: shown, and erased, table by table as the register has them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import delete, select

from uwlr.berichten import Resultaat
from uwlr.exchange.import_history import memory_of
from uwlr.exchange.kept_out import kept_out
from uwlr.exchange.ledger import may_be_there
from uwlr.exchange.person import Person, persoon_in, spaces_of
from uwlr.exchange.person_plans import (
    Kept,
    Row,
    erase_plans,
    forgetful,
    ignored,
    ignores,
    not_ignored,
    plain,
    remembered_of,
    show_plans,
)
from uwlr.exchange.pseudoniem import pupil_pseudonym_of
from uwlr.exchange.roster_rows import scopes
from uwlr.exchange.tables import Gebeurtenis, Koppeling, LeerlingRow, ResultaatRow

HIDDEN: Final = "[vergeten]"


class Place(NamedTuple):
    """One table.

    Attributes:
        titel: what it holds, in Dutch.
        show: gives all of it about the pupil.
        erase: erases that, and counts what was erased.
    """

    titel: str
    show: Callable[[Kept], Iterator[Row]]
    erase: Callable[[Kept], Counter[str]]


# The application's own tables, and what orders say: erased where the order is carried out.


def _show_lids(kept: Kept) -> Iterator[Row]:
    for lid in kept.lids:
        yield {"id": lid.id, "actief": lid.actief} | plain(lid.gegevens)


def _show_orders(kept: Kept) -> Iterator[Row]:
    out = kept_out(kept.session, kept.koppelingen[0].school)
    found = {one.order for number in kept.person.numbers if (one := out.who(number[0], [number[1]], None)) is not None}
    found |= {one.order for eckid in kept.person.eckids if (one := out.who(None, (), eckid)) is not None}
    yield from ({"opdracht": order} for order in sorted(found))


def _elsewhere(_: Kept) -> Counter[str]:
    return Counter()


# Results.


def _show_results(kept: Kept) -> Iterator[Row]:
    for row, verdict in _results(kept):
        resultaat = msgspec.json.decode(row.inhoud, type=Resultaat)
        yield {
            "van_deze_leerling": verdict,
            "koppeling": row.koppeling_id,
            "status": row.status,
            "schooljaar": row.schooljaar,
            "genormeerd_op": row.genormeerd_op,
            "vastgelegd_op": row.vastgelegd_op,
            "verzonden_op": row.verzonden_op,
            "bezorgd_op": row.bezorgd_op,
            "foutcode": row.foutcode,
            "persoon": msgspec.to_builtins(persoon_in(row.persoon)),
            "resultaat": msgspec.to_builtins(resultaat),
        }


def _erase_results(kept: Kept) -> Counter[str]:
    found: Counter[str] = Counter()
    for row, verdict in list(_results(kept)):
        if verdict == "ja":
            found["resultaten"] += 1
            found["bij_ontvanger"] += may_be_there(row)
            kept.session.delete(row)
        else:
            found["misschien"] += 1
    kept.session.flush()
    return found


def _results(kept: Kept) -> Iterator[tuple[ResultaatRow, str]]:
    for koppeling in kept.koppelingen:
        space_of = spaces_of(koppeling)
        mine = ResultaatRow.koppeling_id == koppeling.id
        light = select(ResultaatRow.key, ResultaatRow.bron, ResultaatRow.persoon).where(mine)
        found = {}
        for key, bron, text in kept.session.execute(light):
            persoon = persoon_in(text)
            if persoon is not None:
                verdict = kept.person.verdict(space_of(bron), persoon, kept.others)
                if verdict != "nee":
                    found[key] = verdict
        for key, verdict in sorted(found.items()):
            yield kept.session.get_one(ResultaatRow, (koppeling.id, key)), verdict


# What a koppeling remembers.


def _show_koppelingen(kept: Kept) -> Iterator[Row]:
    for koppeling in kept.koppelingen:
        keys = _own_keys(koppeling, kept)
        found: Row = {
            "nieuwe_sleutels": {o: n for o, n in koppeling.sleutelwissel.items() if o in keys or n in keys},
            "nummer_ingevoerd": sorted(koppeling.bekende_leerlingen & keys),
            "niet_importeren": [text for text in ignored(koppeling.genegeerd) if ignores(text, kept)],
            "onthouden": remembered_of(memory_of(koppeling), kept.person),
        }
        found = {name: value for name, value in found.items() if value}
        if found:
            yield {"koppeling": koppeling.id} | found


def _erase_koppelingen(kept: Kept) -> Counter[str]:
    changed = 0
    for koppeling in kept.koppelingen:
        keys, before = _own_keys(koppeling, kept), _state(koppeling)
        koppeling.sleutelwissel = {
            old: new for old, new in koppeling.sleutelwissel.items() if old not in keys and new not in keys
        }
        koppeling.bekende_leerlingen = frozenset(koppeling.bekende_leerlingen - keys)
        koppeling.genegeerd = not_ignored(koppeling.genegeerd, kept)
        if koppeling.geheugen:
            koppeling.geheugen = msgspec.json.encode(forgetful(memory_of(koppeling), kept.person)).decode()
        changed += _state(koppeling) != before
    return Counter(koppelingen=changed)


def _state(koppeling: Koppeling) -> tuple[Any, ...]:
    return koppeling.sleutelwissel, koppeling.bekende_leerlingen, koppeling.genegeerd, koppeling.geheugen


def _own_keys(koppeling: Koppeling, kept: Kept) -> set[str]:
    """Give the keys that are the pupil's at a koppeling, and nobody else's there."""
    spaces = scopes(koppeling.vendor, koppeling.bronnen)
    return {
        key
        for key in kept.person.keys
        if any(kept.person.has_key(space, key) for space in spaces)
        and not any(kept.others.has_key(space, key) for space in spaces)
    }


# Which school a pupil is at.


def _places_of(kept: Kept) -> Iterator[LeerlingRow]:
    pseudonym = pupil_pseudonym_of(kept.session.connection())
    for koppeling in kept.koppelingen:
        for key in sorted(_own_keys(koppeling, kept)):
            row = kept.session.get(LeerlingRow, (koppeling.id, pseudonym(key)))
            if row is not None:
                yield row


def _show_places(kept: Kept) -> Iterator[Row]:
    yield from ({"koppeling": row.koppeling_id, "bron": row.bron} for row in _places_of(kept))


def _erase_places(kept: Kept) -> Counter[str]:
    rows = list(_places_of(kept))
    for row in rows:
        mine = (LeerlingRow.koppeling_id == row.koppeling_id, LeerlingRow.leerling == row.leerling)
        kept.session.execute(delete(LeerlingRow).where(*mine))
    return Counter(vindplaatsen=len(rows))


# What happened to a koppeling: in words that people typed, and by the id of one who was taken back.


def _events(kept: Kept) -> Iterator[Gebeurtenis]:
    wanted = select(Gebeurtenis).where(Gebeurtenis.koppeling_id.in_([one.id for one in kept.koppelingen]))
    words = _words_for(kept.person)
    for event in kept.session.scalars(wanted.order_by(Gebeurtenis.id)):
        if event.gegevens.get("lid") in kept.person.lids or _named_in(event.reden, words):
            yield event


def _show_events(kept: Kept) -> Iterator[Row]:
    for event in _events(kept):
        yield {"koppeling": event.koppeling_id, "op": event.op, "soort": event.soort, "reden": event.reden}


def _erase_events(kept: Kept) -> Counter[str]:
    events, words = list(_events(kept)), _words_for(kept.person)
    for event in events:
        event.gegevens = {
            name: value for name, value in event.gegevens.items() if value not in kept.person.lids or name != "lid"
        }
        if _named_in(event.reden, words):
            event.reden = _without_words(event.reden or "", words)
    return Counter(gebeurtenissen=len(events))


class _Words(NamedTuple):
    """By what a text that people typed is about a pupil: a number, or first and last name together."""

    numbers: tuple[str, ...]
    names: tuple[tuple[str, str], ...]


def _words_for(person: Person) -> _Words:
    numbers = {*person.eckids, *person.keys, *(said.emailadres for said in person.said if said.emailadres)}
    names = {(said.roepnaam, said.achternaam) for said in person.said if said.roepnaam and said.achternaam}
    return _Words(tuple(sorted(numbers, key=len, reverse=True)), tuple(sorted(names)))


def _named_in(text: str | None, words: _Words) -> bool:
    if not text:
        return False
    return any(_has(text, number) for number in words.numbers) or any(
        _has(text, first) and _has(text, last) for first, last in words.names
    )


def _without_words(text: str, words: _Words) -> str:
    for word in (
        *words.numbers,
        *(name for pair in words.names if all(_has(text, one) for one in pair) for name in pair),
    ):
        text = _word(word).sub(HIDDEN, text)
    return text


def _has(text: str, word: str) -> bool:
    return _word(word).search(text) is not None


def _word(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(word)}(?!\w)", re.IGNORECASE)


PLACES: Final[Mapping[str, Place]] = {
    "lid": Place("In de toepassing", _show_lids, _elsewhere),
    "plan": Place("Imports", show_plans, erase_plans),
    "resultaat": Place("Resultaten", _show_results, _erase_results),
    "koppeling": Place("Wat de koppeling onthoudt", _show_koppelingen, _erase_koppelingen),
    "leerling": Place("Bij welke school resultaten horen", _show_places, _erase_places),
    "gebeurtenis": Place("Gebeurtenissen", _show_events, _erase_events),
    "vergeten": Place("Eerdere opdrachten om te vergeten", _show_orders, _elsewhere),
}
"""How each table that the register says holds something about pupils is shown and erased."""
