"""The fault codes of the agreement.

Source: the Dutch texts and their order follow the public Java implementation of the agreement by Topicus
(FaultType), whose ancestry is UWLR 1.0; the official page was not available, so for 2.x this list is inferred.
"""

from __future__ import annotations

from enum import StrEnum


class Foutcode(StrEnum):
    """The part of a SOAP 1.1 faultcode after the prefix."""

    INTERNE_FOUT = "Server.InterneFout"
    TIJDELIJK_NIET_BESCHIKBAAR = "Server.TijdelijkNietBeschikbaar"
    ONGELDIG_BERICHT = "Client.OngeldigBericht"
    ONGELDIGE_KLANT_IDENTIFICATIE = "Client.OngeldigeKlantIdentificatie"
    AUTORISATIE_ONGELDIG = "Client.AutorisatieOngeldig"
    VOCABULAIRE_TERM_ONGELDIG = "Client.VocabulaireTermOngeldig"
    XSD_VERSIE_ONGELDIG = "Client.XsdVersieOngeldig"
    LEERLING_ONGELDIG = "Client.LeerlingOngeldig"
    TOETS_NORMERING_ONGELDIG = "Client.ToetsNormeringOngeldig"
    SCORE_ONGELDIG = "Client.ScoreOngeldig"
    ELD_RESULTAAT_ONGELDIG = "Client.EldResultaatOngeldig"

    @property
    def omschrijving(self) -> str:
        """The sentence that goes with the code."""
        return _OMSCHRIJVINGEN[self]

    @property
    def from_server(self) -> bool:
        """Whether the server blames itself."""
        return self.startswith("Server.")

    @classmethod
    def parse(cls, faultcode: str) -> Foutcode | str:
        """Read a faultcode with or without prefix; an unknown one is returned as text, without its prefix."""
        local = faultcode.strip().rpartition(":")[2]
        try:
            return cls(local)
        except ValueError:
            return local


_OMSCHRIJVINGEN = {
    Foutcode.INTERNE_FOUT: "Er is een interne fout opgetreden",
    Foutcode.TIJDELIJK_NIET_BESCHIKBAAR: "Server is tijdelijk niet beschikbaar",
    Foutcode.ONGELDIG_BERICHT: "Inhoud van het bericht is ongeldig",
    Foutcode.ONGELDIGE_KLANT_IDENTIFICATIE: "Klantidentificatie onjuist",
    Foutcode.AUTORISATIE_ONGELDIG: "Autorisatie is ongeldig",
    Foutcode.VOCABULAIRE_TERM_ONGELDIG: "Vocabulairterm ongeldig",
    Foutcode.XSD_VERSIE_ONGELDIG: "De opgegeven XSD-versie is onjuist",
    Foutcode.LEERLING_ONGELDIG: "Leerling ongeldig",
    Foutcode.TOETS_NORMERING_ONGELDIG: "Toetsnormering ongeldig",
    Foutcode.SCORE_ONGELDIG: "Score ongeldig",
    Foutcode.ELD_RESULTAAT_ONGELDIG: "ELD resultaat ongeldig",
}
