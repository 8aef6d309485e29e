"""Synthetic schools and results: the same everywhere, valid, and as a real school would have them."""

import re
import unicodedata
from collections import Counter
from datetime import date
from hashlib import sha256
from itertools import chain

import pytest
from lxml import etree

from uwlr import norm, read, schemas, write
from uwlr.berichten import (
    Groep,
    GroepReferentie,
    Jaargroep,
    LeerlinggegevensAntwoord,
    OsoResultaat,
    Rol,
    Rolomschrijving,
    SamengesteldeGroep,
    SamengesteldeGroepReferentie,
)
from uwlr.errors import ConfigurationError, NotXml
from uwlr.soap.envelope import write_envelope
from uwlr.testing import damaged, make_results, make_school, make_toets
from uwlr.testing.damage import DEFECTS, INVALID, NOT_XML

SECTORS = ("PO", "VO")
SEEDS = range(20)
PINNED = ["ff6dedf7d52dab98", "4f002fffeff9375e", "384fd5af31a1c261", "e4efec8785116b75"]
SIZES = (1, 2, 7, 29, 30, 59, 60, 119, 120, 700)


def wire(school):
    """Write a school as the answer to a request for it."""
    return write(LeerlinggegevensAntwoord(inhoud=school))


def is_valid(data):
    """Ask the schema."""
    return schemas.schema().validate(etree.fromstring(data))


def age_on_1_october(geboortedatum, year):
    """Count the birthdays up to 1 October of the year."""
    return year - geboortedatum.year - ((geboortedatum.month, geboortedatum.day) > (10, 1))


@pytest.fixture(scope="module")
def schools():
    """Twenty schools of each sector, of the usual size."""
    return [make_school(seed, sector=sector) for sector in SECTORS for seed in SEEDS]


def test_every_python_makes_the_same_school():
    """The bytes of one school of each sector, and of its results, are pinned."""
    made = [
        wire(make_school(7)),
        wire(make_school(7, sector="VO", lvs=True)),
        write(make_results(make_school(7))),
        write(make_results(make_school(7), oso=True)),
    ]
    assert [sha256(data).hexdigest()[:16] for data in made] == PINNED


def test_the_same_arguments_give_an_equal_school():
    """A school is equal to itself made again, and unlike the one of another seed."""
    assert make_school(7, leerlingen=40) == make_school(7, leerlingen=40)
    assert make_school(7, leerlingen=40) != make_school(8, leerlingen=40)


def test_schools_of_every_seed_are_valid(schools):
    """The schema accepts twenty schools of each sector, and they read back equal."""
    for school in schools:
        data = wire(school)
        assert is_valid(data)
        assert read(data).inhoud == school


@pytest.mark.parametrize("sector", SECTORS)
@pytest.mark.parametrize("lvs", [False, True])
@pytest.mark.parametrize("leerlingen", SIZES)
def test_schools_of_every_size_are_valid(sector, leerlingen, lvs):
    """The schema accepts a school of any size, and it has just so many pupils."""
    school = make_school(3, sector=sector, leerlingen=leerlingen, lvs=lvs)
    assert len(school.leerlingen) == leerlingen
    assert is_valid(wire(school))


def test_a_school_says_that_it_is_synthetic(schools):
    """Author and comment name the data synthetic."""
    for school in schools:
        assert "synthetisch" in school.school.auteur
        assert "Synthetische testgegevens" in school.school.commentaar


def test_keys_are_unique_and_unlike_for_each_kind(schools):
    """No key stands for two things, and the form of a key tells what it stands for."""
    for school in schools:
        keys = [thing.key for thing in chain(school.groepen, school.leerlingen, school.leerkrachten)]
        assert len(set(keys)) == len(keys)
        assert all(re.fullmatch(r"\d{10}", leerling.key) for leerling in school.leerlingen)
        assert all(groep.key.startswith("99XX00-2526-") for groep in school.groepen)
        assert all(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", lk.key) for lk in school.leerkrachten)


def test_eckids_are_of_the_pilot_and_unique(schools):
    """Each ECK-iD is a test one of 128 hexadecimal digits; some persons have none."""
    for school in schools:
        persons = [*school.leerlingen, *school.leerkrachten]
        eckids = [person.eckid for person in persons if person.eckid]
        assert len(set(eckids)) == len(eckids)
        assert all(re.fullmatch(r"https://ketenid\.nl/pilot/[0-9a-f]{128}", eckid) for eckid in eckids)
    assert any(leerkracht.eckid is None for school in schools for leerkracht in school.leerkrachten)


def test_every_reference_resolves(schools):
    """Every group that a pupil or a member of staff names is in the school, with the right kind."""
    for school in schools:
        stam = {groep.key for groep in school.groepen if isinstance(groep, Groep)}
        samengesteld = {groep.key for groep in school.groepen if isinstance(groep, SamengesteldeGroep)}
        assert {leerling.groep for leerling in school.leerlingen} == stam
        assert {key for leerling in school.leerlingen for key in leerling.samengestelde_groepen} == samengesteld
        for leerkracht in school.leerkrachten:
            for ref in leerkracht.groepen:
                assert ref.key in (stam if isinstance(ref, GroepReferentie) else samengesteld)
            assert len(set(leerkracht.groepen)) == len(leerkracht.groepen)


@pytest.mark.parametrize(("sector", "youngest"), [("PO", 3), ("VO", 1)])
def test_pupils_have_the_age_of_their_year(sector, youngest):
    """On 1 October a pupil is as old as the year asks, or one or two years older: repeaters."""
    extra = Counter()
    for seed in SEEDS:
        for leerling in make_school(seed, sector=sector).leerlingen:
            extra[age_on_1_october(leerling.geboortedatum, 2025) - int(leerling.jaargroep) - youngest] += 1
    assert set(extra) <= {0, 1, 2}
    assert extra[0] > extra[1] > extra[2] > 0


def test_a_group_of_one_year_has_pupils_of_that_year(schools):
    """Jaargroep C marks exactly the groups whose pupils are of several years."""
    for school in schools:
        for groep in school.groepen:
            if isinstance(groep, Groep):
                years = {leerling.jaargroep for leerling in school.leerlingen if leerling.groep == groep.key}
                assert years == {groep.jaargroep} or (groep.jaargroep == Jaargroep.COMBINATIE and len(years) > 1)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_primary_school_has_a_group_of_three_and_four(seed):
    """A school of the usual size mixes pupils of jaargroep 3 and 4 in one combination group."""
    school = make_school(seed)
    mixed = {
        frozenset(leerling.jaargroep for leerling in school.leerlingen if leerling.groep == groep.key)
        for groep in school.groepen
        if isinstance(groep, Groep) and groep.jaargroep == Jaargroep.COMBINATIE
    }
    assert {Jaargroep.GROEP_3, Jaargroep.GROEP_4} in mixed


def test_groups_have_a_size_that_fits_a_room(schools):
    """No stamgroep has more than 35 pupils."""
    for school in schools:
        assert max(Counter(leerling.groep for leerling in school.leerlingen).values()) <= 35


def test_names_have_prefixes_and_diacritics_and_no_stray_spaces(schools):
    """Names come with voorvoegsels and letters beyond ASCII, composed, within the lengths, without dots."""
    persons = [person for school in schools for person in chain(school.leerlingen, school.leerkrachten)]
    names = "".join(f"{person.roepnaam} {person.achternaam}" for person in persons)
    assert {"van", "van der", "de", "El"} <= {person.voorvoegsel for person in persons}
    assert set("ŞüçïëğńŁé") <= set(names)
    assert unicodedata.is_normalized("NFC", names)
    for person in persons:
        assert person.achternaam.split() == [person.achternaam]
        assert re.fullmatch(r"[^\W\d_]{1,6}", person.voorletters_1)


def test_staff_is_varied(schools):
    """Over the schools: with and without e-mail, every common role, own words for a role, mixed references."""
    staff = [leerkracht for school in schools for leerkracht in school.leerkrachten]
    roles = {rol for leerkracht in staff for rol in leerkracht.rol}
    assert {Rol.LRK, Rol.IB, Rol.DIR, Rol.VAK, Rol.OWA} <= roles
    assert any(isinstance(rol, Rolomschrijving) for rol in roles)
    assert {leerkracht.emailadres is None for leerkracht in staff} == {True, False}
    assert all(lk.emailadres.endswith(".example.invalid") for lk in staff if lk.emailadres)
    kinds = [[type(ref) for ref in leerkracht.groepen] for leerkracht in staff]
    assert [SamengesteldeGroepReferentie, GroepReferentie, SamengesteldeGroepReferentie] in [k[:3] for k in kinds]
    assert any(not leerkracht.groepen for leerkracht in staff)


def test_addresses_of_one_school_are_unique(schools):
    """No two members of staff share an e-mail address or a user name."""
    for school in schools:
        for field in ("emailadres", "gebruikersnaam"):
            values = [getattr(lk, field) for lk in school.leerkrachten if getattr(lk, field)]
            assert len(set(values)) == len(values)


@pytest.mark.parametrize(
    ("sector", "left", "came"),
    [
        ("PO", {Jaargroep.GROEP_8}, {Jaargroep.GROEP_1}),
        ("VO", {Jaargroep.VO_4, Jaargroep.VO_5, Jaargroep.VO_6}, {Jaargroep.VO_1}),
    ],
)
def test_a_year_later_the_pupils_moved_up(sector, left, came):
    """In the next school year the same pupils are one year higher, the last years have left, a new one came."""
    before, after = (
        {leerling.key: leerling for leerling in make_school(4, sector=sector, schooljaar=year).leerlingen}
        for year in ("2025-2026", "2026-2027")
    )
    for key in before.keys() & after.keys():
        assert int(after[key].jaargroep) == int(before[key].jaargroep) + 1
        assert after[key].geboortedatum == before[key].geboortedatum
        assert after[key].eckid == before[key].eckid
    assert {before[key].jaargroep for key in before.keys() - after.keys()} == left
    assert {after[key].jaargroep for key in after.keys() - before.keys()} == came


def test_a_larger_school_has_the_same_pupils_and_more():
    """With only the number of pupils raised, everyone who was there still is."""
    small, large = ({lrl.key: lrl.achternaam for lrl in make_school(4, number).leerlingen} for number in (220, 300))
    assert small.items() <= large.items()


def test_only_the_lvs_set_has_part_of_a_number():
    """Without `lvs` no pupil has any number of the state; with it only the invented last four digits."""
    for lvs in (False, True):
        for leerling in make_school(5, lvs=lvs).leerlingen:
            assert (leerling.bsn, leerling.sofinummer, leerling.onderwijsnummer) == (None, None, None)
            assert (leerling.bsn_ondwnr_4 is not None) is lvs


def test_the_lvs_set_has_nothing_beyond_itself():
    """A school in the LVS-set has no e-mail address, no role outside a group and no description of a groep."""
    school = make_school(5, lvs=True)
    for leerkracht in school.leerkrachten:
        assert (leerkracht.emailadres, leerkracht.gebruikersnaam, leerkracht.rol) == (None, None, ())
    assert all(groep.omschrijving is None for groep in school.groepen if isinstance(groep, Groep))
    started = {str(leerling.jaargroep): leerling.start_ondw_jgr3 for leerling in school.leerlingen}
    assert started["2"] is None
    assert started["3"] == date(2025, 8, 1)


def test_version_2_3_of_the_lvs_set_is_smaller():
    """In 2.3 the LVS-set has neither voorletters nor digits of a number."""
    for leerling in make_school(5, lvs=True, xsdversie="2.3").leerlingen:
        assert (leerling.voorletters_1, leerling.bsn_ondwnr_4) == (None, None)


@pytest.mark.parametrize(
    "wrong",
    [{"leerlingen": 0}, {"sector": "MBO"}, {"schooljaar": "2025-2027"}, {"schooljaar": "2025/26"}],
)
def test_a_school_that_cannot_be_is_refused(wrong):
    """No pupils, an unknown sector, and years that do not follow each other are errors of the caller."""
    with pytest.raises(ConfigurationError):
        make_school(1, **wrong)


@pytest.mark.parametrize("oso", [False, True])
def test_results_of_every_seed_are_valid(schools, oso):
    """The schema accepts the results of each school, and they read back equal."""
    for seed, school in enumerate(schools):
        results = make_results(school, seed=seed, oso=oso)
        data = write(results)
        assert is_valid(data)
        assert read(data) == results


def test_norms_cover_every_score_once(schools):
    """Each score lies in exactly one norm of its test or part, and norms leave no gap between 0 and 100."""
    for school in schools[::5]:
        results = make_results(school)
        normeringen = {}
        for toets in results.toetsen:
            normeringen[toets.toetscode.waarde, None] = toets.toetsnormering
            for deel in toets.toetsonderdelen:
                normeringen[toets.toetscode.waarde, deel.toetsonderdeelcode.waarde] = deel.toetsonderdeelnormering
        for normering in normeringen.values():
            covered = [n for norm in normering.norm for n in range(norm.beginnormwaarde, norm.eindnormwaarde + 1)]
            assert sorted(covered) == list(range(101))
        for afname in results.toetsafnames:
            for resultaat in afname.resultaten:
                norms = normeringen[resultaat.toetscode, resultaat.toetsonderdeelcode].norm
                assert sum(n.beginnormwaarde <= resultaat.uitkomst <= n.eindnormwaarde for n in norms) == 1


def test_results_belong_to_pupils_of_the_group():
    """Asked for one group, the results are those of its pupils: no one else's and no one left out."""
    school = make_school(2)
    for groep in school.groepen:
        results = make_results(school, groep_key=groep.key)
        members = [
            leerling.key
            for leerling in school.leerlingen
            if groep.key == leerling.groep or groep.key in leerling.samengestelde_groepen
        ]
        assert [afname.leerlingid for afname in results.toetsafnames] == members


def test_a_pupil_has_the_same_results_in_any_selection():
    """What is made for one group is what that group has among all."""
    school = make_school(2)
    everyone = {afname.leerlingid: afname for afname in make_results(school).toetsafnames}
    for afname in make_results(school, groep_key=school.leerlingen[0].groep).toetsafnames:
        assert everyone[afname.leerlingid] == afname


def test_another_seed_corrects_the_same_results():
    """Another seed gives other scores under the same keys."""
    school = make_school(2)
    first, second = (
        {r.key: r.uitkomst for a in make_results(school, seed=seed).toetsafnames for r in a.resultaten}
        for seed in (1, 2)
    )
    assert first.keys() == second.keys()
    assert first != second


def test_another_date_gives_other_keys():
    """Results of another day are other results."""
    school = make_school(2, leerlingen=20)
    first, second = (
        {r.key for a in make_results(school, afnamedatum=day).toetsafnames for r in a.resultaten}
        for day in (date(2025, 11, 10), date(2026, 2, 2))
    )
    assert first.isdisjoint(second)


def test_a_test_of_ones_own_is_taken_by_all():
    """With a test given, every pupil has results of that test alone, within its norms."""
    toets = make_toets(5)
    results = make_results(make_school(2, leerlingen=30), toets=toets)
    assert results.toetsen == (toets,)
    assert {r.toetscode for a in results.toetsafnames for r in a.resultaten} == {"REK-PO-5"}


def test_oso_results_have_no_score():
    """In OSO form each outcome is an osoresultaat whose right and wrong answers add up."""
    for afname in make_results(make_school(2, leerlingen=20), oso=True).toetsafnames:
        for resultaat in afname.resultaten:
            assert isinstance(resultaat.uitkomst, OsoResultaat)
            score = resultaat.uitkomst.toetsscore
            assert score.aantalgoed + score.aantalfout == score.aantalopgaven


def test_a_group_without_pupils_has_no_results():
    """An unknown group is an error of the caller, and its key is not shown."""
    with pytest.raises(ConfigurationError) as caught:
        make_results(make_school(2), groep_key="geheim")
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize("way", NOT_XML)
def test_damage_that_leaves_no_xml(way):
    """What these ways leave is refused before any message is seen."""
    with pytest.raises(NotXml):
        read(damaged(wire(make_school(1, leerlingen=30)), way))


@pytest.mark.parametrize("way", INVALID)
def test_damage_that_the_schema_refuses(way):
    """What these ways leave is well-formed and schema-invalid."""
    assert not is_valid(damaged(wire(make_school(1, leerlingen=30)), way))


@pytest.mark.parametrize("way", sorted(INVALID))
def test_damage_fits_results_too(way):
    """The same ways make results invalid."""
    assert not is_valid(damaged(write(make_results(make_school(1, leerlingen=30))), way))


@pytest.mark.parametrize("way", DEFECTS)
def test_damage_that_the_schema_accepts(way):
    """What these ways leave is schema-valid, and another message than before."""
    school = make_school(1, leerlingen=30)
    data = damaged(wire(school), way)
    assert is_valid(data)
    assert read(data).inhoud != school


def test_damage_leaves_the_envelope_alone():
    """In an envelope, every way of the schema damages the message and keeps the envelope readable."""
    envelope = write_envelope(LeerlinggegevensAntwoord(inhoud=make_school(1, leerlingen=30)))
    for way in INVALID:
        root = etree.fromstring(damaged(envelope, way))
        assert root.tag == f"{{{norm.SOAP_ENVELOPE}}}Envelope"
        (message,) = root[0]
        assert not schemas.schema().validate(message)


def test_damage_that_does_not_fit_says_so():
    """An unknown way, and one that the message has no place for, are errors of the caller."""
    with pytest.raises(ConfigurationError):
        damaged(b"<x/>", "onbekend")
    with pytest.raises(ConfigurationError):
        damaged(write(make_results(make_school(1, leerlingen=3))), "duplicate-key")
