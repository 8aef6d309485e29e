"""The client for asyncio: the same methods as `uwlr.client._sync`, to be awaited."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Self, TypeVar, cast

from uwlr.berichten import (
    GeenGegevens,
    GeenWijzigingen,
    LeerkrachtenVerzoek,
    LeerlingenVerzoek,
    Leerlinggegevens,
    LeerlinggegevensLeerkrachten,
    LeerlinggegevensLeerlingen,
    LeerlinggegevensStructuur,
    LeerlinggegevensVerzoek,
    LeerresultatenBevestiging,
    LeerresultatenVerzoek,
    StructuurVerzoek,
)
from uwlr.berichten.tabel import Bericht
from uwlr.client._base import ClientBase
from uwlr.client.core import GevraagdeGroep, Steps, inhoud_of
from uwlr.client.coupling_check import Prober, ProbeResult, probe_verzoek
from uwlr.client.http_sessions import AsyncSession, HasClient, Means
from uwlr.client.records import Exchange
from uwlr.errors import UwlrError

T = TypeVar("T")


class AsyncUwlrClient(ClientBase[HasClient, AsyncSession]):
    """As `UwlrClient`, with methods to await; all arguments but `session` and `transport` mean the same.

    A large answer is parsed without yielding to other tasks: about a second for 50,000 pupils.

    Args:
        session: an `httpx.AsyncClient` of your own, with its certificates, proxies, headers and hooks. It is not
            closed. By default one is made, and closed with this client.
        transport: a `zeep.AsyncTransport` in place of a session.
    """

    def _open(self, means: Means) -> None:
        self._transport = means.open_async(self._core.config, self._core.collector)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections, except those of a session or transport that was passed in."""
        await self._transport.aclose()

    async def haal_leerlinggegevens(
        self,
        *,
        schooljaar: str,
        brincode: str | None = None,
        dependancecode: str | None = None,
        schoolkey: str | None = None,
        gegevenssetid: str | None = None,
        laatstontvangengegevens: datetime | None = None,
    ) -> Leerlinggegevens | GeenWijzigingen | GeenGegevens:
        """Ask for the whole roster of a school. Operation HaalLeerlinggegevens; as `UwlrClient`."""
        verzoek = self._core.verzoek(
            LeerlinggegevensVerzoek,
            schooljaar=schooljaar,
            brincode=brincode,
            dependancecode=dependancecode,
            schoolkey=schoolkey,
            gegevenssetid=gegevenssetid,
            laatstontvangengegevens=laatstontvangengegevens,
        )
        return inhoud_of(await self.exchange(verzoek), Leerlinggegevens)

    async def haal_structuur(
        self,
        *,
        schooljaar: str,
        brincode: str | None = None,
        dependancecode: str | None = None,
        schoolkey: str | None = None,
        gegevenssetid: str | None = None,
        laatstontvangengegevens: datetime | None = None,
    ) -> LeerlinggegevensStructuur | GeenWijzigingen | GeenGegevens:
        """Ask for the school and its groups. Operation HaalStructuur; as `UwlrClient`."""
        verzoek = self._core.verzoek(
            StructuurVerzoek,
            schooljaar=schooljaar,
            brincode=brincode,
            dependancecode=dependancecode,
            schoolkey=schoolkey,
            gegevenssetid=gegevenssetid,
            laatstontvangengegevens=laatstontvangengegevens,
        )
        return inhoud_of(await self.exchange(verzoek), LeerlinggegevensStructuur)

    async def haal_leerlingen(
        self,
        *,
        groepen: Iterable[GevraagdeGroep],
        schooljaar: str,
        brincode: str | None = None,
        dependancecode: str | None = None,
        schoolkey: str | None = None,
        gegevenssetid: str | None = None,
        laatstontvangengegevens: datetime | None = None,
    ) -> LeerlinggegevensLeerlingen | GeenWijzigingen | GeenGegevens:
        """Ask for the pupils of some groups. Operation HaalLeerlingen; as `UwlrClient`."""
        verzoek = self._core.verzoek(
            LeerlingenVerzoek,
            groepen,
            schooljaar=schooljaar,
            brincode=brincode,
            dependancecode=dependancecode,
            schoolkey=schoolkey,
            gegevenssetid=gegevenssetid,
            laatstontvangengegevens=laatstontvangengegevens,
        )
        return inhoud_of(await self.exchange(verzoek), LeerlinggegevensLeerlingen)

    async def haal_leerkrachten(
        self,
        *,
        groepen: Iterable[GevraagdeGroep],
        schooljaar: str,
        brincode: str | None = None,
        dependancecode: str | None = None,
        schoolkey: str | None = None,
        gegevenssetid: str | None = None,
        laatstontvangengegevens: datetime | None = None,
    ) -> LeerlinggegevensLeerkrachten | GeenWijzigingen | GeenGegevens:
        """Ask for the staff of some groups. Operation HaalLeerkrachten; as `UwlrClient`."""
        verzoek = self._core.verzoek(
            LeerkrachtenVerzoek,
            groepen,
            schooljaar=schooljaar,
            brincode=brincode,
            dependancecode=dependancecode,
            schoolkey=schoolkey,
            gegevenssetid=gegevenssetid,
            laatstontvangengegevens=laatstontvangengegevens,
        )
        return inhoud_of(await self.exchange(verzoek), LeerlinggegevensLeerkrachten)

    async def breng_leerresultaten(self, verzoek: LeerresultatenVerzoek) -> LeerresultatenBevestiging:
        """Bring results. Operation BrengLeerresultaten; as `UwlrClient`."""
        return cast("LeerresultatenBevestiging", (await self.exchange(verzoek)).bericht)

    async def exchange(self, verzoek: Bericht) -> Exchange:
        """Send any of the five requests, and return the answer with everything known about it; as `UwlrClient`."""
        call = self._core.call(verzoek)
        async for attempt in self._attempts(on=call.may_retry, **call.retrying):
            with attempt, call.watch():
                return call.interpret(await self._transport.send(call.request()))
        raise AssertionError("the last attempt returns or raises")

    async def probe(
        self,
        *,
        schooljaar: str | None = None,
        brincode: str | None = None,
        dependancecode: str | None = None,
        schoolkey: str | None = None,
        gegevenssetid: str | None = None,
        testbericht: LeerresultatenVerzoek | None = None,
    ) -> ProbeResult:
        """Tell whether endpoint, TLS, key, school and version are in order; as `UwlrClient`."""
        verzoek = probe_verzoek(
            self._core,
            schooljaar=schooljaar,
            brincode=brincode,
            dependancecode=dependancecode,
            schoolkey=schoolkey,
            gegevenssetid=gegevenssetid,
        )
        return await self._run(Prober(self._core, self._transport.client_certificate()).steps(verzoek, testbericht))

    async def _run(self, steps: Steps[T]) -> T:
        """Drive requests that depend on each other."""
        try:
            request = next(steps)
            while True:
                try:
                    answer = await self._transport.send(request)
                except UwlrError as error:
                    request = steps.throw(error)
                else:
                    request = steps.send(answer)
        except StopIteration as end:
            result: T = end.value
            return result
