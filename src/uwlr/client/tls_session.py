"""The transport of a client that is given PEM files: an authority to trust, a certificate to show."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import TYPE_CHECKING

from uwlr.errors import ConfigurationError
from uwlr.extras import extra

if TYPE_CHECKING:
    import zeep


def transport_with(*, ca: str | None = None, cert: str | None = None, key: str | None = None) -> zeep.Transport:
    """Make a transport for `UwlrClient`.

    Args:
        ca: PEM file, or folder of such files, of the authority to trust; None trusts those of the system.
        cert: PEM file of the certificate to show; None shows none.
        key: PEM file of its key; None if `cert` holds it too.

    Raises:
        ConfigurationError: a file cannot be used; the text says which and why.
        MissingExtraError: the extra `client` is not installed.
    """
    with extra("client"):
        import requests  # noqa: PLC0415 - an optional dependency, slow to import
        import zeep.transports  # noqa: PLC0415
    check_pem_files(ca=ca, cert=cert, key=key)
    session = requests.Session()
    if ca is not None:
        session.verify = ca
    if cert is not None:
        session.cert = cert if key is None else (cert, key)
    return zeep.transports.Transport(session=session)  # type: ignore[no-untyped-call]


def check_pem_files(*, ca: str | None, cert: str | None, key: str | None) -> None:
    """Refuse files that TLS cannot be made with; arguments as `transport_with`.

    Raises:
        ConfigurationError: a file cannot be read or has no certificate or key in it, a key is locked by a password or
            belongs to another certificate, or there is a key without a certificate.
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
        if key is not None:
            raise ConfigurationError(f"{key} is the key of a certificate, and no certificate is given")
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
        files = cert if key is None else f"{cert} and {key}"
        raise ConfigurationError(f"{files} do not hold a certificate and its key in PEM form") from None
