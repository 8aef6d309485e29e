"""Other libraries for Python that make typed values of the same schemas."""

from __future__ import annotations

import importlib
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from lxml import etree

from benchmarks.job import Job
from uwlr import norm
from uwlr.schemas import wsdl_file, xsd_file

_ZEEP_MEMORY = 6 << 30
"""Bytes of address space: with some valid documents and schemas zeep takes memory until there is none."""


def zeep_read(file: Path) -> Job:
    """zeep makes its objects of an answer, as its client does with a response."""
    from zeep.loader import parse_xml
    from zeep.settings import Settings
    from zeep.transports import Transport

    operation = _zeep_operation("leerlinggegevens", "HaalLeerlinggegevens")
    transport, settings = Transport(), Settings()
    data = file.read_bytes()
    return Job(
        lambda: operation.output.deserialize(parse_xml(data, transport, settings=settings)),
        len(data),
        lambda answer: len(_value(answer, "leerlingen").leerling),
    )


def zeep_write(file: Path) -> Job:
    """zeep makes a request of plain dictionaries and lxml writes it."""
    client = _zeep_client("leerresultaten")
    verzoek = etree.fromstring(file.read_bytes()).find(f".//{{{norm.LEERRESULTATEN}}}leerresultaten_verzoek")
    afnames = [_plain(element) for element in verzoek.iter(f"{{{norm.LEERRESULTATEN}}}toetsafname")]
    content = {
        "school": _plain(verzoek[0]),
        "toetsafnames": {
            "toetsafname": [{**a, "resultaten": {"resultaat": [a["resultaten"]["resultaat"]]}} for a in afnames]
        },
        "toetsen": {"toets": [_plain(element) for element in verzoek[2]]},
    }

    def run() -> bytes:
        return etree.tostring(client.create_message(client.service, "BrengLeerresultaten", **content))

    return Job(run, file.stat().st_size, lambda written: written.count(b"toetsafname>") // 2)


def xsdata_read(file: Path) -> Job:
    """xsdata makes dataclasses, of classes it generated from the schemas; its fastest handler."""
    from xsdata.formats.dataclass.parsers import XmlParser
    from xsdata.formats.dataclass.parsers.handlers import XmlEventHandler

    data = _body(file)
    cls = getattr(_xsdata_classes(), _message(file))
    parser = XmlParser(handler=XmlEventHandler)
    return Job(lambda: parser.from_bytes(data, cls), len(data), _xsdata_items)


def xsdata_write(file: Path) -> Job:
    """xsdata writes dataclasses."""
    from xsdata.formats.dataclass.parsers import XmlParser
    from xsdata.formats.dataclass.serializers import XmlSerializer

    data = _body(file)
    bericht = XmlParser().from_bytes(data, getattr(_xsdata_classes(), _message(file)))
    serializer = XmlSerializer()
    namespaces = {None: _namespace(file)}
    return Job(lambda: serializer.render(bericht, ns_map=namespaces), len(data), _tags)


def pydantic_read(file: Path) -> Job:
    """pydantic-xml makes models, written by hand as its users do, by way of lxml's tree."""
    from benchmarks import pydantic_models

    data = _body(file)
    cls = getattr(pydantic_models, _message(file))
    return Job(
        lambda: cls.from_xml(data),
        len(data),
        lambda m: len(m.leerlinggegevens.leerlingen if hasattr(m, "leerlinggegevens") else m.toetsafnames),
    )


def pydantic_write(file: Path) -> Job:
    """pydantic-xml writes models."""
    from benchmarks import pydantic_models

    data = _body(file)
    bericht = getattr(pydantic_models, _message(file)).from_xml(data)
    return Job(lambda: bericht.to_xml(skip_empty=True), len(data), lambda written: _tags(written.decode()))


def _message(file: Path) -> str:
    """Name the class of the message in a document."""
    return "LeerresultatenVerzoek" if file.name.startswith("leerresultaten") else "LeerlinggegevensAntwoord"


def _namespace(file: Path) -> str:
    return norm.LEERRESULTATEN if file.name.startswith("leerresultaten") else norm.LEERLINGGEGEVENS


def _tags(written: str) -> int:
    return written.count("</toetsafname>") + written.count("</leerling>")


def _xsdata_items(message: Any) -> int:
    if hasattr(message, "leerlinggegevens"):
        return len(message.leerlinggegevens.leerlingen.leerling)
    return len(message.toetsafnames.toetsafname)


def _zeep_client(service: Any) -> Any:
    resource.setrlimit(resource.RLIMIT_AS, (_ZEEP_MEMORY, _ZEEP_MEMORY))
    import zeep

    return zeep.Client(str(wsdl_file(service)))


def _zeep_operation(service: str, name: str) -> Any:
    return _zeep_client(service).service._binding.get(name)  # noqa: SLF001 - the public call would need a server


def _value(answer: Any, name: str) -> Any:
    """Find an element in zeep's objects, wherever the choice above it put it."""
    value = answer
    while not hasattr(value, name):
        value = value.leerlinggegevens
    return getattr(value, name)


def _plain(element: etree._Element) -> Any:
    """Turn an element into what zeep takes: text, or a dictionary of attributes and children."""
    if not len(element) and not element.attrib:
        return element.text
    return {**element.attrib, **{etree.QName(child).localname: _plain(child) for child in element}}


def _body(file: Path) -> bytes:
    """Take the message out of its envelope, which xsdata would not look into."""
    data = file.read_bytes()
    return data[data.index(b"<soap:Body>") + len(b"<soap:Body>") : data.rindex(b"</soap:Body>")]


def _xsdata_classes() -> Any:
    """Generate the classes, which takes a second, and import them; xsdata calls ruff to format them."""
    scripts = Path(sys.executable).parent
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [
                *(sys.executable, "-m", "xsdata", "generate", xsd_file("UWLR_v2p2.xsd")),
                *("--package", "uwlr_by_xsdata", "--structure-style", "single-package"),
            ],
            cwd=folder,
            env={**os.environ, "PATH": f"{scripts}{os.pathsep}{os.environ.get('PATH', '')}"},
            check=True,
            capture_output=True,
        )
        sys.path.insert(0, folder)
        return importlib.import_module("uwlr_by_xsdata")
