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
    brincode: t.Brincode | None = None
    dependancecode: t.VerzoekDependancecode | None = None
    schoolkey: t.String256 | None = None
    aanmaakdatum: t.Tijdstip
    auteur: t.FreeText128 | None = None
    xsdversie: t.String32
    commentaar: t.FreeText128 | None = None

    choices: ClassVar[tuple[Choice, ...]] = (
        AtMostOne(("brincode", "schoolkey")),
        AtLeastOne(("brincode", "schoolkey")),
        Needs(("dependancecode",), "brincode"),
    )


class VocabulaireGebondenVeld(_Deel):
    """A term, and the vocabulary (VDEX) it comes from. ctpVocabulaireGebondenVeld."""

    vocabulaire: Annotated[t.AnyUri | None, Attribute()] = None
    vocabulairelocatie: Annotated[t.AnyUri | None, Attribute()] = None
    waarde: Annotated[t.String256, Content()]


class OsoResultaat(_Deel, tag="osoresultaat"):
    """A result in OSO form. ctpOsoResultaat."""

    toetsscore: Toetsscore | None = None
    referentiescore: tuple[Referentiescore, ...] = ()


class Resultaat(_Deel, tag="resultaat"):
    """One result of one pupil. ctpResultaat."""

    key: Annotated[t.PersonKey, Attribute()]
    afnamedatum: t.Datum
    toetscode: _Sleutel
    versie: VocabulaireGebondenVeld | None = None
    toetsonderdeelcode: _Sleutel | None = None
    uitkomst: Annotated[t.Score, Named("score")] | OsoResultaat | AnderResultaat
    infourl: t.FreeText256 | None = None


class Toetsafname(_Deel, tag="toetsafname"):
    """The results of one pupil. ctpToetsafname."""

    leerlingid: t.PersonKey
    eckid: t.PersonKey | None = None
    resultaatverwerkerid: t.PersonKey | None = None
    resultaten: Annotated[tuple[Resultaat, ...], Wrapped()]


class Normkleur(_Deel):
    """Colour to show a norm in: red, green, blue 0..255, transparantie 0 (clear) to 1 (opaque)."""

    rood_code: t.Kleurcode
    groen_code: t.Kleurcode
    blauw_code: t.Kleurcode
    transparantie: t.Transparantie


class Norm(_Deel, tag="norm"):
    """A range of scores and what it means. Element norm."""

    term: t.String64
    omschrijving: t.String128 | None = None
    beginnormwaarde: t.Score
    eindnormwaarde: t.Score
    normkleur: Normkleur | None = None
    schoolcijfer_vanaf: t.Schoolcijfer | None = None
    schoolcijfer_totenmet: t.Schoolcijfer | None = None


class Normering(_Deel):
    """How the scores of a test or part are judged. ctpNormering."""

    vocabulaire: Annotated[t.AnyUri | None, Attribute()] = None
    vocabulairelocatie: Annotated[t.AnyUri | None, Attribute()] = None
    toetscategorie: VocabulaireGebondenVeld | None = None
    toetsniveau: VocabulaireGebondenVeld | None = None
    wegingsfactor: t.DecimalNumber | None = None
    norm: tuple[Norm, ...]


class Ingang(_Deel, tag="ingang"):
    """One level of the place of a test in a method. Element ingang."""

    vocabulaire: Annotated[t.AnyUri | None, Attribute()] = None
    vocabulairelocatie: Annotated[t.AnyUri | None, Attribute()] = None
    niveau: Annotated[t.Integer, Attribute()]
    waarde: Annotated[t.String256, Content()]


class ToetsOnderdeel(_Deel, tag="toetsonderdeel"):
    """A part of a test. ctpToetsOnderdeel."""

    toetsonderdeelvolgnummer: t.Volgnummer
    toetsonderdeelcode: VocabulaireGebondenVeld
    toetsonderdeelnaam: t.String128 | None = None
    toetsonderdeelnormering: Normering | None = None


class Toets(_Deel, tag="toets"):
    """A test. ctpToets."""

    toetscode: VocabulaireGebondenVeld
    versie: VocabulaireGebondenVeld | None = None
    toetsnaam: t.String128 | None = None
    leerjaar: VocabulaireGebondenVeld | None = None
    vakgebied: VocabulaireGebondenVeld | None = None
    toetsnormering: Normering | None = None
    toetshierarchie: Annotated[tuple[Ingang, ...], Wrapped()] = ()
    toetsonderdelen: Annotated[tuple[ToetsOnderdeel, ...], Wrapped()] = ()


class LeerresultatenVerzoek(_Deel, tag="leerresultaten_verzoek"):
    """Bring results to a LAS. Element leerresultaten_verzoek."""

    school: School
    toetsafnames: Annotated[tuple[Toetsafname, ...], Wrapped()]
    toetsen: Annotated[tuple[Toets, ...], Wrapped()]


class LeerresultatenBevestiging(_Deel, tag="leerresultaten_bevestiging"):
    """The results were taken. Element leerresultaten_bevestiging."""
