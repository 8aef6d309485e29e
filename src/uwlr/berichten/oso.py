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
    bivhoog: t.DecimalNumber


class Toetsscore(_Deel, tag="toetsscore"):
    """What a pupil scored. toetsscoreType."""

    aantalopgaven: t.Int | None = None
    aantalgoed: t.Int | None = None
    aantalfout: t.Int | None = None
    aantalgelezen: t.Int | None = None
    tijd: t.DecimalNumber | None = None
    vaardigheidsscore: t.DecimalNumber | None = None
    codevaardigheidsschaal: t.NonEmpty | None = None
    betrouwbaarheidsinterval: Betrouwbaarheidsinterval | None = None


class Referentiescore(_Deel, tag="referentiescore"):
    """A score against a reference group. referentiescoreType."""

    codereferentiescore: t.NonEmpty
    codevergelijkingsgroep: t.NonEmpty
    waarde: t.NonEmpty
    kwalificatie: t.NonEmpty | None = None
