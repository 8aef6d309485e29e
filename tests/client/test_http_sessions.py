"""Certificates, authorities, proxies and sessions of a client, over TLS and through a proxy that runs."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import socket
import ssl
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import requests
import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

import uwlr
from uwlr.berichten import Autorisatie, GeenGegevens
from uwlr.client import Retry, UwlrClient
from uwlr.client.http_sessions import Means, tls_arguments
from uwlr.errors import ConfigurationError, ConnectError


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

    session = Means(**tls_arguments(**{"ca": None, "cert": None, "key": None} | given)).made_session()

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
        ({"cert": "cert"}, "cert does not hold a certificate and its key"),
        ({"cert": "text", "key": "key"}, "do not hold a certificate and its key"),
        ({"cert": "cert", "key": "other"}, "other is not the key of the certificate in"),
        ({"cert": "cert", "key": "locked"}, "locked is locked by a password"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(names, why, files):
    """Each kind of wrong file is told apart, with its path, and no password is asked on the terminal."""
    with pytest.raises(ConfigurationError, match=why):
        Means(**tls_arguments(**{"ca": None, "cert": None, "key": None} | files(**names)))


class Proxy:
    """A proxy in a process of its own, that asks a name and a password and writes down what it was asked for."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "proxy.log"
        port_file = folder / "proxy.port"
        command = ["-m", "proxy", "--hostname", "127.0.0.1", "--port", "0", "--port-file", str(port_file)]
        more = [
            "--num-workers",
            "1",
            "--num-acceptors",
            "1",
            "--basic-auth",
            "school:wachtwoord",
            "--data-dir",
            str(folder),
        ]
        files = ["--data-dir", str(folder), "--log-file", str(self.log)]
        self.process = subprocess.Popen([sys.executable, *command, *more, *files], start_new_session=True)
        while not port_file.exists() or not port_file.read_text():
            assert self.process.poll() is None
            select.select([], [], [], 0.02)
        self.host = f"127.0.0.1:{int(port_file.read_text())}"
        self.url = f"http://school:wachtwoord@{self.host}"

    def carried(self, host: str) -> bool:
        """Tell whether it made a tunnel to that host: it says so once the tunnel is closed."""
        until = time.monotonic() + 20
        while time.monotonic() < until:
            if f"CONNECT {host} " in self.log.read_text():
                return True
            select.select([], [], [], 0.02)
        return False

    def close(self) -> None:
        """End it, and its workers."""
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait()


@pytest.fixture(scope="module")
def proxy(tmp_path_factory) -> Iterator[Proxy]:
    """A proxy that runs."""
    made = Proxy(tmp_path_factory.mktemp("proxy"))
    yield made
    made.close()


@pytest.fixture
def own_session(kind):
    """Make what people have themselves: a session of requests, or a client of httpx of either kind."""
    opened = []

    def make(cls, ca: str, cert: str, key: str, proxy: str):
        if cls is requests.Session:
            session = requests.Session()
            session.verify, session.cert, session.proxies = ca, (cert, key), {"http": proxy, "https": proxy}
        else:
            context = ssl.create_default_context(cafile=ca)
            context.load_cert_chain(cert, key)
            session = cls(verify=context, proxy=proxy)
        opened.append(session)
        return session

    yield make
    for session in opened:
        asyncio.run(session.aclose()) if isinstance(session, httpx.AsyncClient) else session.close()


OWN = {"sync": (None, requests.Session, httpx.Client), "async": (None, httpx.AsyncClient)}
WAYS = [(kind, own) for kind, classes in OWN.items() for own in classes]


@pytest.mark.parametrize(("kind", "own"), WAYS, ids=lambda value: getattr(value, "__module__", value))
def test_certificate_authority_and_proxy_work_together(
    kind, own, own_session, tls_parrot, files, proxy, make_client, authority, antwoord, monkeypatch
):
    """Over TLS with a client certificate, through a proxy that asks a password, whatever the environment says."""
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/dev/null")
    bird = tls_parrot(client_ca=authority)
    bird.says(antwoord("<geengegevens/>"))
    pem = files(ca="ca", cert="cert", key="key")
    arguments: dict = {"verify": pem["ca"], "cert": (pem["cert"], pem["key"]), "proxy": proxy.url}
    if own is not None:
        arguments = {"session": own_session(own, **pem, proxy=proxy.url)}

    las = make_client(bird.url, **arguments)

    assert isinstance(las.vraag(), GeenGegevens)
    assert len(bird.heard) == 1
    assert proxy.carried(bird.host)
    assert "wachtwoord" not in repr(las.client)


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_proxy_that_refuses_is_no_connection(kind, proxy, make_client):
    """A wrong password of the proxy is a ConnectError that shows none, and names the proxy."""
    las = make_client("https://las.example/", proxy=f"http://school:verkeerd@{proxy.host}", retry=Retry(attempts=1))

    with pytest.raises(ConnectError) as caught:
        las.vraag()

    assert f"the proxy {proxy.host}: it answered 407" in str(caught.value)
    assert "verkeerd" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(("kind", "own"), [*WAYS, ("sync", "variable"), ("async", "variable")], ids=str)
def test_a_proxy_that_is_not_there_is_named(kind, own, own_session, files, make_client, monkeypatch, scheme):
    """Not the LAS, which nobody asked; nor the password that stands in its address."""
    with socket.socket() as taken:  # bound and not listening: it refuses
        taken.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{taken.getsockname()[1]}"
        address = f"http://school:wachtwoord@{host}"
        arguments: dict = {"proxy": address}
        if own == "variable":
            monkeypatch.setenv(f"{scheme}_proxy", address)
            arguments = {}
        elif own is not None:
            arguments = {"session": own_session(own, **files(ca="ca", cert="cert", key="key"), proxy=address)}

        with pytest.raises(ConnectError, match=f"the proxy {host}: Connection refused") as caught:
            make_client(f"{scheme}://las.example/", retry=None, **arguments).vraag()

    assert "wachtwoord" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize("highest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=lambda one: one.name)
def test_a_las_that_wants_a_certificate_is_understood(kind, highest, tls_parrot, files, make_client, authority):
    """However it hangs up on a client that shows none, the error says that one may be wanted."""
    bird = tls_parrot(client_ca=authority, highest=highest)

    with pytest.raises(ConnectError, match="it may want one of yours"):
        make_client(bird.url, verify=files(ca="ca")["ca"], retry=None).vraag()

    assert bird.heard == []


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_las_that_is_not_there_is_no_matter_of_a_proxy(kind, make_client):
    """Called directly, it is the LAS that is named."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))

        with pytest.raises(ConnectError, match="Connection refused") as caught:
            make_client(f"https://127.0.0.1:{taken.getsockname()[1]}/", retry=None).vraag()

    assert "proxy" not in str(caught.value)
    assert "certificate" not in str(caught.value)


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_probe_tells_about_the_certificate_that_was_given(kind, tls_parrot, files, make_client, authority, antwoord):
    """A client that was given a certificate, apart or with its key in one file, says when it expires."""
    bird = tls_parrot(client_ca=authority)
    bird.says(antwoord("<geenwijzigingen/>"))
    pem = files(ca="ca", cert="both")

    result = make_client(bird.url, verify=Path(pem["ca"]), cert=Path(pem["cert"])).probe(
        schooljaar="2025-2026", brincode="99QQ"
    )

    assert result.check("client_certificate").verdict == "ok"


@pytest.mark.parametrize("cls", [requests.Session, httpx.Client])
def test_a_session_of_ones_own_is_used_and_stays_open(cls, parrot, antwoord):
    """Its headers go along, and closing the client does not close it."""
    parrot.says(antwoord("<geengegevens/>"))
    klant = Autorisatie(autorisatiesleutel="s" * 20, klantcode="k", klantnaam="k")
    with cls() as session:
        session.headers["X-Own"] = "yes"
        for _ in range(2):
            with UwlrClient(parrot.url, autorisatie=klant, session=session) as las:
                las.haal_leerlinggegevens(schooljaar="2025-2026", brincode="99QQ")

    assert [heard.headers["x-own"] for heard in parrot.heard] == ["yes", "yes"]


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_the_client_says_who_it_is(kind, parrot, make_client, antwoord):
    """A session that the client made has the library and its version as User-Agent."""
    parrot.says(antwoord("<geengegevens/>"))

    make_client(parrot.url).vraag()

    assert parrot.heard[0].headers["user-agent"] == f"uwlr/{uwlr.__version__}"


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_the_proxy_of_the_environment_stays_that_of_a_client(kind, parrot, make_client, antwoord, monkeypatch):
    """All requests of a client to an address go by the proxy that a variable named at the first of them."""
    parrot.says(antwoord("<geengegevens/>"))
    monkeypatch.setenv("http_proxy", f"http://{parrot.host}")
    las = make_client("http://las.example/r")

    las.vraag()
    monkeypatch.delenv("http_proxy")
    las.vraag()

    assert [heard.path for heard in parrot.heard] == ["http://las.example/r"] * 2
