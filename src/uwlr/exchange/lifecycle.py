"""The states of a koppeling, the steps between them, and what the other side can be found to do; all of it data.

Source of the states: the public manuals of the couplings (R19); of refusal and consent: the same manuals.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal, NamedTuple, TypeAlias, get_args

from uwlr.errors import ClientFault, ConfigurationError, Fault, ServerFault, TransportError
from uwlr.exchange.splitting import EverythingRefused
from uwlr.foutcodes import Foutcode

Status: TypeAlias = Literal["aangevraagd", "goedgekeurd", "afgewezen", "actief", "gepauzeerd", "beeindigd"]
"""The states of a koppeling."""

Step: TypeAlias = Literal[
    "opnieuw aangevraagd", "goedgekeurd", "afgewezen", "akkoord", "sleutel", "actief", "gepauzeerd", "beeindigd"
]
"""What somebody does to a koppeling; the name of the event in its history."""

_ALIVE: Final[frozenset[Status]] = frozenset(get_args(Status)) - {"beeindigd"}


class Move(NamedTuple):
    """From which states a step can be taken, and the state it leads to; None changes nothing."""

    origins: frozenset[Status]
    target: Status | None


MOVES: Final[Mapping[Step, Move]] = {
    "opnieuw aangevraagd": Move(frozenset({"afgewezen"}), "aangevraagd"),
    "goedgekeurd": Move(frozenset({"aangevraagd"}), "goedgekeurd"),
    "afgewezen": Move(frozenset({"aangevraagd", "goedgekeurd"}), "afgewezen"),
    "akkoord": Move(_ALIVE - {"afgewezen"}, None),
    "sleutel": Move(_ALIVE - {"afgewezen"}, None),
    "actief": Move(frozenset({"goedgekeurd", "actief", "gepauzeerd"}), "actief"),
    "gepauzeerd": Move(frozenset({"actief"}), "gepauzeerd"),
    "beeindigd": Move(_ALIVE, "beeindigd"),
}

_BEFORE: Final[Mapping[Status, str]] = {
    "aangevraagd": "; it has to be approved first (`uwlr koppeling approve`)",
    "afgewezen": "; it can be requested again (`uwlr koppeling request`)",
    "beeindigd": "; add a new one",
}
"""What helps when a step cannot be taken yet, or any more."""


def check_step(koppeling_id: int, status: str, step: Step) -> None:
    """See that a step can be taken.

    Raises:
        ConfigurationError: not from this state; the text says what comes first.
    """
    move = MOVES[step]
    if status not in move.origins:
        wanted = f"become {move.target}" if move.target else f"take the step {step}"
        helps = next((text for state, text in _BEFORE.items() if state == status), "")
        raise ConfigurationError(f"koppeling {koppeling_id} is {status}, and cannot {wanted}{helps}")


Storing: TypeAlias = Literal[
    "sleutel geweigerd",
    "klant onbekend",
    "gepauzeerd",
    "beeindigd",
    "nog niet begonnen",
    "alles geweigerd",
    "niet bewezen",
    "onbereikbaar",
    "fout",
]
"""What keeps an active koppeling from working, as far as an answer tells."""


class Explained(NamedTuple):
    """What the school is told.

    Attributes:
        what: what is so; `{las}` stands for the name of the system.
        todo: what to do about it.
        nights: failing nights after which people are told; one bad night of a system is no news.
    """

    what: str
    todo: str
    nights: int = 1

    def named(self, las: str) -> Explained:
        """It with the name of the system filled in."""
        return self._replace(what=self.what.replace("{las}", las), todo=self.todo.replace("{las}", las))


STORINGEN: Final[Mapping[Storing, Explained]] = {
    "sleutel geweigerd": Explained(
        "{las} weigert de sleutel.",
        "Vergelijk de sleutel in {las} teken voor teken met die in de toepassing. Is hij daar gewijzigd of weggehaald, "
        "of is de koppeling daar gepauzeerd of beëindigd, vul dan de nieuwe sleutel in.",
    ),
    "klant onbekend": Explained(
        "{las} kent de toepassing of de school niet.",
        "Controleer of de koppeling in {las} voor deze school is geactiveerd, en of BRIN en vestiging kloppen.",
    ),
    "gepauzeerd": Explained(
        "De koppeling is in {las} gepauzeerd.",
        "Vul in {las} de sleutel weer in om verder te gaan. Resultaten blijven tot dan bewaard.",
    ),
    "beeindigd": Explained(
        "De koppeling is in {las} beëindigd.",
        "Activeer de koppeling in {las} opnieuw, of beëindig haar ook in de toepassing.",
    ),
    "nog niet begonnen": Explained(
        "De koppeling is in {las} nog niet begonnen.",
        "Wacht tot de startdatum, of vervroeg die in {las}.",
    ),
    "alles geweigerd": Explained(
        "{las} weigert elk resultaat.",
        "Neem contact op met de leverancier van {las}: de resultaten zelf lijken in orde en blijven bewaard.",
    ),
    "niet bewezen": Explained(
        "{las} vindt het testbericht ongeldig, ook met een sleutel die zeker fout is. De sleutel is dus niet bewezen.",
        "Neem contact op met de leverancier van {las}.",
    ),
    "onbereikbaar": Explained(
        "{las} is niet bereikbaar, of antwoordt niet zoals het hoort.",
        "Controleer het adres, of vraag de leverancier van {las} naar een storing. Resultaten blijven bewaard.",
        nights=2,
    ),
    "fout": Explained(
        "De uitwisseling met {las} lukt niet.",
        "Bekijk de gebeurtenissen van de koppeling, en geef ze door aan de beheerder van de toepassing.",
    ),
}

_CODES: Final[Mapping[str, Storing]] = {
    Foutcode.AUTORISATIE_ONGELDIG: "sleutel geweigerd",
    Foutcode.ONGELDIGE_KLANT_IDENTIFICATIE: "klant onbekend",
}

_PEER: Final[tuple[tuple[re.Pattern[str], Storing], ...]] = (
    (re.compile("gepauzeer|onderbroken|paused", re.IGNORECASE), "gepauzeerd"),
    (re.compile("be[eë]indig|opgezegd|ended|terminated", re.IGNORECASE), "beeindigd"),
    (
        re.compile("startdatum|nog niet (actief|begonnen|ingegaan)|not (yet )?started", re.IGNORECASE),
        "nog niet begonnen",
    ),
)
"""Words by which a system tells why it refuses a key; assumed. What it says itself is never kept or shown."""


def storing_of(error: Exception) -> Storing:
    """Tell what an error says about a koppeling."""
    match error:
        case EverythingRefused():
            return "alles geweigerd"
        case ClientFault() if error.code in _CODES:
            said = f"{error.text} {error.detail or ''}"
            return next((found for words, found in _PEER if words.search(said)), _CODES[error.code])
        case _:
            return "onbereikbaar" if is_outage(error) else "fout"


def is_outage(error: Exception) -> bool:
    """Tell whether the other side is down or fails of its own accord."""
    return isinstance(error, (TransportError, ServerFault))


def is_about_access(error: Exception) -> bool:
    """Tell whether an answer refuses who asks, rather than what is asked."""
    return isinstance(error, Fault) and error.code in _CODES
