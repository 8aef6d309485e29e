"""The bundled schemas and WSDLs: as files, compiled, and as a server publishes them.

In a wheel the files are inside the package, in a checkout at the top of the repository.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, TypeAlias
from urllib.parse import urlsplit

from lxml import etree

Service: TypeAlias = Literal["leerlinggegevens", "leerresultaten"]


class _Release(NamedTuple):
    """The file names of one version of UWLR, or of EDEXML, which has no WSDL."""

    umbrella: str
    wsdl: dict[Service, str]


EDEXML: Final = "edexml-2.1"
"""Used in place of a version of UWLR, for the schema of EDEXML 2.1 files."""

_RELEASES: Final = {
    "2.2": _Release(
        umbrella="UWLR_v2p2.xsd",
        wsdl={
            "leerlinggegevens": "UWLR_Leerlinggegevens_v2p2.wsdl",
            "leerresultaten": "UWLR_Leerresultaten_v2p2.wsdl",
        },
    ),
    "2.3": _Release(
        umbrella="UWLR_v2p3.xsd",
        wsdl={
            "leerlinggegevens": "UWLR_Leerlinggegevens_v2p3.wsdl",
            "leerresultaten": "UWLR_Leerresultaten_v2p3.wsdl",
        },
    ),
    EDEXML: _Release(umbrella="EDEXML.structuur.xsd", wsdl={}),
}

SUPPORTED: Final = tuple(versie for versie, release in _RELEASES.items() if release.wsdl)
"""The versions of UWLR whose schemas are bundled."""

_XS: Final = "{http://www.w3.org/2001/XMLSchema}"
_ADDRESS: Final = "{http://schemas.xmlsoap.org/wsdl/soap/}address"


class _Deterministic(etree.Resolver):
    """Gives libxml2 the schemas with `(a|b)+` where the files have `(a+|b+)+`, which is the same language.

    The files have that shape for the sake of other stacks (xsd/PROVENANCE.md). libxml2 would try every way to split a
    run of the same element into runs: a wrong element after 24 groups costs a second.
    """

    def resolve(self, system_url: str | None, public_id: str | None, context: Any) -> Any:
        del public_id
        if system_url is None:
            return None
        root = etree.parse(system_url).getroot()
        for choice in root.iter(f"{_XS}choice"):
            if choice.get("maxOccurs") == "unbounded":
                for element in choice.iterchildren(f"{_XS}element"):
                    element.attrib.pop("maxOccurs", None)
        return self.resolve_string(etree.tostring(root), context, base_url=system_url)


class _PerThread(threading.local):
    """Compiled schemas of one thread: libxml2 keeps its error log on the schema."""

    def __init__(self) -> None:
        self.compiled: dict[str, etree.XMLSchema] = {}


_per_thread = _PerThread()
_compiling = threading.Lock()


def compile_schema(document: etree._Element | etree._ElementTree) -> etree.XMLSchema:
    """Compile a schema, one at a time: two first ones at once leave libxml2 without its built-in types, for good.

    Raises:
        lxml.etree.XMLSchemaParseError: It is no schema.
    """
    with _compiling:
        return etree.XMLSchema(document)


def xsd_file(name: str, versie: str = "2.2") -> Path:
    """Find a bundled schema.

    Args:
        name: The bare file name, such as `UWLR_Autorisatie_v2p2.xsd`.
        versie: The version of UWLR.

    Raises:
        KeyError: The version is not bundled, or has no schema of that name.
    """
    for path in _directory("xsd", versie).glob("*.xsd"):
        if path.name == name:
            return path
    raise KeyError(f"UWLR {versie} has no schema {name!r}")


def xsd_files(versie: str = "2.2") -> tuple[Path, ...]:
    """Find all bundled schemas of a version, or of EDEXML files.

    Raises:
        KeyError: The version is not bundled.
    """
    return tuple(sorted(_directory("xsd", versie).glob("*.xsd")))


def wsdl_file(service: Service, versie: str = "2.2") -> Path:
    """Find the bundled WSDL of a service.

    Args:
        service: `leerlinggegevens` or `leerresultaten`.
        versie: The version of UWLR.

    Raises:
        KeyError: The version is not bundled, or has no such service.
    """
    return _directory("wsdl", versie) / _RELEASES[versie].wsdl[service]


def schema(versie: str = "2.2") -> etree.XMLSchema:
    """Return the schema that validates every message of a version, compiled once per thread.

    Args:
        versie: The version of UWLR.

    Raises:
        KeyError: The version is not bundled.
    """
    compiled = _per_thread.compiled
    if versie not in compiled:
        parser = etree.XMLParser()
        parser.resolvers.add(_Deterministic())
        umbrella = xsd_file(_release(versie).umbrella, versie)
        compiled[versie] = compile_schema(etree.parse(str(umbrella), parser))
    return compiled[versie]


def served_wsdl(service: Service, *, address: str, versie: str = "2.2") -> bytes:
    """Return the WSDL as a service at `address` publishes it, its schemas at the same address with `?xsd=NAME`.

    Args:
        service: As in `wsdl_file`.
        address: The URL that every port gets.
        versie: The version of UWLR.

    Raises:
        KeyError: The version is not bundled, or has no such service.
    """
    return served(wsdl_file(service, versie), address=address)


def served_xsd(name: str, versie: str = "2.2", *, address: str = "") -> bytes:
    """Return a schema as a service publishes it, the schemas it refers to at the same address with `?xsd=NAME`.

    Args:
        name: The bare file name, as asked for in the query.
        versie: The version of UWLR.
        address: The URL of the service; without it the references are a bare query, which not every stack resolves.

    Raises:
        KeyError: The version is not bundled, or has no schema of that name.
    """
    return served(xsd_file(name, versie), address=address)


def served(path: Path, *, address: str) -> bytes:
    """Return a WSDL or a schema as a service at `address` publishes it, what it refers to there with `?xsd=NAME`."""
    root = etree.parse(path).getroot()
    for port in root.iter(_ADDRESS):
        port.set("location", address)
    # The last step of the path precedes the query: JAX-WS and gSOAP take a bare `?xsd=` to replace that step,
    # which RFC 3986 (5.2.2) does not. No more than that step, so that a proxy may serve it all at another address.
    step = urlsplit(address).path.rpartition("/")[2]
    for reference in root.iter(f"{_XS}import", f"{_XS}include"):
        location = reference.get("schemaLocation")
        if location is not None:
            reference.set("schemaLocation", f"{step}?xsd={location.rpartition('/')[2]}")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _directory(kind: Literal["xsd", "wsdl"], versie: str) -> Path:
    _release(versie)
    here = Path(__file__).resolve().parent
    packaged = here / kind / versie
    return packaged if packaged.is_dir() else here.parents[1] / kind / versie


def _release(versie: str) -> _Release:
    try:
        return _RELEASES[versie]
    except KeyError:
        raise KeyError(f"UWLR {versie!r} is not bundled, only {', '.join(SUPPORTED)}") from None
