"""Scores in the form of the Overstapdossier (OSO).

Source: UWLR 2.2, Overstapdossier_1.2_20150302.xsd, the part that UWLR uses.
"""

from __future__ import annotations

from typing import ClassVar

from uwlr import norm
from uwlr.berichten import typen as t
from uwlr.berichten.tabel import Bericht


class _Deel(Bericht):
    namespace: ClassVar[str] = norm.OSO


class Betrouwbaarheidsinterval(_Deel):
    """Bounds around a vaardigheidsscore. Element betrouwbaarheidsinterval."""

    bivlaag: t.DecimalNumber
    """Lower end of the confidence interval. bivlaag [1..1] xs:decimal."""
    bivhoog: t.DecimalNumber
    """Upper end of the confidence interval. bivhoog [1..1] xs:decimal."""


class Toetsscore(_Deel, tag="toetsscore"):
    """What a pupil scored. toetsscoreType."""

    aantalopgaven: t.Int | None = None
    """Number of questions. aantalopgaven [0..1] xs:int (from -2147483648 to 2147483647)."""
    aantalgoed: t.Int | None = None
    """Number of right answers. aantalgoed [0..1] xs:int (from -2147483648 to 2147483647)."""
    aantalfout: t.Int | None = None
    """Number of wrong answers. aantalfout [0..1] xs:int (from -2147483648 to 2147483647)."""
    aantalgelezen: t.Int | None = None
    """Number of words or questions that were read. aantalgelezen [0..1] xs:int (from -2147483648 to 2147483647)."""
    tijd: t.DecimalNumber | None = None
    """Time that was taken. tijd [0..1] xs:decimal."""
    vaardigheidsscore: t.DecimalNumber | None = None
    """Ability, on the scale that codevaardigheidsschaal names. vaardigheidsscore [0..1] xs:decimal."""
    codevaardigheidsschaal: t.NonEmpty | None = None
    """Code of the scale of ability. codevaardigheidsschaal [0..1] nonEmptyStringType."""
    betrouwbaarheidsinterval: Betrouwbaarheidsinterval | None = None
    """Interval in which the ability lies. betrouwbaarheidsinterval [0..1] betrouwbaarheidsinterval."""


class Referentiescore(_Deel, tag="referentiescore"):
    """A score against a reference group. referentiescoreType."""

    codereferentiescore: t.NonEmpty
    """Code of the kind of reference score. codereferentiescore [1..1] nonEmptyStringType."""
    codevergelijkingsgroep: t.NonEmpty
    """Code of the group that the pupil is held against. codevergelijkingsgroep [1..1] nonEmptyStringType."""
    waarde: t.NonEmpty
    """The value. waarde [1..1] nonEmptyStringType."""
    kwalificatie: t.NonEmpty | None = None
    """The reference score in words. kwalificatie [0..1] nonEmptyStringType."""
