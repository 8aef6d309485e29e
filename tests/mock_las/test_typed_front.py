"""The typed front of the fakes: what the answers are, what is refused at run time, and that all names of it agree."""

from __future__ import annotations

import datetime as dt
from typing import get_args, get_type_hints

import msgspec
import pytest

from mock_las import arguments, las, pull_arguments
from mock_las.arguments import EMPTY, Happening
from mock_las.faults import FaultKeywords, PlannedFault
from mock_las.las_answers import Connection
from mock_las.local_las import MockLas
from mock_las.openapi import document
from mock_las.remote_las import RemoteLas
from mock_las.routes import ROUTES
from mock_las.school_lives import OFFERED
from mock_las.vendors import Traits
from mock_las.vendors.vendor_traits import TraitKeywords
from mock_las.verbs import Unknown
from uwlr.client import UwlrClient
from uwlr.errors import ConfigurationError


@pytest.fixture(scope="module")
def fakes():
    """Fakes in this process."""
    with MockLas(seed=7, leerlingen=5) as running:
        yield running


@pytest.fixture(params=["here", "elsewhere"])
def front(request, fakes):
    """The same fakes, in this process and by their control API."""
    yield fakes if request.param == "here" else RemoteLas(fakes.url)
    fakes.reset()


def test_a_client_is_made_of_a_connection(front):
    """A client of any vendor is made of what its connection says, and asks without a warning, however long the key."""
    for to in front.connections():
        with UwlrClient(**to.arguments) as client:
            if to.leerlinggegevens_url is not None:
                asked = {"brincode": to.brincode, "schooljaar": to.schooljaar, "gegevenssetid": to.gegevenssetid}
                assert len(client.haal_leerlinggegevens(**asked).leerlingen) == 5
        assert to.autorisatie.autorisatiesleutel not in repr(to)


def test_a_coupling_without_a_key_makes_no_header(front):
    """Where the key is not there yet, that is said, and what to do."""
    front.remove_key(vendor="esis")

    with pytest.raises(ConfigurationError, match="no key yet"):
        _ = msgspec.structs.replace(
            front.connection(),
            autorisatie=msgspec.structs.replace(front.connection().autorisatie, autorisatiesleutel=None),
        ).header


def test_answers_are_the_same_here_and_elsewhere(fakes):
    """Each answer of the control API is what the same verb gives within the process."""
    there = RemoteLas(fakes.url)
    fakes.activate("99QQ00OnzeEigenCode2026", vendor="esis")
    fakes.change_school("enrolled")
    fakes.plan_fault("http", vendor="esis")

    for name in ("connections", "couplings", "happened", "outbox", "traits", "faults", "dashboard", "received"):
        assert getattr(there, name)() == getattr(fakes, name)(), name
    assert there.state().vendors == fakes.state().vendors
    fakes.reset()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda on: on.plan_fault("htpp"), "kind 'htpp' is none of close_connection, delay"),
        (lambda on: on.plan_fault("foutcode", foutcode="Client.Fout"), "foutcode 'Client.Fout' is none of"),
        (lambda on: on.plan_fault("http", status=200), "PlannedFault: .*400"),
        (lambda on: on.plan_fault("http", vendor="eis"), "vendor 'eis' is not one of"),
        (lambda on: on.plan_fault("http", onCall=2), "unknown field `onCall`"),
        (lambda on: on.change_school("mvoed"), "kind 'mvoed' is none of"),
        (lambda on: on.set_clock(now="gisteren"), "ClockChange: "),
        (lambda on: on.set_clock(nwo="2026-01-01T00:00:00Z"), "unknown field `nwo`"),
        (lambda on: on.set_traits(key_form="hex"), "Invalid enum value 'hex'"),
        (lambda on: on.add_school("9QQ"), "NewSchool: "),
        (lambda on: on.pull("http://127.0.0.1:9", instellingscode="x", soapkey="y", batches=0), "PullOrder: "),
    ],
)
def test_a_wrong_value_is_refused_by_name(front, call, words):
    """A value that there is not, one out of range and a misspelt keyword are ConfigurationErrors that say which."""
    with pytest.raises(ConfigurationError, match=words):
        call(front)


@pytest.mark.parametrize(
    "call",
    [
        lambda on: on.connection("eis"),
        lambda on: on.received("eis"),
        lambda on: on.exchanges("eis"),
        lambda on: on.exchanges(operation="HaalLeerlingegevens"),
    ],
)
def test_a_misspelt_name_is_no_empty_answer(front, call):
    """A vendor or an operation that there is not is refused, and never answered with nothing."""
    with pytest.raises(Unknown, match="there are"):
        call(front)


def test_dates_may_be_texts(front):
    """Moments and days are taken as such or as JSON writes them, and come back as such."""
    as_text = front.set_clock(now="2026-11-20T08:00:00Z")
    assert as_text == front.set_clock(now=dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC))
    assert front.activate(vendor="standaard", startdatum="2026-12-01").startdatum == dt.date(2026, 12, 1)


KEYWORDS = [
    (arguments.WhichKeywords, arguments.Which, set()),
    (arguments.AtSchoolKeywords, arguments.AtSchool, set()),
    (arguments.ActivationKeywords, arguments.Activation, {"autorisatiesleutel"}),
    (arguments.ClockKeywords, arguments.ClockChange, set()),
    (arguments.NewSchoolKeywords, arguments.NewSchool, {"brincode"}),
    (arguments.SchoolChangeKeywords, arguments.SchoolChange, {"kind"}),
    (pull_arguments.PullKeywords, pull_arguments.PullOrder, {"url"}),
    (arguments.NumberOfPupilKeywords, arguments.NumberOfPupil, {"leerling", "leerlingnummer"}),
    (arguments.EnteredResultKeywords, arguments.EnteredResult, {"leerling", "toets", "afnamedatum", "score"}),
    (pull_arguments.WebserviceKeywords, pull_arguments.Webservice, set()),
    (pull_arguments.PullSettingsKeywords, pull_arguments.PullSettings, set()),
    (FaultKeywords, PlannedFault, {"kind"}),
    (TraitKeywords, Traits, set()),
]


def wider(kind: object, text: object) -> bool:
    """Tell whether a keyword takes what its field takes, and texts for dates and codes besides."""
    return kind == text or set(get_args(kind) or (kind,)) <= set(get_args(text))


@pytest.mark.parametrize(("keywords", "cls", "beside"), KEYWORDS, ids=lambda value: getattr(value, "__name__", ""))
def test_keywords_are_those_of_the_struct(keywords, cls, beside):
    """Each field of what a verb takes is a keyword of the same type, and no other is."""
    named, fields = get_type_hints(keywords), get_type_hints(cls)

    assert named.keys() == set(cls.__struct_fields__) - beside
    assert [name for name, kind in named.items() if not wider(fields[name], kind)] == []


def test_the_kinds_of_happenings_are_those_there_are():
    """The literal that a checker knows holds what schools live by, and `empty`."""
    assert set(get_args(Happening)) == {*OFFERED, EMPTY}


def test_the_document_describes_every_answer():
    """OpenAPI has a schema for each answer, made of the struct that `MockLas` gives, and each verb has one of both."""
    described = document()
    for route in ROUTES:
        operation = described["paths"][f"/__mock__{route.path}"][route.method.lower()]
        answer = operation["responses"][str(route.status)]
        assert ("content" in answer) == (route.answer is not None) == (route.status != 204), route.verb
    assert described["components"]["schemas"]["Connection"]["required"] == [
        *("name", "title", "leerlinggegevens_url", "leerresultaten_url", "autorisatie"),
        *("brincode", "dependancecode", "schooljaar", "xsdversie"),
    ]


def test_the_front_gives_no_bare_dictionaries():
    """Every method of `Las` says what it gives; plain JSON is none of it."""
    for name, method in vars(las.Las).items():
        if callable(method) and not name.startswith("_"):
            assert "Any" not in str(get_type_hints(method)["return"]), name
    assert Connection in {get_type_hints(method).get("return") for method in vars(las.Las).values() if callable(method)}
