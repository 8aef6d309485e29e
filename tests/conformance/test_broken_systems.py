"""The referee is refereed: for each case a system that is broken there, and nowhere else."""

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
from broken import BROKEN
from cheroot.ssl.builtin import BuiltinSSLAdapter
from reference import Host, ReferenceLas, replaced

from uwlr.conformance.casebook import cases
from uwlr.conformance.outcomes import Outcome, Verdict

_WITH_TLS = {"leerlinggegevens/transport/oude-tls", "leerlinggegevens/transport/certificaat"}
_OF_TLS = _WITH_TLS | {"leerlinggegevens/transport/tls"}


def test_every_case_has_its_broken_system() -> None:
    """No case exists without a system that fails it."""
    assert set(BROKEN) | _WITH_TLS == {case.id for case in cases("LAS")}


def test_the_reference_passes_everything(judge: Any, host: Host) -> None:
    """A LAS that does everything right passes every case but those of TLS, which it does not have."""
    ended = judge(host.serve())

    assert ended.green
    assert {o.case.id for o in ended.outcomes if o.verdict is not Verdict.PASS} == _OF_TLS


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_system_fails_its_case(name: str, judge: Any, host: Host) -> None:
    """A defect fails its own case; every other passes, or is skipped and names a case that failed."""
    broken = BROKEN[name]
    failing = {name, *broken.also}

    given = host.serve(broken.las(), broken.break_, dechunk=broken.dechunk)
    ended = judge({**given, **broken.config})

    assert {o.case.id for o in ended.outcomes if o.verdict is Verdict.FAIL} == failing
    others = [o for o in ended.outcomes if o.case.id not in failing | _OF_TLS and o.verdict is not Verdict.PASS]
    assert not [o.case.id for o in others if not _names_a_failure(o, {o.case.id for o in ended.outcomes} - _OF_TLS)]
    assert not ended.green


def test_a_warning_of_the_validator_is_a_warning(judge: Any, host: Host) -> None:
    """A roster that breaks no more than a rule of severity warning is no failure, unless the run is strict."""
    las = ReferenceLas()
    las.roster = replaced(las.roster, "leerlingen", achternaam="De  Vries")
    name = "leerlinggegevens/rooster/regels"

    (lenient,) = judge(host.serve(las), name, strict=False).outcomes
    (strict,) = judge(host.serve(las), name).outcomes

    assert (lenient.verdict, strict.verdict) == (Verdict.WARN, Verdict.FAIL)
    assert "LG-501" in str(lenient.actual)
    assert "Vries" not in str(lenient.actual)


def _names_a_failure(outcome: Outcome, ids: set[str]) -> bool:
    reason = outcome.reason.en if outcome.reason else ""
    return outcome.verdict is Verdict.SKIP and any(f"precondition {one}" in reason for one in ids)


class _OldTls(BuiltinSSLAdapter):
    """Speaks TLS 1.1 too."""

    def wrap(self, sock: Any) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            self.context.minimum_version = ssl.TLSVersion.TLSv1
        self.context.set_ciphers("ALL:@SECLEVEL=0")
        return super().wrap(sock)


def _files(tmp_path: Path, days: int) -> tuple[str, str, str]:
    ca = trustme.CA()
    issued = ca.issue_cert("127.0.0.1", not_after=datetime.now(UTC) + timedelta(days=days))
    ca.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    issued.cert_chain_pems[0].write_to_path(str(tmp_path / "cert.pem"))
    issued.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
    return str(tmp_path / "ca.pem"), str(tmp_path / "cert.pem"), str(tmp_path / "key.pem")


@pytest.mark.parametrize(
    ("adapter", "days", "failing"),
    [
        (BuiltinSSLAdapter, 90, set()),
        (BuiltinSSLAdapter, 10, {"leerlinggegevens/transport/certificaat"}),
        (_OldTls, 90, {"leerlinggegevens/transport/oude-tls"}),
    ],
    ids=["sound", "ends-soon", "old-tls"],
)
def test_tls_is_judged(adapter: Any, days: int, failing: set[str], tmp_path: Path, judge: Any) -> None:
    """A certificate that ends soon and an old version of TLS each fail their own case."""
    ca, cert, key = _files(tmp_path, days)

    secure = Host(tls=adapter(cert, key))
    try:
        ended = judge({**secure.serve(), "tls": {"ca": ca}})
    finally:
        secure.stop()

    assert {o.case.id for o in ended.outcomes if o.verdict is Verdict.FAIL} == failing
    assert {o.case.id for o in ended.outcomes if o.verdict is Verdict.PASS} >= _OF_TLS - failing


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
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

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
    """What the proxy leads to is judged; a proxy that is not there gives no verdict."""
    name = "leerlinggegevens/transport/oude-tls"
    ca, cert, key = _files(tmp_path, 90)
    for variable in ("NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy", "https_proxy"):
        monkeypatch.delenv(variable, raising=False)
    secure, tunnel = Host(tls=_OldTls(cert, key)), _Tunnel()
    try:
        given = {**secure.serve(), "tls": {"ca": ca}}
        monkeypatch.setenv("HTTPS_PROXY", tunnel.url)
        (through,) = judge(given, name).outcomes
        monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
        (nowhere,) = judge(given, name).outcomes
    finally:
        secure.stop()
        tunnel.close()

    assert through.verdict is Verdict.FAIL
    assert "TLSv1.1" in str(through.actual)
    assert tunnel.asked == [secure.url.removeprefix("https://")]
    assert nowhere.verdict is Verdict.SKIP
