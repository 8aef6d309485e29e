"""The life of a koppeling, on the application's side."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import get_args

import pytest
from click.testing import CliRunner

from uwlr import validate, write
from uwlr.cli import main
from uwlr.errors import ClientFault, ConfigurationError
from uwlr.exchange import Bron, Koppelingen, NotEnabled, UnusableKey
from uwlr.exchange.lifecycle import MOVES, STORINGEN, Status, check_step, storing_of
from uwlr.exchange.splitting import CONTENT
from uwlr.foutcodes import Foutcode


def test_from_request_to_end(store, couple, now):
    """A koppeling goes through its states, keeps its first activation, and forgets its key at the end (R19)."""
    koppelingen = Koppelingen(store)
    made = couple(store)
    assert made.status == "actief"
    now.moment += timedelta(days=3)
    assert koppelingen.pause(made.id).status == "gepauzeerd"
    resumed = koppelingen.resume(made.id)
    assert resumed.geactiveerd_op == now.moment - timedelta(days=3)
    ended = koppelingen.end(made.id)
    assert ended.autorisatiesleutel is None
    events = [event.soort for event in koppelingen.events(made.id)]
    proven = ["test", "actief"]
    assert events == ["aangevraagd", "goedgekeurd", *proven, "gepauzeerd", *proven, "beeindigd"]
    with pytest.raises(ConfigurationError, match="beeindigd, and cannot become actief"):
        koppelingen.enable(made.id)


@pytest.mark.manual("D-37", "F-04", "F-31")
def test_not_enabled_before_it_works(lite, couple):
    """With a wrong key the koppeling is not enabled, the reason is told, and the key shows nowhere (R6)."""
    koppelingen = Koppelingen(lite)
    made = couple(lite, enable=False)
    koppelingen.approve(made.id)
    with pytest.raises(NotEnabled, match=r"sleutel: .*AutorisatieOngeldig") as caught:
        koppelingen.enable(made.id, autorisatiesleutel="WrongWrongWrongWrong")
    assert "WrongWrong" not in str(caught.value)
    found = koppelingen.get(made.id)
    assert (found.status, found.geactiveerd_op) == ("goedgekeurd", None)
    assert caught.value.uitleg.startswith("standaard weigert de sleutel.")
    assert koppelingen.events(made.id)[-1].gegevens == {"uitslag": "mislukt", "storing": "sleutel geweigerd"}
    assert koppelingen.enable(made.id).status == "actief"


@pytest.fixture
def asked(lite, receiver):
    """A koppeling with a receiver of results only, approved and with a key; and what enables it."""
    koppelingen = Koppelingen(lite, klantcode="EA1", klantnaam="Toetsen")
    made = koppelingen.add(
        "esis", naam="De Proef", school="s1", leerresultaten_url=receiver.url, bronnen=["99QQ00"],
        autorisatiesleutel="99QQ00OnzeEigenCode2026",
    )  # fmt: skip
    koppelingen.approve(made.id)
    return koppelingen, made.id


@pytest.mark.parametrize("code", [*sorted(CONTENT - {Foutcode.ONGELDIG_BERICHT}), None])
def test_a_bevestiging_or_a_fault_about_content_proves_the_key(asked, receiver, code):
    """One message about a pupil that no school has is sent; who looks at what is in it has taken the key (R6)."""
    koppelingen, made = asked
    receiver.refuse = lambda _, __: code
    assert koppelingen.enable(made).status == "actief"
    [(message, _)] = receiver.messages
    [afname] = message.toetsafnames
    assert (afname.leerlingid, message.school.brincode) == ("#testbericht-geen-leerling", "99QQ")
    assert "Testbericht" in message.toetsen[0].toetsnaam
    assert validate(write(message)).count("error") == 0


@pytest.mark.parametrize(
    ("code", "storing"),
    [
        (Foutcode.AUTORISATIE_ONGELDIG, "sleutel geweigerd"),
        (Foutcode.ONGELDIGE_KLANT_IDENTIFICATIE, "klant onbekend"),
        (Foutcode.ONGELDIG_BERICHT, "niet bewezen"),
        (Foutcode.TIJDELIJK_NIET_BESCHIKBAAR, "onbereikbaar"),
        (Foutcode.XSD_VERSIE_ONGELDIG, "fout"),
    ],
)
def test_what_refutes_a_key_is_told_in_dutch(asked, receiver, code, storing):
    """Another answer leaves the koppeling as it was, and says to the school what it is and what to do."""
    koppelingen, made = asked
    receiver.refuse = lambda _, __: code
    with pytest.raises(NotEnabled) as caught:
        koppelingen.enable(made, door="directie")
    assert caught.value.storing == storing
    assert caught.value.uitleg.startswith(STORINGEN[storing].what.replace("{las}", "ESIS"))
    event = koppelingen.events(made)[-1]
    assert (event.soort, event.door, event.gegevens) == ("test", "directie", {"uitslag": "mislukt", "storing": storing})
    assert koppelingen.get(made).status == "goedgekeurd"


def test_a_receiver_that_finds_the_message_invalid_is_asked_with_a_wrong_key(asked, receiver):
    """OngeldigBericht proves a key only where the same message with another key is refused for that key."""
    koppelingen, made = asked
    own = "99QQ00OnzeEigenCode2026"
    receiver.refuse = lambda _, key: Foutcode.ONGELDIG_BERICHT if key == own else Foutcode.AUTORISATIE_ONGELDIG
    assert koppelingen.enable(made).status == "actief"
    assert [key == own for _, key in receiver.messages] == [True, False]


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("99QQ001234567890abc", "heeft 19 tekens, 1 te weinig"),
        ("99QQ00" + "a" * 45, "heeft 51 tekens, 1 te veel"),
        ("99QQ01OnzeEigenCode2026", "begint niet met 99QQ00"),
        ("99QQOnzeEigenCode202612", "begint niet met 99QQ00"),
        ("99QQ00Onze-Eigen_Code2026", "bevat 2 tekens die geen letter of cijfer zijn, het eerste op plaats 11"),
        ("99QQ00OnzeEigenCode2026 ", "witruimte"),
        ("\ufeff99QQ00OnzeEigenCode2026", "BOM"),
        ("", "leeg"),
    ],
)
@pytest.mark.manual("A-22", "D-25", "F-02", "F-03")
def test_a_slip_in_the_code_of_esis_is_seen_before_anything_is_sent(asked, receiver, key, said):
    """What cannot be a code of this school says what is wrong and by how much; nothing is sent, nothing changes."""
    koppelingen, made = asked
    with pytest.raises(UnusableKey) as caught:
        koppelingen.enable(made, autorisatiesleutel=key)
    assert said in caught.value.uitleg
    assert receiver.messages == []
    assert "Onze" not in f"{caught.value}{caught.value.uitleg}"


@pytest.mark.parametrize("key", ["99QQ001234567890abcd", "99QQ00" + "a" * 44])
@pytest.mark.manual("A-23", "A-24", "D-24", "D-26", "F-02")
def test_the_shortest_and_the_longest_code_pass(asked, key):
    """Codes of 20 and of 50 characters are taken."""
    koppelingen, made = asked
    assert koppelingen.enable(made, autorisatiesleutel=key).autorisatiesleutel == key


@pytest.mark.manual("A-16", "F-08")
def test_each_step_has_its_actor(lite, asked, receiver):
    """Request, refusal with its reason, approval, consent, key and end are in the history with who took them."""
    koppelingen, _ = asked
    made = koppelingen.add(
        "parnassys", naam="K", school="s", bronnen=["99XX00"], leerresultaten_url=receiver.url, door="beheerder"
    ).id
    with pytest.raises(ConfigurationError, match="approved first"):
        koppelingen.enable(made, autorisatiesleutel="Sleutel")
    koppelingen.refuse(made, door="leverancier", reden="verkeerde BRIN")
    with pytest.raises(ConfigurationError, match="requested again"):
        koppelingen.approve(made)
    koppelingen.request_again(made, door="beheerder")
    koppelingen.approve(made, door="leverancier")
    koppelingen.consent(made, door="directie")
    koppelingen.enter_key(made, "Sleutel", door="beheerder")
    koppelingen.enable(made, door="beheerder")
    koppelingen.pause(made, door="directie", reden="vakantie")
    koppelingen.end(made, door="directie")
    assert [(event.soort, event.door, event.reden) for event in koppelingen.events(made)] == [
        ("aangevraagd", "beheerder", None),
        ("afgewezen", "leverancier", "verkeerde BRIN"),
        ("opnieuw aangevraagd", "beheerder", None),
        ("goedgekeurd", "leverancier", None),
        ("akkoord", "directie", None),
        ("sleutel", "beheerder", None),
        ("test", "beheerder", None),
        ("actief", "beheerder", None),
        ("gepauzeerd", "directie", "vakantie"),
        ("beeindigd", "directie", None),
    ]
    assert (koppelingen.get(made).akkoord_door, koppelingen.get(made).autorisatiesleutel) == ("directie", None)


@pytest.mark.parametrize("step", sorted(MOVES))
def test_every_step_from_every_state(step):
    """A step is taken from the states that it names, and from no other."""
    for status in get_args(Status):
        if status in MOVES[step].origins:
            check_step(1, status, step)
        else:
            with pytest.raises(ConfigurationError, match=status):
                check_step(1, status, step)


@pytest.mark.manual("F-32")
def test_before_its_first_day_nothing_is_exchanged(asked, receiver, lite, now):
    """Before the start date a koppeling is not enabled, and the reason is told; on the day it is."""
    koppelingen, made = asked
    koppelingen.consent(made, door="directie", startdatum=date(2026, 12, 1))
    with pytest.raises(NotEnabled) as caught:
        koppelingen.enable(made)
    assert (caught.value.storing, receiver.messages) == ("nog niet begonnen", [])
    now.moment = datetime(2026, 11, 30, 23, 0, tzinfo=UTC)  # midnight in the Netherlands
    assert koppelingen.enable(made).status == "actief"


def test_a_koppeling_from_the_shell(lite, receiver, tmp_path):
    """Each step has a command; the history names who took it, and `status` says how it is, as text and as metrics."""
    url = ["--store", str(lite.engine.url)]

    def run(*words, code=0):
        done = CliRunner().invoke(main, ["koppeling", *words, *url])
        assert done.exit_code == code, done.output
        return done

    given = "--naam K --school s --vendor schoolkr8 --klantcode a --klantnaam b --bron 99XX00 --door jan"
    assert run("add", *given.split(), "--leerresultaten-url", receiver.url).stdout == "1\n"
    run("refuse", "1", "--reden", "dubbel", "--door", "kees")
    run("request", "1")
    run("approve", "1")
    run("consent", "1", "--door", "directie")
    key = tmp_path / "key"
    key.write_bytes(b"\xef\xbb\xbfEenSleutel\r\n")  # as an editor on Windows writes it
    receiver.refuse = lambda _, sleutel: None if sleutel == "EenSleutel" else Foutcode.AUTORISATIE_ONGELDIG
    run("key", "1", "--sleutel-file", str(key))
    run("enable", "1")
    assert "\tafgewezen\tkees\treden: dubbel\n" in run("events", "1").stdout
    assert "koppeling 1 K (schoolkr8): actief" in run("status").stdout
    shown = CliRunner().invoke(main, ["koppeling", "status", *url], color=True).stdout
    assert shown.startswith("\x1b[32mkoppeling 1 K (schoolkr8): actief\x1b[0m\n  ")
    receiver.refuse = lambda _, __: Foutcode.AUTORISATIE_ONGELDIG
    assert "Schoolkr8 weigert de sleutel." in run("enable", "1", code=3).stderr
    metrics = run("status", "--format", "openmetrics").stdout
    assert 'uwlr_koppeling_stopped{koppeling="1",vendor="schoolkr8",status="actief",storing=""} 0\n' in metrics
    assert metrics.endswith("# EOF\n")
    assert json.loads(run("status", "1", "--format", "json").stdout)[0]["status"] == "actief"


def test_a_long_key_is_told_once(lite, couple, las, tmp_path):
    """A key longer than the schema allows is told when the koppeling is enabled, and works."""
    to = las.connection("somtoday").autorisatie
    made = couple(lite, "somtoday", enable=False, autorisatiesleutel=None)
    key = tmp_path / "key"
    key.write_text(f"{to.autorisatiesleutel}\n", "utf-8")
    url = str(lite.engine.url)
    refused = CliRunner().invoke(main, ["koppeling", "enable", str(made.id), "--store", url])
    assert (refused.exit_code, "uwlr koppeling approve" in refused.stderr) == (3, True)
    assert CliRunner().invoke(main, ["koppeling", "approve", str(made.id), "--store", url]).exit_code == 0
    enabled = CliRunner().invoke(
        main, ["koppeling", "enable", str(made.id), "--sleutel-file", str(key), "--store", url]
    )
    assert enabled.exit_code == 0
    assert enabled.stderr == "Warning: the autorisatiesleutel has 88 characters where the schema allows 64\n"
    assert "Warning" not in CliRunner().invoke(main, ["import", "plan", str(made.id), "--store", url]).stderr


@pytest.mark.manual("F-01")
def test_white_space_around_a_key_is_told(lite, couple):
    """A key that was copied with a space is refused before it is sent (R20)."""
    made = couple(lite)
    with pytest.raises(ConfigurationError, match="white space"):
        Koppelingen(lite).enable(made.id, autorisatiesleutel=f"{made.autorisatiesleutel} ")


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("Sleutel\0Een", "onzichtbaar teken op plaats 8"),
        ("Sleutel\ud800", "onzichtbaar teken op plaats 8"),
        ("\ufeffSleutel\u200b", "onzichtbaar teken op plaats 9"),
        ("Sleu\xadtel", "onzichtbaar teken op plaats 5"),
    ],
    ids=ascii,
)
def test_a_key_that_no_system_can_have_is_told(lite, couple, key, said):
    """A key that cannot be written, or not seen, is refused with its place, whatever the system."""
    made = couple(lite, enable=False)
    with pytest.raises(UnusableKey) as caught:
        Koppelingen(lite).enter_key(made.id, key)
    assert said in caught.value.uitleg


def test_one_strange_character_of_a_code_is_one(asked):
    """One character that cannot be in a code of ESIS is told in the singular."""
    koppelingen, made = asked
    with pytest.raises(UnusableKey) as caught:
        koppelingen.enter_key(made, "99QQ00OnzeEigen-Code2026")
    assert "bevat een teken dat geen letter of cijfer is, op plaats 16" in caught.value.uitleg


def test_keys_that_change_twice(lite, couple):
    """Of a key that changed twice, the first leads to the last."""
    koppelingen = Koppelingen(lite)
    made = couple(lite)
    koppelingen.migrate_keys(made.id, {"a": "b"})
    koppelingen.migrate_keys(made.id, {"b": "c"})
    assert koppelingen.get(made.id).sleutelwissel == {"a": "c", "b": "c"}


def test_a_bron_is_one_school():
    """A bron has a brincode or a schoolkey, and one of them."""
    with pytest.raises(ConfigurationError):
        Bron()
    with pytest.raises(ConfigurationError):
        Bron(brincode="99XX", schoolkey="x")


@pytest.mark.parametrize(
    ("said", "storing"),
    [
        ("De koppeling is gepauzeerd", "gepauzeerd"),
        ("Koppeling beëindigd op 1-12", "beeindigd"),
        ("Startdatum ligt in de toekomst", "nog niet begonnen"),
        ("Autorisatie is ongeldig", "sleutel geweigerd"),
        ("", "sleutel geweigerd"),
    ],
)
@pytest.mark.parametrize("where", ["text", "detail"])
def test_what_a_system_says_of_its_side_is_understood_and_not_repeated(said, storing, where):
    """A pause, an end and a beginning to come are told apart where the system says so; its words go no further."""
    words = {"text": said, "detail": None} if where == "text" else {"text": "", "detail": said}
    fault = ClientFault(Foutcode.AUTORISATIE_ONGELDIG, **words)
    assert storing_of(fault) == storing
    assert said == "" or said not in str(STORINGEN[storing])
