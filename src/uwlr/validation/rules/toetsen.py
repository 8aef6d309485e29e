"""Tests and their parts.

Source: UWLR 2.2, ctpToets; the protocol Leerresultatenoverdracht on vocabularies.
"""

from __future__ import annotations

from typing import Final

from uwlr import vocabulaires
from uwlr.berichten import Resultaat, Toets
from uwlr.paths import Path
from uwlr.validation.key_index import Index, item_path
from uwlr.validation.report_data import Source
from uwlr.validation.rule_registry import END, ERROR, WARNING, Example, Hits, hit, rule

_KEY: Final = Source("UWLR 2.2", "leerresultaten, key kToetscode")


def _onderdeel(number: int) -> Path:
    return Path.of("toetsonderdelen", ("toetsonderdeel", number))


def _repeated(index: Index, *, in_two_versions: bool) -> Hits:
    for double in index.doubles:
        if double.kind == "toets" and (len(index.toetsversies[double.key]) > 1) == in_two_versions:
            yield hit(item_path("toets", double.number).child("toetscode"), double.key, first=f"toets {double.first}")


@rule(
    "LR-102",
    on=END,
    layer="xsd",
    severity=ERROR,
    source=_KEY,
    nl="{where} heeft toetscode '{value}', die {first} ook heeft",
    en="{where} has toetscode '{value}', which {first} has too",
    remedy_nl="Neem elke toets één keer op.",
    remedy_en="Include each test once.",
    example=Example(
        "resultaten",
        "<toetscode>T2</toetscode>\n    </toets>",
        "<toetscode>T2</toetscode>\n    </toets>\n    <toets>\n      <toetscode>T2</toetscode>\n    </toets>",
    ),
)
def toets_staat_er_een_keer(index: Index) -> Hits:
    """A toetscode stands for one test in a message."""
    return _repeated(index, in_two_versions=False)


@rule(
    "LR-103",
    on=END,
    layer="xsd",
    severity=ERROR,
    source=_KEY,
    nl="{where} heeft toetscode '{value}', die {first} in een andere versie ook heeft",
    en="{where} has toetscode '{value}', which {first} has too, in another version",
    remedy_nl="Stuur twee versies van een toets in twee berichten: in één bericht hoort een toetscode bij één toets.",
    remedy_en="Send two versions of a test in two messages: within one message a toetscode belongs to one test.",
    example=Example(
        "resultaten",
        "<toetscode>T2</toetscode>\n    </toets>",
        "<toetscode>T2</toetscode>\n    </toets>\n    <toets>\n      <toetscode>T2</toetscode>\n"
        "      <versie>2</versie>\n    </toets>",
    ),
)
def toets_in_een_versie(index: Index) -> Hits:
    """The key of a test predates its versie, so two versions cannot travel together."""
    return _repeated(index, in_two_versions=True)


@rule(
    "LR-104",
    on=Toets,
    layer="xsd",
    severity=ERROR,
    source=Source("UWLR 2.2", "leerresultaten, unique uOnderdeelVolgnummer"),
    nl="toetsonderdeelvolgnummer {value} komt in {where} vaker voor",
    en="toetsonderdeelvolgnummer {value} occurs more than once in {where}",
    remedy_nl="Nummer de onderdelen van een toets door.",
    remedy_en="Number the parts of a test consecutively.",
    example=Example("resultaten", "volgnummer>2<", "volgnummer>1<"),
)
def volgnummers_verschillen(toets: Toets, _: Index) -> Hits:
    """Numbers order the parts of one test."""
    seen: set[object] = set()
    for number, onderdeel in enumerate(toets.toetsonderdelen, 1):
        volgnummer = onderdeel.toetsonderdeelvolgnummer
        if volgnummer in seen:
            yield hit(_onderdeel(number).child("toetsonderdeelvolgnummer"), str(volgnummer))
        seen.add(volgnummer)


@rule(
    "LR-105",
    on=Toets,
    severity=ERROR,
    source=Source("UWLR 2.2", "leerresultaten, toetsonderdeelcode (no constraint in the schema)", "inferred"),
    nl="toetsonderdeelcode '{value}' komt in {where} vaker voor",
    en="toetsonderdeelcode '{value}' occurs more than once in {where}",
    remedy_nl="Geef elk onderdeel van een toets een eigen code; resultaten verwijzen ernaar.",
    remedy_en="Give each part of a test a code of its own; results refer to it.",
    example=Example("resultaten", "<toetsonderdeelcode>D2<", "<toetsonderdeelcode>D1<"),
)
def onderdeelcodes_verschillen(toets: Toets, _: Index) -> Hits:
    """A result names its part by code."""
    seen: set[str] = set()
    for number, onderdeel in enumerate(toets.toetsonderdelen, 1):
        code = getattr(onderdeel.toetsonderdeelcode, "waarde", None)
        if isinstance(code, str):
            if code in seen:
                yield hit(_onderdeel(number).child("toetsonderdeelcode"), code)
            seen.add(code)


@rule(
    "LR-409",
    on=Toets,
    severity=WARNING,
    source=Source("UWLR 2.2", "leerresultaten, toetshierarchie: one ingang for each level", "inferred"),
    nl="niveau {value} komt in de toetshierarchie van {where} vaker voor",
    en="niveau {value} occurs more than once in the toetshierarchie of {where}",
    remedy_nl="Geef elke ingang een eigen niveau.",
    remedy_en="Give each ingang a niveau of its own.",
    example=Example("resultaten", 'niveau="2"', 'niveau="1"'),
)
def niveaus_verschillen(toets: Toets, _: Index) -> Hits:
    """Two entries on one level leave no single path to a test."""
    seen: set[object] = set()
    for number, ingang in enumerate(toets.toetshierarchie, 1):
        if ingang.niveau in seen:
            yield hit(Path.of("toetshierarchie", ("ingang", number)), str(ingang.niveau))
        seen.add(ingang.niveau)


@rule(
    "LR-406",
    on=(Toets, Resultaat),
    severity=ERROR,
    source=Source(
        "UWLR 2.2", "protocol Leerresultatenoverdracht: bound terms match their vocabulary, where it is known"
    ),
    nl="{field} '{value}' van {where} staat niet in de vocabulaire die het bericht noemt",
    en="{field} '{value}' of {where} is not in the vocabulary that the message names",
    remedy_nl="Kies een term van die vocabulaire, of laat het attribuut vocabulaire weg.",
    remedy_en="Choose a term from that vocabulary, or leave the attribute vocabulaire out.",
    example=Example("resultaten", ">Spelling<", ">Spellen<", ">Engels<"),
)
def term_staat_in_vocabulaire(item: Toets | Resultaat, index: Index) -> Hits:
    """A vocabulary that is not known is no error; a term may be its caption or its identifier."""
    if isinstance(item, Resultaat) and (item.versie is None or item.versie.vocabulaire is None):
        return
    for problem in vocabulaires.check(item, index.vocabulaires):
        yield hit(Path(problem.path.steps[1:]), problem.term)
