"""The time of Dutch schools: zones, the ends of the range, hours of the day."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from uwlr.dutch_time import AMSTERDAM, as_utc, dutch_day, is_between
from uwlr.norm import schooljaar_for

FIRST = datetime.min.replace(tzinfo=UTC)
LAST = datetime.max.replace(tzinfo=UTC)
ZONES = st.timedeltas(timedelta(hours=-23), timedelta(hours=23)).map(timezone)
MOMENTS = st.datetimes(timezones=st.none() | ZONES) | st.sampled_from([FIRST, LAST])


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime.fromisoformat("2026-01-01T12:00"), datetime(2026, 1, 1, 11, tzinfo=UTC)),
        (datetime.fromisoformat("2026-07-01T12:00"), datetime(2026, 7, 1, 10, tzinfo=UTC)),
        (datetime(2026, 7, 1, 12, tzinfo=UTC), datetime(2026, 7, 1, 12, tzinfo=UTC)),
        (datetime.fromisoformat("0001-01-01T00:00:00"), FIRST),
        (datetime.fromisoformat("0001-01-01T00:00:00+01:00"), FIRST),
        (datetime.fromisoformat("9999-12-31T23:59:59-05:00"), LAST),
    ],
)
def test_moments_in_utc(moment, expected):
    """A moment without a zone is Dutch; one that UTC cannot hold becomes the nearest that it can."""
    assert as_utc(moment) == expected


@settings(deadline=None)
@given(MOMENTS, MOMENTS)
def test_utc_keeps_the_order(one, other):
    """Of two moments with a zone the earlier one is never the later one in UTC."""
    one, other = (moment if moment.tzinfo else moment.replace(tzinfo=UTC) for moment in (one, other))
    assert as_utc(one) <= as_utc(other) if one <= other else as_utc(one) >= as_utc(other)


@settings(deadline=None)
@given(MOMENTS)
def test_every_moment_has_a_dutch_day(moment):
    """Any moment has a day, a school year of nine characters, and hours."""
    day = dutch_day(as_utc(moment))
    assert abs(day - as_utc(moment).date()) <= timedelta(days=1)
    assert len(schooljaar_for(min(day, date(9998, 12, 31)))) == len("2025-2026")
    assert is_between(as_utc(moment), "00:00", "00:00")


def test_a_day_begins_at_dutch_midnight():
    """The last hours of a day in UTC are of the next day in the schools."""
    assert dutch_day(datetime(2026, 7, 31, 21, 59, tzinfo=UTC)) == date(2026, 7, 31)
    assert dutch_day(datetime(2026, 7, 31, 22, 0, tzinfo=UTC)) == date(2026, 8, 1)


@pytest.mark.parametrize(
    ("start", "end", "inside", "outside"),
    [
        ("07:00", "18:30", ("07:00", "18:29"), ("06:59", "18:30", "00:00")),
        ("19:00", "06:00", ("19:00", "23:59", "00:00", "05:59"), ("06:00", "18:59")),
        ("00:00", "00:00", ("00:00", "12:00", "23:59"), ()),
        ("12:00", "12:00", ("11:59", "12:00", "23:59"), ()),
        ("00:00", "23:59", ("00:00", "23:58"), ("23:59",)),
    ],
)
@pytest.mark.parametrize("day", [date(2026, 1, 15), date(2026, 7, 15), date(2026, 10, 25)])
def test_hours_of_the_day(day, start, end, inside, outside):
    """Hours are Dutch in summer and winter, may span midnight, and equal ends mean the whole day."""

    def at(clock: str) -> datetime:
        return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=AMSTERDAM).astimezone(UTC)

    assert [clock for clock in inside if not is_between(at(clock), start, end)] == []
    assert [clock for clock in outside if is_between(at(clock), start, end)] == []
