"""White space around dates: valid by XML Schema, refused by libxml2; a warning here."""

from __future__ import annotations

import pytest

import uwlr
from uwlr.validation.sample_messages import sample, settings

ROSTER, RESULTS, REQUEST = (sample(base) for base in ("antwoord", "resultaten", "verzoek"))
SPACED = {
    "a space before": (ROSTER, "<geboortedatum>2015-03-01<", "<geboortedatum> 2015-03-01<"),
    "a line end behind": (ROSTER, "<geboortedatum>2015-03-01<", "<geboortedatum>2015-03-01\n<"),
    "a tab and a return": (ROSTER, "<peildatum>2026-10-01<", "<peildatum>&#9;2026-10-01&#13;<"),
    "a moment": (ROSTER, "2026-11-01T08:00:00Z", "\n2026-11-01T08:00:00Z "),
    "a moment in results": (RESULTS, "2026-11-20T20:00:00Z", " 2026-11-20T20:00:00Z"),
    "a date with a zone": (RESULTS, "<afnamedatum>2026-10-16<", "<afnamedatum> 2026-10-16+01:00<"),
}
WRONG = {
    "no such day": (ROSTER, "<geboortedatum>2015-03-01<", "<geboortedatum> 2015-02-30<"),
    "another form": (ROSTER, "<geboortedatum>2015-03-01<", "<geboortedatum> 1-3-2015<"),
    "a space inside": (ROSTER, "<geboortedatum>2015-03-01<", "<geboortedatum>2015-03 -01<"),
    "a hard space": (ROSTER, "<geboortedatum>2015-03-01<", "<geboortedatum>&#160;2015-03-01<"),
    "nothing but space": (ROSTER, "<geboortedatum>2015-03-01<", "<geboortedatum>  <"),
    "around a text": (ROSTER, "<brincode>99XX<", "<brincode> 99XX<"),
    "around a code": (ROSTER, "<jaargroep>6</jaargroep>\n      </groep>", "<jaargroep> 6</jaargroep>\n      </groep>"),
}


@pytest.mark.parametrize("kind", SPACED)
def test_space_around_a_date_passes_with_a_warning(kind):
    """The schema layer is valid, the place is told, and nothing else is found."""
    text, old, new = SPACED[kind]
    assert text.count(old) >= 1
    report = uwlr.validate(text.replace(old, new, 1).encode(), **settings(""))
    [found] = [f for f in report.findings if f.severity != "info"]
    assert (found.id, found.severity, found.line is not None) == ("XS-116", "warning", True)
    assert found.path.last.name in old or found.path.last.name == "aanmaakdatum"
    assert [layer.validity for layer in report.layers if layer.name in {"xsd", "rules"}] == ["valid", "valid"]


@pytest.mark.parametrize("kind", WRONG)
def test_what_is_wrong_without_the_space_stays_wrong(kind):
    """Only white space of XML around a right date is taken away, and around no other type."""
    text, old, new = WRONG[kind]
    report = uwlr.validate(text.replace(old, new, 1).encode(), **settings(""))
    assert report.layer("xsd").validity == "invalid"
    assert "XS-116" not in {f.id for f in report.findings}


def test_a_spaced_date_beside_an_error_is_told_too():
    """A message that is refused for another reason tells both."""
    text = ROSTER.replace("<geboortedatum>2015", "<geboortedatum> 2015", 1).replace("<geslacht>2<", "<geslacht>7<", 1)
    found = {f.id for f in uwlr.validate(text.encode(), **settings("")).findings if f.layer == "xsd"}
    assert found == {"XS-112", "XS-116"}


def test_every_date_of_a_large_message_is_counted():
    """As with every rule, the first thousand are shown and the rest is a number."""
    pupil = '<leerling key="{}"><achternaam>A</achternaam><geboortedatum> 2015-03-01</geboortedatum></leerling>'
    pupils = "".join(pupil.format(number) for number in range(3000))
    start = ROSTER.index("<leerlingen>") + len("<leerlingen>")
    report = uwlr.validate((ROSTER[:start] + pupils + ROSTER[start:]).encode(), **settings(""))
    assert (report.layer("xsd").validity, report.omitted["XS-116"]) == ("valid", 2000)
