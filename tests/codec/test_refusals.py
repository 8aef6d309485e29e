"""What the field tables forbid is refused by `write`, with its path; derived from the tables field by field."""

import dataclasses
import traceback
from collections.abc import Iterator
from typing import Any

import pytest
from rich.pretty import pretty_repr

import uwlr
import uwlr.codec.values
from helpers.filled_messages import plain_value, whole
from helpers.strategies import changed
from uwlr.berichten import (
    ROOTS,
    Leerling,
    Leerlinggegevens,
    LeerlinggegevensAntwoord,
    LeerresultatenVerzoek,
    Onleesbaar,
    Toetsdefinities,
)
from uwlr.berichten.tabel import AtLeastOne, AtMostOne, Bericht, Field, Needs, Simple, table, wire_name
from uwlr.codec.check import alternative_for
from uwlr.errors import ConfigurationError, InvalidMessage
from uwlr.paths import Path

CANARY = "Kanarie"


@dataclasses.dataclass(frozen=True)
class Wrong:
    """A message that is right but for one value, and what has to be said of it."""

    bericht: Bericht
    path: str
    kind: str
    unchecked: bool = True


def _steps(bericht: Bericht, path: str, *, among: bool) -> Iterator[tuple[Any, str, Any]]:
    """Every part of a message: the part, its path, and how to put another in its place.

    `among` others in a list, each value is in a column with theirs; alone it is not.
    """
    yield bericht, path, lambda other: other
    for field in table(type(bericht)).elements:
        value = getattr(bericht, field.name)
        inner = value[0] if field.many and value else value
        if not isinstance(inner, Bericht):
            continue
        place = _place(field, inner, path)
        others = (inner, inner) if among else ()
        if others and field.many:
            place = place.removesuffix("[1]") + "[2]"

        def put(other: Any, field: Field = field, others: tuple[Any, ...] = others) -> Any:
            return changed(bericht, **{field.name: (*others[:1], other, *others[1:]) if field.many else other})

        if type(inner) in ROOTS:  # what is in it is damaged where it is a message of its own
            yield inner, place, put
            continue
        for part, part_path, inner_put in _steps(inner, place, among=among):
            yield part, part_path, lambda other, put=put, inner_put=inner_put: put(inner_put(other))


def _place(field: Field, value: Any, path: str) -> str:
    if field.kind == "content":
        return path
    if field.kind == "attribute":
        return f"{path}/@{field.wire}"
    name = alternative_for(field, value)
    wire = field.first.wire if name is None else name.wire
    if not field.many:
        return f"{path}/{wire}"
    return f"{path}/{field.wrapper}/{wire}[1]" if field.wrapper else f"{path}/{wire}[1]"


def _beyond(simple: Simple) -> Iterator[Any]:
    """Values that each break one facet, or the type."""
    if simple.base in {"string", "anyURI"}:
        if simple.min_length:
            yield ""
        if simple.max_length is not None and not simple.empty_is:
            yield CANARY + "x" * simple.max_length
        if simple.pattern or simple.codes:
            yield CANARY
            yield f"{plain_value(simple)}\n{plain_value(simple)}"
        yield f"{CANARY}\x00"
        yield f"{CANARY}\ud800"
        yield CANARY.encode()
        yield 99
    else:
        yield CANARY
        yield 1.5
    if simple.base == "anyURI":
        yield f"{CANARY}%"
        yield f" {CANARY}"
    if simple.minimum is not None:
        yield type(plain_value(simple))(simple.minimum - 1)
    if simple.maximum is not None:
        yield type(plain_value(simple))(simple.maximum + 1)
    if simple.base == "integer":
        yield True
    yield object()


def _wrongs(cls: type[Bericht], *, among: bool) -> Iterator[Wrong]:
    bericht = whole(cls)
    for part, path, put in _steps(bericht, str(wire_name(cls)), among=among):
        for field in table(type(part)).fields:
            value = getattr(part, field.name)
            if value in {None, ()}:
                continue
            missing = f"{path}/@{field.wire}" if field.kind == "attribute" else f"{path}/{field.wire}"
            if field.is_required("2.2"):
                empty: Any = () if field.many else None
                yield Wrong(
                    put(changed(part, **{field.name: empty})), missing if field.kind != "content" else path, "missing"
                )
            place = _place(field, value[0] if field.many else value, path)
            unreadable = Onleesbaar(CANARY)
            yield Wrong(
                put(changed(part, **{field.name: (unreadable,) if field.many else unreadable})), "", "unreadable", False
            )
            if field.many:
                yield Wrong(put(changed(part, **{field.name: list(value)})), place.rpartition("/")[0] or path, "", True)
            simple = next((a.simple for a in field.alternatives if a.simple), None)
            for other in _beyond(simple) if simple is not None else (CANARY, object(), Leerling(key=CANARY)):
                wrong = (other,) if field.many else other
                yield Wrong(put(changed(part, **{field.name: wrong})), place if simple is not None else "", "", False)
        yield from _broken_choices(part, path, put)


def _broken_choices(part: Bericht, path: str, put: Any) -> Iterator[Wrong]:
    fields = table(type(part)).by_name
    for choice in part.choices:
        match choice:
            case AtMostOne():
                both = {name: plain_value(fields[name].first.simple) for name in choice.fields[:2]}
                yield Wrong(put(changed(part, **both)), path, "choice")
            case AtLeastOne():
                yield Wrong(put(changed(part, **dict.fromkeys(choice.fields))), path, "choice")
            case Needs():
                without = {choice.other: None}
                yield Wrong(put(changed(part, **without)), path, "choice")


def _shown(error: BaseException) -> str:
    printed = "".join(traceback.TracebackException.from_exception(error, limit=0).format())
    deviations = getattr(error, "deviations", ())
    return "\n".join(
        [printed, repr(error), str(error), repr(deviations), pretty_repr(deviations), *map(str, deviations)]
    )


@pytest.mark.parametrize("cls", ROOTS, ids=lambda cls: str(wire_name(cls)))
def test_a_full_message_is_written(cls):
    """The message that the other tests damage is right before they do."""
    assert uwlr.read(uwlr.write(whole(cls))) == whole(cls)


@pytest.mark.parametrize("among", [False, True], ids=["alone", "among others"])
@pytest.mark.parametrize("cls", ROOTS, ids=lambda cls: str(wire_name(cls)))
def test_whatever_the_tables_forbid_is_refused_by_its_path(cls, among):
    """Each missing, mistyped, overlong or excluded value is refused, at its path, without being quoted."""
    for wrong in _wrongs(cls, among=among):
        with pytest.raises(InvalidMessage) as caught:
            uwlr.write(wrong.bericht)
        # The others in a list are copies, whose keys are the same: that is not what is looked for.
        found = [d for d in caught.value.deviations if d.kind != "identity"]
        assert any(str(d.path).startswith(wrong.path) and wrong.kind in {"", d.kind} for d in found), wrong
        assert CANARY not in _shown(caught.value)


@pytest.mark.parametrize("among", [False, True], ids=["alone", "among others"])
@pytest.mark.parametrize("cls", ROOTS, ids=lambda cls: str(wire_name(cls)))
def test_what_is_refused_can_be_written_unchecked(cls, among):
    """For fakes and tests, messages with missing and excluded values are written all the same."""
    for wrong in _wrongs(cls, among=among):
        if wrong.unchecked and wrong.kind:
            assert uwlr.write(wrong.bericht, unchecked=True).startswith(b"<?xml")


def test_all_deviations_are_listed_at_once():
    """One refusal names every place, in the order of the message."""
    good = whole(Leerlinggegevens)
    bad = changed(good.leerlingen[0], key="", achternaam=None, geslacht=3, bsn_ondwnr_4="abc")
    teacher = changed(good.leerkrachten[0], key=None)
    with pytest.raises(InvalidMessage) as caught:
        uwlr.write(changed(good, leerlingen=(good.leerlingen[0], bad), leerkrachten=(teacher,)))
    assert [(d.kind, str(Path(d.path.steps[1:]))) for d in caught.value.deviations] == [
        ("facet", "leerlingen/leerling[2]/@key"),
        ("facet", "leerlingen/leerling[2]/geslacht"),
        ("facet", "leerlingen/leerling[2]/bsn_ondwnr-4"),
        ("choice", "leerlingen/leerling[2]"),
        ("choice", "leerlingen/leerling[2]"),
        ("missing", "leerkrachten/leerkracht[1]/@key"),
    ]


def test_an_unreadable_value_is_written_unchecked_as_it_stood():
    """What could not be read goes out as its own text; what was missing stays missing."""
    written = uwlr.write(
        changed(
            whole(Leerlinggegevens), school=changed(whole(Leerlinggegevens).school, schooljaar=Onleesbaar("24/25"))
        ),
        unchecked=True,
    )
    assert b"<schooljaar>24/25</schooljaar>" in written
    assert uwlr.write(LeerlinggegevensAntwoord(inhoud=Onleesbaar()), unchecked=True).endswith(b"/>")


@pytest.mark.parametrize("text", ["\x00", "\ud800", "\ufffe"])
def test_characters_that_xml_lacks_are_refused_even_unchecked(text):
    """A NUL, half a surrogate pair or a noncharacter can never be written."""
    bericht = changed(whole(Leerlinggegevens), leerlingen=(Leerling(key="1", achternaam=text),))
    with pytest.raises(InvalidMessage):
        uwlr.write(bericht, unchecked=True)


def test_a_type_without_an_element_of_its_own_is_not_written_alone():
    """Only what bears an element name can be written."""
    with pytest.raises(ConfigurationError, match="part of a message"):
        uwlr.write(whole(Leerlinggegevens).school)


def test_keys_and_references_of_results_are_checked():
    """What the results schema's keys forbid is refused: doubled keys, doubled tests, results of no test."""
    good = whole(LeerresultatenVerzoek)
    afname, toets = good.toetsafnames[0], good.toetsen[0]
    twice = changed(good, toetsafnames=(afname, afname))
    tests = changed(good, toetsen=(toets, toets))
    none = changed(good, toetsafnames=(changed(afname, resultaten=(changed(afname.resultaten[0], toetscode=CANARY),)),))
    parts = changed(toets, toetsonderdelen=toets.toetsonderdelen * 2)
    prefix = "leerresultaten_verzoek/toetsafnames/toetsafname"
    part = "toetsen/toets[1]/toetsonderdelen/toetsonderdeel[2]/toetsonderdeelvolgnummer"
    for bericht, path in (
        (twice, f"{prefix}[2]/resultaten/resultaat[1]/@key"),
        (tests, "leerresultaten_verzoek/toetsen/toets[2]/toetscode"),
        (none, f"{prefix}[1]/resultaten/resultaat[1]/toetscode"),
        (
            changed(good, toetsen=(parts,)),
            f"leerresultaten_verzoek/{part}",
        ),
        (
            Toetsdefinities(toetsen=(parts,)),
            f"Toetsdefinities/{part}",
        ),
    ):
        with pytest.raises(InvalidMessage) as caught:
            uwlr.write(bericht)
        assert [(d.kind, str(d.path)) for d in caught.value.deviations] == [("identity", path)]
        assert CANARY not in _shown(caught.value)
        assert uwlr.write(bericht, unchecked=True)
