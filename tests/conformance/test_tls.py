"""TLS: what is judged of it, and by which way it is tried."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme

from conformance.right_las import LasServer, RightLas
from uwlr.conformance.outcomes import Verdict

_TLS = "leerlinggegevens/transport/tls"
_OLD = "leerlinggegevens/transport/oude-tls"
_CERTIFICATE = "leerlinggegevens/transport/certificaat"


def _files(tmp_path: Path, days: int) -> tuple[str, str, str]:
    ca = trustme.CA()
    issued = ca.issue_cert("127.0.0.1", not_after=datetime.now(UTC) + timedelta(days=days))
    ca.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    issued.cert_chain_pems[0].write_to_path(str(tmp_path / "cert.pem"))
    issued.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
    return str(tmp_path / "ca.pem"), str(tmp_path / "cert.pem"), str(tmp_path / "key.pem")


def _context(cert: str, key: str, *, old: bool = False) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    if old:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = ssl.TLSVersion.TLSv1
        context.set_ciphers("ALL:@SECLEVEL=0")
    return context


@pytest.mark.parametrize(
    ("old", "days", "failing"),
    [(False, 90, set()), (False, 10, {_CERTIFICATE}), (True, 90, {_OLD})],
    ids=["sound", "ends-soon", "old-tls"],
)
def test_tls_is_judged(old: bool, days: int, failing: set[str], tmp_path: Path, judge: Any) -> None:
    """A certificate that ends soon and an old version of TLS each are found by their own case."""
    ca, cert, key = _files(tmp_path, days)

    secure = LasServer(_context(cert, key, old=old))
    try:
        ended = judge({**secure.serve(RightLas()), "tls": {"ca": ca}})
    finally:
        secure.stop()

    assert {o.case.id for o in ended.outcomes if o.unmet} == failing
    assert {o.case.id for o in ended.outcomes if o.verdict is Verdict.PASS} >= {_TLS, _OLD, _CERTIFICATE} - failing


def test_http_is_found_where_tls_is_asked_for(judge: Any, server: LasServer) -> None:
    """An address without TLS fails, once TLS is asked for on this machine too."""
    ended = judge({**server.serve(RightLas()), "tls": {"required": True}}, _TLS)

    assert next(o.verdict for o in ended.outcomes if o.case.id == _TLS) is Verdict.FAIL


class _Tunnel:
    """A proxy that digs one tunnel after the other, and remembers to where."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                target = near.recv(65536).split()[1].decode()
                self.asked.append(target)
                host, _, port = target.rpartition(":")
                far = socket.create_connection((host, int(port)))
                near.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                threading.Thread(target=self._both_ways, args=(near, far), daemon=True).start()

    def _both_ways(self, near: socket.socket, far: socket.socket) -> None:
        with near, far:
            back = threading.Thread(target=self._pass_on, args=(far, near), daemon=True)
            back.start()
            self._pass_on(near, far)
            back.join()

    @staticmethod
    def _pass_on(one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(65536):
                other.sendall(data)
            other.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Dig no more."""
        self._listener.close()


def test_old_tls_is_tried_by_way_of_the_proxy(tmp_path: Path, judge: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the proxy leads to is judged; a proxy that is not there is nobody's offence."""
    ca, cert, key = _files(tmp_path, 90)
    for variable in ("NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy", "https_proxy"):
        monkeypatch.delenv(variable, raising=False)
    secure, tunnel = LasServer(_context(cert, key, old=True)), _Tunnel()
    try:
        given = {**secure.serve(RightLas()), "tls": {"ca": ca}}
        monkeypatch.setenv("HTTPS_PROXY", tunnel.url)
        through = next(o for o in judge(given, _OLD).outcomes if o.case.id == _OLD)
        monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
        nowhere = judge(given, _OLD)
    finally:
        secure.stop()
        tunnel.close()

    assert through.verdict is Verdict.FAIL
    assert "TLSv1.1" in str(through.actual)
    assert set(tunnel.asked) == {secure.url.removeprefix("https://")}
    assert not nowhere.green
    assert not [o for o in nowhere.outcomes if o.unmet]
