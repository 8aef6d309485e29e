"""School life: the same everywhere, the truth about every row, each event at its rate, each lens as it says."""

from __future__ import annotations

import copy
import unicodedata
from collections import Counter
from datetime import date
from hashlib import sha256

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from uwlr import validate, write
from uwlr.berichten import Groep, LeerlinggegevensAntwoord
from uwlr.errors import ConfigurationError
from uwlr.testing import LENSES, SchoolLife, make_school
from uwlr.testing.incidents import INCIDENTS
from uwlr.testing.schoollife import KINDS

TWO = ("99XX00", "99YY00")
PINNED = ["d52d76380e4ff061", "2b9be8dfdc4535d9"]

seeds = st.integers(0, 10_000)
lenses = st.sampled_from(sorted(LENSES))


def digest(life, years=1):
    """A short digest of all that some years give."""
    total = sha256()
    for night in life.nights(years):
        for answer in night.answers:
            total.update(write(LeerlinggegevensAntwoord(inhoud=answer.bericht), versie=night.lens.versie))
            total.update(repr((answer.leerlingen, answer.leerkrachten, answer.groepen)).encode())
        total.update(repr(night.events).encode())
    return total.hexdigest()[:16]


def rows(night):
    """Every pupil of a night: school, row and person."""
    for answer in night.answers:
        for row, person in zip(answer.bericht.leerlingen, answer.leerlingen, strict=True):
            yield answer.school, row, person


def lived(seed, *kinds, lens="careful", leerlingen=60, schools=("99XX00",), **more):
    """A school in which only such things happen of themselves, with its first night behind it."""
    life = SchoolLife(seed, leerlingen, lens=lens, kinds=kinds, schools=schools, **more)
    life.night()
    return life


def test_every_python_lives_the_same_life():
    """The rosters, persons and events of a year are pinned, of a PO school and of a VO one."""
    po = SchoolLife(7, 60, schools=TWO)
    vo = SchoolLife(7, 60, sector="VO", lens="narrow")
    assert [digest(po), digest(vo)] == PINNED


@given(seeds, lenses)
@settings(max_examples=5, deadline=None)
def test_the_same_arguments_give_the_same_life(seed, lens):
    """Two lives of one seed are equal, night by night."""
    one, other = (list(SchoolLife(seed, 30, lens=lens).nights(1)) for _ in range(2))
    assert one == other


@given(seeds, lenses, st.sampled_from(["PO", "VO"]))
@settings(max_examples=12, deadline=None)
def test_the_truth_fits_the_rosters(seed, lens, sector):
    """Who is enrolled is in the roster with the groups that are theirs, and without dates nobody else is."""
    for night in SchoolLife(seed, 40, lens=lens, sector=sector, schools=TWO).nights(2):
        shown = set()
        groups = {}
        for answer in night.answers:
            ids = {groep.key: key for groep, key in zip(answer.bericht.groepen, answer.groepen, strict=True)}
            for row, person in zip(answer.bericht.leerlingen, answer.leerlingen, strict=True):
                shown.add(person)
                is_now = (row.instroomdatum is None or row.instroomdatum <= night.day) and (
                    row.uitstroomdatum is None or night.day <= row.uitstroomdatum
                )
                if is_now:
                    named = {ids[key] for key in (row.groep, *row.samengestelde_groepen) if key}
                    groups[person] = groups.get(person, set()) | named
            assert not night.lens.staff or set(answer.leerkrachten) <= night.truth.employed
        assert groups == night.truth.groepen
        assert set(groups) == night.truth.enrolled
        assert night.lens.dates or shown == night.truth.enrolled


@given(seeds, lenses)
@settings(max_examples=8, deadline=None)
def test_a_row_that_is_new_has_no_number_of_another_unless_it_is_ambiguous(seed, lens):
    """A key or ECK-iD last sent of somebody else never comes in a new or changed row that is said to be clear."""
    holders = {}
    before = set()
    for night in SchoolLife(seed, 50, lens=lens, schools=TWO, pace=2).nights(3):
        sent = []
        for answer in night.answers:
            for place, (row, person) in enumerate(zip(answer.bericht.leerlingen, answer.leerlingen, strict=True)):
                clear = ("leerling", answer.school, place) not in night.truth.ambiguous
                numbers = [f"{answer.school} {row.key}"] if row.key and row.key[0] != "#" else []
                fresh = (answer.school, row, person) not in before
                sent += [(number, person, fresh and clear) for number in [*numbers, *filter(None, [row.eckid])]]
        counts = Counter(number for number, *_ in sent)
        for number, person, looked_at in sent:
            if counts[number] == 1:
                assert not looked_at or holders.get(number, person) == person
                holders[number] = person
        before = {(school, row, person) for school, row, person in rows(night)}


@pytest.mark.parametrize("lens", LENSES)
def test_rosters_are_valid(lens):
    """`uwlr.validate` finds no error in a roster that has no defect; a lens names the rules that its habits break."""
    broken = set()
    ignored = {"SC-108", "SC-105", "LG-409", "LG-114"}  # these years are to come; ages, and what is optional, vary
    for night in list(SchoolLife(4, 40, lens=lens, schools=TWO).nights(3))[::12]:
        if night.lens is not LENSES[lens]:
            break
        for answer in night.answers:
            data = write(LeerlinggegevensAntwoord(inhoud=answer.bericht), versie=night.lens.versie)
            findings = validate(data).findings
            assert answer.defect or not [f.rule.id for f in findings if f.rule.severity == "error"]
            broken |= set() if answer.defect else {f.rule.id for f in findings} - ignored
    assert broken == set(LENSES[lens].findings)


@pytest.mark.parametrize("sector", ["PO", "VO"])
def test_1_august_moves_everybody_up(sector):
    """The last year leaves, nearly all others move up by one, a new first year comes, and no group stays."""
    life = lived(2, sector=sector, leerlingen=120)
    before = {person: row for _, row, person in rows(life.night())}
    event = life.happen("august")
    night = life.night()
    after = {person: row for _, row, person in rows(night)}
    last = ("8",) if sector == "PO" else ("14", "15", "16")
    gone = {person for person in before if person not in night.truth.enrolled}
    assert gone
    assert all(before[person].jaargroep in last for person in gone)
    up = Counter(int(after[p].jaargroep) - int(before[p].jaargroep) for p in set(before) & night.truth.enrolled)
    assert set(up) <= {0, 1}
    assert up[1] > 10 * up[0]
    new = set(after) - set(before)
    assert {after[person].jaargroep for person in new} == {"1" if sector == "PO" else "11"}
    assert set(event.people) == gone | new
    assert night.day == date(2026, 8, 1)
    assert night.answers[0].bericht.school.schooljaar == "2026-2027"


@pytest.mark.parametrize(("lens", "same"), [("careful", False), ("present", True)])
def test_groups_of_a_new_year_have_old_names(lens, same):
    """On 1 August group names come back, and their keys where the lens says so; ids are the same only then."""
    life = lived(2, lens=lens, leerlingen=120)
    before = life.night().answers[0]
    life.happen("august")
    after = life.night().answers[0]
    names = [{groep.naam for groep in answer.bericht.groepen} for answer in (before, after)]
    keys = [{groep.key for groep in answer.bericht.groepen} for answer in (before, after)]
    assert len(names[0] & names[1]) > len(names[0]) / 2
    assert bool(keys[0] & keys[1]) is same
    assert bool(set(before.groepen) & set(after.groepen)) is same


def test_every_kind_happens_at_its_rate():
    """Over a hundred school years each kind that has a rate happens as often as it says."""
    seen = Counter()
    lives = 100
    for seed in range(lives):
        life = SchoolLife(seed, 100, schools=TWO)
        seen.update(event.kind for event in life.advance(date(2026, 7, 31)))
    for name, kind in KINDS.items():
        if kind.rate:
            # One chance in each life, of at most a half either way; nobody comes back before somebody has left.
            expected = kind.rate * lives * 333 / 365 * (0.8 if name == "returned" else 1)
            assert abs(seen[name] - expected) <= 1.5 * lives**0.5, name


def test_what_follows_comes():
    """Who was announced starts, who left is struck out, doubled rows are merged, dummies and shared ECK-iDs go."""
    life = SchoolLife(3, 300)
    seen = Counter(event.kind for event in life.advance(date(2028, 7, 31)))
    for first, then in [
        ("announced", "started"), ("leaving", "gone"), ("leaving", "dropped"), ("doubled", "merged"),
        ("dummy", "keyed"), ("eckid-shared", "eckid-mended"),
    ]:  # fmt: skip
        assert seen[first] > 0
        assert seen[then] >= seen[first] * 0.6


HABITS = {
    "present": lambda night: all(row.instroomdatum is None for _, row, _ in rows(night)),
    "numbered": lambda night: {row.key for _, row, _ in rows(night)} >= {"1", "2"}
    and not any(row.voorvoegsel for _, row, _ in rows(night)),
    "decomposed": lambda night: any(unicodedata.combining(c) for _, row, _ in rows(night) for c in row.achternaam),
    "narrow": lambda night: all(not r.geboortedatum and (r.key is None) == bool(r.eckid) for _, r, _ in rows(night)),
    "anonymous": lambda night: not any(row.eckid for _, row, _ in rows(night)),
    "untidy": lambda night: all((name := row.achternaam.split(",")[0]) == name.upper() for _, row, _ in rows(night)),
    "bare": lambda night: all(
        not a.bericht.leerkrachten and all(isinstance(g, Groep) for g in a.bericht.groepen) for a in night.answers
    ),
}  # fmt: skip


@pytest.mark.parametrize("lens", sorted(set(LENSES) - {"careful"}))
def test_each_lens_differs_as_it_says(lens):
    """What marks a lens is so in its rosters, and is not in the careful ones of the same school."""
    shown, careful = (SchoolLife(6, 150, lens=name, schools=TWO).night() for name in (lens, "careful"))
    life = SchoolLife(6, 150, schools=TWO)
    life.happen("enrolled")
    careful = life.night() if lens == "present" else careful
    assert HABITS[lens](shown)
    assert not HABITS[lens](careful)
    assert [answer.leerlingen for answer in shown.answers] == [
        answer.leerlingen[: len(mine.leerlingen)] for answer, mine in zip(careful.answers, shown.answers, strict=True)
    ] or shown.lens.shuffled


def test_numbers_of_a_school_are_others_in_another_school():
    """With keys unique only within a school, one key stands for somebody else in the other school."""
    night = SchoolLife(6, 60, lens="numbered", schools=TWO).night()
    people = {}
    for _, row, person in rows(night):
        people.setdefault(row.key, set()).add(person)
    assert sum(len(persons) > 1 for persons in people.values()) > 20


AMBIGUOUS = {
    "enrolled": False, "moved": False, "respelled": False, "prefixed": False, "renamed": False, "joined": False,
    "rebirthed": False, "twins": False, "namesake": False, "eckid-added": False, "left": False, "hired": False,
    "group-renamed": False, "leaving": False, "married": False, "las-updated": False,
    "eckid-changed": True, "eckid-shared": True, "all-rekeyed": True, "rekeyed": True, "doubled": True,
}  # fmt: skip


@pytest.mark.parametrize(("kind", "ambiguous"), AMBIGUOUS.items())
def test_what_could_not_be_known_is_said(kind, ambiguous):
    """An event is ambiguous where numbers contradict or are missing; no change of name alone is, known by its key."""
    lens = "anonymous" if kind in {"all-rekeyed", "rekeyed", "doubled"} else "careful"
    life = lived(9, lens=lens, leerlingen=120)
    life.happen(kind)
    (event,) = life.night().events
    assert (event.kind, event.ambiguous) == (kind, ambiguous)


def test_a_renewed_key_beside_an_eckid_is_clear():
    """With an ECK-iD that stays, another key says who it is all the same; without, it does not."""
    life = lived(9, leerlingen=40)
    with_eckid = next(row for _, row, _ in rows(life.night()) if row.eckid)
    life.happen("rekeyed", who=with_eckid.key)
    assert not life.night().truth.ambiguous
    without = msgspec.structs.replace(make_school(9, 40).leerlingen[0], eckid=None)
    roster = make_school(9, 40)
    life = SchoolLife(roster=msgspec.structs.replace(roster, leerlingen=(without, *roster.leerlingen[1:])))
    life.night()
    life.happen("rekeyed", who=without.key)
    assert life.night().truth.ambiguous == {("leerling", "99XX00", 0)}


def test_a_dummy_key_goes_from_one_to_another():
    """The next who needs a dummy gets `#001`, and who had it the next one: a dummy is nobody's."""
    life = lived(9, leerlingen=40)
    (first,) = life.happen("dummy").people
    key = next(row.key for _, row, person in rows(life.night()) if person == first)
    (second,) = life.happen("dummy").people
    night = life.night()
    again = {person: row.key for _, row, person in rows(night)}
    assert key == again[second] == "#001"
    assert again[first] == "#002"
    assert night.events[0].ambiguous


def test_a_key_that_is_given_again_is_ambiguous():
    """A newcomer with the key of one who left is not who the key says."""
    life = lived(9, leerlingen=40)
    leaver = next(row for _, row, _ in rows(life.night()))
    life.happen("left", who=leaver.key)
    life.night()
    (person,) = life.happen("reissued").people
    night = life.night()
    assert [row.key for _, row, who in rows(night) if who == person] == [leaver.key]
    assert night.events[0].ambiguous


def test_pace_makes_more_happen():
    """Four times the pace is four times as many events, 1 August and what follows apart."""
    usual, busy = (
        sum(bool(KINDS[event.kind].rate) for event in SchoolLife(3, 200, pace=pace).advance(date(2026, 7, 31)))
        for pace in (1, 4)
    )
    assert 3.5 * usual < busy < 4.5 * usual


@pytest.fixture(scope="module")
def a_year_old():
    """A life of a year."""
    life = SchoolLife(8, 120)
    for _ in life.nights(1):
        pass
    return life


@pytest.mark.parametrize("kind", INCIDENTS)
def test_an_incident_has_its_size_and_leaves_no_trace(kind, a_year_old):
    """About the share that was asked for is spoiled, and the next night is as if nothing had been."""
    life, twin = (copy.deepcopy(a_year_old) for _ in range(2))
    before = life.night()
    spoiled = life.incident(kind, 0.4)
    assert spoiled.incident.kind == kind
    assert spoiled.answers != before.answers
    assert spoiled.truth.enrolled == before.truth.enrolled
    whole = kind in {"empty", "older", "other-school"}
    least = 0 if kind == "older" else 0.3  # as old as chance makes it
    assert least <= spoiled.incident.share <= (1 if whole else 0.5)
    twin.night()
    assert life.night() == twin.night()


def test_life_goes_on_from_a_roster():
    """A life that begins with a roster shows it as it is, and changes only what an event is about."""
    roster = make_school(5, 130)
    life = SchoolLife(roster=roster)
    assert life.night().answers[0].bericht.leerlingen == roster.leerlingen
    assert life.night().answers[0].bericht.leerkrachten == roster.leerkrachten
    life.happen("moved", who=roster.leerlingen[3].key, groep=roster.groepen[1].key)
    after = life.night().answers[0].bericht
    changed = [place for place, row in enumerate(roster.leerlingen) if row != after.leerlingen[place]]
    assert changed == [3]
    assert after.leerlingen[3].groep == roster.groepen[1].key


@pytest.mark.parametrize("kind", ["nothing", "started"])
def test_what_cannot_happen_is_refused(kind):
    """An unknown kind, or one for which nobody is there, is an error that says so."""
    with pytest.raises(ConfigurationError, match=kind):
        lived(1, leerlingen=10).happen(kind)


def test_lens_and_kinds_are_checked():
    """A lens or kind that does not exist is an error that lists those that do."""
    with pytest.raises(ConfigurationError, match="careful"):
        SchoolLife(lens="keen")
    with pytest.raises(ConfigurationError, match="august"):
        SchoolLife(kinds=["mved"])
