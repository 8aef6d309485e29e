"""Values beyond Python's own, which strict reading takes, go through everything that a message goes through."""

import re

import pytest

import uwlr
from uwlr.berichten import LeerlinggegevensAntwoord
from uwlr.codec.write import write
from uwlr.convert.as_csv import from_csv, to_csv
from uwlr.convert.as_json import from_json, to_json
from uwlr.pseudonymiser import Pseudonymiser
from uwlr.testing import make_results, make_school

_ROSTER = write(LeerlinggegevensAntwoord(inhoud=make_school(seed=3, leerlingen=2))).decode()
_RESULTS = write(make_results(make_school(seed=3, leerlingen=2), seed=3)).decode()
_DAYS = ("12345-01-02", "-0044-03-15", "9999-12-31", "0001-01-01")
_MOMENTS = ("12345-01-02T00:00:00", "-0044-03-15T00:00:00Z", "9999-12-31T24:00:00", "2025-09-01T10:00:00.1234567")
_CASES = [
    *((_ROSTER, "geboortedatum", day) for day in _DAYS),
    *((_ROSTER, "peildatum", day) for day in _DAYS),
    *((_ROSTER, "aanmaakdatum", moment) for moment in _MOMENTS),
    *((_RESULTS, "afnamedatum", day) for day in _DAYS),
    *((_RESULTS, "aanmaakdatum", moment) for moment in _MOMENTS),
]


@pytest.mark.parametrize(("document", "name", "text"), _CASES, ids=[f"{name} {text}" for _, name, text in _CASES])
def test_json_and_tables_keep_them(document, name, text, tmp_path):
    """A message with such a value is the same after JSON, after CSV, and after writing."""
    message = uwlr.read(re.sub(f"<{name}>[^<]*<", f"<{name}>{text}<", document, count=1).encode())
    tables = getattr(message, "inhoud", message)
    to_csv(tables, tmp_path)

    assert from_json(to_json(message)) == message
    assert from_csv(tmp_path) == tables
    assert uwlr.read(write(message)) == message


@pytest.mark.parametrize(
    "day", ["12345-01-02", "12344-02-29Z", "9999-12-31", "9999-10-02+01:00", "0001-01-01", "0001-12-31"]
)
def test_pseudonyms_of_days_at_the_ends_of_the_calendar(day):
    """A pseudonym of such a birthday is a day, so that what reads the message reads its copy."""
    message = re.sub("<geboortedatum>[^<]*<", f"<geboortedatum>{day}<", _ROSTER, count=1).encode()
    copy = Pseudonymiser(b"x" * 32).message(message)

    assert uwlr.read(copy).inhoud.leerlingen[0].geboortedatum is not None
    assert day.encode() not in copy


def test_text_behind_a_day_is_no_part_of_its_pseudonym():
    """What somebody wrote behind a birthday is not copied with it."""
    message = re.sub("<geboortedatum>([^<]*)<", r"<geboortedatum>\1 Jansen<", _ROSTER, count=1).encode()
    assert b"Jansen" not in Pseudonymiser(b"x" * 32).message(message).partition(b"</geboortedatum>")[0]
