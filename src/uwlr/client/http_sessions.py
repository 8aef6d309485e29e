"""The HTTP session of a client: the caller's own, or one made of an authority, a certificate and a proxy."""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, TypedDict

import msgspec

from uwlr.client.answer_reading import Collector
from uwlr.client.config import Limits, check_url
from uwlr.errors import ConfigurationError
from uwlr.extras import extra
from uwlr.undisclosed import Undisclosed

if TYPE_CHECKING:
    import httpx
    import requests

    from uwlr.client.over_httpx import AsyncHttpxTransport, HttpxTransport
    from uwlr.client.over_requests import RequestsTransport

PathLike: TypeAlias = str | os.PathLike[str]
Cert: TypeAlias = PathLike | tuple[PathLike, PathLike]
"""A PEM file with a certificate and its key, or one with each."""

Verify: TypeAlias = PathLike | Literal[True]
"""A PEM file, or folder of such files, of the authority to trust; True trusts those of the system."""

SyncSession: TypeAlias = "requests.Session | httpx.Client"
AsyncSession: TypeAlias = "httpx.AsyncClient"


class HasSession(Protocol):
    """What is used of a `zeep.Transport`."""

    @property
    def session(self) -> requests.Session:
        """How it calls."""


class HasClient(Protocol):
    """What is used of a `zeep.AsyncTransport`."""

    @property
    def client(self) -> httpx.AsyncClient:
        """How it calls."""


class Means(Undisclosed, msgspec.Struct, frozen=True, kw_only=True):
    """How to call, as the arguments of a client say: by what the caller has, or by what is made of files.

    Attributes:
        transport: a transport of zeep, whose session or client is used.
        session: a session of requests, or a client of httpx.
        cert: the certificate to show.
        verify: the authority to trust.
        proxy: address of the proxy.
    """

    transport: Any = None
    session: Any = None
    cert: Cert | None = None
    verify: Verify = True
    proxy: str | None = None

    def __post_init__(self) -> None:
        if self.transport is not None and self.session is not None:
            raise ConfigurationError("give a session or a transport, not both")
        if self.transport is None and self.session is None:
            if not self.verify:
                raise ConfigurationError(
                    "verify=False would give keys and pupils to anyone who answers: give the PEM file of the authority"
                )
            check_url(self.proxy, "proxy")
            check_pem_files(**self.files)
        elif (self.cert, self.verify, self.proxy) != (None, True, None):
            raise ConfigurationError("cert, verify and proxy make a session: give them to your own, or leave that out")

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Show nothing: a proxy may have a password in its address."""
        return []

    @property
    def files(self) -> dict[str, str | None]:
        """The PEM files: `ca`, `cert` and `key`, each None if it is not given."""
        cert, key = self.cert if isinstance(self.cert, tuple) else (self.cert, None)
        given = {"ca": None if self.verify is True else self.verify, "cert": cert, "key": key}
        return {name: None if path is None else os.fspath(path) for name, path in given.items()}

    def open(self, limits: Limits, collector: Callable[[], Collector]) -> RequestsTransport | HttpxTransport:
        """Open the way for a client that waits.

        Raises:
            ConfigurationError: it is no session or client, or none of this kind.
            MissingExtraError: the extra `client` is not installed.
        """
        with extra("client"):
            import httpx  # noqa: PLC0415 - optional dependencies, slow to import
            import requests  # noqa: PLC0415

            from uwlr.client.over_httpx import HttpxTransport  # noqa: PLC0415
            from uwlr.client.over_requests import RequestsTransport  # noqa: PLC0415
        if self.transport is not None:
            session = getattr(self.transport, "session", None)
            if not isinstance(session, requests.Session):
                raise ConfigurationError("transport is not a zeep.Transport: it has no session of requests")
            otherwise = getattr(self.transport, "operation_timeout", None)
            return RequestsTransport(session, limits, collector, owned=False, otherwise=otherwise)
        match self.session:
            case None:
                return RequestsTransport(self.made_session(), limits, collector, owned=True)
            case requests.Session():
                return RequestsTransport(self.session, limits, collector, owned=False)
            case httpx.Client():
                return HttpxTransport(self.session, limits, collector)
        raise ConfigurationError("session is neither a requests.Session nor an httpx.Client")

    def open_async(self, limits: Limits, collector: Callable[[], Collector]) -> AsyncHttpxTransport:
        """Open the way for a client that is awaited.

        Raises:
            ConfigurationError: it is no client of httpx, or none of this kind.
            MissingExtraError: the extra `client` is not installed.
        """
        with extra("client"):
            import httpx  # noqa: PLC0415 - an optional dependency, slow to import

            from uwlr.client.over_httpx import AsyncHttpxTransport  # noqa: PLC0415
        if self.transport is not None:
            client = getattr(self.transport, "client", None)
            if not isinstance(client, httpx.AsyncClient):
                raise ConfigurationError("transport is not a zeep.AsyncTransport: it has no AsyncClient of httpx")
            return AsyncHttpxTransport(client, limits, collector, owned=False)
        if self.session is None:
            certificate = self.files["cert"]
            made = httpx.AsyncClient(
                verify=self._tls_context(), proxy=self.proxy, headers={"User-Agent": _user_agent()}
            )
            return AsyncHttpxTransport(made, limits, collector, owned=True, certificate_file=certificate)
        if not isinstance(self.session, httpx.AsyncClient):
            raise ConfigurationError("session is not an httpx.AsyncClient")
        return AsyncHttpxTransport(self.session, limits, collector, owned=False)

    def made_session(self) -> requests.Session:
        """Make a session of requests.

        Raises:
            MissingExtraError: the extra `client` is not installed.
        """
        with extra("client"):
            from uwlr.client.over_requests import OwnSession  # noqa: PLC0415 - an optional dependency, slow to import
        session = OwnSession()
        session.headers["User-Agent"] = _user_agent()
        ca, cert, key = self.files.values()
        if ca is not None:
            session.verify = ca
        if cert is not None:
            session.cert = cert if key is None else (cert, key)
        if self.proxy is not None:
            session.proxies = {"http": self.proxy, "https": self.proxy}
        return session

    def _tls_context(self) -> ssl.SSLContext:
        import httpx  # noqa: PLC0415 - an optional dependency, slow to import

        return tls_context(**self.files, otherwise=httpx.create_ssl_context)


class TlsArguments(TypedDict):
    """Arguments of a client."""

    cert: Cert | None
    verify: Verify


def tls_arguments(*, ca: str | None, cert: str | None, key: str | None) -> TlsArguments:
    """Give three settings, as a command or a file has them, as the arguments of a client.

    Raises:
        ConfigurationError: a key without a certificate.
    """
    if cert is None and key is not None:
        raise ConfigurationError(f"{key} is the key of a certificate, and no certificate is given")
    return {"cert": cert if cert is None or key is None else (cert, key), "verify": True if ca is None else ca}


def tls_context(
    *,
    ca: str | None,
    cert: str | None,
    key: str | None,
    otherwise: Callable[[], ssl.SSLContext] = ssl.create_default_context,
) -> ssl.SSLContext:
    """Make the TLS of a caller; `check_pem_files` says what its files may be.

    Args:
        ca: PEM file, or folder of such files, of the authority to trust; None takes `otherwise`.
        cert: PEM file of the certificate to show; None shows none.
        key: PEM file of its key; None if `cert` holds it too.
        otherwise: gives the TLS that trusts the authorities of the system.
    """
    if ca is None:
        context = otherwise()
    else:
        folder = Path(ca).is_dir()
        context = ssl.create_default_context(cafile=None if folder else ca, capath=ca if folder else None)
    if cert is not None:
        context.load_cert_chain(cert, key)
    return context


@cache
def _user_agent() -> str:
    return f"uwlr/{version('uwlr')}"


def check_pem_files(*, ca: str | None, cert: str | None, key: str | None) -> None:
    """Refuse files that TLS cannot be made with.

    Args:
        ca: PEM file, or folder of such files, of the authority to trust; None trusts those of the system.
        cert: PEM file of the certificate to show; None shows none.
        key: PEM file of its key; None if `cert` holds it too.

    Raises:
        ConfigurationError: a file cannot be read or has no certificate or key in it, or a key is locked by a password
            or belongs to another certificate.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if ca is not None:
        folder = Path(ca).is_dir()
        try:
            context.load_verify_locations(cafile=None if folder else ca, capath=ca if folder else None)
        except ssl.SSLError:
            raise ConfigurationError(f"{ca} holds no certificate in PEM form, for the authority to trust") from None
        except OSError as error:
            raise ConfigurationError(f"{ca} cannot be read: {error.strerror}") from None
    if cert is None:
        return
    for path in (cert, *(() if key is None else (key,))):
        try:
            Path(path).read_bytes()
        except OSError as error:
            raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from None
    locked = False

    def password() -> str:
        nonlocal locked
        locked = True
        return ""

    try:
        context.load_cert_chain(cert, key, password)
    except (ssl.SSLError, ValueError) as error:
        if locked:
            raise ConfigurationError(f"{key or cert} is locked by a password; give the key without one") from None
        if getattr(error, "reason", None) == "KEY_VALUES_MISMATCH":
            raise ConfigurationError(f"{key or cert} is not the key of the certificate in {cert}") from None
        files = f"{cert} does not" if key is None else f"{cert} and {key} do not"
        raise ConfigurationError(f"{files} hold a certificate and its key in PEM form") from None
