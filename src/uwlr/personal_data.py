"""The register of personal data: which fields are personal, and everywhere that they can come to rest.

The field tables say which fields of a message are personal. For each, `KEPT` says in which columns it lies as it is;
`STORE` and `FAKES` go through the tables column by column, `FILES` through the modules that write files. The cipher,
redaction, retention, inspection and erasure follow this; a field, column or module without an entry fails a test.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Literal, NamedTuple, TypeAlias

from uwlr.berichten.raw import RawElement
from uwlr.berichten.tabel import Bericht, Field, element_tag, table

Retention: TypeAlias = Literal["results", "plans", "leden", "koppeling", "store"]
"""What ends a row: one of the settings of `uwlr store prune`, or it stays as long as its koppeling or the store."""


class Rows(NamedTuple):
    """A table of the store.

    Attributes:
        pupils: whether it holds anything about pupils: inspection shows it and erasure clears it.
        kept: what ends its rows.
        sealed: columns that are encrypted where there is a cipher: keys, and what tells of a person.
        hashed: columns with a hash of a number of a pupil; where there is a cipher, under a secret.
        readable: columns that are readable, as they name nobody.
    """

    pupils: bool
    kept: Retention
    sealed: tuple[str, ...] = ()
    hashed: tuple[str, ...] = ()
    readable: tuple[str, ...] = ()


STORE: Final[Mapping[str, Rows]] = {
    "koppeling": Rows(
        pupils=True,
        kept="koppeling",
        sealed=(
            *("autorisatiesleutel", "bronnen", "akkoord_door"),
            *("sleutelwissel", "genegeerd", "geheugen", "bekende_leerlingen"),
        ),
        readable=(
            *("id", "naam", "school", "vendor", "url", "leerresultaten_url", "klantcode", "klantnaam", "versie"),
            *("gegevenssetid", "schooljaar", "status", "aangevraagd_op", "startdatum", "akkoord_op", "geactiveerd_op"),
            *("vorig_schooljaar", "laatst_opgehaald", "laatst_bezorgd", "laatste_aanmaakdatum", "laatste_nacht"),
            *("storing", "storing_sinds", "roster_hash"),
        ),
    ),
    "slot": Rows(pupils=False, kept="koppeling", readable=("koppeling_id",)),
    "gebeurtenis": Rows(
        pupils=True,
        kept="plans",
        sealed=("door", "reden"),
        readable=("id", "koppeling_id", "op", "soort", "gegevens"),
    ),
    "plan": Rows(
        pupils=True,
        kept="plans",
        sealed=("inhoud",),
        readable=("id", "koppeling_id", "gemaakt_op", "status", "toegepast_op"),
    ),
    "geheim": Rows(pupils=False, kept="store", sealed=("waarde",), readable=("naam",)),
    "resultaat": Rows(
        pupils=True,
        kept="results",
        sealed=("persoon", "inhoud"),
        hashed=("key", "alias", "leerling"),
        readable=(
            *("koppeling_id", "status", "volgnummer", "wacht", "bron", "schooljaar", "afnamedatum", "toetscode"),
            *("toetsversie", "genormeerd_op", "vastgelegd_op", "verzonden_op", "bezorgd_op", "mislukt"),
            *("laatst_mislukt", "foutcode"),
        ),
    ),
    "toets": Rows(pupils=False, kept="koppeling", readable=("koppeling_id", "toetscode", "versie", "inhoud")),
    "leerling": Rows(pupils=True, kept="koppeling", hashed=("leerling",), readable=("koppeling_id", "bron")),
    "melding": Rows(
        pupils=False,
        kept="plans",
        sealed=("aan",),
        readable=(
            *("id", "koppeling_id", "soort", "onderwerp", "gegevens", "gemaakt_op", "status", "bezig_tot"),
            "verzonden_op",
        ),
    ),
    "lid": Rows(
        pupils=True,
        kept="leden",
        sealed=(
            *("key", "bron", "eckid", "naam", "achternaam", "voorvoegsel", "roepnaam", "geboortedatum", "emailadres"),
            *("jaargroep", "groepen"),
        ),
        readable=("id", "school", "soort", "actief", "gedeactiveerd_op"),
    ),
    "vergeten": Rows(
        pupils=True,
        kept="store",
        sealed=("wie", "door", "kenmerken"),
        readable=("id", "koppeling_id", "school", "status", "gevraagd_op", "klaar_op", "aantallen"),
    ),
}
"""Every table of the store, with every column."""

_NUMBERS: Final = ("plan.inhoud", "koppeling.genegeerd", "vergeten.wie")
_RESULTS: Final = ("resultaat.persoon",)

KEPT: Final[Mapping[str, tuple[str, ...]]] = {
    "Autorisatie.autorisatiesleutel": ("koppeling.autorisatiesleutel", "koppeling.bronnen"),
    "Leerling.key": (
        *("lid.key", *_NUMBERS, *_RESULTS),
        *("koppeling.sleutelwissel", "koppeling.bekende_leerlingen"),
    ),
    "Leerling.eckid": ("lid.eckid", *_NUMBERS, *_RESULTS),
    "Leerling.achternaam": ("lid.achternaam", "plan.inhoud", "vergeten.wie"),
    "Leerling.voorvoegsel": ("lid.voorvoegsel", "plan.inhoud", "vergeten.wie"),
    "Leerling.roepnaam": ("lid.roepnaam", "plan.inhoud", "vergeten.wie"),
    "Leerling.geboortedatum": ("lid.geboortedatum", "plan.inhoud", "vergeten.wie"),
    "Leerling.emailadres": ("lid.emailadres", "plan.inhoud", "vergeten.wie"),
    "Leerling.voornamen": (),
    "Leerling.voorletters_1": (),
    "Leerling.gebruikersnaam": (),
    "Leerling.fotourl": (),
    "Leerling.sofinummer": (),
    "Leerling.bsn": (),
    "Leerling.onderwijsnummer": (),
    "Leerling.bsn_ondwnr_4": (),
    "Leerling.rijksregisternummer": (),
    "Leerling.postcodenl": (),
    "Leerling.postnummerbe": (),
    "Leerling.postcodeoverig": (),
    "Leerkracht.key": ("lid.key", "plan.inhoud", "koppeling.genegeerd"),
    "Leerkracht.eckid": ("lid.eckid", "plan.inhoud", "koppeling.genegeerd"),
    "Leerkracht.achternaam": ("lid.achternaam", "plan.inhoud"),
    "Leerkracht.voorvoegsel": ("lid.voorvoegsel", "plan.inhoud"),
    "Leerkracht.roepnaam": ("lid.roepnaam", "plan.inhoud"),
    "Leerkracht.emailadres": ("lid.emailadres", "plan.inhoud"),
    "Leerkracht.voornamen": (),
    "Leerkracht.voorletters_1": (),
    "Leerkracht.gebruikersnaam": (),
    "Rolomschrijving.tekst": (),
    "School.auteur": (),
    "School.commentaar": (),
    "Toetsafname.leerlingid": _RESULTS,
    "Toetsafname.eckid": _RESULTS,
    "Toetsafname.resultaatverwerkerid": _RESULTS,
    "Resultaat.key": ("resultaat.inhoud",),
    "Resultaat.infourl": ("resultaat.inhoud",),
}
"""Every personal field of a message, with the columns of the store in which it can lie as it is. None: it is fetched,
and kept in whole messages only, where somebody asks for a file of these."""


class Written(NamedTuple):
    """Files that a module writes.

    Attributes:
        holds: what they can hold of a person; empty: nothing.
        ends: who or what deletes them.
    """

    holds: str
    ends: str = "whoever asked for it"


_MESSAGES: Final = "whole messages"

FILES: Final[Mapping[str, Written]] = {
    "mock_ea.suite": Written("the stores of the fake applications", "the process, unless a folder was given"),
    "mock_las.las": Written("the journal, redacted"),
    "mock_las.request_framing": Written("the request that is coming in", "the end of the request"),
    "mock_las.state": Written("the state of the fakes: invented schools, and what was brought", "`reset`"),
    "uwlr.anonymising": Written("invented people"),
    "uwlr.cli.anonymise": Written("invented people, and where asked the table of what was replaced"),
    "uwlr.cli.completion": Written(""),
    "uwlr.cli.convert": Written(_MESSAGES),
    "uwlr.cli.drift": Written("differences, without persons"),
    "uwlr.cli.format": Written("whole messages, where they stood"),
    "uwlr.cli.nights": Written(""),
    "uwlr.cli.validate": Written("reports; values of persons only with --show-values"),
    "uwlr.conformance.bundle": Written("the exchanges of a run, with pseudonyms for persons"),
    "uwlr.conformance.page.serving": Written("bundles, as `uwlr.conformance.bundle`", "the end of the page"),
    "uwlr.conformance.progress": Written(""),
    "uwlr.conformance.report.badge": Written(""),
    "uwlr.conformance.report.issue_text": Written("exchanges, redacted"),
    "uwlr.conformance.report.junit_suite": Written("exchanges, redacted"),
    "uwlr.conformance.report.one_page": Written("exchanges, redacted"),
    "uwlr.conformance.report.run_json": Written("exchanges, redacted"),
    "uwlr.convert.as_csv": Written(_MESSAGES),
    "uwlr.convert.as_xlsx": Written(_MESSAGES),
    "uwlr.exchange.store": Written("the store, as `STORE` says, with SQLite's files beside it", "erasure and `prune`"),
    "uwlr.recorded.body_writer": Written("messages, with pseudonyms for persons"),
    "uwlr.recorded.index_writer": Written(""),
    "uwlr.recorded.recorder": Written("exchanges, with pseudonyms for persons"),
    "uwlr.secret_files": Written("a key"),
}
"""Every module that writes files. A log holds nothing of a person, and no program makes a backup."""

FAKES: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "setting": (("value",), ("name",)),
    "school": ((), ("vendor", "brincode", "dependancecode", "sector", "seed", "leerlingen")),
    "roster": (("message",), ("vendor", "brincode", "dependancecode", "schooljaar", "revision", "changed_at")),
    "life": (("message",), ("vendor", "brincode", "dependancecode", "seed", "reached")),
    "step": (("step",), ("vendor", "brincode", "dependancecode", "number")),
    "coupling": (
        ("autorisatiesleutel",),
        ("id", "vendor", "brincode", "dependancecode", "klantcode", "klantnaam", "status", "startdatum"),
    ),
    "coupling_log": (("door",), ("coupling", "at", "event")),
    "mail": (("subject", "body"), ("id", "vendor", "at")),
    "entered_result": (
        ("leerling", "score", "dle"),
        ("id", "vendor", "brincode", "dependancecode", "toets", "afnamedatum"),
    ),
    "leerlingnummer": (("leerling", "leerlingid"), ("vendor", "brincode", "dependancecode")),
    "delivery": (
        (),
        (
            *("id", "vendor", "brincode", "dependancecode", "klantcode", "schooljaar", "aanmaakdatum", "received_at"),
            *("new", "replaced", "held"),
        ),
    ),
    "result": (
        ("key", "leerlingid", "eckid", "score", "osoresultaat", "anderresultaat", "infourl"),
        (
            *("vendor", "brincode", "dependancecode", "klantcode", "schooljaar", "afnamedatum", "toetscode", "versie"),
            *("toetsonderdeelcode", "delivery"),
        ),
    ),
    "toets": (
        (),
        (
            *("vendor", "brincode", "dependancecode", "klantcode", "toetscode", "versie", "toetsonderdeelcode"),
            *("naam", "normen"),
        ),
    ),
    "pull": ((), ("vendor", "brincode", "dependancecode", "url", "instellingscode", "progress")),
    "fault": ((), ("id", "fault", "calls")),
}
"""Every table of the fakes' state: the columns that can hold something of a person, and the others. `clear` empties
them all."""


def kept_by(setting: Retention) -> list[str]:
    """Name the tables of the store whose rows a setting ends."""
    return [name for name, rows in STORE.items() if rows.kept == setting]


def about_pupils() -> list[str]:
    """Name the tables of the store that hold something about pupils."""
    return [name for name, rows in STORE.items() if rows.pupils]


def places(classes: Iterable[type[Bericht]]) -> Iterator[tuple[type[Bericht], str, Field]]:
    """Give every field of messages and of what is in them, with its class and the tag of the element that it is in.

    What two parties put into an extension of their own is in no table, so nothing of it is given.
    """
    seen: set[tuple[type[Bericht], str]] = set()
    due = [(cls, element_tag(cls)) for cls in classes]
    while due:
        cls, tag = due.pop()
        if (cls, tag) in seen or issubclass(cls, RawElement):
            continue
        seen.add((cls, tag))
        for field in table(cls).fields:
            yield cls, tag, field
            inner = field.alternatives if field.kind == "element" else ()
            due += [(one.cls, one.tag) for one in inner if one.cls is not None]


def personal_names(cls: type[Bericht]) -> tuple[str, ...]:
    """Name the personal fields of a class."""
    return tuple(field.name for field in table(cls).fields if field.personal)


def name_of(cls: type[Bericht], field: Field) -> str:
    """Name a field of a message as `KEPT` does."""
    return f"{cls.__name__}.{field.name}"
