"""The hooks of a client: what they are told, when, and what they never learn."""

from __future__ import annotations

import traceback
from typing import get_type_hints

import msgspec
import pytest

from uwlr.client import AnswerEvent, RequestEvent
from uwlr.errors import ConnectError, InvalidMessage, NotSoap, ServerFault


class Heard:
    """Both hooks, and what they got, in order."""

    def __init__(self) -> None:
        self.events: list[RequestEvent | AnswerEvent] = []

    def told(self, *names: str) -> list[tuple[object, ...]]:
        """These attributes of each event, None where an event has no such."""
        return [tuple(getattr(event, name, None) for name in names) for event in self.events]


@pytest.fixture
def heard() -> Heard:
    """Nothing yet."""
    return Heard()


@pytest.fixture
def watched(make_client, parrot, heard):
    """A client with both hooks."""
    return make_client(
        parrot.url,
        leerresultaten_url=parrot.results_url,
        on_request=heard.events.append,
        on_answer=heard.events.append,
    )


def test_an_exchange_is_told_before_and_after(parrot, watched, heard, antwoord):
    """First the request that goes out, then the answer with its status, size and deviations."""
    parrot.says(antwoord("<leerlinggegevens><school/></leerlinggegevens>"))

    with pytest.raises(InvalidMessage):
        watched.vraag()

    request, answer = heard.events
    assert isinstance(request, RequestEvent)
    assert isinstance(answer, AnswerEvent)
    assert (request.operation, request.endpoint, request.versie) == ("HaalLeerlinggegevens", parrot.host, "2.2")
    assert request.request_bytes == len(parrot.heard[0].body)
    assert (answer.outcome, answer.http_status, answer.deviations > 0) == ("ok", 200, True)
    assert answer.response_bytes is not None
    assert answer.duration_ms >= 0


def test_each_attempt_has_its_two_events(parrot, watched, heard, fault, bevestiging, verzoek):
    """A fault that may pass, then success: two requests, two answers, numbered."""
    parrot.says(fault("Server.TijdelijkNietBeschikbaar"), bevestiging)

    watched.breng_leerresultaten(verzoek)

    assert heard.told("attempt", "outcome", "foutcode", "http_status") == [
        (1, None, None, None),
        (1, "ServerFault", "Server.TijdelijkNietBeschikbaar", 500),
        (2, None, None, None),
        (2, "ok", None, 200),
    ]


def test_nobody_at_the_address_is_told_too(parrot, watched, heard):
    """Each attempt without an answer ends as ConnectError, without status and size."""
    parrot.close()

    with pytest.raises(ConnectError):
        watched.vraag()

    ends = [event for event in heard.events if isinstance(event, AnswerEvent)]
    assert [(end.outcome, end.http_status, end.response_bytes) for end in ends] == [("ConnectError", None, None)] * 3


def test_what_is_not_sent_is_not_told(watched, heard, verzoek):
    """A request that deviates from the standard never leaves, and no hook hears of it."""
    with pytest.raises(InvalidMessage):
        watched.breng_leerresultaten(msgspec.structs.replace(verzoek, toetsen=()))
    with pytest.raises(InvalidMessage):
        watched.haal_leerlinggegevens(schooljaar="x" * 40, brincode="99QQ")

    assert heard.events == []


def test_a_hook_can_keep_a_request_from_leaving(parrot, make_client, heard):
    """What on_request raises reaches the caller, and nothing was sent."""

    def stop(event: RequestEvent) -> None:
        raise PermissionError(event.operation)

    las = make_client(parrot.url, on_request=stop, on_answer=heard.events.append)

    with pytest.raises(PermissionError, match="HaalLeerlinggegevens"):
        las.vraag()
    assert (parrot.heard, heard.events) == ([], [])


@pytest.mark.parametrize("reply", ["html", "fault", "xml", "answer"])
def test_hooks_learn_nothing_of_persons_and_keys(parrot, watched, heard, http, fault, antwoord, reply):
    """Neither key, nor names, nor the words of the peer, nor what stands in the address after the host."""
    name = "Geheimenaar"
    parrot.says(
        {
            "html": http(f"<html>{name}".encode(), content_type=f"text/{name}"),
            "fault": fault(name, name),
            "xml": http(f"<{name}/>".encode()),
            "answer": antwoord(f"<leerlinggegevens><{name}/></leerlinggegevens>"),
        }[reply]
    )

    try:
        watched.vraag()
    except Exception:  # noqa: BLE001 - whatever it is, the hooks are told before
        traceback.format_exc()

    text = repr(heard.events)
    assert len(heard.events) == 2
    for word in (name, "geheim0123456789ABCDEF", "in-the-address", "klantcode-q", "99QQ"):
        assert word not in text


def test_the_fields_of_events_are_plain():
    """Events hold texts and numbers only, so that no message can come along."""
    plain = (str, int)
    for event in (RequestEvent, AnswerEvent):
        hints = get_type_hints(event)
        assert {str(hint) for hint in hints.values() if hint not in (*plain, *(kind | None for kind in plain))} == {
            "typing.Literal['2.2', '2.3']"
        }


def test_the_outcome_is_the_name_of_the_error(parrot, watched, heard, http):
    """An answer that is no SOAP is told by the class that the caller catches."""
    parrot.says(http(b"<a/>"))

    with pytest.raises((NotSoap, ServerFault)) as caught:
        watched.vraag()

    assert heard.told("outcome", "response_bytes")[1] == (type(caught.value).__name__, 4)
