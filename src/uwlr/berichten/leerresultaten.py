"""Leerresultaten: results of tests, with the tests they belong to.

Source: UWLR 2.2, UWLR_Leerresultaten_v2p2.xsd (20170515).
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from uwlr import norm
from uwlr.berichten import typen as t
from uwlr.berichten.oso import Referentiescore, Toetsscore
from uwlr.berichten.raw import AnderResultaat
from uwlr.berichten.tabel import (
    AtLeastOne,
    AtMostOne,
    Attribute,
    Bericht,
    Choice,
    Content,
    Named,
    Needs,
    Wrapped,
)

_Sleutel = Annotated[str, t.Simple(name="tpKey", min_length=1, max_length=256, repeats=True)]


class _Deel(Bericht):
    namespace: ClassVar[str] = norm.LEERRESULTATEN


class School(_Deel):
    """The school whose results these are. ctpSchool."""

    schooljaar: t.Schooljaar
    """The school year, two years with a dash, such as 2025-2026.

    schooljaar [1..1] tpSchooljaar (form [1-2][0-9]{3}-[1-2][0-9]{3}).
    """
    brincode: t.Brincode | None = None
    """BRIN of the school, such as 99XX. brincode [0..1] EDEXBrincodeType (form [0-9]{2}[A-Z]{2})."""
    dependancecode: t.VerzoekDependancecode | None = None
    """Number of the location; 00, or none, is the main one.

    dependancecode [0..1] tpDependanceCode (0 to 32 characters; form [0-9]{2}).
    """
    schoolkey: t.String256 | None = None
    """Name of the school that both sides agreed on. schoolkey [0..1] EDEXString256Type (1 to 256 characters)."""
    aanmaakdatum: t.Tijdstip
    """The moment at which the message was made. aanmaakdatum [1..1] xs:dateTime."""
    auteur: t.FreeText128 | None = None
    """Who or what made the message. auteur [0..1] EDEXString128Type (1 to 128 characters)."""
    xsdversie: t.String32
    """Version of UWLR that the message follows. xsdversie [1..1] EDEXString32Type (1 to 32 characters)."""
    commentaar: t.FreeText128 | None = None
    """Remark by whoever made the message. commentaar [0..1] EDEXString128Type (1 to 128 characters)."""

    choices: ClassVar[tuple[Choice, ...]] = (
        AtMostOne(("brincode", "schoolkey")),
        AtLeastOne(("brincode", "schoolkey")),
        Needs(("dependancecode",), "brincode"),
    )


class VocabulaireGebondenVeld(_Deel):
    """A term, and the vocabulary (VDEX) it comes from. ctpVocabulaireGebondenVeld."""

    vocabulaire: Annotated[t.AnyUri | None, Attribute()] = None
    """The vocabulary that the term is of. @vocabulaire [0..1] xs:anyURI."""
    vocabulairelocatie: Annotated[t.AnyUri | None, Attribute()] = None
    """Where the vocabulary can be fetched. @vocabulairelocatie [0..1] xs:anyURI."""
    waarde: Annotated[t.String256, Content()]
    """The value. waarde [1..1] EDEXString256Type (1 to 256 characters)."""


class OsoResultaat(_Deel, tag="osoresultaat"):
    """A result in OSO form. ctpOsoResultaat."""

    toetsscore: Toetsscore | None = None
    """The raw outcome: counts, time and ability. toetsscore [0..1] toetsscore."""
    referentiescore: tuple[Referentiescore, ...] = ()
    """The outcome held against a reference group. referentiescore [0..n] referentiescore."""


class Resultaat(_Deel, tag="resultaat"):
    """One result of one pupil. ctpResultaat."""

    key: Annotated[t.PersonKey, Attribute()]
    """Key of the result, of its own in the message.

    @key [1..1] EDEXKeyType (1 to 256 characters).
    """
    afnamedatum: t.Datum
    """The day on which the test was taken. afnamedatum [1..1] xs:date."""
    toetscode: _Sleutel
    """Code of the test. toetscode [1..1] tpKey (1 to 256 characters)."""
    versie: VocabulaireGebondenVeld | None = None
    """Version of the test. versie [0..1] versie."""
    toetsonderdeelcode: _Sleutel | None = None
    """Code of the part of the test; without it the result is of the whole test.

    toetsonderdeelcode [0..1] tpKey (1 to 256 characters).
    """
    uitkomst: Annotated[t.Score, Named("score")] | OsoResultaat | AnderResultaat
    """The outcome: a score, a result of OSO, or one that both sides agreed on.

    score|osoresultaat|anderresultaat [1..1] tpScore (from 0 to …) | osoresultaat | anderresultaat.
    """
    infourl: t.FreeText256 | None = None
    """Address where more about the result is to be seen. infourl [0..1] EDEXString256Type (1 to 256 characters)."""


class Toetsafname(_Deel, tag="toetsafname"):
    """The results of one pupil. ctpToetsafname."""

    leerlingid: t.PersonKey
    """Key of the pupil in the roster of the LAS. leerlingid [1..1] EDEXKeyType (1 to 256 characters)."""
    eckid: t.PersonKey | None = None
    """ECK-iD: the pseudonym of this person in the chain of educational applications.

    eckid [0..1] EDEXKeyType (1 to 256 characters).
    """
    resultaatverwerkerid: t.PersonKey | None = None
    """Key of the person who processed the result. resultaatverwerkerid [0..1] EDEXKeyType (1 to 256 characters)."""
    resultaten: Annotated[tuple[Resultaat, ...], Wrapped()]
    """The results of this pupil. resultaten [1..n] resultaat."""


class Normkleur(_Deel):
    """Colour to show a norm in: red, green, blue 0..255, transparantie 0 (clear) to 1 (opaque)."""

    rood_code: t.Kleurcode
    """Red, 0 to 255. rood_code [1..1] tpKleurcode (from 0 to 255)."""
    groen_code: t.Kleurcode
    """Green, 0 to 255. groen_code [1..1] tpKleurcode (from 0 to 255)."""
    blauw_code: t.Kleurcode
    """Blue, 0 to 255. blauw_code [1..1] tpKleurcode (from 0 to 255)."""
    transparantie: t.Transparantie
    """Opacity: 0 is clear, 1 opaque. transparantie [1..1] tpTransparatiecode (from 0 to 1)."""


class Norm(_Deel, tag="norm"):
    """A range of scores and what it means. Element norm."""

    term: t.String64
    """Name of the norm, such as a level. term [1..1] EDEXString64Type (1 to 64 characters)."""
    omschrijving: t.String128 | None = None
    """What it is, in words. omschrijving [0..1] EDEXString128Type (1 to 128 characters)."""
    beginnormwaarde: t.Score
    """The lowest score that the norm covers. beginnormwaarde [1..1] tpScore (from 0 to …)."""
    eindnormwaarde: t.Score
    """The highest score that the norm covers. eindnormwaarde [1..1] tpScore (from 0 to …)."""
    normkleur: Normkleur | None = None
    """Colour to show the norm in. normkleur [0..1] normkleur."""
    schoolcijfer_vanaf: t.Schoolcijfer | None = None
    """The lowest mark that goes with the norm. schoolcijfer_vanaf [0..1] tpSchoolcijfer (from 1 to 10)."""
    schoolcijfer_totenmet: t.Schoolcijfer | None = None
    """The highest mark that goes with the norm. schoolcijfer_totenmet [0..1] tpSchoolcijfer (from 1 to 10)."""


class Normering(_Deel):
    """How the scores of a test or part are judged. ctpNormering."""

    vocabulaire: Annotated[t.AnyUri | None, Attribute()] = None
    """The vocabulary that the term is of. @vocabulaire [0..1] xs:anyURI."""
    vocabulairelocatie: Annotated[t.AnyUri | None, Attribute()] = None
    """Where the vocabulary can be fetched. @vocabulairelocatie [0..1] xs:anyURI."""
    toetscategorie: VocabulaireGebondenVeld | None = None
    """Kind of test, as a term of a vocabulary. toetscategorie [0..1] toetscategorie."""
    toetsniveau: VocabulaireGebondenVeld | None = None
    """Level of the test, as a term of a vocabulary. toetsniveau [0..1] toetsniveau."""
    wegingsfactor: t.DecimalNumber | None = None
    """Weight of the score among others. wegingsfactor [0..1] xs:decimal."""
    norm: tuple[Norm, ...]
    """The norms, each for a range of scores. norm [1..n] norm."""


class Ingang(_Deel, tag="ingang"):
    """One level of the place of a test in a method. Element ingang."""

    vocabulaire: Annotated[t.AnyUri | None, Attribute()] = None
    """The vocabulary that the term is of. @vocabulaire [0..1] xs:anyURI."""
    vocabulairelocatie: Annotated[t.AnyUri | None, Attribute()] = None
    """Where the vocabulary can be fetched. @vocabulairelocatie [0..1] xs:anyURI."""
    niveau: Annotated[t.Integer, Attribute()]
    """The level in the hierarchy, from the top. @niveau [1..1] xs:integer."""
    waarde: Annotated[t.String256, Content()]
    """The value. waarde [1..1] EDEXString256Type (1 to 256 characters)."""


class ToetsOnderdeel(_Deel, tag="toetsonderdeel"):
    """A part of a test. ctpToetsOnderdeel."""

    toetsonderdeelvolgnummer: t.Volgnummer
    """Number of the part within its test. toetsonderdeelvolgnummer [1..1] xs:positiveInteger (from 1 to …)."""
    toetsonderdeelcode: VocabulaireGebondenVeld
    """Code of the part of the test; without it the result is of the whole test.

    toetsonderdeelcode [1..1] toetsonderdeelcode.
    """
    toetsonderdeelnaam: t.String128 | None = None
    """Name of the part. toetsonderdeelnaam [0..1] EDEXString128Type (1 to 128 characters)."""
    toetsonderdeelnormering: Normering | None = None
    """How scores of the part are judged. toetsonderdeelnormering [0..1] toetsonderdeelnormering."""


class Toets(_Deel, tag="toets"):
    """A test. ctpToets."""

    toetscode: VocabulaireGebondenVeld
    """Code of the test. toetscode [1..1] toetscode."""
    versie: VocabulaireGebondenVeld | None = None
    """Version of the test. versie [0..1] versie."""
    toetsnaam: t.String128 | None = None
    """Name of the test. toetsnaam [0..1] EDEXString128Type (1 to 128 characters)."""
    leerjaar: VocabulaireGebondenVeld | None = None
    """School years that the test is for. leerjaar [0..1] leerjaar."""
    vakgebied: VocabulaireGebondenVeld | None = None
    """Subjects that the test is of. vakgebied [0..1] vakgebied."""
    toetsnormering: Normering | None = None
    """How scores of the test are judged. toetsnormering [0..1] toetsnormering."""
    toetshierarchie: Annotated[tuple[Ingang, ...], Wrapped()] = ()
    """The place of the test in a tree of its publisher, level by level. toetshierarchie [0..n] ingang."""
    toetsonderdelen: Annotated[tuple[ToetsOnderdeel, ...], Wrapped()] = ()
    """The parts of the test. toetsonderdelen [0..n] toetsonderdeel."""


class LeerresultatenVerzoek(_Deel, tag="leerresultaten_verzoek"):
    """Bring results to a LAS. Element leerresultaten_verzoek."""

    school: School
    """The school, and where the message comes from. school [1..1] school."""
    toetsafnames: Annotated[tuple[Toetsafname, ...], Wrapped()]
    """The results, pupil by pupil. toetsafnames [1..n] toetsafname."""
    toetsen: Annotated[tuple[Toets, ...], Wrapped()]
    """The tests that results refer to. toetsen [1..n] toets."""


class LeerresultatenBevestiging(_Deel, tag="leerresultaten_bevestiging"):
    """The results were taken. Element leerresultaten_bevestiging."""
