"""A LAS as a run sees it: what it does not support, what was not permitted, and whether it can be reached at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from uwlr.berichten import Autorisatie, GeenGegevens
from uwlr.client.config import host_of
from uwlr.conformance.casebook import check
from uwlr.conformance.declarations import Las, without_files
from uwlr.conformance.line import Line, LiveLine
from uwlr.conformance.masking import Shown, shown
from uwlr.conformance.outcomes import Case, Evidence, Unreached
from uwlr.conformance.session import LasSession, Reply
from uwlr.errors import ConfigurationError, HttpError
from uwlr.foutcodes import Foutcode
from uwlr.text import Text

_SETTINGS = {
    Foutcode.AUTORISATIE_ONGELDIG: Text(
        "de sleutel wordt geweigerd voor deze school: controleer sleutel, brincode en dependancecode",
        "the key is refused for this school: check key, brincode and dependancecode",
    ),
    Foutcode.ONGELDIGE_KLANT_IDENTIFICATIE: Text(
        "klantcode of klantnaam wordt geweigerd: controleer die, en de school",
        "klantcode or klantnaam is refused: check those, and the school",
    ),
    Foutcode.XSD_VERSIE_ONGELDIG: Text(
        "de versie wordt geweigerd: controleer versie",
        "the version is refused: check versie",
    ),
}
_NO_DATA = Text(
    "het systeem heeft geen gegevens van deze school in dit schooljaar: controleer school en schooljaar",
    "the system has no data of this school in this year: check school and schooljaar",
)
_NO_SERVICE = Text(
    "op dit adres antwoordt geen UWLR-dienst: controleer adres, certificaat en HTTP-headers; {problem}",
    "no UWLR service answers at this address: check address, certificate and HTTP headers; {problem}",
)


class LasSystem:
    """A LAS under test.

    Args:
        config: as `las.toml` describes it.
        allow_writes: whether results may be brought.
        allow_load: requests that may be sent at once.
        line: a line that plays back a run; by default a live one.
        autorisatie: the header to send; by default made from the settings. Given when a run is played back.

    Raises:
        ConfigurationError: there is no address, no key or no school, or what is not supported fits no case.
    """

    def __init__(
        self,
        config: Las,
        *,
        allow_writes: bool = False,
        allow_load: int = 0,
        line: Line | None = None,
        autorisatie: Autorisatie | None = None,
    ) -> None:
        if absent := config.lacking(autorisatie):
            raise ConfigurationError("; ".join(absent))
        check(config.not_supported)
        autorisatie = autorisatie or config.key()
        # The year is that of the day on which the run began.
        school = msgspec.structs.replace(config.school, schooljaar=config.schooljaar)
        self.config = msgspec.structs.replace(config, school=school)
        self.line = line or LiveLine(self.config)
        self.given = LasSession(self.config, self.line, autorisatie)
        self.given.at_once = allow_load
        self.given.other_key_of_school = self.config.other_key() if line is None else None
        self.allow_writes = allow_writes
        self.allow_load = allow_load
        self._shown = Shown(self.given.persons, autorisatie.autorisatiesleutel)

    @property
    def name(self) -> str:
        """What reports call it."""
        return self.config.name or host_of(self.config.addresses[0])

    @property
    def sent(self) -> int:
        """How many requests there were so far."""
        return self.line.sent

    @property
    def exchanges(self) -> int:
        """How many exchanges there were so far."""
        return len(self.line.exchanges)

    @property
    def conditions(self) -> tuple[Text, ...]:
        """The version, the year, the profile, and whether results were brought."""
        config = self.config
        found = [f"xsdversie {config.versie}", f"schooljaar {config.schooljaar}"]
        found += [config.profiel] if config.profiel else []
        writes = (
            Text("resultaten gebracht", "results brought") if self.allow_writes else Text("alleen lezen", "read-only")
        )
        load = Text(f"{self.allow_load} verzoeken tegelijk", f"{self.allow_load} requests at once")
        return (*(Text(one, one) for one in found), writes, *([load] if self.allow_load else []))

    @property
    def settings(self) -> Mapping[str, Any]:
        """The settings: keys and pupils stand in none of them, nor do files of the tester's machine."""
        found: dict[str, Any] = without_files(msgspec.to_builtins(self.config))
        found.pop("leerresultaten")
        return {**found, "allow_writes": self.allow_writes, "allow_load": self.allow_load}

    def begin(self, case: Case) -> None:
        """Note which case begins."""
        self.line.case = case.id

    def look(self) -> Text | None:
        """Ask for the roster once, which cases look at later; tell whether the settings are wrong."""
        if self.config.url is None:
            return None
        try:
            reply = self.given.roster_reply()
        except Unreached as problem:
            return problem.reason
        return _wrong(reply)

    def refuses(self, case: Case) -> Text | None:
        """Tell why a case is not for this system."""
        service = case.id.partition("/")[0]
        url = self.config.url if service == "leerlinggegevens" else self.config.leerresultaten_url
        if url is None and not case.passive:
            return Text(f"geen adres voor {service}", f"no address for {service}")
        reason = self.config.unsupported(case.id)
        return None if reason is None else Text(reason, reason)

    def lacks(self, case: Case) -> Text | None:
        """Say whether a case does something that was not permitted."""
        if case.writes and not self.allow_writes:
            return Text("schrijft: geef --allow-writes", "writes: give --allow-writes")
        if case.loads and not self.allow_load:
            return Text("belast: geef --allow-load", "puts load on the system: give --allow-load")
        return None

    def shown(self, numbers: Sequence[int]) -> tuple[Evidence, ...]:
        """Show some exchanges, without keys and personal data."""
        return shown(self.line.exchanges, numbers, self._shown)

    def shared(self, case: Case) -> Sequence[int]:
        """Numbers of the exchanges that a case shares with others."""
        return self.given.shared_numbers(case.shares)

    def close(self) -> None:
        """Close the connections."""
        self.line.close()


def _wrong(reply: Reply) -> Text | None:
    if reply.fault is not None:
        known = next((text for code, text in _SETTINGS.items() if reply.fault.code == code), None)
        if known is None:
            return None
        said = reply.described()
        return Text(f"{known.nl}; {said.nl}", f"{known.en}; {said.en}")
    if isinstance(reply.error, HttpError) and reply.error.problem in {"html", "login", "redirect", "content-type"}:
        values = {"problem": str(reply.error.args[0])}
        return Text(_NO_SERVICE.fill("nl", values), _NO_SERVICE.fill("en", values))
    return _NO_DATA if isinstance(reply.inhoud, GeenGegevens) else None
