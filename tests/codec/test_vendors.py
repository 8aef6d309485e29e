"""What real systems send that the standard does not allow, each on synthetic data: the message, and every deviation."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import NamedTuple

import pytest

import uwlr
from uwlr import norm
from uwlr.berichten import (
    GroepReferentie,
    Leerkracht,
    LeerkrachtenVerzoek,
    Leerling,
    Leerlinggegevens,
    LeerlinggegevensVerzoek,
    LeerresultatenVerzoek,
    Onleesbaar,
    Rol,
    Rolomschrijving,
    SamengesteldeGroepReferentie,
    StructuurVerzoek,
    VerzoekGroep,
)
from uwlr.berichten.waarden import FineMoment
from uwlr.deviations import Made, UnknownElement
from uwlr.errors import InvalidMessage
from uwlr.paths import Path

LG = f'xmlns="{norm.LEERLINGGEGEVENS}"'
LR = f'xmlns="{norm.LEERRESULTATEN}"'
SCHOOL = "<school><schooljaar>2024-2025</schooljaar></school>"
PUPIL = '<leerling key="l1"><achternaam>Vries</achternaam></leerling>'


class Given(NamedTuple):
    """One deviation in the part that a test states: kind, path below the root, raw text."""

    kind: str
    path: str
    raw: str | None = None


def tolerant(document: str, cls: type, *expected: Given):
    """Read tolerantly, with exactly these deviations; strictly, the same document is refused if there are any."""
    read = uwlr.read_tolerant(document.encode())
    found = [Given(d.kind, str(Path(d.path.steps[1:])), d.raw) for d in read.deviations]
    assert found == [*expected]
    assert type(read.bericht) is cls
    assert all(d.line == 1 for d in read.deviations)
    if not expected:
        assert uwlr.read(document.encode()) == read.bericht
    return read.bericht


def roster(*, school: str = SCHOOL, pupils: str = PUPIL, more: str = "") -> str:
    """A roster of one school, in the default namespace."""
    return f"<leerlinggegevens {LG}>{school}<leerlingen>{pupils}</leerlingen>{more}</leerlinggegevens>"


def request(inside: str) -> str:
    """A request for the whole roster."""
    return f"<leerlinggegevens_verzoek {LG}>{inside}</leerlinggegevens_verzoek>"


def results(*, school: str = "", score: str = "<score>7</score>", norm_: str = "") -> str:
    """One result of one test."""
    school = school or (
        "<schooljaar>2024-2025</schooljaar><brincode>99ZZ</brincode>"
        "<aanmaakdatum>2024-09-01T10:00:00</aanmaakdatum><xsdversie>2.2</xsdversie>"
    )
    return (
        f"<leerresultaten_verzoek {LR}><school>{school}</school><toetsafnames><toetsafname><leerlingid>l1</leerlingid>"
        f'<resultaten><resultaat key="r1"><afnamedatum>2024-09-01</afnamedatum><toetscode>t1</toetscode>{score}'
        f"</resultaat></resultaten></toetsafname></toetsafnames><toetsen><toets><toetscode>t1</toetscode>"
        f"{norm_}</toets></toetsen></leerresultaten_verzoek>"
    )


def test_the_school_of_a_hub_comes_in_another_order():
    """Dependancecode before brincode before schooljaar: all three are read."""
    parts = "<dependancecode>00</dependancecode><brincode>99ZZ</brincode><schooljaar>2024-2025</schooljaar>"
    school = f"<school>{parts}</school>"
    bericht = tolerant(
        roster(school=school), Leerlinggegevens, Given("order", "school/brincode"), Given("order", "school/schooljaar")
    )
    assert (bericht.school.dependancecode, bericht.school.brincode) == ("00", "99ZZ")
    assert bericht.school.schooljaar == "2024-2025"


def test_an_empty_voorvoegsel_is_absent():
    """An empty element is read as absent and noted; strictly it is refused no sooner than by the validator."""
    pupil = '<leerling key="l1"><achternaam>Vries</achternaam><voorvoegsel/></leerling>'
    path = "leerlingen/leerling[1]/voorvoegsel"
    bericht = tolerant(roster(pupils=pupil), Leerlinggegevens, Given("empty", path, ""))
    assert bericht.leerlingen == (Leerling(key="l1", achternaam="Vries"),)


def test_the_parts_of_a_leerkracht_come_shuffled():
    """Roepnaam, emailadres, voorvoegsel, groepen, achternaam: each is read where it belongs."""
    teacher = (
        '<leerkrachten><leerkracht key="d1"><roepnaam>An</roepnaam><emailadres>an@voorbeeld.example</emailadres>'
        '<voorvoegsel>van</voorvoegsel><groepen><groep key="g1"/></groepen><achternaam>Dam</achternaam></leerkracht>'
        "</leerkrachten>"
    )
    path = "leerkrachten/leerkracht[1]"
    expected = (Given("order", f"{path}/voorvoegsel"), Given("order", f"{path}/achternaam"))
    bericht = tolerant(roster(more=teacher), Leerlinggegevens, *expected)
    assert bericht.leerkrachten == (
        Leerkracht(
            key="d1",
            roepnaam="An",
            emailadres="an@voorbeeld.example",
            voorvoegsel="van",
            groepen=(GroepReferentie(key="g1"),),
            achternaam="Dam",
        ),
    )


def test_years_of_secondary_education_as_1_and_2_are_read_as_they_stand():
    """Jaargroep 1 and 2 are codes of the list: no deviation, though another system means 11 and 12."""
    groups = "".join(
        f'<groep key="g{n}"><naam>{n}A</naam><jaargroep>{n}</jaargroep></groep>' for n in ("1", "2", "11", "zeven")
    )
    document = roster(school=f"{SCHOOL}<groepen>{groups}</groepen>")
    bericht = tolerant(document, Leerlinggegevens)
    assert [groep.jaargroep for groep in bericht.groepen] == ["1", "2", "11", "zeven"]


def test_groups_come_with_omschrijving_and_mutatiedatum():
    """What a hub adds to its groups is in the standard and is read."""
    group = (
        '<groepen><groep key="g1"><naam>1A</naam><jaargroep>1</jaargroep><omschrijving>brug</omschrijving>'
        "<mutatiedatum>2024-09-01T00:00:00</mutatiedatum></groep></groepen>"
    )
    bericht = tolerant(roster(school=SCHOOL + group), Leerlinggegevens)
    assert bericht.groepen[0].omschrijving == "brug"


def test_an_empty_gegevenssetid_is_absent():
    """A client that fills in nothing sends the element empty."""
    bericht = tolerant(
        request(
            "<schooljaar>2024-2025</schooljaar><brincode>99ZZ</brincode><xsdversie>2.3</xsdversie><gegevenssetid/>"
        ),
        LeerlinggegevensVerzoek,
        Given("empty", "gegevenssetid", ""),
    )
    assert bericht.gegevenssetid is None


def test_brincode_and_schoolkey_come_together_and_dependancecode_late():
    """All values are kept; the choice and the order are noted."""
    bericht = tolerant(
        request(
            "<schooljaar>2024-2025</schooljaar><brincode>99ZZ</brincode><schoolkey>99ZZ</schoolkey>"
            "<xsdversie>1</xsdversie><dependancecode>00</dependancecode>"
        ),
        LeerlinggegevensVerzoek,
        Given("order", "dependancecode"),
        Given("choice", ""),
    )
    assert (bericht.brincode, bericht.schoolkey, bericht.dependancecode) == ("99ZZ", "99ZZ", "00")
    assert bericht.xsdversie == "1"


def test_an_empty_schooljaar_is_kept_as_unreadable():
    """A mandatory value that is empty cannot be absent."""
    bericht = tolerant(
        request("<schooljaar></schooljaar><brincode>99ZZ</brincode><xsdversie>2.2</xsdversie>"),
        LeerlinggegevensVerzoek,
        Given("empty", "schooljaar", ""),
    )
    assert bericht.schooljaar == Onleesbaar("")
    with pytest.raises(InvalidMessage, match="schooljaar: was not readable"):
        uwlr.write(bericht)


def test_an_empty_dependancecode_is_allowed_in_a_request():
    """It means 00, and is no deviation."""
    bericht = tolerant(
        request(
            "<schooljaar>2024-2025</schooljaar><brincode>99ZZ</brincode><dependancecode/><xsdversie>2.2</xsdversie>"
        ),
        LeerlinggegevensVerzoek,
    )
    assert bericht.dependancecode == ""


@pytest.mark.parametrize("score", ["6.5", "X", "", "7,5"])
def test_scores_that_are_no_whole_number_are_kept_as_text(score):
    """Decimals and an X for a question that was not put are kept as unreadable, with their text."""
    path = "toetsafnames/toetsafname[1]/resultaten/resultaat[1]/score"
    kind = "unreadable" if score else "empty"
    bericht = tolerant(results(score=f"<score>{score}</score>"), LeerresultatenVerzoek, Given(kind, path, score))
    assert bericht.toetsafnames[0].resultaten[0].uitkomst == Onleesbaar(score)
    assert f"<score>{score}</score>".encode() in uwlr.write(bericht, unchecked=True)


def test_a_missing_xsdversie_is_noted():
    """The mandatory version is unreadable without text; the time zone of aanmaakdatum is kept."""
    moment = "<aanmaakdatum>2024-09-01T10:00:00+02:00</aanmaakdatum>"
    school = f"<schooljaar>2024-2025</schooljaar><brincode>99ZZ</brincode>{moment}"
    bericht = tolerant(results(school=school), LeerresultatenVerzoek, Given("missing", "school/xsdversie"))
    assert bericht.school.xsdversie == Onleesbaar()
    assert bericht.school.aanmaakdatum.utcoffset() == timedelta(hours=2)


def test_a_norm_with_its_upper_bound_only():
    """Term and beginnormwaarde are missing; eindnormwaarde and the level are read."""
    norm_ = (
        "<toetsnormering><toetsniveau>T</toetsniveau><norm><eindnormwaarde>10</eindnormwaarde></norm></toetsnormering>"
    )
    path = "toetsen/toets[1]/toetsnormering/norm[1]"
    expected = (Given("missing", f"{path}/term"), Given("missing", f"{path}/beginnormwaarde"))
    bericht = tolerant(results(norm_=norm_), LeerresultatenVerzoek, *expected)
    found = bericht.toetsen[0].toetsnormering
    assert (found.norm[0].term, found.norm[0].eindnormwaarde, found.toetsniveau.waarde) == (Onleesbaar(), 10, "T")


@pytest.mark.parametrize(
    ("root", "cls"),
    [("Structuur_verzoek", StructuurVerzoek), ("Leerlinggegevens_verzoek", LeerlinggegevensVerzoek)],
)
def test_profile_schemas_write_some_roots_with_a_capital(root, cls):
    """The element is read as the one it resembles, and strictly it is no message."""
    document = (
        f"<{root} {LG}><schooljaar>2024-2025</schooljaar><brincode>99ZZ</brincode><xsdversie>2.2</xsdversie></{root}>"
    )
    tag = f"{{{norm.LEERLINGGEGEVENS}}}{root}"
    bericht = tolerant(document, cls, Given("unknown-element", "", tag))
    assert bericht.brincode == "99ZZ"
    with pytest.raises(uwlr.errors.UnexpectedElement):
        uwlr.read(document.encode())


@pytest.mark.parametrize("namespace", ["", "http://www.edustandaard.nl/leerresultaten/1/leerlinggegevens"])
def test_children_in_no_namespace_or_another_are_read_by_name(namespace):
    """The value is read; the element is noted with its raw text."""
    pupil = f'<leerling key="l1"><achternaam>Vries</achternaam><roepnaam xmlns="{namespace}">Bo</roepnaam></leerling>'
    read = uwlr.read_tolerant(roster(pupils=pupil).encode())
    assert read.bericht.leerlingen == (Leerling(key="l1", achternaam="Vries", roepnaam="Bo"),)
    (deviation,) = read.deviations
    assert (deviation.kind, str(deviation.path)) == (
        "unknown-element",
        "leerlinggegevens/leerlingen/leerling[1]/roepnaam",
    )
    assert ">Bo</roepnaam>" in deviation.raw
    assert deviation.reason == UnknownElement("roepnaam")
    assert str(deviation).endswith("; read as roepnaam")


def test_tussenvoegsel_is_left_out_but_not_lost():
    """The name some libraries invent for voorvoegsel is unknown; its text stays with the deviation."""
    pupil = '<leerling key="l1"><achternaam>Vries</achternaam><tussenvoegsel>de</tussenvoegsel></leerling>'
    read = uwlr.read_tolerant(roster(pupils=pupil).encode())
    assert read.bericht.leerlingen == (Leerling(key="l1", achternaam="Vries"),)
    (deviation,) = read.deviations
    assert deviation.made is Made.LEFT_OUT
    assert ">de</tussenvoegsel>" in deviation.raw
    assert "de</" not in str(deviation) + repr(deviation)


def test_containers_that_come_twice_are_joined():
    """Two lists of pupils become one, in the order in which they came."""
    document = roster(more='<leerlingen><leerling key="l2"><roepnaam>Bo</roepnaam></leerling></leerlingen>')
    bericht = tolerant(document, Leerlinggegevens, Given("repeated", "leerlingen"))
    assert [leerling.key for leerling in bericht.leerlingen] == ["l1", "l2"]


def test_a_value_that_comes_twice_keeps_the_first():
    """The second value stays with the deviation."""
    pupil = '<leerling key="l1"><achternaam>Vries</achternaam><achternaam>Bos</achternaam></leerling>'
    read = uwlr.read_tolerant(roster(pupils=pupil).encode())
    assert read.bericht.leerlingen[0].achternaam == "Vries"
    assert [(d.kind, ">Bos<" in d.raw) for d in read.deviations] == [("repeated", True)]


def test_moments_with_seven_digits_are_read_with_all_of_them():
    """WCF writes ticks of 100 ns: the last digit is kept beside the moment, and written again."""
    raw = "2024-09-01T10:00:00.1234567+02:00"
    school = f"<school><schooljaar>2024-2025</schooljaar><aanmaakdatum>{raw}</aanmaakdatum></school>"
    bericht = tolerant(roster(school=school), Leerlinggegevens)
    zone = timezone(timedelta(hours=2))
    moment = bericht.school.aanmaakdatum
    assert moment == FineMoment.beyond(datetime(2024, 9, 1, 10, 0, 0, 123456, tzinfo=zone), "7")
    assert f"<aanmaakdatum>{raw}</aanmaakdatum>".encode() in uwlr.write(bericht, unchecked=True)


def test_a_seventh_digit_of_nought_says_nothing():
    """Trailing noughts are no deviation."""
    school = (
        "<school><schooljaar>2024-2025</schooljaar><aanmaakdatum>2024-09-01T10:00:00.1234560Z</aanmaakdatum></school>"
    )
    bericht = tolerant(roster(school=school), Leerlinggegevens)
    assert bericht.school.aanmaakdatum == datetime(2024, 9, 1, 10, 0, 0, 123456, tzinfo=UTC)


def test_one_and_many_groups_and_roles_are_both_tuples():
    """One group, several mixed ones, codes and words for roles: always a tuple, in the order of the message."""
    teachers = (
        '<leerkrachten><leerkracht key="d1"><roepnaam>An</roepnaam><rol>VAK</rol><groepen><groep key="g1"/></groepen>'
        '</leerkracht><leerkracht key="d2"><roepnaam>Bo</roepnaam><rolomschrijving>klusser</rolomschrijving>'
        '<rol>XYZ</rol><groepen><samengestelde_groep key="s1"><rol>VAK</rol></samengestelde_groep><groep key="g1"/>'
        "</groepen></leerkracht></leerkrachten>"
    )
    bericht = tolerant(roster(more=teachers), Leerlinggegevens)
    assert bericht.leerkrachten[0].groepen == (GroepReferentie(key="g1"),)
    assert bericht.leerkrachten[1].groepen == (
        SamengesteldeGroepReferentie(key="s1", rol=("VAK",)),
        GroepReferentie(key="g1"),
    )
    assert bericht.leerkrachten[0].rol == (Rol.VAK,)
    assert bericht.leerkrachten[1].rol == (Rolomschrijving(tekst="klusser"), "XYZ")


def test_teachers_and_pupils_without_eckid_and_groups_are_ordinary():
    """No eckid, no samengestelde_groepen, one pupil: no deviation, and empty tuples."""
    teacher = '<leerkrachten><leerkracht key="d1"><roepnaam>An</roepnaam></leerkracht></leerkrachten>'
    bericht = tolerant(roster(more=teacher), Leerlinggegevens)
    assert bericht.leerkrachten[0].eckid is None
    assert bericht.leerlingen[0].samengestelde_groepen == ()
    assert len(bericht.leerlingen) == 1


def test_a_school_year_beyond_the_published_list_is_read():
    """The list of the published schema ends; reading does not."""
    school = "<school><schooljaar>2031-2032</schooljaar></school>"
    assert tolerant(roster(school=school), Leerlinggegevens).school.schooljaar == "2031-2032"


def test_an_answer_without_pupils_keeps_an_empty_tuple():
    """A list that has to hold something but is empty is noted."""
    bericht = tolerant(roster(pupils=""), Leerlinggegevens, Given("missing", "leerlingen/leerling"))
    assert bericht.leerlingen == ()


def test_a_pupil_without_a_key_is_ordinary_unless_2_2_is_asked_for():
    """Version 2.3 lets the key go where there is an ECK-iD."""
    pupil = '<leerling eckid="https://ketenid.nl/x"><roepnaam>Bo</roepnaam></leerling>'
    tolerant(roster(pupils=pupil), Leerlinggegevens)
    read = uwlr.read_tolerant(roster(pupils=pupil).encode(), versie="2.2")
    assert [(d.kind, str(d.path)) for d in read.deviations] == [
        ("missing", "leerlinggegevens/leerlingen/leerling[1]/@key")
    ]


def test_a_group_asked_for_without_a_key_means_no_group():
    """In a request the key of a group may be absent."""
    document = (
        f"<leerkrachten_verzoek {LG}><schooljaar>2024-2025</schooljaar><brincode>99ZZ</brincode>"
        "<xsdversie>2.2</xsdversie><groepen><groep/></groepen></leerkrachten_verzoek>"
    )
    assert tolerant(document, LeerkrachtenVerzoek).groepen == (VerzoekGroep(),)


def test_weights_with_many_decimals_are_kept():
    """A wegingsfactor keeps every digit."""
    norm_ = (
        "<toetsnormering><wegingsfactor>+.50</wegingsfactor><norm><term>A</term><beginnormwaarde>0</beginnormwaarde>"
        "<eindnormwaarde>1</eindnormwaarde></norm></toetsnormering>"
    )
    bericht = tolerant(results(norm_=norm_), LeerresultatenVerzoek)
    assert bericht.toetsen[0].toetsnormering.wegingsfactor == Decimal("0.50")
