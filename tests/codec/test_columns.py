"""Items that are written together say what each of them says alone."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import uwlr
from helpers import strategies
from helpers.strategies import exact
from uwlr.berichten import (
    GroepReferentie,
    Leerkracht,
    Leerling,
    LeerlinggegevensLeerkrachten,
    LeerlinggegevensLeerlingen,
    Toetsdefinities,
    ZonedDate,
)
from uwlr.berichten.leerlinggegevens import School
from uwlr.berichten.tabel import Bericht
from uwlr.berichten.waarden import FineMoment, OutOfRange
from uwlr.errors import InvalidMessage

_LISTS = {
    LeerlinggegevensLeerlingen: "leerlingen",
    LeerlinggegevensLeerkrachten: "leerkrachten",
    Toetsdefinities: "toetsen",
}
_QUICK = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
)
_SCHOOL = School(schooljaar="2025-2026")


def _message(cls: type[Bericht], items: Sequence[Bericht]) -> Bericht:
    return cls(**{_LISTS[cls]: tuple(items)}, **({} if cls is Toetsdefinities else {"school": _SCHOOL}))


def _inside(cls: type[Bericht], items: Sequence[Bericht], *, unchecked: bool) -> bytes:
    """What is written of the items, without what stands around them."""
    if not items:
        return b""
    wrapper = _LISTS[cls].encode()
    written = uwlr.write(_message(cls, items), unchecked=unchecked)
    return written[written.index(b"<%s>" % wrapper) + len(wrapper) + 2 : written.rindex(b"</%s>" % wrapper)]


@pytest.mark.parametrize("cls", _LISTS, ids=_LISTS.values())
def test_items_written_together_are_what_each_is_alone(cls):
    """A list of any items, alike or not, is the text of each of them in turn; so it is unchecked."""

    @_QUICK
    @given(st.lists(strategies.berichten(cls), min_size=1, max_size=4))
    def check(messages):
        items = [item for message in messages for item in getattr(message, _LISTS[cls])]
        for unchecked in (False, True):
            alone = [_inside(cls, [item], unchecked=unchecked) for item in items]
            assert _inside(cls, items, unchecked=unchecked) == b"".join(alone)

    check()


def _pupils(**columns: Sequence[object]) -> list[Leerling]:
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return [Leerling(key=f"ll-{number}", roepnaam="Bo", **row) for number, row in enumerate(rows)]


def _texts(name: str, values: Sequence[object]) -> list[str]:
    """What is written for each value of one field in a list of pupils; each pupil reads back equal."""
    pupils = _pupils(**{name: values})
    written = uwlr.write(_message(LeerlinggegevensLeerlingen, pupils))
    assert exact(uwlr.read(written).leerlingen) == exact(tuple(pupils))
    found = written.decode().split(f"<{name}>")[1:]
    return [text.partition("</")[0] for text in found]


_PLAIN = datetime.fromisoformat("2025-03-30T01:59:59")
_MOMENTS = {
    "2025-03-30T01:59:59": _PLAIN,
    "2025-03-30T01:59:59Z": _PLAIN.replace(tzinfo=UTC),
    "2025-03-30T01:59:59+02:00": _PLAIN.replace(tzinfo=timezone(timedelta(hours=2))),
    "2025-03-30T01:59:59-09:30": _PLAIN.replace(tzinfo=timezone(-timedelta(hours=9, minutes=30))),
    "2025-03-30T01:59:59.5Z": _PLAIN.replace(tzinfo=UTC, microsecond=500_000),
    "2025-03-30T01:59:59.1234567": FineMoment.beyond(_PLAIN.replace(microsecond=123_456), "7"),
    "2025-03-30T01:59:59.0000001Z": FineMoment.beyond(_PLAIN.replace(tzinfo=UTC), "1"),
    "0001-01-01T00:00:00": datetime.fromisoformat("0001-01-01T00:00:00"),
    "12025-01-01T00:00:00Z": OutOfRange("12025-01-01T00:00:00Z"),
}


@pytest.mark.parametrize(
    "values",
    [list(_MOMENTS), list(_MOMENTS)[:4], *([text] * 2 for text in _MOMENTS), *([text] for text in _MOMENTS)],
    ids=" ".join,
)
def test_moments_of_any_kind_are_written_side_by_side(values):
    """Moments with other zones, finer than a microsecond or out of range stand in one column, each as it is."""
    assert _texts("mutatiedatum", [_MOMENTS[text] for text in values]) == values


def test_a_zone_that_changes_in_the_year_gives_each_moment_its_own_offset():
    """Of one Dutch zone, a moment in winter and one in summer are an hour apart from UTC differently."""
    zone = ZoneInfo("Europe/Amsterdam")
    pupils = _pupils(mutatiedatum=[datetime(2025, 1, 1, tzinfo=zone), datetime(2025, 7, 1, tzinfo=zone)])
    written = uwlr.write(_message(LeerlinggegevensLeerlingen, pupils))
    assert b"2025-01-01T00:00:00+01:00" in written
    assert b"2025-07-01T00:00:00+02:00" in written


def test_dates_with_and_without_a_zone_are_written_side_by_side():
    """Equal days in other zones, and days out of range, keep their own text in one column."""
    day = _PLAIN.date()
    values = [
        day,
        ZonedDate(2025, 3, 30, UTC),
        ZonedDate(2025, 3, 30, timezone(timedelta(hours=1))),
        OutOfRange("-0044-03-15"),
    ]
    texts = ["2025-03-30", "2025-03-30Z", "2025-03-30+01:00", "-0044-03-15"]
    assert _texts("geboortedatum", values) == texts
    assert [_texts("geboortedatum", [value]) for value in values] == [[text] for text in texts]


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("raw", ["5", "2025-03-30", "12025-01-01<x/>", "12025-13-01", " 12025-01-01", "", None])
def test_what_is_no_date_beyond_python_is_refused(raw, count):
    """A text that claims to be out of range is written only if it is a date of the standard, and is."""
    pupils = _pupils(geboortedatum=[OutOfRange(raw)] * count)
    with pytest.raises(InvalidMessage) as caught:
        uwlr.write(_message(LeerlinggegevensLeerlingen, pupils))
    assert [str(d.path).rpartition("/")[2] for d in caught.value.deviations] == ["geboortedatum"] * count


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("raw", ["9" * 5000, "-" + "9" * 5000])
def test_a_code_is_no_number_of_thousands_of_digits(raw, count):
    """A number that Python cannot hold is beyond the codes of geslacht."""
    pupils = _pupils(geslacht=[OutOfRange(raw)] * count)
    with pytest.raises(InvalidMessage) as caught:
        uwlr.write(_message(LeerlinggegevensLeerlingen, pupils))
    assert {d.kind for d in caught.value.deviations} == {"facet"}


def test_thousands_of_zeros_before_a_number_do_not_change_it():
    """A number is held by Python if its value is small, however many zeros stand before it."""
    written = uwlr.write(_message(LeerlinggegevensLeerlingen, _pupils(geslacht=[1])))
    padded = written.replace(b"<geslacht>1<", b"<geslacht>%s1<" % (b"0" * 5000))
    assert uwlr.read(padded).leerlingen[0].geslacht == 1


@pytest.mark.parametrize("text", ["<b>", "a & b", "]]>", "regel 1\r\nregel 2", '"', "Zoë", "Łucja \U0001f469"])
def test_one_text_with_an_awkward_character_leaves_the_others_alone(text):
    """A character that XML needs escaped changes neither its own value nor that of another pupil."""
    names = ["Horst", text, "Bakker"]
    pupils = [Leerling(key=f"{name}-{n}", achternaam=name, groep=name) for n, name in enumerate(names)]
    found = uwlr.read(uwlr.write(_message(LeerlinggegevensLeerlingen, pupils)))
    assert exact(found.leerlingen) == exact(tuple(pupils))


def test_a_list_that_some_have_goes_to_its_owner():
    """Groups of staff members with none, one and several stay with each, over more than one batch."""
    staff = [
        Leerkracht(
            key=str(number),
            achternaam="Bakker",
            groepen=tuple(GroepReferentie(key=f"g-{number}-{n}") for n in range(number % 4)),
        )
        for number in range(300)
    ]
    found = uwlr.read(uwlr.write(_message(LeerlinggegevensLeerkrachten, staff)))
    assert exact(found.leerkrachten) == exact(tuple(staff))


def test_an_empty_list_that_is_no_tuple_is_written_unchecked_as_absent():
    """Unchecked, a list may be of any kind: where it is empty there is no wrapper."""
    staff = [Leerkracht(key="1", groepen=[]), Leerkracht(key="2", groepen=(GroepReferentie(key="g"),) * 2)]
    written = uwlr.write(_message(LeerlinggegevensLeerkrachten, staff), unchecked=True)
    assert written.count(b"<groepen>") == 1


def test_equal_values_of_other_types_are_not_taken_for_each_other():
    """True and 1.0 are equal to 1, which was written before; they are refused all the same."""
    good = Leerling(key="1", achternaam="Bakker", geslacht=1)
    for wrong in (True, 1.0):
        for others in ((), (good,)):
            pupils = [*others, Leerling(key="2", achternaam="Bakker", geslacht=wrong)]
            uwlr.write(_message(LeerlinggegevensLeerlingen, [good]))
            with pytest.raises(InvalidMessage):
                uwlr.write(_message(LeerlinggegevensLeerlingen, pupils))


class _OwnLeerling(Leerling):
    """A class of somebody else's, with all fields of a pupil."""


@pytest.mark.parametrize("others", [(), (Leerling(key="1", achternaam="Bakker"),)], ids=["alone", "among others"])
def test_a_subclass_of_a_message_class_is_refused(others):
    """Only the classes of the tables are written: what another class means by its fields is not known."""
    pupils = [*others, _OwnLeerling(key="2", achternaam="Bakker")]
    with pytest.raises(InvalidMessage):
        uwlr.write(_message(LeerlinggegevensLeerlingen, pupils))
