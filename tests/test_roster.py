"""Staged answers from a whole roster: nothing twice, nothing lost, in order."""

import msgspec
import pytest

from uwlr import schemas, write
from uwlr.berichten import (
    GeenGegevens,
    Groep,
    LeerkrachtenAntwoord,
    LeerlingenAntwoord,
    StructuurAntwoord,
    VerzoekGroep,
    VerzoekSamengesteldeGroep,
)
from uwlr.codec.parser import parse
from uwlr.soap.stages import leerkrachten_of, leerlingen_of, structuur
from uwlr.testing import make_school


@pytest.fixture(params=["PO", "VO"])
def school(request):
    """A school of the usual size; two pupils have no stamgroep, one of them no group at all."""
    made = make_school(11, sector=request.param)
    first, second, *rest = made.leerlingen
    first = msgspec.structs.replace(first, groep=None, samengestelde_groepen=())
    second = msgspec.structs.replace(second, groep=None)
    return msgspec.structs.replace(made, leerlingen=(first, second, *rest))


def stamgroepen(school):
    """Ask for each stamgroep, and for no stamgroep."""
    keys = [groep.key for groep in school.groepen if isinstance(groep, Groep)]
    return [VerzoekGroep(key=key) for key in keys] + [VerzoekGroep()]


def samengestelde(school):
    """Ask for each samengestelde groep, and for none."""
    keys = [groep.key for groep in school.groepen if not isinstance(groep, Groep)]
    return [VerzoekSamengesteldeGroep(key=key) for key in keys] + [VerzoekSamengesteldeGroep()]


def test_the_structure_is_the_roster_without_persons(school):
    """The first stage gives the school and all groups as they are."""
    answer = structuur(school)
    assert (answer.school, answer.groepen) == (school.school, school.groepen)


def test_stamgroepen_part_the_pupils(school):
    """Each pupil is in the answer for exactly one stamgroep, or for none."""
    parts = [leerlingen_of(school, [groep]).leerlingen for groep in stamgroepen(school)]
    assert sorted(pupil.key for part in parts for pupil in part) == sorted(pupil.key for pupil in school.leerlingen)


@pytest.mark.parametrize("asked", [stamgroepen, samengestelde])
def test_all_groups_of_a_kind_give_everyone_in_order(school, asked):
    """All groups of one kind together with none give each pupil and each member of staff once, in order."""
    assert leerlingen_of(school, asked(school)).leerlingen == school.leerlingen
    assert leerkrachten_of(school, asked(school)).leerkrachten == school.leerkrachten


def test_a_samengestelde_groep_gives_its_members(school):
    """The pupils and staff of a samengestelde groep are those that name it."""
    asked = samengestelde(school)[0]
    pupils = [pupil for pupil in school.leerlingen if asked.key in pupil.samengestelde_groepen]
    staff = [member for member in school.leerkrachten if asked.key in {ref.key for ref in member.groepen}]
    assert pupils
    assert staff
    assert leerlingen_of(school, [asked]).leerlingen == tuple(pupils)
    assert leerkrachten_of(school, [asked]).leerkrachten == tuple(staff)


def test_a_group_without_key_gives_those_in_no_group_of_that_kind(school):
    """No key means no group of that kind, whatever the other kind says."""
    pupils = leerlingen_of(school, [VerzoekGroep()]).leerlingen
    assert [pupil.key for pupil in pupils] == [pupil.key for pupil in school.leerlingen[:2]]
    assert not any(
        pupil.samengestelde_groepen for pupil in leerlingen_of(school, [VerzoekSamengesteldeGroep()]).leerlingen
    )
    staff = leerkrachten_of(school, [VerzoekGroep(), VerzoekSamengesteldeGroep()]).leerkrachten
    assert any(not member.groepen for member in staff)


def test_the_kind_of_a_group_counts(school):
    """The key of a stamgroep asked for as a samengestelde groep finds no one."""
    key = stamgroepen(school)[0].key
    assert leerlingen_of(school, [VerzoekSamengesteldeGroep(key=key)]) == GeenGegevens()
    assert leerkrachten_of(school, [VerzoekSamengesteldeGroep(key=key)]) == GeenGegevens()


def test_staged_answers_are_valid(school):
    """The schema accepts each of the three answers."""
    groepen = stamgroepen(school)[:2]
    for answer in (
        StructuurAntwoord(inhoud=structuur(school)),
        LeerlingenAntwoord(inhoud=leerlingen_of(school, groepen)),
        LeerkrachtenAntwoord(inhoud=leerkrachten_of(school, groepen)),
    ):
        assert schemas.schema().validate(parse(write(answer)))
