"""spyne as one of two roads: it answers what the plain one answers, on every Python, and is needed only where named."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from uwlr.berichten import LeerlingenVerzoek, StructuurVerzoek, VerzoekGroep
from uwlr.errors import ConfigurationError
from uwlr.foutcodes import Foutcode
from uwlr.norm import SOAP12_ENVELOPE, SOAP_ENVELOPE
from uwlr.server import Providers, Settings, make_wsgi
from uwlr.soap.envelope import write_envelope

ROOT = Path(__file__).parents[2]
LAS = Path(__file__).with_name("las.py")
IMPORT = """
    import sys
    from uwlr.server import Providers, make_wsgi
    make_wsgi(Providers(None, object()))
    assert "spyne.protocol.soap.soap11" in sys.modules
    # Neither the stand-in nor the deprecated module itself may stay behind.
    assert "cgi" not in sys.modules
    from spyne.util.six.moves.urllib.parse import quote
    assert quote("a b") == "a%20b"
    from spyne.protocol.soap.soap11 import cgi
    assert cgi.parse_header('text/xml; charset="utf-8"; x=1') == ("text/xml", {"charset": "utf-8", "x": "1"})
    import importlib.util
    assert importlib.util.find_spec("spyne.util.six.moves.no_such_module") is None
"""
PARTS = "import lxml, msgspec, pytz, importlib.util as u; assert u.find_spec('spyne')"


def _interpreter(version: str) -> str:
    if version == f"3.{sys.version_info[1]}":
        return sys.executable
    made = ROOT / f".venv-{version}" / "bin" / "python"  # by `make test-all`
    found = str(made) if made.exists() else shutil.which(f"python{version}")
    if found is None or subprocess.run([found, "-c", PARTS], capture_output=True, check=False).returncode:
        pytest.skip(f"no Python {version} here with lxml, msgspec, spyne and pytz")
    return found


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_spyne_is_imported_without_a_warning(version) -> None:
    """The road by spyne can be made where every warning is an error, and the help for spyne leaves no module behind."""
    done = subprocess.run(
        [_interpreter(version), "-W", "error", "-c", textwrap.dedent(IMPORT)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def fresh_spyne(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder to import from that holds the sources of spyne, and no byte code of them."""
    folder = tmp_path_factory.mktemp("fresh")
    (package,) = importlib.util.find_spec("spyne").submodule_search_locations
    shutil.copytree(package, folder / "spyne", ignore=shutil.ignore_patterns("__pycache__", "*.pyc", "test"))
    return folder


@contextmanager
def _strict_server(path: Path, *options: str) -> Iterator[int]:
    """Serve the LAS where every warning is an error and byte code is neither read nor written; gives the port."""
    command = [sys.executable, "-W", "error", "-B", str(LAS), "--quiet", *options]
    with subprocess.Popen(
        command,
        env={"PYTHONPATH": str(path), "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            said = process.stdout.readline()
            assert said, process.stderr.read()
            yield int(said)
        finally:
            process.stdin.close()


@pytest.mark.parametrize("options", [(), ("--plain",)], ids=["spyne", "plain"])
def test_warnings_as_errors_fail_no_request(options, fresh_spyne, peer) -> None:
    """Every kind of request gets its answer from `python -W error -B` that has to compile spyne's sources itself."""
    with _strict_server(fresh_spyne, *options) as port:
        assert peer.send(port, peer.VERZOEK).status == 200
        assert peer.send(port, StructuurVerzoek(schooljaar="2026-2027", brincode="99XX", xsdversie="2.2")).status == 200
        refused = peer.send(port, peer.VERZOEK, autorisatie=None)
        assert f":{Foutcode.AUTORISATIE_ONGELDIG}<".encode() in refused.body
        assert peer.raw(port, peer.request(b"", method="GET", path="/leerlinggegevens?wsdl")).status == 200
    assert not list(fresh_spyne.rglob("*.pyc"))


def _requests(peer) -> dict[str, bytes]:
    whole = write_envelope(peer.VERZOEK, autorisatie=peer.AUTORISATIE)
    basis = {"schooljaar": "2026-2027", "brincode": "99XX", "xsdversie": "2.2"}
    stage = write_envelope(LeerlingenVerzoek(groepen=(VerzoekGroep(key="g5"),), **basis), autorisatie=peer.AUTORISATIE)
    action = '"http://www.edustandaard.nl/leerresultaten/2/leerlinggegevens/leerlingen_verzoek"'
    return {
        "whole roster": peer.request(whole),
        "stage": peer.request(stage, SOAPAction=action),
        "no header": peer.request(write_envelope(peer.VERZOEK)),
        "other service": peer.request(whole, path="/leerresultaten"),
        "other action": peer.request(whole, SOAPAction='"BrengLeerresultaten"'),
        "broken": peer.request(whole[:-40]),
        "soap 1.2": peer.request(whole.replace(SOAP_ENVELOPE.encode(), SOAP12_ENVELOPE.encode())),
        "unknown school": peer.request(whole.replace(b"99XX<", b"99YY<")),
        "json": peer.request(b"{}", Content_Type="application/json"),
        "no path": peer.request(whole, path="/beheer"),
        "wsdl": peer.request(b"", method="GET", path="/leerresultaten?wsdl"),
        "get": peer.request(b"", method="GET"),
        "put": peer.request(whole, method="PUT"),
        "damaged gzip": peer.request(whole, Content_Encoding="gzip"),
        "provider fails": peer.request(whole.replace(b"2026-2027", b"2025-2026")),
    }


@pytest.mark.parametrize(
    "settings", [Settings(), Settings(prefix="s", xsdversies=frozenset({"2.3"}))], ids=["usual", "other"]
)
def test_both_roads_give_the_same_bytes(settings, server, las_module, peer) -> None:
    """Status, headers and body of every kind of answer are the same by spyne and without it."""

    class Las(las_module.Las):
        def leerlinggegevens(self, school, verzoek):
            if school.schooljaar == "2025-2026":
                raise RuntimeError("a defect")
            return super().leerlinggegevens(school, verzoek)

    answers = {}
    for via in ("spyne", "plain"):
        server.wsgi_app = las_module.application(Las(), settings, via)
        got = {name: peer.raw(server.bind_addr[1], data) for name, data in _requests(peer).items()}
        for answer in got.values():
            answer.headers.pop("date", None)
        answers[via] = got
    assert answers["plain"] == answers["spyne"]
    assert {answer.status for answer in answers["plain"].values()} >= {200, 400, 404, 405, 415, 500}


WITHOUT = """
    import importlib.abc, sys
    class No(importlib.abc.MetaPathFinder):
        def find_spec(self, name, path=None, target=None):
            if name.partition(".")[0] == "spyne":
                raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    sys.meta_path.insert(0, No())
    from uwlr.server import Providers, make_wsgi
    las = object()
    assert callable(make_wsgi(Providers(las, las, las), via="plain"))
    try:
        make_wsgi(Providers(las, las, las))
    except ImportError as error:
        print(error)
"""


def test_without_spyne_the_plain_road_is_open() -> None:
    """Where spyne is missing, `via="plain"` does without, and the other road says what to install."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(WITHOUT)], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == 'spyne is not installed: pip install "uwlr[server]"'


def test_a_road_that_is_not_there_is_named(las) -> None:
    """Another word than the two is a mistake of the caller."""
    with pytest.raises(ConfigurationError, match="'twisted'"):
        make_wsgi(Providers(las, las, las), via="twisted")


def test_spyne_stays_out_of_the_rest() -> None:
    """Only a server that is made by way of spyne imports it; messages, uwlr.soap and uwlr.server do without."""
    code = "import sys, uwlr, uwlr.soap.answer, uwlr.server; uwlr.read; sys.exit('spyne' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
