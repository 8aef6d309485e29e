"""Names that an encoding or an export damaged on their way.

Source: reports of those who import rosters; `uwlr.damaged_names` tells what happened to a name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from uwlr.berichten import Groep, Leerkracht, Leerling, SamengesteldeGroep, Toets, Vestiging
from uwlr.berichten.tabel import Bericht
from uwlr.damaged_names import Damage, damage
from uwlr.text import Text
from uwlr.validation.key_index import Index
from uwlr.validation.report_data import Source
from uwlr.validation.rule_registry import WARNING, Example, Hits, hit, rule

_PERSONAL: Final = ("achternaam", "voorvoegsel", "voornamen", "roepnaam")
_OTHERS: Final[dict[type[Bericht], str]] = {
    Groep: "naam",
    SamengesteldeGroep: "naam",
    Vestiging: "naam",
    Toets: "toetsnaam",
}
_DAMAGE: Final[dict[Damage, Text]] = {
    "replacement": Text("een letter werd een vervangteken", "a letter became a replacement character"),
    "mojibake": Text("UTF-8 is als een andere tekencodering gelezen", "UTF-8 was read as another encoding"),
    "entity": Text("een teken is twee keer omgezet", "a character was escaped twice"),
    "invisible": Text("er staat een onzichtbaar teken in", "there is an invisible character in it"),
    "question-mark": Text("een letter werd een vraagteken", "a letter became a question mark"),
}


@rule(
    "LG-506",
    on=(Leerling, Leerkracht, *_OTHERS),
    severity=WARNING,
    source=Source("this project", "names as encodings and exports damage them in real rosters", "practice"),
    nl="{field} van {where} is onderweg beschadigd: {damage}",
    en="{field} of {where} was damaged on its way: {damage}",
    remedy_nl="Lees en schrijf overal in dezelfde tekencodering (UTF-8), en zet tekens één keer om; herstel de naam.",
    remedy_en="Read and write in the same encoding (UTF-8) everywhere, and escape once; restore the name.",
    example=Example("antwoord", "<achternaam>Visser", "<achternaam>VisschÃ©r", "<achternaam>Visschér"),
)
def naam_is_heel(item: Bericht, _: Index) -> Hits:
    """Other systems print such a name as it is."""
    other = _OTHERS.get(type(item))
    personal = other is None
    for field in _PERSONAL if other is None else (other,):
        value = getattr(item, field)
        # Nearly all names are plain letters, which nothing can have damaged.
        if value is None or type(value) is not str or (value.isascii() and value.isalpha()):
            continue
        found = [_DAMAGE[kind] for kind in _kinds(value, question_marks=personal)]
        if found:
            said = Text("; ".join(text.nl for text in found), "; ".join(text.en for text in found))
            yield hit(field, value, personal=personal, damage=said)


def _kinds(value: str, *, question_marks: bool) -> Iterator[Damage]:
    """How a name was damaged; the name of a group or a test may ask something."""
    return (kind for kind in damage(value) if question_marks or kind != "question-mark")
