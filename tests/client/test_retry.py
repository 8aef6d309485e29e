"""When a request is sent again, and with which aanmaakdatum."""

from __future__ import annotations

import itertools
import logging
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import msgspec
import pytest
import stamina

from uwlr import berichten
from uwlr.client import Retry
from uwlr.client.retry import Aanmaakdata
from uwlr.errors import ConfigurationError, ConnectError, Fault, HttpError, InvalidMessage, NotXml
from uwlr.foutcodes import Foutcode


@pytest.fixture
def busy(fault):
    """A LAS that is temporarily not there."""
    return fault(Foutcode.TIJDELIJK_NIET_BESCHIKBAAR)


def sent(parrot) -> list[datetime]:
    """The aanmaakdatum of each delivery heard."""
    texts = [re.search(rb"<aanmaakdatum>(.*?)</aanmaakdatum>", heard.body)[1].decode() for heard in parrot.heard]
    return [datetime.fromisoformat(text) for text in texts]


@pytest.mark.parametrize("problem", ["busy", "503", "502", "504", "closed", "cut"])
def test_what_is_temporary_is_tried_again(parrot, las, antwoord, http, busy, problem):
    """A busy LAS, a gateway without one, and a broken connection are tried again until there is an answer."""
    answer = antwoord("<geengegevens/>")
    reply = {
        "busy": busy,
        "503": http(b"<html>", "503 Service Unavailable", content_type="text/html"),
        "502": http(b"<html>", "502 Bad Gateway", content_type="text/html"),
        "504": http(b"", "504 Gateway Timeout"),
        "closed": b"",
        "cut": answer[:-10],
    }[problem]
    parrot.says(reply, reply, answer)

    assert isinstance(las.vraag(), berichten.GeenGegevens)
    assert len(parrot.heard) == 3


@pytest.mark.parametrize(("problem", "error"), [("busy", Fault), ("503", HttpError), ("closed", ConnectError)], ids=str)
def test_the_number_of_attempts_is_bounded(parrot, las, http, busy, problem, error):
    """After the last attempt the error of that attempt is raised."""
    parrot.says({"busy": busy, "503": http(b"", "503 Service Unavailable"), "closed": b""}[problem])

    with pytest.raises(error):
        las.vraag()

    assert len(parrot.heard) == 3


def test_no_attempt_starts_after_the_time_allowed(parrot, make_client, busy):
    """`within` ends the repeating, however many attempts are left."""
    parrot.says(busy)

    with pytest.raises(Fault):
        make_client(parrot.url, retry=Retry(attempts=50, within=timedelta(microseconds=1))).vraag()

    assert len(parrot.heard) == 1


@pytest.mark.parametrize("code", [code for code in Foutcode if code is not Foutcode.TIJDELIJK_NIET_BESCHIKBAAR])
def test_other_faults_are_final(parrot, las, fault, code):
    """Every other fault is raised at once."""
    parrot.says(fault(code))

    with pytest.raises(Fault):
        las.vraag()

    assert len(parrot.heard) == 1


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [("500 Internal Server Error", b"", HttpError), ("401 Unauthorized", b"", HttpError), ("200 OK", b"<a", NotXml)],
)
def test_other_answers_are_final(parrot, las, http, status, body, error):
    """An answer that is no SOAP is raised at once."""
    parrot.says(http(body, status))

    with pytest.raises(error):
        las.vraag()

    assert len(parrot.heard) == 1


def test_attempts_are_counted_in_the_exchange(parrot, las, antwoord, busy):
    """The exchange tells how many attempts it took."""
    parrot.says(busy, antwoord("<geengegevens/>"))
    verzoek = berichten.LeerlinggegevensVerzoek(schooljaar="2025-2026", brincode="99QQ", xsdversie="2.2")

    assert las.exchange(verzoek).attempts == 2


def test_results_carry_a_later_moment_each_time(parrot, las, busy, bevestiging, verzoek):
    """Each attempt has a later aanmaakdatum in the zone given; the first keeps the one given."""
    parrot.says(busy, busy, bevestiging)

    exchange = las.exchange(verzoek)

    moments = sent(parrot)
    assert moments[0] == verzoek.school.aanmaakdatum
    assert all(later - earlier >= timedelta(seconds=1) for earlier, later in itertools.pairwise(moments))
    assert {moment.utcoffset() for moment in moments} == {timedelta(hours=1)}
    assert exchange.verzoek.school.aanmaakdatum == moments[-1]


def test_the_same_results_again_carry_a_later_moment(parrot, las, bevestiging, verzoek):
    """A second delivery of the same message is later than the first one's last attempt."""
    parrot.says(bevestiging)

    las.breng_leerresultaten(verzoek)
    las.breng_leerresultaten(verzoek)

    first, second = sent(parrot)
    assert second > first
    assert verzoek.school.aanmaakdatum == first


def test_results_are_not_repeated_where_that_is_switched_off(parrot, make_client, busy, verzoek):
    """retry_results=False sends results once; the roster is still repeated."""
    parrot.says(busy)
    las = make_client(parrot.url, leerresultaten_url=parrot.results_url, retry_results=False)

    with pytest.raises(Fault):
        las.breng_leerresultaten(verzoek)
    with pytest.raises(Fault):
        las.vraag()

    assert [heard.path.partition("?")[0] for heard in parrot.heard] == ["/resultaten", *["/uwlr"] * 3]


def test_results_that_deviate_are_not_sent(parrot, las, verzoek):
    """A request that breaks its table is raised with its deviations before anything goes out."""
    school = msgspec.structs.replace(verzoek.school, brincode="nee")

    with pytest.raises(InvalidMessage) as caught:
        las.breng_leerresultaten(msgspec.structs.replace(verzoek, school=school))

    assert [str(deviation.path) for deviation in caught.value.deviations] == ["leerresultaten_verzoek/school/brincode"]
    assert parrot.heard == []


def test_a_moment_that_was_not_readable_is_left_to_the_writer(parrot, las, verzoek):
    """Results read tolerantly may have no moment: they are refused, not sent."""
    school = msgspec.structs.replace(verzoek.school, aanmaakdatum=berichten.Onleesbaar("gisteren"))

    with pytest.raises(InvalidMessage):
        las.breng_leerresultaten(msgspec.structs.replace(verzoek, school=school))


def _at(verzoek, moment, brincode="99QQ"):
    school = msgspec.structs.replace(verzoek.school, aanmaakdatum=moment, brincode=brincode)
    return msgspec.structs.replace(verzoek, school=school)


def test_moments_are_kept_per_school(verzoek):
    """Another school's deliveries do not move a moment."""
    data, moment = Aanmaakdata(), datetime(2026, 3, 1, 8)  # noqa: DTZ001 - a message may leave the zone out

    data.stamp(_at(verzoek, moment + timedelta(days=1), "99XX"), timedelta())

    assert data.stamp(_at(verzoek, moment), timedelta()).school.aanmaakdatum == moment


def test_moments_are_compared_across_zones(verzoek):
    """The same moment in another zone is moved, and stays in its own zone."""
    data = Aanmaakdata()
    amsterdam, utc = timezone(timedelta(hours=1)), timezone(timedelta(0))

    data.stamp(_at(verzoek, datetime(2026, 3, 1, 9, tzinfo=amsterdam)), timedelta())
    moved = data.stamp(_at(verzoek, datetime(2026, 3, 1, 8, tzinfo=utc)), timedelta()).school.aanmaakdatum

    assert (moved, moved.tzinfo) == (datetime(2026, 3, 1, 8, 0, 1, tzinfo=utc), utc)


def test_the_time_that_went_by_is_added(verzoek):
    """An attempt three and a half seconds later says three seconds more."""
    moment = verzoek.school.aanmaakdatum

    later = Aanmaakdata().stamp(verzoek, timedelta(seconds=3.5)).school.aanmaakdatum

    assert later == moment + timedelta(seconds=3)


def test_threads_never_send_the_same_moment(verzoek):
    """However many threads deliver for a school, each moment is used once."""
    data = Aanmaakdata()

    with ThreadPoolExecutor(8) as pool:
        stamped = pool.map(lambda _: data.stamp(verzoek, timedelta()).school.aanmaakdatum, range(200))

    assert len(set(stamped)) == 200


def test_none_never_tries_again(parrot, make_client, busy):
    """`retry=None` is one attempt; without it there are more."""
    parrot.says(busy)

    with pytest.raises(Fault):
        make_client(parrot.url, retry=None).vraag()

    assert len(parrot.heard) == 1


def test_trying_again_prints_nothing(parrot, las, antwoord, busy, monkeypatch, capsys):
    """Where no logging is set up, Python prints the warnings of a logger that has no handler."""
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    parrot.says(busy, antwoord("<geengegevens/>"))

    las.vraag()

    assert len(parrot.heard) == 2
    assert capsys.readouterr() == ("", "")


def test_a_user_can_switch_repeating_off_as_in_the_rest_of_a_program(parrot, las, busy):
    """Stamina's own switch holds for the client too."""
    parrot.says(busy)
    stamina.set_active(False)
    try:
        with pytest.raises(Fault):
            las.vraag()
    finally:
        stamina.set_active(True)

    assert len(parrot.heard) == 1


@pytest.mark.parametrize("wrong", [{"attempts": 0}, {"within": timedelta(seconds=-1)}])
def test_settings_that_make_no_sense_are_refused(wrong):
    """No attempt at all, or a negative time, is a ConfigurationError."""
    with pytest.raises(ConfigurationError):
        Retry(**wrong)
