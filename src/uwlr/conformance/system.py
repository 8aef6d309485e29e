"""A LAS as a run sees it: what it does not support, what was not permitted."""

from __future__ import annotations

from collections.abc import Sequence

from uwlr.client.config import host_of
from uwlr.conformance.casebook import check
from uwlr.conformance.declarations import Las
from uwlr.conformance.outcomes import Case, Evidence, said
from uwlr.conformance.session import LasSession
from uwlr.errors import ConfigurationError
from uwlr.text import Text


class LasSystem:
    """A LAS under test.

    Args:
        config: as `las.toml` describes it.
        allow_writes: whether results may be brought.

    Raises:
        ConfigurationError: there is no address, no key, or what is not supported fits no case.
    """

    def __init__(self, config: Las, *, allow_writes: bool = False) -> None:
        if not config.addresses:
            raise ConfigurationError("no address: give URL, or url or leerresultaten_url in las.toml")
        check(config.not_supported)
        self.given = LasSession(config)
        self._config = config
        self._allow_writes = allow_writes

    @property
    def name(self) -> str:
        """What reports call it."""
        return self._config.name or host_of(self._config.addresses[0])

    @property
    def sent(self) -> int:
        """How many requests there were so far."""
        return self.given.wire.sent

    @property
    def conditions(self) -> tuple[Text, ...]:
        """The version, the year, the profile, and whether results were brought."""
        config = self._config
        found = [f"xsdversie {config.versie}", f"schooljaar {config.schooljaar}"]
        found += [config.profiel] if config.profiel else []
        writes = (
            Text("resultaten gebracht", "results brought") if self._allow_writes else Text("alleen lezen", "read-only")
        )
        return (*(Text(one, one) for one in found), writes)

    def refuses(self, case: Case) -> Text | None:
        """Tell why a case is not for this system."""
        service = case.id.partition("/")[0]
        url = self._config.url if service == "leerlinggegevens" else self._config.leerresultaten_url
        if url is None:
            return Text(f"geen adres voor {service}", f"no address for {service}")
        return said(self._config.unsupported(case.id))

    def lacks(self, case: Case) -> Text | None:
        """Tell whether a case writes where that was not permitted."""
        if case.writes and not self._allow_writes:
            return Text("schrijft: geef --allow-writes", "writes: give --allow-writes")
        return None

    def evidence(self) -> Sequence[Evidence]:
        """Everything that went over the line so far."""
        return self.given.wire.evidence

    def shared_evidence(self, case: Case) -> Sequence[Evidence]:
        """The exchanges that a case shares with others."""
        return [found for name in case.shares if (found := self.given.shared_evidence.get(name)) is not None]

    def close(self) -> None:
        """Close the connections."""
        self.given.close()
