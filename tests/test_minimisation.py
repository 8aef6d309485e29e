"""Data minimisation by the profiles."""

import json
from pathlib import Path

import pytest

import uwlr
from uwlr import edexml
from uwlr.berichten import Bericht, LeerlinggegevensAntwoord, LeerresultatenBevestiging
from uwlr.berichten.profielen import PROFIELEN, profiel
from uwlr.berichten.tabel import table
from uwlr.errors import ConfigurationError

VECTORS = Path(__file__).parent / "vectors"
ROSTER = edexml.read((VECTORS / "edexml-2.1" / "voorbeeld.xml").read_bytes())
ANSWERS = [
    uwlr.read(vector["xml"].encode())
    for vector in map(json.loads, (VECTORS / "uwlr-2.2.jsonl").read_text("utf-8").splitlines())
    if vector["root"].endswith("_antwoord") and vector["valid"]
]


def fields(bericht):
    """Each class and field that has a value, anywhere in the message."""
    for field in table(type(bericht)).fields:
        value = getattr(bericht, field.name)
        if value is None or value == ():
            continue
        yield type(bericht), field.name
        for item in value if field.many else (value,):
            if isinstance(item, Bericht):
                yield from fields(item)


@pytest.mark.parametrize("naam", PROFIELEN)
@pytest.mark.parametrize("versie", ["2.2", "2.3"])
def test_only_what_is_allowed_is_left(naam, versie):
    """After minimising, each field that is left is one the profile allows, and nothing allowed is gone."""
    wanted = profiel(naam, versie)
    taken = 0
    for antwoord in ANSWERS:
        minimised = uwlr.minimise(antwoord, wanted)
        left = set(fields(minimised.bericht))
        assert all(name in wanted.allowed.get(cls, {name}) for cls, name in left)
        gone = set(fields(antwoord)) - left
        assert bool(gone) == bool(minimised.removed)
        taken += len(minimised.removed)
    assert taken


def test_list_of_what_went():
    """The list names fields with their number, vestiging and blok among them, and shows no value."""
    removed = {r.path: r.count for r in uwlr.minimise(ROSTER, profiel("Smalle set")).removed}
    assert removed == {
        "leerlinggegevens/vestigingen": 1,
        "leerlinggegevens/groepen/groep/toevoegingen": 1,
        "leerlinggegevens/leerlingen/leerling/voorletters-1": 1,
        "leerlinggegevens/leerlingen/leerling/geslacht": 1,
        "leerlinggegevens/leerlingen/leerling/vestiging": 1,
        "leerlinggegevens/leerlingen/leerling/bsn_ondwnr-4": 1,
        "leerlinggegevens/leerlingen/leerling/postcodenl": 1,
        "leerlinggegevens/leerlingen/leerling/toevoegingen": 1,
        "leerlinggegevens/leerkrachten/leerkracht/rol|rolomschrijving": 3,
    }


def test_minimised_message_can_be_written():
    """What is left can be written, and minimising once more takes nothing."""
    once = uwlr.minimise(ROSTER, profiel("LVS-set", "2.2"))
    assert uwlr.minimise(once.bericht, profiel("LVS-set", "2.2")).removed == ()
    assert edexml.read(edexml.write(once.bericht)) == once.bericht


def test_roles_inside_groups_stay():
    """A role inside a reference to a group stays, one directly on the leerkracht goes."""
    leerkracht = uwlr.minimise(ROSTER, profiel("Smalle set")).bericht.leerkrachten[0]
    assert leerkracht.rol == ()
    assert leerkracht.groepen[0].rol == ("TAL",)


def test_nothing_to_take():
    """A message that has nothing too much is given back as it is."""
    antwoord = LeerlinggegevensAntwoord(inhoud=uwlr.minimise(ROSTER, profiel("Smalle set", "2.3")).bericht)
    assert uwlr.minimise(antwoord, profiel("Smalle set", "2.3")).bericht is antwoord


def test_other_messages_are_refused():
    """A profile cannot minimise results: it says nothing of them."""
    with pytest.raises(ConfigurationError, match="only of leerlinggegevens"):
        uwlr.minimise(LeerresultatenBevestiging(), profiel("Smalle set"))
