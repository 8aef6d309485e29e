"""PEM files for a client: what is wrong with them is said before anything is called."""

from __future__ import annotations

import pytest
import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from uwlr.berichten import Autorisatie, GeenGegevens
from uwlr.client import UwlrClient
from uwlr.client.tls_session import transport_with
from uwlr.errors import ConfigurationError


@pytest.fixture
def files(tmp_path, authority: trustme.CA):
    """PEM files: the authority, a certificate with its key, apart and together, another key, a locked one."""
    mine, other = (authority.issue_cert("ea.example") for _ in range(2))
    key = mine.private_key_pem.bytes()
    chain = b"".join(blob.bytes() for blob in mine.cert_chain_pems)
    locked = load_pem_private_key(key, None).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"wachtwoord")
    )
    made = {
        "ca": authority.cert_pem.bytes(),
        "cert": chain,
        "key": key,
        "both": key + chain,
        "other": other.private_key_pem.bytes(),
        "locked": locked,
        "empty": b"",
        "text": b"geen certificaat",
    }
    for name, data in made.items():
        (tmp_path / name).write_bytes(data)
    return lambda **names: {argument: str(tmp_path / name) for argument, name in names.items()}


@pytest.mark.parametrize(
    "names",
    [{"ca": "ca"}, {"cert": "both"}, {"cert": "cert", "key": "key"}, {"ca": "ca", "cert": "both", "key": "both"}, {}],
)
def test_files_in_order_reach_the_session(names, files):
    """The session trusts the authority and shows the certificate."""
    given = files(**names)

    session = transport_with(**given).session

    assert session.verify == given.get("ca", True)
    assert (session.cert if isinstance(session.cert, tuple) else (session.cert,))[0] == given.get("cert")


@pytest.mark.parametrize(
    ("names", "why"),
    [
        ({"ca": "missing"}, "missing cannot be read: No such file"),
        ({"ca": "empty"}, "empty holds no certificate in PEM form"),
        ({"ca": "text"}, "text holds no certificate in PEM form"),
        ({"key": "key"}, "no certificate is given"),
        ({"cert": "missing"}, "missing cannot be read"),
        ({"cert": "cert", "key": "missing"}, "missing cannot be read"),
        ({"cert": "cert"}, "cert do not hold a certificate and its key"),
        ({"cert": "text", "key": "key"}, "do not hold a certificate and its key"),
        ({"cert": "cert", "key": "other"}, "other is not the key of the certificate in"),
        ({"cert": "cert", "key": "locked"}, "locked is locked by a password"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(names, why, files):
    """Each kind of wrong file is told apart, with its path, and no password is asked on the terminal."""
    with pytest.raises(ConfigurationError, match=why):
        transport_with(**files(**names))


def test_a_certificate_is_shown_to_a_server_that_asks_for_it(tls_parrot, files, authority, antwoord):
    """A server that wants a client certificate answers a client made of these files."""
    bird = tls_parrot(client_ca=authority)
    bird.says(antwoord("<geengegevens/>"))
    klant = Autorisatie(autorisatiesleutel="s" * 20, klantcode="k", klantnaam="k")
    transport = transport_with(**files(ca="ca", cert="cert", key="key"))

    with UwlrClient(bird.url, autorisatie=klant, transport=transport) as client:
        assert isinstance(client.haal_leerlinggegevens(schooljaar="2025-2026", brincode="99QQ"), GeenGegevens)
