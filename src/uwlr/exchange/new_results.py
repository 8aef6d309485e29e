"""A result as the application gives it, whose it is, its key, and what came of recording it."""

from __future__ import annotations

from datetime import date, datetime
from hashlib import sha256

import msgspec

from uwlr.berichten import OsoResultaat, Toets, VocabulaireGebondenVeld
from uwlr.exchange.scores import GivenScore
from uwlr.undisclosed import Undisclosed


class Persoon(Undisclosed, msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Whose result it is, and who gave it."""

    leerlingid: str
    eckid: str | None = None
    resultaatverwerkerid: str | None = None

    def __repr__(self) -> str:
        return "<Persoon>"


class NewResult(Undisclosed, msgspec.Struct, frozen=True, kw_only=True):
    """A result to be recorded.

    Attributes:
        leerlingid: the pupil as the receiver knows them.
        toets: the test, with its parts and norms; results of one test and version share it.
        score: a score as the policy takes it, or a result in OSO form.
        genormeerd_op: when it was normed, with a time zone; before the activation it is not sent (R1). Of a result
            that is recorded again the later moment counts.
        toetsonderdeelcode: the part of the test; None is the whole.
        key: the application's own key of the result, at most 256 characters; None makes one from pupil, school, test,
            version, part, day and attempt, so a correction of anything else keeps it.
        bron: which of the koppeling's bronnen the pupil belongs to, by number or label; None takes that of the pupil in
            the last roster.
        poging: which attempt on that day, from 1.
        replaces: key of an earlier result whose place this one takes, such as after its day was corrected; see
            `Ledger.key_of`.
    """

    leerlingid: str
    toets: Toets
    afnamedatum: date
    score: GivenScore | OsoResultaat
    genormeerd_op: datetime
    toetsonderdeelcode: str | None = None
    eckid: str | None = None
    resultaatverwerkerid: str | None = None
    versie: VocabulaireGebondenVeld | None = None
    infourl: str | None = None
    key: str | None = None
    bron: int | str | None = None
    poging: int = 1
    replaces: str | None = None

    def __repr__(self) -> str:
        return "<NewResult>"


class Recorded(msgspec.Struct, kw_only=True):
    """What recording did.

    Attributes:
        nieuw: results that were not there.
        gecorrigeerd: results whose content changed; they are sent again.
        ongewijzigd: results that were there already.
        overgeslagen: results without a score.
        vergeten: results of pupils who were forgotten; nothing was recorded of them.
        opnieuw: results of earlier calls that are sent again because their test changed: its norms or its name.
    """

    nieuw: int = 0
    gecorrigeerd: int = 0
    ongewijzigd: int = 0
    overgeslagen: int = 0
    opnieuw: int = 0
    vergeten: int = 0


def result_key(
    leerlingid: str,
    toetscode: str,
    toetsonderdeelcode: str | None,
    afnamedatum: date,
    *,
    bron: str | None = None,
    versie: str | None = None,
    poging: int = 1,
) -> str:
    """Make the key of a result, the same each time; nobody can read the pupil from it without a list of pupils."""
    parts = [leerlingid, toetscode, toetsonderdeelcode or "", afnamedatum.isoformat()]
    if bron is not None:
        parts += [bron, versie or "", str(poging)]
    return sha256("\x1f".join(parts).encode()).hexdigest()[:40]
