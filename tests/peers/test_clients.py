"""Other SOAP stacks as clients of the published contract: each knows the address of a WSDL and nothing else.

What they cannot do, and what their users do about it, stands in docs/peers.md.
"""

from __future__ import annotations

import pytest

from peers.stacks import DRESSES
from uwlr.anonymising import left_over
from uwlr.berichten import Groep, SamengesteldeGroep
from uwlr.recorded import Recording
from uwlr.soap.operations import OPERATIONS

STACKS = ("php", "node", "zeep", "jaxws", "gsoap")
PEERS = [
    pytest.param(name, dress, marks=[pytest.mark.proof] if name == "gsoap" or dress != "norm" else [])
    for name in STACKS
    for dress in DRESSES
]


@pytest.fixture
def peer(told, name, dress):
    """What each peer in turn made of it, of each way of writing."""
    return told(name, dress)


@pytest.mark.parametrize(("name", "dress"), PEERS)
@pytest.mark.parametrize("step", ["geheel", "getrapt"])
def test_reads_the_roster(peer, step):
    """The roster, whole and staged, arrives with every group, pupil and teacher, and names and dates are intact."""
    peer.done(step)
    roster = peer.roster
    for kind, cls in (("groep", Groep), ("samengestelde_groep", SamengesteldeGroep)):
        expected = [(groep.key,) for groep in roster.groepen if isinstance(groep, cls)]
        assert peer.of(f"{step}.{kind}") == expected != []
    assert sorted(peer.of(f"{step}.leerling")) == sorted(
        (leerling.key, leerling.roepnaam, leerling.achternaam, leerling.geboortedatum.isoformat())
        for leerling in roster.leerlingen
    )
    in_groups = [leerkracht for leerkracht in roster.leerkrachten if step == "geheel" or leerkracht.groepen]
    assert sorted(peer.of(f"{step}.leerkracht")) == sorted((leerkracht.key,) for leerkracht in in_groups)


@pytest.mark.parametrize(("name", "dress"), PEERS)
@pytest.mark.parametrize("step", ["geenwijzigingen", "geengegevens"])
def test_tells_the_empty_answers_apart(peer, step):
    """Nothing new and nothing at all are read as what they are."""
    peer.done(step)
    assert peer.of(step) == [(step,)]


@pytest.mark.parametrize(("name", "dress"), PEERS)
@pytest.mark.parametrize("step", ["fault", "fault_getrapt"])
def test_gets_the_code_of_a_fault(peer, step):
    """A wrong key is a fault whose code the program can branch on, declared in the WSDL or not."""
    peer.done(step)
    [[code]] = peer.of(step)
    assert code.rpartition(":")[2] == "Client.AutorisatieOngeldig"


@pytest.mark.parametrize(("name", "dress"), PEERS)
def test_brings_results(peer):
    """Results are confirmed and kept, a score of 0 as well."""
    peer.done("resultaten")
    assert peer.of("resultaten") == [("bevestigd",)]
    assert [(result.key, result.score) for result in peer.received] == [("r0", 0), ("r1", 1), ("r2", 2)]


def test_what_zeep_cannot_do(told):
    """For zeep both empty answers are None, and a score of 0 given as a number never reaches the LAS."""
    zeep = told("zeep")
    assert zeep.of("geenwijzigingen.value") == zeep.of("geengegevens.value") == [("None",)]
    [[code]] = zeep.of("score_0")
    assert code.rpartition(":")[2] == "Client.OngeldigBericht"


@pytest.mark.parametrize("name", ["php", "node", "zeep", pytest.param("jaxws", marks=pytest.mark.proof)])
def test_works_through_a_proxy_that_records(told, name, tmp_path):
    """Knowing the address of a proxy in place of that of the LAS, it reads and brings the same; nobody is recorded."""
    through = told(name, "norm", tmp_path / "made")
    direct = told(name)

    assert through.facts == direct.facts
    assert len(through.received) == len(direct.received) > 0
    recording = Recording.open(tmp_path / "made")
    passed = list(recording)
    asked = {exchange.operation for exchange in passed if exchange.status == 200}
    assert asked >= {operation.name for operation in OPERATIONS if operation.name != "HaalLeerkrachten"}
    assert any(exchange.service == "wsdl" for exchange in passed)
    for exchange in passed:
        if exchange.service != "wsdl":
            assert left_over(recording.answer(exchange.number)) == []
            assert left_over(recording.request(exchange.number)) == []
