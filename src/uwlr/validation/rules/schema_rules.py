"""What the xsd layer finds, in words: one rule for each way in which a message can leave its schema.

Source: the schemas of UWLR 2.2 and 2.3. libxml2 gives the verdict; `words` turns a deviation into a rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from uwlr import norm
from uwlr.berichten import Leerling, leerresultaten
from uwlr.berichten.tabel import AtMostOne, Bericht, Simple, table
from uwlr.deviations import (
    Choice,
    Deviation,
    Empty,
    EmptyList,
    Facet,
    Missing,
    NoContent,
    NotEmpty,
    Order,
    Repeated,
    RepeatedList,
    Text,
    UnknownAttribute,
    UnknownElement,
    Unreadable,
)
from uwlr.edexml import files as edexml
from uwlr.soap.operations import BY_VERZOEK
from uwlr.validation.report import Source
from uwlr.validation.rule_registry import ERROR, WARNING, Example, Rule, define
from uwlr.validation.schema_verdict import Spot, Unexplained, resolve

_XSD: Final = Source("UWLR 2.2", "schema set 20170515")


def _xsd(rule_id: str, section: str | None = None, **about: Any) -> Rule:
    source = _XSD if section is None else Source("UWLR 2.2", section)
    return define(rule_id, layer="xsd", severity=ERROR, source=source, **about)


UNKNOWN_MESSAGE: Final = _xsd(
    "XS-101",
    nl="{element} (namespace {namespace}) is geen bericht van UWLR",
    en="{element} (namespace {namespace}) is no message of UWLR",
    remedy_nl="Controleer naam, hoofdletters en namespace van het buitenste element; {hint}",
    remedy_en="Check name, case and namespace of the outermost element; {hint}",
    example=Example("vo", "leerresultaten/2/leerlinggegevens", "leerresultaten/1/leerlinggegevens"),
)
ORDER: Final = _xsd(
    "XS-102",
    nl="in {where}{line} staat {field} na {previous}; de volgorde is {order}",
    en="in {where}{line}, {field} stands after {previous}; the order is {order}",
    remedy_nl="Zet de elementen in de volgorde van het schema.",
    remedy_en="Put the elements in the order of the schema.",
    example=Example(
        "antwoord",
        "<voorvoegsel>de</voorvoegsel>\n        <voornamen>Anna Maria</voornamen>\n"
        "        <voorletters-1>AM</voorletters-1>\n        <roepnaam>Anna</roepnaam>",
        "<roepnaam>Anna</roepnaam>\n        <voorvoegsel>de</voorvoegsel>",
    ),
)
UNKNOWN_ELEMENT: Final = _xsd(
    "XS-103",
    nl="in {where}{line} staat een element {field}, dat het schema daar niet kent",
    en="in {where}{line} stands an element {field} that the schema does not have there",
    remedy_nl="Haal {field} weg, of controleer naam, hoofdletters en namespace.",
    remedy_en="Take {field} out, or check its name, case and namespace.",
    example=Example("antwoord", "<geslacht>2</geslacht>", "<gender>2</gender>"),
)
UNKNOWN_ATTRIBUTE: Final = _xsd(
    "XS-104",
    nl="{where}{line} heeft een attribuut {field}, dat het schema daar niet kent",
    en="{where}{line} has an attribute {field} that the schema does not have there",
    remedy_nl="Haal {field} weg.",
    remedy_en="Take {field} out.",
    example=Example("antwoord", '<groep key="g2">', '<groep key="g2" type="stam">'),
)
MISSING: Final = _xsd(
    "XS-105",
    nl="in {where}{line} ontbreekt {field}",
    en="{field} is missing in {where}{line}",
    remedy_nl="Voeg {field} toe; het schema maakt dit verplicht.",
    remedy_en="Add {field}; the schema makes it mandatory.",
    example=Example("antwoord", "        <jaargroep>6</jaargroep>\n      </groep>", "      </groep>"),
)
REPEATED: Final = _xsd(
    "XS-106",
    nl="in {where}{line} staat {field} vaker dan eens, of naast een element dat het uitsluit",
    en="in {where}{line}, {field} stands more than once, or beside an element that excludes it",
    remedy_nl="Houd één {field} over.",
    remedy_en="Keep one {field}.",
    example=Example("antwoord", "<geslacht>2</geslacht>", "<geslacht>2</geslacht>\n        <geslacht>2</geslacht>"),
)
CHOICE: Final = _xsd(
    "XS-107",
    nl="{where}{line} voldoet niet aan een keuze van het schema: {choice}",
    en="{where}{line} breaks a choice of the schema: {choice}",
    remedy_nl="Kies een van de mogelijkheden die het schema biedt.",
    remedy_en="Choose one of the possibilities that the schema offers.",
    example=Example("antwoord", "<achternaam>Visser</achternaam>\n        <roepnaam>Bram</roepnaam>\n        ", ""),
)
EMPTY: Final = _xsd(
    "XS-108",
    "EDEXML types: minLength 1, no empty elements",
    nl="in {where}{line} is {field} leeg",
    en="{field} is empty in {where}{line}",
    remedy_nl="Laat {field} weg als er geen waarde is, of vul een waarde in.",
    remedy_en="Leave {field} out if there is no value, or give it one.",
    example=Example("antwoord", "<voorvoegsel>de</voorvoegsel>", "<voorvoegsel/>"),
)
UNREADABLE: Final = _xsd(
    "XS-109",
    nl="in {where}{line} is '{value}' geen geldige waarde voor {field}: er hoort {due} te staan",
    en="in {where}{line}, '{value}' is no valid value of {field}: {due} is due",
    remedy_nl="Schrijf de waarde in de vorm van het schema.",
    remedy_en="Write the value in the form of the schema.",
    example=Example("antwoord", "<peildatum>2026-10-01</peildatum>", "<peildatum>1-10-2026</peildatum>"),
)
TOO_LONG: Final = _xsd(
    "XS-110",
    nl="in {where}{line} is {field} {length} tekens lang; {maximum} is het meeste",
    en="in {where}{line}, {field} has {length} characters; {maximum} is the most",
    remedy_nl="Kort de waarde in tot {maximum} tekens.",
    remedy_en="Shorten the value to {maximum} characters.",
    example=Example("antwoord", "<voorletters-1>AM</voorletters-1>", "<voorletters-1>AMCDEFG</voorletters-1>"),
)
PATTERN: Final = _xsd(
    "XS-111",
    nl="in {where}{line} heeft '{value}' niet de vorm van {field}: {form}",
    en="in {where}{line}, '{value}' does not have the form of {field}: {form}",
    remedy_nl="Schrijf de waarde in de vorm {form}.",
    remedy_en="Write the value in the form {form}.",
    example=Example("antwoord", "<brincode>99XX</brincode>", "<brincode>99xx</brincode>"),
)
CODE: Final = _xsd(
    "XS-112",
    nl="in {where}{line} is '{value}' geen code voor {field}; wel bestaan {codes}",
    en="in {where}{line}, '{value}' is no code of {field}; the codes are {codes}",
    remedy_nl="Kies een code van de lijst.",
    remedy_en="Choose a code of the list.",
    example=Example("antwoord", "<jaargroep>6</jaargroep>\n      </groep>", "<jaargroep>9</jaargroep>\n      </groep>"),
)
RANGE: Final = _xsd(
    "XS-113",
    nl="in {where}{line} ligt {value} buiten wat {field} toelaat: {bounds}",
    en="in {where}{line}, {value} is outside what {field} allows: {bounds}",
    remedy_nl="Kies een waarde binnen {bounds}.",
    remedy_en="Choose a value within {bounds}.",
    example=Example("resultaten", "<rood_code>200</rood_code>", "<rood_code>300</rood_code>"),
)
TEXT: Final = _xsd(
    "XS-114",
    nl="in {where}{line} staat tekst tussen de elementen",
    en="in {where}{line} there is text between the elements",
    remedy_nl="Haal de losse tekst weg.",
    remedy_en="Take the stray text out.",
    example=Example("antwoord", '<groep key="g2">', '<groep key="g2">groep'),
)
PRIVATE: Final = _xsd(
    "XS-115",
    "EDEXML ToevoegingsBlokType, ctpAnderResultaatType: abstract types",
    nl="{where}{line} bevat {field} van een eigen type, dat het schema niet kent",
    en="{where}{line} holds {field} of a private type that the schema does not know",
    remedy_nl="Stuur {field} alleen aan een partij die dit type met u heeft afgesproken.",
    remedy_en="Send {field} only to a party that agreed on this type with you.",
    example=Example(
        "antwoord",
        "<uitstroomdatum>2027-07-31</uitstroomdatum>",
        "<toevoegingen><blok><code>x</code></blok></toevoegingen>",
    ),
)
OTHER: Final = _xsd(
    "XS-199",
    nl="het schema keurt {where}{line} af bij {field} ({kind})",
    en="the schema refuses {where}{line} at {field} ({kind})",
    remedy_nl="Vergelijk het element met het schema.",
    remedy_en="Compare the element with the schema.",
    example=Example(
        "verzoek",
        "    </autorisatie>\n",
        f'    </autorisatie>\n    <autorisatie xmlns="{norm.AUTORISATIE}"/>\n',
    ),
)
DECIMAL_SCORE: Final = _xsd(
    "LR-401",
    "leerresultaten, tpScore is a whole number",
    nl="score '{value}' van {where} is geen heel getal vanaf 0",
    en="score '{value}' of {where} is not a whole number from 0",
    remedy_nl="Reken om naar een heel getal, of laat het resultaat weg als er geen score is (geen X, geen komma).",
    remedy_en="Convert to a whole number, or leave the result out if there is no score (no X, no comma).",
    example=Example("resultaten", "<score>7</score>", "<score>7.5</score>", "<score>8</score>"),
)
NORMKLEUR: Final = _xsd(
    "LR-306",
    "leerresultaten, normkleur",
    nl="normkleur in {where}{line} mist {field}; een kleur heeft rood_code, groen_code, blauw_code en transparantie",
    en="normkleur in {where}{line} lacks {field}; a colour has rood_code, groen_code, blauw_code and transparantie",
    remedy_nl="Vul {field} in, of laat normkleur in zijn geheel weg; transparantie 1 is ondoorzichtig.",
    remedy_en="Give {field}, or leave normkleur out altogether; transparantie 1 is opaque.",
    example=Example("resultaten", "<groen_code>0</groen_code>\n            ", ""),
)
KEY_LENGTH: Final = define(
    "AU-101",
    layer="xsd",
    severity=WARNING,
    source=Source(
        "UWLR 2.2", "UWLR_Autorisatie, tpString64; a live system hands out keys of 88 characters", "practice"
    ),
    nl=(
        "autorisatiesleutel is {length} tekens lang; het schema laat er {maximum} toe, al geven sommige "
        "systemen langere uit"
    ),
    en=(
        "autorisatiesleutel has {length} characters; the schema allows {maximum}, though some systems "
        "hand out longer ones"
    ),
    remedy_nl="Vraag de leverancier van het LAS of de sleutel zo is uitgegeven; stuur hem dan ongewijzigd.",
    remedy_en="Ask the supplier of the LAS whether the key was issued so; then send it unchanged.",
    example=Example("verzoek", "99XX01abcdefghijklmnop", "a" * 88, "a" * 64),
)
TAL: Final = _xsd(
    "LG-503",
    "EDEXLeerkrachtRolType lacks TAL of EDEXML 2.1",
    nl="rol TAL (toetsafnameleider) van {where} bestaat in EDEXML 2.1, maar niet in UWLR 2.2",
    en="role TAL (leads tests) of {where} exists in EDEXML 2.1 but not in UWLR 2.2",
    remedy_nl="Gebruik een andere rol, of rolomschrijving met een eigen tekst.",
    remedy_en="Use another role, or rolomschrijving with your own text.",
    example=Example(
        "antwoord",
        "<emailadres>jan@school.example</emailadres>\n        <rol>LRK</rol>",
        "<rol>TAL</rol>",
        "<rolomschrijving>TAL</rolomschrijving>",
    ),
)
EXCLUDING_NUMBERS: Final = _xsd(
    "LG-404",
    "EDEXML LeerlingType, choice of identification numbers",
    nl="{where} heeft {fields}; van deze nummers mag er één in het bericht staan",
    en="{where} has {fields}; of these numbers one may be in the message",
    remedy_nl="Houd één nummer over.",
    remedy_en="Keep one number.",
    example=Example(
        "antwoord", "<bsn>111222333</bsn>", "<bsn>111222333</bsn>\n        <bsn_ondwnr-4>2333</bsn_ondwnr-4>"
    ),
)
EMPTY_SCHOOLJAAR: Final = _xsd(
    "VZ-101",
    "gVerzoekBasis, schooljaar",
    nl="schooljaar in {where} is leeg; sommige systemen vullen dan zelf het lopende jaar in, de afspraak doet dat niet",
    en="schooljaar in {where} is empty; some systems then take the current year, the agreement does not",
    remedy_nl="Noem het schooljaar, zoals 2026-2027.",
    remedy_en="Name the school year, such as 2026-2027.",
    example=Example("verzoek", "<schooljaar>2026-2027</schooljaar>", "<schooljaar/>"),
)
BRIN_AND_SCHOOLKEY: Final = _xsd(
    "VZ-102",
    "gSchoolIdentificatie",
    nl="{where} noemt brincode en schoolkey samen; in een verzoek mag er één staan",
    en="{where} gives brincode and schoolkey together; a request has one of them",
    remedy_nl="Stuur brincode (met dependancecode), of schoolkey.",
    remedy_en="Send brincode (with dependancecode), or schoolkey.",
    example=Example("verzoek", "      <xsdversie>", "      <schoolkey>s1</schoolkey>\n      <xsdversie>"),
)


class Words(NamedTuple):
    """The rule that a deviation breaks, and what fills its text."""

    rule: Rule
    data: dict[str, str] = {}  # noqa: RUF012
    data_en: dict[str, str] = {}  # noqa: RUF012
    value: str | None = None
    personal: bool = False


def rule_for(error: Unexplained) -> Rule:
    """The rule for what libxml2 refuses and no table explains."""
    if error.private:
        return PRIVATE
    # Text where only elements may be, and in an element that is to be empty, where white space counts too.
    return TEXT if error.kind in {"CVC_COMPLEX_TYPE_2_1", "CVC_COMPLEX_TYPE_2_3"} else OTHER


_DUE = {
    "integer": ("een heel getal", "a whole number"),
    "decimal": ("een getal met een punt", "a decimal number"),
    "date": ("een datum als 2026-10-01", "a date such as 2026-10-01"),
    "dateTime": ("een tijdstip als 2026-10-01T08:00:00Z", "a moment such as 2026-10-01T08:00:00Z"),
}
_FORMS = {
    r"\p{Nd}{2}\p{Lu}{2}": "99XX",
    r"\p{Nd}{2}": "99",
    r"[1-2]\p{Nd}{3}-[1-2]\p{Nd}{3}": "2026-2027",
    r"\p{Nd}{4}\p{Lu}{2}": "1234AB",
}
_ROL: Final = "EDEXLeerkrachtRolType"
_NUMBERS: Final = frozenset(
    table(Leerling).by_name[name].wire
    for choice in Leerling.choices
    if isinstance(choice, AtMostOne) and "bsn" in choice.fields
    for name in choice.fields
)
"""The numbers of a pupil that exclude each other."""
_LONGEST_SHOWN: Final = 60
_MOST_CODES: Final = 30


def words(deviation: Deviation, before: Sequence[str]) -> Words | None:
    """Find the rule for a deviation; `before` are the elements that stand before it in the same parent.

    None for what the schema does not forbid.
    """
    spot = resolve(deviation.path)
    found = _words(deviation, spot, before)
    if found is None:
        return None
    # What should not be there has no type that says whether it is personal, so it is taken to be.
    foreign = isinstance(deviation.reason, UnknownElement | UnknownAttribute | Text | NotEmpty)
    value = None if deviation.raw is None else deviation.raw.strip()
    return found._replace(
        value=value if value is not None and len(value) <= _LONGEST_SHOWN else None,
        personal=foreign or spot.simple is None or spot.simple.personal,
    )


def _words(deviation: Deviation, spot: Spot, before: Sequence[str]) -> Words | None:
    match deviation.reason:
        case Order():
            return Words(ORDER, _order(spot.owner, deviation.path.last.name, before))
        case UnknownElement():
            return Words(UNKNOWN_ELEMENT)
        case UnknownAttribute():
            return Words(UNKNOWN_ATTRIBUTE)
        case Missing() | EmptyList() | NoContent():
            return Words(NORMKLEUR if spot.owner is leerresultaten.Normkleur else MISSING)
        case Repeated() | RepeatedList():
            return Words(REPEATED)
        case Text() | NotEmpty():
            return Words(TEXT)
        case Choice() as broken:
            return _choice(broken, spot)
        case Empty():
            asked = spot.owner in BY_VERZOEK and deviation.path.last.name == "schooljaar"
            return Words(EMPTY_SCHOOLJAAR if asked else EMPTY)
        case Unreadable() if spot.owner is leerresultaten.Resultaat and deviation.path.last.name == "score":
            return Words(DECIMAL_SCORE)
        case Unreadable(base=base):
            nl, en = _DUE.get(base, ("tekst", "text"))
            return Words(UNREADABLE, {"due": nl}, {"due": en})
        case Facet() as facet if spot.simple is not None:
            return _facet(facet, deviation, spot.simple)
        case _:
            return None


def _order(owner: type[Bericht] | None, name: str, before: Sequence[str]) -> dict[str, str]:
    if owner is None:
        return {}
    wires = [
        name for f in table(owner).elements for name in ([f.wrapper] if f.wrapper else [a.wire for a in f.alternatives])
    ]
    mine = wires.index(name) if name in wires else 0
    later = [wire for wire in before if wire in wires and wires.index(wire) > mine]
    if not later:
        return {"previous": "…", "order": ", ".join(wires)}
    last = max(wires.index(wire) for wire in later)
    return {"previous": later[-1], "order": ", ".join(wires[mine : last + 1])}


def _choice(broken: Choice, spot: Spot) -> Words:
    if broken.rule == "at-most-one" and spot.cls is Leerling and _NUMBERS.issuperset(broken.names):
        return Words(EXCLUDING_NUMBERS, {"fields": broken.joined("nl")}, {"fields": broken.joined("en")})
    if broken.rule == "at-most-one" and broken.names == ("brincode", "schoolkey"):
        return Words(BRIN_AND_SCHOOLKEY)
    return Words(CHOICE, {"choice": broken.text("nl")}, {"choice": broken.text("en")})


def _facet(broken: Facet, deviation: Deviation, simple: Simple) -> Words | None:
    match broken.facet:
        case "min-length":
            return Words(EMPTY)
        case "max-length":
            rule = KEY_LENGTH if deviation.path.last.name == "autorisatiesleutel" else TOO_LONG
            return Words(rule, {"length": str(broken.length), "maximum": str(broken.limit)})
        case "pattern":
            nl, en = _form(str(broken.limit))
            return Words(PATTERN, {"form": nl}, {"form": en})
        case "codes":
            if broken.limit == _ROL and deviation.raw == edexml.TAL:
                return Words(TAL)
            codes = ", ".join(simple.codes[:_MOST_CODES]) + (", …" if len(simple.codes) > _MOST_CODES else "")
            return Words(CODE, {"codes": codes})
        case "uri":
            return Words(UNREADABLE, {"due": "een URI"}, {"due": "a URI"})
        case "minimum" | "maximum":
            low = "…" if simple.minimum is None else str(simple.minimum)
            high = "…" if simple.maximum is None else str(simple.maximum)
            return Words(RANGE, {"bounds": f"{low} t/m {high}"}, {"bounds": f"{low} to {high}"})
        case "character":
            return None


def _form(pattern: str) -> tuple[str, str]:
    """Show a pattern by an example, or by the number of its digits."""
    example = _FORMS.get(pattern)
    if example is not None:
        return example, example
    count = pattern.removeprefix(r"\p{Nd}").strip("{}").replace(",", "-")
    return f"{count} cijfers", f"{count} digits"
