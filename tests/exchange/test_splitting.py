"""How results are put into messages and a refused one is taken apart: the decisions, without a store or a receiver."""

from __future__ import annotations

from math import ceil, log2
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from uwlr.exchange.splitting import Splitting, messages
from uwlr.foutcodes import Foutcode

INVALID = Foutcode.ONGELDIG_BERICHT


def row(number, pupil=None, **more):
    """A result, as these decisions look at it."""
    pupil = f"p{number:04d}" if pupil is None else pupil
    given = {"bron": 0, "schooljaar": "2026-2027", "toetscode": "T1", "toetsversie": ""}
    return SimpleNamespace(key=f"k{number:04d}", leerling=pupil, persoon=pupil, **given | more)


def play(rows, bad, code=INVALID, *, turn=0):
    """Take a message apart with a receiver that refuses what holds one of the bad; gives it and what was sent."""
    splitting, sent = Splitting(rows, turn), 0
    while not splitting.hopeless and (part := splitting.next()) is not None:
        sent += 1
        if any(one.key in bad for one in part):
            splitting.refused(part, code)
        else:
            splitting.took(part)
    return splitting, sent


@given(st.integers(1, 120), st.data())
def test_exactly_what_is_wrong_stands_alone(size, data):
    """Whatever is wrong in a message, the rest is taken, and nothing that is right is refused."""
    rows = [row(number) for number in range(size)]
    bad = set(data.draw(st.lists(st.sampled_from([one.key for one in rows]), unique=True)))
    splitting, sent = play(rows, bad)
    if splitting.hopeless:
        assert len(bad) >= 8
        return
    assert {one.key for one, _ in splitting.alone} == bad
    assert splitting.taken == size - len(bad)
    assert sent <= 1 + 2 * len(bad) * (1 + ceil(log2(size)))


@given(st.integers(8, 500), st.data())
def test_a_receiver_that_takes_something_is_found_out(size, data):
    """Of a receiver that takes an eighth of a message, wherever that lies, some is taken after a few nights."""
    good = set(data.draw(st.permutations(range(size)))[: max(size // 8, 1)])
    rows = [row(number) for number in range(size)]
    bad = {one.key for number, one in enumerate(rows) if number not in good}
    assert any(play(rows, bad, turn=turn)[0].taken for turn in range(100))


@given(st.integers(4, 30))
def test_every_tenth_refused_is_no_reason_to_stop(step):
    """A receiver that refuses one in a few, all over a message, is never taken for one that refuses everything."""
    rows = [row(number) for number in range(500)]
    bad = {one.key for number, one in enumerate(rows) if number % step == 0}
    for turn in range(5):
        splitting, _ = play(rows, bad, turn=turn)
        assert len(splitting.alone) == len(bad)


@given(st.integers(1, 500))
def test_all_refused_is_said_after_eight_pupils_and_soon(size):
    """Where nothing is taken, single results of eight pupils are tried before the receiver is blamed."""
    splitting, sent = play([row(number) for number in range(size)], {f"k{number:04d}" for number in range(size)})
    assert splitting.hopeless == (size >= 8)
    assert len(splitting.alone) == min(size, 8)
    assert sent <= 70


def test_one_pupil_is_no_proof_against_a_receiver():
    """Many refused results of one pupil blame the pupil's results, not the receiver."""
    rows = [row(number, "p1") for number in range(40)]
    splitting, _ = play(rows, {one.key for one in rows})
    assert len(splitting.alone) == 40


def test_a_code_that_names_the_fault_blames_no_receiver():
    """Where each refusal says what is wrong, such as the score, all of them are believed."""
    rows = [row(number) for number in range(20)]
    splitting, _ = play(rows, {one.key for one in rows}, Foutcode.SCORE_ONGELDIG)
    assert len(splitting.alone) == 20


@given(
    st.lists(
        st.tuples(
            st.integers(0, 1),
            st.sampled_from(["2025-2026", "2026-2027"]),
            st.sampled_from("AB"),
            st.sampled_from("12"),
        ),
        max_size=60,
    ),
    st.integers(1, 20),
)  # fmt: skip
def test_a_message_is_of_one_school_one_year_and_one_version_of_each_test(kinds, batch):
    """No result is lost or doubled, no message is too large, and none mixes schools, years or versions of a test."""
    rows = [
        row(number, bron=bron, schooljaar=year, toetscode=code, toetsversie=version)
        for number, (bron, year, code, version) in enumerate(kinds)
    ]
    made = list(messages(rows, batch))
    assert sorted(one.key for message in made for one in message) == [one.key for one in rows]
    for message in made:
        assert 1 <= len(message) <= batch
        assert len({(one.bron, one.schooljaar) for one in message}) == 1
        tests = {(one.toetscode, one.toetsversie) for one in message}
        assert len(tests) == len({code for code, _ in tests})
