"""The referee is refereed: systems that are wrong in their way of working, and right ones that look odd."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pytest

from conformance import app_defects, las_defects
from conformance.las_variants import TOGETHER, VARIANTS
from conformance.parted_application import PartedApplication
from conformance.right_las import LasServer, RightLas, make
from uwlr.conformance.casebook import cases
from uwlr.conformance.declarations import Ea
from uwlr.conformance.execution import Run
from uwlr.conformance.outcomes import RunEnded, Verdict
from uwlr.conformance.referee import Referee

_STEP = 31
"""One system of so many is judged in each run of the tests; all of them under `proof`."""
_APP_STEP = 16
_SCORE = 0.98


def _found(ended: RunEnded) -> set[str]:
    return {outcome.unmet for outcome in ended.outcomes if outcome.unmet}


def _judge_application(application: PartedApplication, *, slow_s: float = 0.1) -> RunEnded:
    with Referee(Ea(min_wait_s=0.05, slow_s=slow_s), application.act) as referee:
        application.connect(referee.url, referee.autorisatie, referee.school)
        return Run(referee, cases("EA"))("EA")


def _missed_las(systems: Iterable[Sequence[las_defects.Defect]], judge: Any, server: LasServer) -> Iterator[str]:
    for combined in systems:
        config: dict[str, Any] = {}
        for one in combined:
            config |= one.config
        found = _found(judge({**server.serve(make(*(one.apply for one in combined))), **config}))
        for one in combined:
            if not one.where & found:
                yield f"{' + '.join(d.name for d in combined)}: {sorted(one.where)}, found {sorted(found)}"


def _missed_applications(systems: Iterable[Sequence[app_defects.Defect]]) -> Iterator[str]:
    for combined in systems:
        slow_s = 0.8 if any(one.slow for one in combined) else 0.1
        found = _found(_judge_application(app_defects.make(*(one.part for one in combined)), slow_s=slow_s))
        for one in combined:
            if not one.where & found:
                yield f"{' + '.join(d.name for d in combined)}: {sorted(one.where)}, found {sorted(found)}"


def test_a_right_las_passes_everything(judge: Any, server: LasServer) -> None:
    """A LAS that does everything right has no finding; TLS and the profile that it does not claim are not judged."""
    given = {**server.serve(RightLas()), "andere_sleutel": {"sleutel_variable": "UWLR_ANDERE_SLEUTEL"}}
    ended = judge(given, load=6)

    assert ended.green
    assert not _found(ended)
    topics = {o.case.id.rpartition("/")[2] for o in ended.outcomes if o.verdict is not Verdict.PASS}
    assert topics == {"tls", "oude-tls", "certificaat", "niets-te-veel", "niets-te-weinig"}


@pytest.mark.parametrize("names", TOGETHER, ids=" + ".join)
def test_an_honest_variant_is_green(names: tuple[str, ...], judge: Any, server: LasServer) -> None:
    """A LAS that is right in other forms is not blamed for them, and no case fails to be carried out."""
    ended = judge(server.serve(make(*(VARIANTS[name] for name in names))))

    assert not [(o.case.id, o.actual.en) for o in ended.outcomes if o.verdict is Verdict.FAIL and o.actual]
    assert not [(o.case.id, o.reason) for o in ended.outcomes if o.verdict is Verdict.ERROR]
    # A gateway knows no codes of the agreement; nothing else may be remarked upon.
    assert not {unmet for unmet in _found(ended) if "gateway" not in "".join(names) or not unmet.startswith("FC-")}
    assert ended.green


def test_wrong_systems_are_found_where_they_are_wrong(judge: Any, server: LasServer) -> None:
    """A sample of the wrong LAS systems, two defects in each: each fails a requirement that it breaks."""
    sample = las_defects.DEFECTS[::_STEP]
    half = len(sample) // 2
    pairs = [*zip(sample[:half], sample[: half - 1 : -1], strict=False), sample[half : len(sample) - half]]

    assert sorted(one for pair in pairs for one in pair) == sorted(sample)
    assert not [
        pair for pair in pairs if len(pair) == 2 and pair[0].where & pair[1].where
    ]  # none hides behind the other
    assert not list(_missed_las(pairs, judge, server))


def test_the_key_of_another_school_is_found_where_it_opens(judge: Any, server: LasServer) -> None:
    """A key that opens a school that did not give it out fails its own case, once that key is given to the referee."""
    everywhere = las_defects.by_key(lambda key: key == "Xp4SleutelVanDeBuurschool")
    given = {**server.serve(make(everywhere)), "andere_sleutel": {"sleutel_variable": "UWLR_ANDERE_SLEUTEL"}}

    failed = {o.case.id for o in judge(given).outcomes if o.unmet == "AU-05"}
    assert "leerlinggegevens/autorisatie/sleutel-van-een-ander" in failed
    assert "leerresultaten/autorisatie/sleutel-van-een-ander" in failed


@pytest.mark.parametrize("name", ["key", "eckid"])
def test_who_changes_now_and_then_is_found(name: str, judge: Any, server: LasServer) -> None:
    """A key or an ECK-iD that goes to another only where something changed shows in all rosters of a run."""
    one = next(d for d in las_defects.DEFECTS if d.name == f"{name} is another's where something changed")

    assert not list(_missed_las([(one,)], judge, server))


def test_mixing_under_load_is_found(judge: Any, server: LasServer) -> None:
    """A LAS that gives one request the answer of another is found, with leave to send requests at once."""
    ended = judge(server.serve(make(las_defects.mixes_under_load())), "leerlinggegevens/belasting", load=8)

    assert "LD-01" in _found(ended)


def test_a_right_application_passes_everything() -> None:
    """An application that does everything right passes every case."""
    ended = _judge_application(PartedApplication())

    assert not [(o.case.id, o.verdict, o.actual or o.reason) for o in ended.outcomes if o.verdict is not Verdict.PASS]
    assert ended.green


def test_wrong_applications_are_found_where_they_are_wrong() -> None:
    """A sample of the wrong applications: each fails a requirement that it breaks."""
    assert not list(_missed_applications((one,) for one in app_defects.DEFECTS[::_APP_STEP]))


@pytest.mark.proof
@pytest.mark.parametrize("name", VARIANTS)
def test_each_honest_variant_is_green(name: str, judge: Any, server: LasServer) -> None:
    """Each form by itself has no finding that is mandatory."""
    assert judge(server.serve(make(VARIANTS[name]))).green


@pytest.mark.proof
def test_the_score_on_las_systems(judge: Any, server: LasServer, capsys: pytest.CaptureFixture[str]) -> None:
    """Of all wrong LAS systems, and of pairs of defects, at least 98 percent are found at the right place."""
    systems = tuple(las_defects.systems())
    missed = list(_missed_las(systems, judge, server))

    _tell("LAS systems", len(systems), missed, capsys)
    assert len(systems) >= 300
    assert len(missed) <= (1 - _SCORE) * len(systems)


@pytest.mark.proof
def test_the_score_on_applications(capsys: pytest.CaptureFixture[str]) -> None:
    """Of all wrong applications, and of pairs of defects, at least 98 percent are found at the right place."""
    systems = tuple(app_defects.systems())
    missed = list(_missed_applications(systems))

    _tell("applications", len(systems), missed, capsys)
    assert len(systems) >= 100
    assert len(missed) <= (1 - _SCORE) * len(systems)


def _tell(what: str, every: int, missed: Sequence[str], capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():  # the score is what `make proof` is run for
        print(f"\nwrong {what}: {every - len(missed)} of {every} found at the right place")  # noqa: T201
        for one in missed:
            print(f"  missed: {one}")  # noqa: T201
