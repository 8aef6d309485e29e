"""Planned faults strike exactly the calls that they were planned for."""

import contextlib
import datetime as dt
import gzip
import http.client
import os
import threading
import urllib.error
from typing import get_args

import pytest

import uwlr
from helpers.plain_client import ask, post, roster, scores
from mock_las import MockLas, magic_schools
from mock_las.faults import OF_KIND, FaultPlan, Kind, PlannedFault
from mock_las.state import State
from uwlr.berichten import GeenGegevens, GeenWijzigingen, Leerlinggegevens
from uwlr.errors import ConfigurationError, InvalidMessage, NotXml, UnexpectedElement
from uwlr.foutcodes import Foutcode

AT = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)


@pytest.fixture
def call(las):
    """Ask for the roster of ESIS, or of another school at it."""

    def call(**change):
        connection = las.connection("esis")
        return post(connection, ask(connection, **change))

    return call


def test_strikes_the_planned_calls_only(las, call):
    """A fault for the second and third call strikes those, and no others."""
    las.plan_fault("foutcode", vendor="esis", on_call=2, times=2, foutcode="Server.InterneFout")
    assert [call().faultcode for _ in range(4)] == ["", "Server.InterneFout", "Server.InterneFout", ""]
    assert [e.planned for e in las.exchanges()] == [None, "Server.InterneFout", "Server.InterneFout", None]


def test_strikes_one_operation_at_one_vendor(las, call):
    """A fault for results leaves rosters alone, and one for ESIS leaves others alone."""
    las.plan_fault("foutcode", operation="BrengLeerresultaten", times=0)
    las.plan_fault("http", vendor="parnassys", times=0)
    assert call().status == 200
    connection = las.connection("parnassys")
    assert post(connection, ask(connection)).status == 503


def test_taking_one_off_leaves_the_others_counting(las, call):
    """A fault that is taken off strikes no more, and another one still strikes the call it was planned for."""
    las.plan_fault("http", times=0)
    las.plan_fault("foutcode", on_call=2, foutcode="Server.InterneFout")
    assert call().status == 503
    las.remove_fault("http", times=0)
    assert call().faultcode == "Server.InterneFout"


@pytest.mark.parametrize("foutcode", list(Foutcode))
def test_every_foutcode(las, call, foutcode):
    """Every code of the agreement can be had."""
    las.plan_fault("foutcode", foutcode=foutcode)
    assert call().faultcode == foutcode


def test_struck_request_is_kept(las, call):
    """The journal keeps the request that a fault struck before it was read."""
    las.plan_fault("foutcode")
    call()
    assert "<brincode>99QQ</brincode>" in las.exchange(1).request


def test_html_page(las, call):
    """An HTTP error comes with a page of HTML."""
    las.plan_fault("http", status=502)
    reply = call()
    assert (reply.status, reply.body[:6]) == (502, b"<html>")


def test_delay_holds_up_no_other_call():
    """While one call is delayed others are answered, and stopping the server does not wait for it."""
    with MockLas("esis", leerlingen=5) as las:
        connection = las.connection()
        las.plan_fault("delay", seconds=600)

        def slow():
            with contextlib.suppress(OSError, http.client.HTTPException):
                post(connection, ask(connection))

        delayed = threading.Thread(target=slow)
        delayed.start()
        while not las._server.fakes.plan._counted[0].calls:
            os.sched_yield()
        assert post(connection, ask(connection)).status == 200
        assert [exchange.planned for exchange in las.exchanges()] == [None]
    delayed.join()


def test_truncated_answer(las, call):
    """A truncated answer announces its whole length and stops half way."""
    las.plan_fault("truncate", fraction=0.5)
    with pytest.raises(http.client.IncompleteRead) as caught:
        call()
    assert len(caught.value.partial) > 1000
    assert abs(caught.value.expected - len(caught.value.partial)) <= 1


@pytest.mark.parametrize("processed", [True, False])
def test_closed_connection(las, processed):
    """A connection that is closed has its effect or has it not, as planned."""
    connection = las.connection("esis")
    pupil = roster(connection).leerlingen[0].key
    las.plan_fault("close_connection", operation="BrengLeerresultaten", processed=processed)
    with pytest.raises((urllib.error.URLError, OSError, http.client.HTTPException)):
        post(connection, scores(connection, {("r1", pupil): 5}, AT))
    assert len(las.received("esis")) == int(processed)


def test_wrong_namespace(las, call):
    """Another namespace makes the answer one that nobody knows."""
    las.plan_fault("wrong_namespace")
    with pytest.raises(UnexpectedElement):
        _ = call().bericht


def test_wrong_order(las, call):
    """Elements in another order make an answer that only tolerant reading takes."""
    las.plan_fault("wrong_order")
    body = call().body
    with pytest.raises(InvalidMessage, match="should precede"):
        uwlr.read(body)
    assert isinstance(uwlr.read_tolerant(body).bericht.inhoud, Leerlinggegevens)


def test_gzip(las, call):
    """An answer can come packed though nobody asked for that."""
    las.plan_fault("gzip")
    assert b"<leerlinggegevens_antwoord" in gzip.decompress(call().body)


def test_huge_answer(las, call):
    """An answer can be as large as is wanted, and is XML all the same."""
    las.plan_fault("huge", megabytes=3)
    body = call().body
    assert len(body) > 3 << 20
    assert isinstance(uwlr.read(body).inhoud, Leerlinggegevens)


def test_not_utf8(las, call):
    """An answer can hold bytes that are not what it declares."""
    las.plan_fault("not_utf8")
    with pytest.raises(NotXml):
        _ = call().bericht


def test_reset_takes_faults_off_order(las, call):
    """Reset takes every fault off order."""
    las.plan_fault("foutcode", times=0)
    las.reset()
    assert call().status == 200


@pytest.fixture
def plan():
    """A plan without a server around it."""
    state = State()
    yield FaultPlan(state)
    state.close()


def test_chance_is_repeatable(plan):
    """Chance strikes the same calls at every run with the same seed, and cannot be had without one."""

    def run(seed):
        plan.replace([PlannedFault(kind="foutcode", times=0, chance=0.3, seed=seed)])
        return [plan.strike("esis", None) is not None for _ in range(200)]

    assert run(1) == run(1) != run(2)
    assert 30 < sum(run(1)) < 90
    with pytest.raises(ConfigurationError, match="seed"):
        plan.add(PlannedFault(kind="foutcode", chance=0.5))


@pytest.mark.parametrize("wrong", [{"vendor": "geen"}, {"operation": "Haal"}, {"seconds": 3}])
def test_fault_that_could_never_strike(plan, wrong):
    """A fault at an unknown vendor or operation, or with what another kind has, is refused when it is planned."""
    with pytest.raises(ConfigurationError, match=next(iter(wrong))):
        plan.add(PlannedFault(kind="http", **wrong))


@pytest.mark.parametrize("field", OF_KIND.values())
def test_what_another_kind_of_fault_has_is_refused(las, field):
    """An argument that would be ignored is refused, also if it is what it would have been without."""
    default = getattr(PlannedFault(kind="gzip"), field)
    for kind in get_args(Kind):
        if OF_KIND.get(kind) == field:
            las.plan_fault(kind, **{field: default})
        else:
            with pytest.raises(ConfigurationError, match=f"{field} goes with"):
                las.plan_fault(kind, **{field: default})
    assert len(las.faults()) == 1


@pytest.mark.parametrize(
    "school", [m for m in magic_schools.SCHOOLS.values() if getattr(m.reaction, "kind", "") == "foutcode"]
)
def test_magic_school_with_a_fault(call, school):
    """A magic school always gives its fault, whatever key is used."""
    assert [call(brincode=school.brincode).faultcode for _ in range(2)] == [school.description] * 2


def test_magic_rosters(las, call):
    """Magic schools give an empty answer, no changes, one pupil, or a very large school."""
    by_description = {school.description: school.brincode for school in magic_schools.SCHOOLS.values()}

    def got(description):
        return call(brincode=by_description[description]).bericht.inhoud

    assert isinstance(got("geengegevens"), GeenGegevens)
    assert isinstance(got("geenwijzigingen"), GeenWijzigingen)
    assert len(got("a roster of 1 pupil").leerlingen) == 1
    assert len(got("a roster of 2700 pupils").leerlingen) == 2700
