"""`uwlr drift` finds how a system changed, names it, and takes nothing else for a change."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random

import pytest

from drift.asked import asked
from drift.switches import SWITCHES, Switch, both, drifts
from mock_las import MockLas, likeness, vendors
from mock_las.asked_fakes import ask_running
from mock_las.faults import Kind as FaultKind
from uwlr.drift import drift_words
from uwlr.drift.comparing import compare
from uwlr.drift.differences import Difference
from uwlr.recorded import Recorder, Recording

Plain = Callable[[int], Recording]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Recording]:
    """The plain standard, asked about a school of so many pupils."""
    folder = tmp_path_factory.mktemp("plain")
    return cache(lambda pupils: asked(folder / str(pupils), "standaard", leerlingen=pupils))


def _marks(difference: Difference) -> set[tuple[str, str]]:
    """The names by which a difference may be told."""
    kind = difference.kind
    if difference.asked is not None:
        words = drift_words.asked_in_words(difference.asked)
        return {(kind, part.removeprefix("with the defects ")) for part in words.split(", ")}
    return {(kind, difference.feature), (kind, drift_words.place_in_words(difference.place))}


def _holds(switch: Switch, plain: Recording, folder: Path, seed: int) -> None:
    real = asked(folder / "real", "standaard", seed=seed, leerlingen=switch.pupils + seed % 20, **switch.traits)
    found = compare(plain, real)
    marks = [_marks(difference) for difference in found.differences]
    missing = [mark for mark in switch.shows if not any(mark in one for one in marks)]
    assert not missing
    extra = [one for one in marks if not one & (switch.shows | switch.may)]
    assert not extra

    suggested = likeness.suggest(real, plain, vendors.load("standaard").traits())
    lines = tomllib.loads(likeness.as_toml(suggested))["deviation"]
    traits = {line["trait"]: line["value"] for line in lines}
    assert traits.keys() == switch.traits.keys()
    for name, value in switch.traits.items():
        if name == "element_order":
            assert traits[name]["school"][: len(value["school"])] == value["school"]
        else:
            assert traits[name] == value
    like = asked(folder / "like", "standaard", seed=seed + 1000, leerlingen=switch.pupils, **traits)
    assert not compare(real, like).differences


@pytest.mark.parametrize("switch", [both(SWITCHES[6], SWITCHES[8])], ids=["groups and order"])
def test_a_switched_trait_is_found_and_named(switch: Switch, plain: Plain, tmp_path: Path) -> None:
    """A trait of a fake that is switched shows as what it is; the suggested lines name it, and with them it is gone."""
    _holds(switch, plain(switch.pupils), tmp_path, seed=40)


@pytest.mark.proof
@pytest.mark.parametrize("number", range(200))
def test_two_hundred_drifts(number: int, plain: Plain, tmp_path: Path) -> None:
    """Of 200 drifts, single and in pairs, each at a school with other people, all are found, named and suggested."""
    switch = list(drifts(200))[number]
    _holds(switch, plain(switch.pupils), tmp_path, seed=100 + number)


def _replayed(base: Recording, folder: Path, seed: int) -> Recording:
    """The same recording with other keys, people and moments, and items in another order."""
    dice = Random(seed)
    with Recorder(folder, made_from="fixture") as recorder:
        alike: set[object] = set()
        for exchange in base:
            facts = (exchange.question, exchange.fault, exchange.target, exchange.request.header("soapaction"))
            once = (*facts, *exchange.request.findings)
            if once in alike:
                continue
            alike.add(once)
            answer = _moved_on(_shuffled(base.answer(exchange.number), dice), dice)
            at = 1000.0
            recorder.add(
                method=exchange.method,
                target=exchange.target,
                headers=[(name, value or "x") for name, value in exchange.request.headers],
                request=base.request(exchange.number),
                status=exchange.status,
                answer_headers=[(name, value or "x") for name, value in exchange.answer.headers],
                answer=answer,
                at=at,
                first_byte=at + dice.uniform(0, 0.2),
                last_byte=at + dice.uniform(0.2, 0.9),
            )
    return Recording.open(folder)


def _shuffled(answer: bytes, dice: Random) -> bytes:
    for name in (b"leerling", b"leerkracht"):
        items = re.findall(rb"<%b .*?</%b>" % (name, name), answer, re.DOTALL)
        if len(items) > 1:
            shuffled = dice.sample(items, len(items))
            begin, end = answer.index(items[0]), answer.index(items[-1]) + len(items[-1])
            answer = (
                answer[:begin] + b"".join(shuffled[: dice.randint(len(items) * 9 // 10, len(items))]) + answer[end:]
            )
    return answer


def _moved_on(answer: bytes, dice: Random) -> bytes:
    day = f"{dice.randint(2020, 2030)}-{dice.randint(1, 12):02d}-{dice.randint(1, 28):02d}".encode()
    return re.sub(rb"\d{4}-\d\d-\d\d(?=T)", day, answer)


def _no_alarm(base: Recording, folder: Path, seed: int) -> None:
    found = compare(base, _replayed(base, folder, seed))
    assert not found.differences
    assert not found.only_one
    assert not found.only_other


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    """A small school at ESIS, asked."""
    return asked(tmp_path_factory.mktemp("small") / "r", "esis", leerlingen=30)


@pytest.mark.parametrize("seed", [1])
def test_other_people_are_no_drift(seed: int, small: Recording, tmp_path: Path) -> None:
    """New keys, people, moments and order raise no alarm."""
    _no_alarm(small, tmp_path / "again", seed)


@pytest.mark.proof
def test_a_thousand_replays(small: Recording, tmp_path: Path) -> None:
    """A thousand times new keys, people, moments and order, and not one alarm."""
    for seed in range(1000):
        _no_alarm(small, tmp_path / str(seed), seed)


@pytest.mark.proof
@pytest.mark.parametrize("vendor", ["standaard", "esis", "magister", "somtoday"])
def test_other_schools_are_no_drift(vendor: str, tmp_path: Path) -> None:
    """Fifty schools of one system, of 20 to 400 pupils: none is taken for another system."""
    base = asked(tmp_path / "base", vendor, leerlingen=200)
    for seed in range(2, 52):
        other = asked(tmp_path / str(seed), vendor, seed=seed, leerlingen=20 + seed * 380 // 51)
        assert not compare(base, other).differences


FAULTS = {
    "foutcode": ("fault", "Server.TijdelijkNietBeschikbaar"),
    "http": ("status", "503"),
    "truncate": ("status", "200, broken"),
    "close_connection": ("status", "broken"),
    "wrong_namespace": ("form", "http://www.edustandaard.nl/leerresultaten/9/leerlinggegevens"),
    "wrong_order": ("moves", "commentaar"),
    "gzip": ("header", "gzip"),
    "huge": ("form", "padding"),
    "not_utf8": ("answer", "no XML"),
}


@pytest.mark.proof
@pytest.mark.parametrize("kind", FAULTS)
def test_a_planned_fault_is_a_drift(kind: FaultKind, tmp_path: Path) -> None:
    """Whatever can be planned to go wrong with every roster shows as what it is."""
    base = asked(tmp_path / "base", "standaard", leerlingen=15)
    with MockLas("standaard", leerlingen=15) as las:
        las.plan_fault(kind, times=0, operation="HaalLeerlinggegevens", megabytes=1)
        found = compare(base, ask_running(las, tmp_path / "other"))
    assert FAULTS[kind] in {(one.kind, value) for one in found.differences for value in one.other.values}
