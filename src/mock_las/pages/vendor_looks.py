"""How each system looks: its colour, its menu, its words and who may log in. Drawn and worded by ourselves.

Menus and words between those of a real system are those of its public manuals; what a manual does not name is ours.
An item without a page is part of the real menu and not imitated.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from mock_las.couplings import Klant
from mock_las.products import BOOM_TESTCENTRUM, IEP_LVS


class Item(NamedTuple):
    """An entry of a menu: its text, and the page that it opens."""

    text: str
    page: str | None = None


class Head(NamedTuple):
    """A head of the menu, with its entries."""

    text: str
    items: tuple[Item, ...]


class Role(NamedTuple):
    """Who may log in.

    Attributes:
        naam: the role.
        gebruiker: the name of its made-up user.
        beheert: whether it may change couplings and settings.
        supervisor: whether it may choose from which day results are fetched.
    """

    naam: str
    gebruiker: str
    beheert: bool = True
    supervisor: bool = False


class Offer(NamedTuple):
    """A coupling that a school finds in the list of its system.

    Attributes:
        klant: the supplier.
        titel: what the list calls it.
        naam: what its own page calls it.
        omschrijving: what it does.
    """

    klant: Klant
    titel: str
    naam: str
    omschrijving: str


class Look(NamedTuple):
    """How a system looks.

    Attributes:
        maker: who makes the real one.
        dashboard: what it calls the results of a group.
        list_title: the heading above its couplings.
        start: the button that begins a coupling.
        offers: the couplings that a school finds there.
        roles: who may log in; the first is logged in at the start.
        menu: the heads of its menu.
        file_tabs: the tabs of the file of a pupil; the first has who it is.
        results_tab: which of them has the results.
    """

    maker: str
    dashboard: str
    list_title: str
    start: str
    offers: tuple[Offer, ...]
    roles: tuple[Role, ...]
    menu: tuple[Head, ...]
    file_tabs: tuple[str, ...] = ("Gegevens", "Toetsresultaten")
    results_tab: str = "Toetsresultaten"

    @property
    def managers(self) -> str:
        """The roles that may change couplings, as words."""
        return " of ".join(role.naam for role in self.roles if role.beheert)


_KOPPELINGEN: Final = Item("Koppelingen", "couplings.of_vendor")
_SCHOLEN: Final = Item("Scholen en groepen", "schools.index")
_LEERLINGEN: Final = Item("Leerlingen", "pupils.index")
_GEDRAG: Final = Item("Gedrag van dit systeem", "traits.index")
_MAIL: Final = Item("Verstuurde mail", "couplings.outbox")
_HULP: Final = Item("Hulp", "menu.help_page")
_BOOM: Final = Offer(
    BOOM_TESTCENTRUM,
    "Boom testcentrum",
    "Boom testcentrum",
    "Leerlingen, groepen en leerkrachten naar Boom testcentrum; genormeerde scores terug",
)
_BOOM_RESULTS: Final = _BOOM._replace(omschrijving="Genormeerde scores van Boom testcentrum")
_LEERKRACHT: Final = Role("Leerkracht", "L. de Groot", beheert=False)

LOOKS: Final = {
    "standaard": Look(
        maker="niemand: dit is de afspraak zelf",
        dashboard="Groepsdashboard",
        list_title="Koppelingen",
        start="Aanvragen",
        offers=(_BOOM, Offer(IEP_LVS, "IEP LVS", "IEP LVS", "Resultaten van IEP LVS")),
        roles=(Role("Beheerder", "B. Smit"), _LEERKRACHT),
        menu=(
            Head("Groepen", (Item("Groepsdashboard", "groups.dashboard"), _LEERLINGEN, _SCHOLEN)),
            Head("Beheer", (_KOPPELINGEN, _GEDRAG, _HULP)),
        ),
    ),
    "esis": Look(
        maker="Rovict",
        dashboard="Dashboard Mijn Groep",
        list_title="Resultatenkoppelingen",
        start="Activeren",
        offers=(
            _BOOM,
            Offer(IEP_LVS, "IEP LVS", "Bureau ICE", "IEP resultaten koppeling"),
        ),
        roles=(Role("Applicatiebeheerder", "A. Beheer"), Role("Directie", "D. van Dam"), _LEERKRACHT),
        menu=(
            Head(
                "Startpagina",
                (Item("Dashboard Mijn Groep", "groups.dashboard"), Item("Handleidingen", "menu.help_page")),
            ),
            Head("Mijn Menu", (Item("Dashboard Mijn Groep", "groups.dashboard"),)),
            Head(
                "Onderwijs",
                (Item("Toetsresultaten invoeren", "pupils.enter"), Item("Toetsen activeren"), Item("Absentie")),
            ),
            Head(
                "Dossier beheer",
                (
                    Item("Groepen indelen", "schools.index"),
                    Item("Jaarovergang", "schools.index"),
                    _LEERLINGEN,
                    Item("Gebruikers en rollen"),
                ),
            ),
            Head("Overzichten en Exporten", (Item("Groepsoverzichten"),)),
            Head(
                "Import-Export-Koppelingen",
                (
                    Item("Import"),
                    Item("SCOL-import"),
                    Item("Exportdefinities"),
                    _KOPPELINGEN,
                    Item("Eindtoetsgegevens importeren"),
                    _GEDRAG,
                ),
            ),
        ),
    ),
    "parnassys": Look(
        maker="Topicus",
        dashboard="Toetsoverzicht van de groep",
        list_title="Koppelingen",
        start="afnemen",
        offers=(_BOOM._replace(titel="Boom testcentrum UWLR"),),
        roles=(Role("Beheerder", "P. Bakker"), _LEERKRACHT),
        menu=(
            Head("Groep", (Item("Toetsoverzicht van de groep", "groups.dashboard"),)),
            Head("School", (_SCHOLEN, _LEERLINGEN)),
            Head("Beheer", (_KOPPELINGEN, Item("Gebruikers"), _GEDRAG, _HULP)),
        ),
    ),
    "magister": Look(
        maker="Iddink",
        dashboard="LVS: toetsresultaten per groep",
        list_title="Koppelingen",
        start="Aanvragen",
        offers=(_BOOM,),
        roles=(
            Role("Applicatiebeheerder", "M. Jansen"),
            Role("Supervisor", "supervisor", supervisor=True),
            Role("Docent", "N. Visser", beheert=False),
        ),
        menu=(
            Head(
                "Leerlingen",
                (
                    Item("LVS", "groups.dashboard"),
                    Item("Toetsresultaten JIJ! importeren", "pull.index"),
                    Item("Toetsresultaten TOA importeren"),
                    Item("Cito volgsysteem VO importeren"),
                    _LEERLINGEN,
                    _SCHOLEN,
                ),
            ),
            Head("Autorisatie", (Item("Gebruikers", "set_up.users"),)),
            Head("Beheer", (Item("Configuratie: Leerlingen", "set_up.configuration"), _KOPPELINGEN, _GEDRAG, _HULP)),
        ),
        file_tabs=("Gegevens", "LVS"),
        results_tab="LVS",
    ),
    "somtoday": Look(
        maker="Topicus",
        dashboard="Toetsresultaten van de groep",
        list_title="Koppelingen",
        start="Aanvragen",
        offers=(_BOOM,),
        roles=(Role("Beheerder", "S. Peters"), Role("Docent", "T. Mulder", beheert=False)),
        menu=(
            Head("Leerling", (_LEERLINGEN, _SCHOLEN)),
            Head("Beheer", (_KOPPELINGEN, _GEDRAG, _HULP)),
        ),
    ),
    "schoolkr8": Look(
        maker="Schoolkr8",
        dashboard="Scores van de groep",
        list_title="Koppelingen",
        start="",
        offers=(_BOOM_RESULTS,),
        roles=(Role("Intern begeleider", "I. Bos"), _LEERKRACHT),
        menu=(
            Head("Leerlingen", (_LEERLINGEN, Item("Scores van de groep", "groups.dashboard"))),
            Head("Instellingen", (_KOPPELINGEN, _MAIL, Item("Scholen", "schools.index"), _GEDRAG)),
            Head("Contact", (_HULP,)),
        ),
        file_tabs=(
            *("Basis", "Extra", "Contact", "Notities", "Scores", "Doelen", "Behoeftes", "Absentie", "Handelingen"),
            *("Advies", "Documenten"),
        ),
        results_tab="Scores",
    ),
    "focuspo": Look(
        maker="Focus PO",
        dashboard="Groepsbeeld",
        list_title="Koppelingen",
        start="",
        offers=(_BOOM_RESULTS,),
        roles=(Role("Intern begeleider", "F. Dekker"), _LEERKRACHT),
        menu=(
            Head("Leerlingen", (_LEERLINGEN, Item("Groepsbeeld", "groups.dashboard"))),
            Head("Instellingen", (_KOPPELINGEN, _MAIL, Item("Scholen", "schools.index"), _GEDRAG, _HULP)),
        ),
        file_tabs=("Basis", "Resultaten"),
        results_tab="Resultaten",
    ),
}
"""By the name of the system, in the order of `vendors.NAMES`."""
