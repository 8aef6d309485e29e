"""What both clients share: how they are made."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Generic, TypeVar

from uwlr.berichten import Autorisatie
from uwlr.client import config as c
from uwlr.client.core import Core
from uwlr.client.http_sessions import Cert, Means, Verify
from uwlr.client.records import AnswerEvent, Exchange, RequestEvent
from uwlr.client.retry import Retry
from uwlr.extras import extra
from uwlr.norm import Versie

TransportT = TypeVar("TransportT")
SessionT = TypeVar("SessionT")


class ClientBase(ABC, Generic[TransportT, SessionT]):
    """The core and its transport; `UwlrClient` documents the arguments."""

    def __init__(
        self,
        url: str | None,
        *,
        autorisatie: Autorisatie,
        leerresultaten_url: str | None = None,
        versie: Versie = "2.2",
        session: SessionT | None = None,
        cert: Cert | None = None,
        verify: Verify = True,
        proxy: str | None = None,
        transport: TransportT | None = None,
        http_headers: Mapping[str, str] | None = None,
        quoted_soap_action: bool = True,
        allow_surrounding_space: bool = False,
        allow_long_key: bool = False,
        timeout: timedelta | None = None,
        connect_timeout: timedelta = c.DEFAULT_CONNECT_TIMEOUT,
        total_timeout: timedelta = c.DEFAULT_TOTAL_TIMEOUT,
        max_response_size: int = c.DEFAULT_MAX_RESPONSE_SIZE,
        retry: Retry | None = c.DEFAULT_RETRY,
        retry_results: bool = True,
        check_answer: bool = False,
        on_deviations: Callable[[Exchange], None] | None = None,
        on_request: Callable[[RequestEvent], None] | None = None,
        on_answer: Callable[[AnswerEvent], None] | None = None,
    ) -> None:
        self._core = Core(
            c.Config(
                url=url,
                leerresultaten_url=leerresultaten_url,
                autorisatie=autorisatie,
                versie=versie,
                http_headers=dict(http_headers or {}),
                quoted_soap_action=quoted_soap_action,
                allow_surrounding_space=allow_surrounding_space,
                allow_long_key=allow_long_key,
                timeout=timeout,
                connect_timeout=connect_timeout,
                total_timeout=total_timeout,
                max_response_size=max_response_size,
                retry=retry or c.NO_RETRY,
                retry_results=retry_results,
                check_answer=check_answer,
                on_deviations=on_deviations,
                on_request=on_request,
                on_answer=on_answer,
            )
        )
        with extra("client"):
            import stamina  # noqa: PLC0415 - an optional dependency
        self._attempts = stamina.retry_context
        self._open(Means(transport=transport, session=session, cert=cert, verify=verify, proxy=proxy))

    @abstractmethod
    def _open(self, means: Means) -> None: ...

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self._core.config.__rich_repr__())
        return f"{type(self).__name__}({shown})"
