"""How an application reads a roster: in any written form, of few and of many, and after a failed fetch.

What it read shows in the results it brings: each roster has somebody who is in no other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from uwlr.berichten import Leerlinggegevens
from uwlr.conformance import varied_rosters, written_forms
from uwlr.conformance.casebook import case
from uwlr.conformance.ea.seen import none_of, pupils_of
from uwlr.conformance.ea.terugmelding import RESULTS
from uwlr.conformance.outcomes import Absent, Unmet
from uwlr.conformance.referee import Action, Referee
from uwlr.conformance.written_forms import Form
from uwlr.foutcodes import Foutcode
from uwlr.text import Text

Vary = Callable[[Leerlinggegevens], Leerlinggegevens]
_FAULTS: Final = 20
_KEY: Final = "uwlr-conformance"


def _delivered(ea: Referee) -> set[str]:
    """The pupils that results come of; nobody where none come."""
    try:
        return pupils_of(ea.deliver())
    except Absent:
        return set()


def _read(ea: Referee, roster: Leerlinggegevens, form: Form | None = None) -> None:
    """Hand out a roster, and ask for results of everybody in it and of nobody else.

    Raises:
        Unmet: somebody is missing, or somebody is not in it.
    """
    ea.roster, ea.form = roster, form
    ea.play("leerlinggegevens")
    ea.form = None
    got, wanted = _delivered(ea), {str(one.key) for one in roster.leerlingen}
    none_of(len(wanted - got), f"van {len(wanted)} leerlingen ontbreken", f"of {len(wanted)} pupils are missing")
    none_of(len(got - wanted), "leerlingen die er niet in staan", "pupils who are not in it")


def _in_form(word: str, form: Form, sends: tuple[str, str]) -> None:
    @case(
        f"toepassing/roosters/{word}",
        "EA-27",
        role="EA",
        sends=sends,
        holds=("er komen resultaten van iedereen in dat rooster", "results of everybody in that roster come"),
        requests=2,
        after=(RESULTS,),
    )
    def in_form(ea: Referee) -> None:
        _read(ea, varied_rosters.with_one_more(ea.original, f"{_KEY}-{word}"), form)


_in_form(
    "andere-prefixen",
    written_forms.other_prefixes,
    ("een rooster met een prefix op elk element", "a roster with a prefix on every element"),
)
_in_form(
    "opgemaakt",
    written_forms.laid_out,
    ("een rooster met regels, inspringing en commentaar", "a roster with lines, indents and comments"),
)
_in_form(
    "cdata-en-verwijzingen",
    written_forms.cdata_and_references,
    ("namen in CDATA en als tekenverwijzingen", "names in CDATA and as character references"),
)
_in_form(
    "enkele-aanhalingstekens",
    written_forms.single_quotes,
    (
        "attributen in een andere volgorde en met enkele aanhalingstekens",
        "attributes in another order, in single quotes",
    ),
)
_in_form(
    "iso-8859-1",
    written_forms.latin_1,
    ("een rooster in ISO-8859-1, dat dat ook zegt", "a roster in ISO-8859-1 that says so"),
)
_in_form("utf-16", written_forms.utf_16, ("een rooster in UTF-16, dat dat ook zegt", "a roster in UTF-16 that says so"))
_in_form(
    "extra-attributen",
    written_forms.more_attributes,
    (
        "een rooster met xsi:schemaLocation en ongebruikte namespaces",
        "a roster with xsi:schemaLocation and unused namespaces",
    ),
)


def _of_kind(word: str, requirement: str, vary: Vary, sends: tuple[str, str]) -> None:
    @case(
        f"toepassing/roosters/{word}",
        requirement,
        role="EA",
        sends=sends,
        holds=("er komen resultaten van precies wie erin staat", "results of exactly who is in it come"),
        requests=2,
        after=(RESULTS,),
    )
    def of_kind(ea: Referee) -> None:
        _read(ea, vary(ea.original))


_of_kind(
    "een-leerling", "EA-28", varied_rosters.of_one_pupil, ("een rooster van één leerling", "a roster of one pupil")
)
_of_kind(
    "een-leerkracht",
    "EA-28",
    varied_rosters.with_one_member_of_staff,
    ("een rooster met één leerkracht", "a roster with one member of staff"),
)
_of_kind(
    "geen-leerkrachten",
    "EA-28",
    varied_rosters.without_staff,
    ("een rooster zonder leerkrachten", "a roster without staff"),
)
_of_kind(
    "geen-samengestelde-groepen",
    "EA-28",
    varied_rosters.without_samengestelde_groepen,
    ("een rooster zonder samengestelde groepen", "a roster without samengestelde groepen"),
)
_of_kind("zonder-eckid", "EA-29", varied_rosters.without_eckid, ("leerlingen zonder ECK-iD", "pupils without ECK-iD"))
_of_kind(
    "weinig-velden",
    "EA-31",
    varied_rosters.barely,
    ("leerlingen met alleen een sleutel en een roepnaam", "pupils with a key and a roepnaam alone"),
)
_of_kind(
    "naamgenoten",
    "EA-32",
    varied_rosters.with_twins,
    ("twee leerlingen met dezelfde naam en geboortedatum", "two pupils of one name and birth date"),
)
_of_kind(
    "lange-lijst",
    "EA-33",
    varied_rosters.long_list,
    (f"een rooster van {varied_rosters.LONG} leerlingen", f"a roster of {varied_rosters.LONG} pupils"),
)


def _after_failure(word: str, sends: tuple[str, str], fail: Callable[[Referee], Any]) -> None:
    @case(
        f"toepassing/roosters/{word}",
        "EA-34",
        role="EA",
        sends=sends,
        holds=(
            "de resultaten komen zoals daarvoor: een fout is geen lege school",
            "the results come as before: a fault is no empty school",
        ),
        requests=4,
        after=(RESULTS,),
    )
    def after_failure(ea: Referee) -> None:
        ea.play("leerlinggegevens")
        before = _delivered(ea)
        if not before:
            raise Absent(Text("er kwamen geen resultaten", "no results came"))
        fail(ea)
        ea.play("leerlinggegevens")
        ea.reset()
        lost = before - _delivered(ea)
        if lost:
            raise Unmet(
                Text(f"{len(lost)} van {len(before)} leerlingen kwijt", f"{len(lost)} of {len(before)} pupils lost")
            )


def _fault(code: Foutcode) -> Callable[[Referee], Any]:
    def fail(ea: Referee) -> None:
        action: Action = "leerlinggegevens"
        ea.faults[action] = [code] * _FAULTS

    return fail


_after_failure(
    "na-een-fout",
    ("ophalen mislukt met een interne fout, en dan resultaten", "fetching fails by an internal fault, then results"),
    _fault(Foutcode.INTERNE_FOUT),
)
_after_failure(
    "na-een-weigering",
    ("ophalen wordt geweigerd, en dan resultaten", "fetching is refused, then results"),
    _fault(Foutcode.AUTORISATIE_ONGELDIG),
)
_after_failure(
    "na-een-storingspagina",
    (
        "ophalen geeft een HTML-pagina met HTTP 200, en dan resultaten",
        "fetching gives an HTML page with HTTP 200, then results",
    ),
    lambda ea: ea.pages.extend([200] * _FAULTS),
)
