"""The lexical edge of each base type: what is read as what, what is not, and the one form that is written."""

import pickle
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from uwlr.berichten import ZonedDate
from uwlr.berichten.tabel import Simple
from uwlr.berichten.waarden import OutOfRange
from uwlr.codec.values import UnparsableError, format_value, parse

INTEGER, DECIMAL, DATE, MOMENT, URI, STRING = (
    Simple(name=base, base=base) for base in ("integer", "decimal", "date", "dateTime", "anyURI", "string")
)


def _zone(hours: int, minutes: int = 0) -> timezone:
    return timezone(timedelta(hours=hours, minutes=minutes))


def _naive(*parts: int) -> datetime:
    return datetime(*parts)  # noqa: DTZ001 - a moment without a zone is a value of its own


READ = [
    (INTEGER, " 7 ", 7, "7"),
    (INTEGER, "+3", 3, "3"),
    (INTEGER, "-0", 0, "0"),
    (INTEGER, "007", 7, "7"),
    (INTEGER, "9" * 100, int("9" * 100), "9" * 100),
    (DECIMAL, ".5", Decimal("0.5"), "0.5"),
    (DECIMAL, "5.", Decimal(5), "5"),
    (DECIMAL, "+1.50", Decimal("1.50"), "1.50"),
    (DECIMAL, "-.0", Decimal(0), "-0.0"),
    (DECIMAL, "\t2\n", Decimal(2), "2"),
    (DATE, " 2024-02-29 ", date(2024, 2, 29), "2024-02-29"),
    (DATE, "0001-01-01", date(1, 1, 1), "0001-01-01"),
    (DATE, "2024-09-01Z", ZonedDate(2024, 9, 1, UTC), "2024-09-01Z"),
    (DATE, "2024-09-01-00:00", ZonedDate(2024, 9, 1, UTC), "2024-09-01Z"),
    (DATE, "2024-09-01+14:00", ZonedDate(2024, 9, 1, _zone(14)), "2024-09-01+14:00"),
    (DATE, "2024-09-01-00:30", ZonedDate(2024, 9, 1, _zone(0, -30)), "2024-09-01-00:30"),
    (MOMENT, "2024-09-01T00:00:00", _naive(2024, 9, 1), "2024-09-01T00:00:00"),
    (MOMENT, "2023-12-31T24:00:00", _naive(2024, 1, 1), "2024-01-01T00:00:00"),
    (MOMENT, "2023-12-31T24:00:00.000Z", datetime(2024, 1, 1, tzinfo=UTC), "2024-01-01T00:00:00Z"),
    (MOMENT, "2024-09-01T08:00:00.100000", _naive(2024, 9, 1, 8, 0, 0, 100000), "2024-09-01T08:00:00.1"),
    (MOMENT, "2024-09-01T08:00:00.0000000", _naive(2024, 9, 1, 8), "2024-09-01T08:00:00"),
    (URI, "  a \n b ", "a b", "a b"),
    (STRING, " a \n b ", " a \n b ", " a \n b "),
]


@pytest.mark.parametrize(("simple", "text", "value", "written"), READ)
def test_text_is_read_as_its_value_and_written_in_one_form(simple, text, value, written):
    """Each spelling gives the value; writing gives the one spelling of this library."""
    found = parse(simple, text)
    assert (type(found), found) == (type(value), value)
    if isinstance(value, datetime):
        assert found.utcoffset() == value.utcoffset()
    assert format_value(simple, found) == written
    assert parse(simple, written) == value


UNREADABLE = [
    *[(INTEGER, text) for text in ("", "1.0", "1e3", "INF", "--1", "1 2", "٣", "0x1", "1_000")],
    *[(DECIMAL, text) for text in ("", ".", "1e3", "INF", "NaN", "1,5", "+-1", "1_0", "٣")],
    *[
        (DATE, text)
        for text in ("", "2023-02-30", "2023-02-29", "0000-01-01", "-0001-02-29", "012024-01-01", "2024-1-1")
    ],
    *[
        (DATE, text)
        for text in ("2024-01-01+14:01", "2024-01-01+15:00", "2024-01-01+01:60", "2024-01-01T00:00:00", "x")
    ],
    *[
        (MOMENT, text)
        for text in ("", "2024-01-01", "2024-01-01 00:00:00", "2024-01-01T25:00:00", "2024-01-01T00:60:00")
    ],
    *[(MOMENT, text) for text in ("2024-01-01T24:00:01", "2024-01-01T24:00:00.0000001", "12345-02-29T00:00:00")],
    *[
        (MOMENT, text)
        for text in ("2024-01-01T00:00:60", "2024-01-01T00:00", "2024-01-01T00:00:00.", "2024-01-01T00:00:00z")
    ],
    *[(MOMENT, text) for text in ("0000-01-01T00:00:00", "2024-02-30T00:00:00", "2024-01-01T00:00:00+0100")],
]


@pytest.mark.parametrize(("simple", "text"), UNREADABLE)
def test_text_outside_the_lexical_space_is_not_read(simple, text):
    """Nothing else is raised than ValueError, so that a message can say which value it was."""
    with pytest.raises(UnparsableError):
        parse(simple, text)


FINE = [
    ("2024-09-01T08:00:00.1234567Z", "2024-09-01T08:00:00.1234567Z"),
    ("2024-09-01T08:00:00.1234567+02:00", "2024-09-01T08:00:00.1234567+02:00"),
    ("2024-09-01T08:00:00.00000010", "2024-09-01T08:00:00.0000001"),
    ("2024-09-01T08:00:00." + "9" * 40, "2024-09-01T08:00:00." + "9" * 40),
]


@pytest.mark.parametrize(("text", "written"), FINE)
def test_a_moment_beyond_the_microsecond_keeps_all_its_digits(text, written):
    """It is a datetime, cut off and not rounded, that is written with what lies beyond; also after pickling."""
    found = parse(MOMENT, text)
    assert isinstance(found, datetime)
    assert found.microsecond == int(text.partition(".")[2][:6])
    assert found != found.replace(microsecond=0)
    assert format_value(MOMENT, found) == written
    assert pickle.loads(pickle.dumps(found)) == found == parse(MOMENT, written)  # noqa: S301
    assert hash(found) == hash(parse(MOMENT, written))


def test_moments_that_differ_beyond_the_microsecond_differ():
    """Two are equal only with the same digits, and none is equal to the moment without them."""
    one, other = (parse(MOMENT, f"2024-09-01T08:00:00.123456{digit}Z") for digit in "12")
    assert one != other
    assert one != datetime(2024, 9, 1, 8, 0, 0, 123456, tzinfo=UTC)


BEYOND_PYTHON = [
    *[(DATE, text) for text in ("-0001-01-01", "12024-01-01", "12024-02-29Z", "-0004-02-29")],
    *[(MOMENT, text) for text in ("10000-01-01T00:00:00", "9999-12-31T24:00:00", "-0044-03-15T12:00:00.5+01:00")],
    (INTEGER, "9" * 5000),
]


@pytest.mark.parametrize(("simple", "text"), BEYOND_PYTHON)
def test_what_python_cannot_hold_is_held_as_its_text(simple, text):
    """A value that the schema accepts is never refused: its text is kept, and written."""
    found = parse(simple, f" {text} ")
    assert found == OutOfRange(text)
    assert format_value(simple, found) == text


WRONG = [
    (INTEGER, "1"),
    (INTEGER, True),
    (INTEGER, 1.0),
    (DECIMAL, 0.1),
    (DECIMAL, True),
    (DECIMAL, Decimal("NaN")),
    (DECIMAL, Decimal("sNaN")),
    (DECIMAL, Decimal("Infinity")),
    (DATE, _naive(2024, 1, 1)),
    (DATE, "2024-01-01"),
    (DATE, ZonedDate(2024, 1, 1, timezone(timedelta(hours=15)))),
    (DATE, ZonedDate(2024, 1, 1, timezone(timedelta(seconds=30)))),
    (MOMENT, date(2024, 1, 1)),
    (MOMENT, datetime(2024, 1, 1, tzinfo=timezone(timedelta(hours=-23)))),
    (STRING, b"a"),
    (STRING, None),
]


@pytest.mark.parametrize(("simple", "value"), WRONG)
def test_values_of_another_type_are_not_written(simple, value):
    """No silent conversion: a float is no Decimal, a bool no number, a datetime no date."""
    with pytest.raises((TypeError, ValueError)):
        format_value(simple, value)


def test_numbers_are_written_without_exponent():
    """XML Schema's decimal has none."""
    assert format_value(DECIMAL, Decimal("1E+5")) == "100000"
    assert format_value(DECIMAL, Decimal("1E-7")) == "0.0000001"
    assert format_value(DECIMAL, 3) == "3"


def test_an_hour_that_comes_twice_keeps_its_offset():
    """When the clock goes back, the same wall time has two offsets; both are written."""
    amsterdam = ZoneInfo("Europe/Amsterdam")
    first = datetime(2024, 10, 27, 2, 30, tzinfo=amsterdam)
    assert format_value(MOMENT, first) == "2024-10-27T02:30:00+02:00"
    assert format_value(MOMENT, first.replace(fold=1)) == "2024-10-27T02:30:00+01:00"


def test_a_zoned_date_is_unlike_the_same_day_elsewhere():
    """A zone, and its absence, is part of the value."""
    plain, utc, local = date(2024, 9, 1), ZonedDate(2024, 9, 1, UTC), ZonedDate(2024, 9, 1, _zone(2))
    assert len({plain, utc, local}) == 3
    assert utc == ZonedDate(2024, 9, 1, UTC)
    assert plain != utc
    assert utc != plain
