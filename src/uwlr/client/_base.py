"""What both clients share: how they are made."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Generic, TypeVar

from uwlr.berichten import Autorisatie
from uwlr.client import config as c
from uwlr.client.core import Core
from uwlr.client.records import Exchange
from uwlr.client.retry import Retry
from uwlr.extras import extra
from uwlr.norm import Versie

TransportT = TypeVar("TransportT")


class ClientBase(ABC, Generic[TransportT]):
    """The core and its transport; `UwlrClient` documents the arguments."""

    def __init__(
        self,
        url: str | None,
        *,
        autorisatie: Autorisatie,
        leerresultaten_url: str | None = None,
        versie: Versie = "2.2",
        transport: TransportT | None = None,
        http_headers: Mapping[str, str] | None = None,
        quoted_soap_action: bool = True,
        allow_surrounding_space: bool = False,
        timeout: timedelta | None = None,
        connect_timeout: timedelta = c.DEFAULT_CONNECT_TIMEOUT,
        total_timeout: timedelta = c.DEFAULT_TOTAL_TIMEOUT,
        max_response_size: int = c.DEFAULT_MAX_RESPONSE_SIZE,
        retry: Retry | None = None,
        retry_results: bool = True,
        check_answer: bool = False,
        on_deviations: Callable[[Exchange], None] | None = None,
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
                timeout=timeout,
                connect_timeout=connect_timeout,
                total_timeout=total_timeout,
                max_response_size=max_response_size,
                retry=retry or Retry(),
                retry_results=retry_results,
                check_answer=check_answer,
                on_deviations=on_deviations,
            )
        )
        with extra("client"):
            import stamina  # noqa: PLC0415 - an optional dependency
        self._attempts = stamina.retry_context
        self._open(transport)

    @abstractmethod
    def _open(self, transport: TransportT | None) -> None: ...

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self._core.config.__rich_repr__())
        return f"{type(self).__name__}({shown})"
