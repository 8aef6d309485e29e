"""Small valid messages, and the settings their rules need: what the examples of the rules are made from.

All persons are made up; the BSN and the onderwijsnummer pass their tests and belong to nobody known to us.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from uwlr import norm
from uwlr.berichten import LeerlinggegevensAntwoord, LeerresultatenVerzoek
from uwlr.codec.read import read
from uwlr.validation.context import Context

ECKID: Final = "https://ketenid.nl/201703/" + "0123456789abcdef" * 8
ECKID_2: Final = "https://ketenid.nl/201703/" + "fedcba9876543210" * 8
VAKGEBIED: Final = "http://purl.edustandaard.nl/concept/328cc12a-87b2-41c4-aef8-853595f9f9dd"
TODAY: Final = date(2026, 11, 22)

_ANTWOORD = f"""<leerlinggegevens_antwoord xmlns="{norm.LEERLINGGEGEVENS}">
  <leerlinggegevens>
    <school>
      <schooljaar>2026-2027</schooljaar>
      <peildatum>2026-10-01</peildatum>
      <brincode>99XX</brincode>
      <dependancecode>01</dependancecode>
      <aanmaakdatum>2026-11-01T08:00:00Z</aanmaakdatum>
      <auteur>Voorbeeld-LAS</auteur>
      <xsdversie>VERSIE</xsdversie>
    </school>
    <vestigingen>
      <vestiging key="v1">
        <naam>Noord</naam>
      </vestiging>
      <vestiging key="v2">
        <naam>Zuid</naam>
      </vestiging>
    </vestigingen>
    <groepen>
      <groep key="g1">
        <naam>7/8</naam>
        <jaargroep>C</jaargroep>
      </groep>
      <groep key="g2">
        <naam>6</naam>
        <jaargroep>6</jaargroep>
      </groep>
      <samengestelde_groep key="s1">
        <naam>Plusklas</naam>
      </samengestelde_groep>
      <samengestelde_groep key="s2">
        <naam>Koor</naam>
      </samengestelde_groep>
    </groepen>
    <leerlingen>
      <leerling key="l1" eckid="{ECKID}">
        <achternaam>Bakker</achternaam>
        <voorvoegsel>de</voorvoegsel>
        <voornamen>Anna Maria</voornamen>
        <voorletters-1>AM</voorletters-1>
        <roepnaam>Anna</roepnaam>
        <geboortedatum>2015-03-01</geboortedatum>
        <geslacht>2</geslacht>
        <jaargroep>8</jaargroep>
        <groep key="g1"/>
        <samengestelde_groepen>
          <samengestelde_groep key="s1"/>
        </samengestelde_groepen>
        <vestiging key="v1"/>
        <gebruikersnaam>anna.bakker</gebruikersnaam>
        <emailadres>anna@school.example</emailadres>
        <bsn>111222333</bsn>
        <postcodenl>1234AB</postcodenl>
        <instroomdatum>2019-08-01</instroomdatum>
        <uitstroomdatum>2027-07-31</uitstroomdatum>
      </leerling>
      <leerling key="l2">
        <achternaam>Visser</achternaam>
        <roepnaam>Bram</roepnaam>
        <geboortedatum>2016-05-12</geboortedatum>
        <jaargroep>6</jaargroep>
        <groep key="g2"/>
        <onderwijsnummer>101000012</onderwijsnummer>
      </leerling>
    </leerlingen>
    <leerkrachten>
      <leerkracht key="m1" eckid="{ECKID_2}">
        <achternaam>Smit</achternaam>
        <voorvoegsel>van der</voorvoegsel>
        <voorletters-1>J</voorletters-1>
        <roepnaam>Jan</roepnaam>
        <emailadres>jan@school.example</emailadres>
        <rol>LRK</rol>
        <groepen>
          <groep key="g1">
            <rol>LRK</rol>
          </groep>
          <samengestelde_groep key="s2"/>
        </groepen>
      </leerkracht>
      <leerkracht key="m2">
        <roepnaam>Kees</roepnaam>
      </leerkracht>
    </leerkrachten>
  </leerlinggegevens>
</leerlinggegevens_antwoord>
"""
_VO = f"""<leerlinggegevens xmlns="{norm.LEERLINGGEGEVENS}">
  <school>
    <schooljaar>2026-2027</schooljaar>
    <brincode>99XX</brincode>
    <xsdversie>VERSIE</xsdversie>
  </school>
  <groepen>
    <groep key="h1a">
      <naam>H1a</naam>
      <jaargroep>11</jaargroep>
    </groep>
    <groep key="h2a">
      <naam>H2a</naam>
      <jaargroep>12</jaargroep>
    </groep>
  </groepen>
  <leerlingen>
    <leerling key="l1">
      <roepnaam>Anna</roepnaam>
      <geboortedatum>2014-03-01</geboortedatum>
      <jaargroep>11</jaargroep>
      <groep key="h1a"/>
    </leerling>
  </leerlingen>
</leerlinggegevens>
"""
_SMAL = f"""<leerlinggegevens_antwoord xmlns="{norm.LEERLINGGEGEVENS}">
  <leerlinggegevens>
    <school>
      <schooljaar>2026-2027</schooljaar>
      <brincode>99XX</brincode>
      <xsdversie>VERSIE</xsdversie>
    </school>
    <groepen>
      <groep key="g1">
        <naam>8</naam>
        <jaargroep>8</jaargroep>
      </groep>
      <samengestelde_groep key="s1">
        <naam>Plusklas</naam>
      </samengestelde_groep>
    </groepen>
    <leerlingen>
      <leerling key="l1" eckid="{ECKID}">
        <achternaam>Bakker</achternaam>
        <voorvoegsel>de</voorvoegsel>
        <roepnaam>Anna</roepnaam>
        GEBOREN
        <jaargroep>8</jaargroep>
        <groep key="g1"/>
      </leerling>
    </leerlingen>
    <leerkrachten>
      <leerkracht key="m1">
        <achternaam>Smit</achternaam>
        <roepnaam>Jan</roepnaam>
        <emailadres>jan@school.example</emailadres>
      </leerkracht>
    </leerkrachten>
  </leerlinggegevens>
</leerlinggegevens_antwoord>
"""
_LVS = f"""<leerlinggegevens_antwoord xmlns="{norm.LEERLINGGEGEVENS}">
  <leerlinggegevens>
    <school>
      <schooljaar>2026-2027</schooljaar>
      <peildatum>2026-10-01</peildatum>
      <brincode>99XX</brincode>
      <aanmaakdatum>2026-11-01T08:00:00Z</aanmaakdatum>
      <xsdversie>VERSIE</xsdversie>
    </school>
    <groepen>
      <groep key="g1">
        <naam>8</naam>
        <jaargroep>8</jaargroep>
      </groep>
      <samengestelde_groep key="s1">
        <naam>Plusklas</naam>
      </samengestelde_groep>
    </groepen>
    <leerlingen>
      <leerling key="l1" eckid="{ECKID}">
        <achternaam>Bakker</achternaam>
        <roepnaam>Anna</roepnaam>
        <geboortedatum>2015-03-01</geboortedatum>
        <geslacht>2</geslacht>
        <jaargroep>8</jaargroep>
        <groep key="g1"/>
        BSN4
      </leerling>
    </leerlingen>
    <leerkrachten>
      <leerkracht key="m1">
        <achternaam>Smit</achternaam>
        <roepnaam>Jan</roepnaam>
      </leerkracht>
    </leerkrachten>
  </leerlinggegevens>
</leerlinggegevens_antwoord>
"""
_STRUCTUUR = f"""<structuur_antwoord xmlns="{norm.LEERLINGGEGEVENS}">
  <leerlinggegevens-structuur>
    <school>
      <schooljaar>2026-2027</schooljaar>
      <peildatum>2026-10-01</peildatum>
      <brincode>99XX</brincode>
      <aanmaakdatum>2026-11-01T08:00:00Z</aanmaakdatum>
      <xsdversie>VERSIE</xsdversie>
    </school>
    <groepen><groep key="g1"><naam>8</naam><jaargroep>8</jaargroep></groep></groepen>
  </leerlinggegevens-structuur>
</structuur_antwoord>
"""
_RESULTATEN = f"""<leerresultaten_verzoek xmlns="{norm.LEERRESULTATEN}" xmlns:oso="{norm.OSO}">
  <school>
    <schooljaar>2026-2027</schooljaar>
    <brincode>99XX</brincode>
    <aanmaakdatum>2026-11-20T20:00:00Z</aanmaakdatum>
    <xsdversie>VERSIE</xsdversie>
  </school>
  <toetsafnames>
    <toetsafname>
      <leerlingid>l1</leerlingid>
      <eckid>{ECKID}</eckid>
      <resultaatverwerkerid>m1</resultaatverwerkerid>
      <resultaten>
        <resultaat key="r1">
          <afnamedatum>2026-10-15</afnamedatum>
          <toetscode>T1</toetscode>
          <versie>1</versie>
          <score>7</score>
          <infourl>https://toetsen.example/r1</infourl>
        </resultaat>
        <resultaat key="r2">
          <afnamedatum>2026-10-15</afnamedatum>
          <toetscode>T1</toetscode>
          <toetsonderdeelcode>D1</toetsonderdeelcode>
          <score>3</score>
        </resultaat>
        <resultaat key="r3">
          <afnamedatum>2026-10-16</afnamedatum>
          <toetscode>T2</toetscode>
          <osoresultaat>
            <oso:referentiescore>
              <oso:codereferentiescore>DLE</oso:codereferentiescore>
              <oso:codevergelijkingsgroep>Landelijk</oso:codevergelijkingsgroep>
              <oso:waarde>55</oso:waarde>
            </oso:referentiescore>
          </osoresultaat>
        </resultaat>
      </resultaten>
    </toetsafname>
  </toetsafnames>
  <toetsen>
    <toets>
      <toetscode>T1</toetscode>
      <versie>1</versie>
      <toetsnaam>Blok 1</toetsnaam>
      <vakgebied vocabulaire="{VAKGEBIED}">Spelling</vakgebied>
      <toetsnormering>
        <norm>
          <term>onvoldoende</term>
          <beginnormwaarde>0</beginnormwaarde>
          <eindnormwaarde>5</eindnormwaarde>
          <normkleur>
            <rood_code>200</rood_code>
            <groen_code>0</groen_code>
            <blauw_code>0</blauw_code>
            <transparantie>1.00</transparantie>
          </normkleur>
          <schoolcijfer_vanaf>1.0</schoolcijfer_vanaf>
          <schoolcijfer_totenmet>5.4</schoolcijfer_totenmet>
        </norm>
        <norm>
          <term>voldoende</term>
          <beginnormwaarde>6</beginnormwaarde>
          <eindnormwaarde>10</eindnormwaarde>
        </norm>
      </toetsnormering>
      <toetshierarchie>
        <ingang niveau="1">Methode</ingang>
        <ingang niveau="2">Blok</ingang>
      </toetshierarchie>
      <toetsonderdelen>
        <toetsonderdeel>
          <toetsonderdeelvolgnummer>1</toetsonderdeelvolgnummer>
          <toetsonderdeelcode>D1</toetsonderdeelcode>
        </toetsonderdeel>
        <toetsonderdeel>
          <toetsonderdeelvolgnummer>2</toetsonderdeelvolgnummer>
          <toetsonderdeelcode>D2</toetsonderdeelcode>
        </toetsonderdeel>
      </toetsonderdelen>
    </toets>
    <toets>
      <toetscode>T2</toetscode>
    </toets>
  </toetsen>
</leerresultaten_verzoek>
"""
_ENVELOPE = f"""<soap:Envelope xmlns:soap="{norm.SOAP_ENVELOPE}">
  <soap:Header>
    <autorisatie xmlns="{norm.AUTORISATIE}">
      <autorisatiesleutel>99XX01abcdefghijklmnop</autorisatiesleutel>
      <klantcode>uitgever</klantcode>
      <klantnaam>Uitgever</klantnaam>
    </autorisatie>
  </soap:Header>
  <soap:Body>
    <leerlinggegevens_verzoek xmlns="{norm.LEERLINGGEGEVENS}">
      <schooljaar>2026-2027</schooljaar>
      <brincode>99XX</brincode>
      <dependancecode>01</dependancecode>
      <xsdversie>VERSIE</xsdversie>
      <laatstontvangengegevens>2026-11-01T08:00:00Z</laatstontvangengegevens>
    </leerlinggegevens_verzoek>
  </soap:Body>
</soap:Envelope>
"""
HEADER: Final = _ENVELOPE[_ENVELOPE.index("  <soap:Header>") : _ENVELOPE.index("  <soap:Body>")]
VERZOEK: Final = _ENVELOPE[_ENVELOPE.index("<leerlinggegevens_verzoek") : _ENVELOPE.index("\n  </soap:Body>")]
GEEN_GEGEVENS: Final = (
    f'<leerlinggegevens_antwoord xmlns="{norm.LEERLINGGEGEVENS}"><geengegevens/></leerlinggegevens_antwoord>'
)
_FAULT = f"""<soap:Envelope xmlns:soap="{norm.SOAP_ENVELOPE}">
  <soap:Body>
    <soap:Fault>
      <faultcode>soap:Client.AutorisatieOngeldig</faultcode>
      <faultstring>Autorisatie is ongeldig</faultstring>
    </soap:Fault>
  </soap:Body>
</soap:Envelope>
"""
SOAP_FAULT: Final = _FAULT[_FAULT.index("<soap:Fault>") : _FAULT.index("\n  </soap:Body>")]
_ROSTER: Final = _ANTWOORD[_ANTWOORD.index("    <school>") : _ANTWOORD.index("  </leerlinggegevens>")]
_EDEXML: Final = f"<EDEX>\n{_ROSTER.replace('VERSIE', '2.1')}</EDEX>\n"
_BASES: Final[Mapping[str, str]] = {
    "antwoord": _ANTWOORD,
    "vo": _VO,
    "smalle-set": _SMAL.replace("GEBOREN", "<geboortedatum>2015-03-01</geboortedatum>"),
    "smalle-set-2.3": _SMAL.replace("        GEBOREN\n", ""),
    "lvs-set": _LVS.replace("BSN4", "<bsn_ondwnr-4>1234</bsn_ondwnr-4>"),
    "lvs-set-2.3": _LVS.replace("        BSN4\n", ""),
    "lvs-structuur": _STRUCTUUR,
    "resultaten": _RESULTATEN,
    "verzoek": _ENVELOPE,
    "fault": _FAULT,
    "edexml": _EDEXML,
}


def sample(base: str, versie: str = "2.2") -> str:
    """The sample message of that name."""
    return _BASES[base].replace("VERSIE", versie)


def settings(option: str, versie: str = "2.2") -> dict[str, Any]:
    """The arguments of `uwlr.validate` that an example asks for: a profile, a context, or only a fixed today."""
    context: dict[str, Any] = {"vandaag": TODAY}
    more: dict[str, Any] = {}
    match option:
        case "rooster":
            antwoord = read(sample("antwoord", versie).encode())
            assert isinstance(antwoord, LeerlinggegevensAntwoord)  # noqa: S101 - our own sample
            context["leerlinggegevens"] = antwoord.inhoud
        case "vorige":
            # The message before: the same results, a day earlier.
            vorige = read(sample("resultaten", versie).replace("2026-11-20T", "2026-11-19T").encode())
            assert isinstance(vorige, LeerresultatenVerzoek)  # noqa: S101
            context["vorige"] = vorige
        case "verzoek":
            context["verzoek"] = read(sample("verzoek", versie).encode())
        case "esis":
            context["systeem"] = "esis"
        case "smalle-set" | "lvs-set":
            more["profiel"] = option
        case _:
            pass
    return {"context": Context(**context), "versie": versie, **more}
