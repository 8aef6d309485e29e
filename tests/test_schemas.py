"""The bundled schemas and WSDLs: their verdicts, their contract, and how they are served."""

import json
import threading
import time
from pathlib import Path
from urllib.parse import urljoin

import pytest
import xmlschema
from lxml import etree
from xmlschema.exceptions import XMLSchemaKeyError

from uwlr import schemas

LG = "http://www.edustandaard.nl/leerresultaten/2/leerlinggegevens"
LR = "http://www.edustandaard.nl/leerresultaten/2/leerresultaten"
NS = {
    "wsdl": "http://schemas.xmlsoap.org/wsdl/",
    "soap": "http://schemas.xmlsoap.org/wsdl/soap/",
    "xs": "http://www.w3.org/2001/XMLSchema",
}
VECTORS = [
    json.loads(line) for line in (Path(__file__).parent / "vectors" / "uwlr-2.2.jsonl").read_text("utf-8").splitlines()
]
FILES = sorted(path.name for path in schemas.xsd_file("UWLR_v2p2.xsd").parent.glob("*.xsd"))

# operation: port type, SOAPAction, input (message, part, element), output (same), fault message
OPERATIONS = {
    "leerlinggegevens": {
        "HaalLeerlinggegevens": (
            "prtLeerlinggegevens",
            "HaalLeerlinggegevens",
            (
                "msgLeerlinggegevensVerzoek",
                "msgpLeerlinggegevensVerzoek",
                "leerlinggegevens_verzoek",
            ),
            (
                "msgLeerlinggegevensAntwoord",
                "msgpLeerlinggegevensAntwoord",
                "leerlinggegevens_antwoord",
            ),
            None,
        ),
        "HaalStructuur": (
            "prtGetrapt",
            f"{LG}/structuur_verzoek",
            ("msgStructuurVerzoek", "msgStructuurVerzoek", "structuur_verzoek"),
            ("msgStructuurAntwoord", "msgStructuurAntwoord", "structuur_antwoord"),
            ("msgStructuurFault", "msgStructuurFault", "StructuurFault"),
        ),
        "HaalLeerlingen": (
            "prtGetrapt",
            f"{LG}/leerlingen_verzoek",
            ("msgLeerlingenVerzoek", "msgLeerlingenVerzoek", "leerlingen_verzoek"),
            ("msgLeerlingenAntwoord", "msgLeerlingenAntwoord", "leerlingen_antwoord"),
            ("msgLeerlingenFault", "msgLeerlingenFault", "LeerlingenFault"),
        ),
        "HaalLeerkrachten": (
            "prtGetrapt",
            f"{LG}/leerkrachten_verzoek",
            ("msgLeerkrachtenVerzoek", "msgLeerkrachtenVerzoek", "leerkrachten_verzoek"),
            ("msgLeerkrachtenAntwoord", "msgLeerkrachtenAntwoord", "leerkrachten_antwoord"),
            ("msgLeerkrachtenFault", "msgLeerkrachtenFault", "LeerkrachtenFault"),
        ),
    },
    "leerresultaten": {
        "BrengLeerresultaten": (
            "prtLeerresultaten",
            "BrengLeerresultaten",
            ("msgLeerresultaten", "msgpLeerresultatenVerzoek", "leerresultaten_verzoek"),
            (
                "msgLeerresultatenAntwoord",
                "msgpLeerresultatenAntwoord",
                "leerresultaten_bevestiging",
            ),
            None,
        ),
    },
}
# port: binding, port type
PORTS = {
    "leerlinggegevens": {
        "prtLeerlinggegevensService": ("bndLeerlinggegevens", "prtLeerlinggegevens"),
        "prtLeerlinggegevensService-getrapt": ("bndLeerlinggegevens-getrapt", "prtGetrapt"),
    },
    "leerresultaten": {"prtLeerresultatenService": ("bndLeerresultaten", "prtLeerresultaten")},
}


@pytest.fixture(scope="module")
def second_opinion():
    """The same schema, compiled by an engine that shares no code with libxml2."""
    return xmlschema.XMLSchema(schemas.xsd_file("UWLR_v2p2.xsd"))


def accepts(schema, xml):
    """Tell whether an xmlschema schema accepts a message."""
    try:
        return schema.is_valid(xml)
    except XMLSchemaKeyError:  # an xsi:type that names no type
        return False


def local(name):
    """Drop the prefix of a qualified name."""
    return name.rpartition(":")[2]


def structuur(school, groepen=""):
    """Write an answer that holds a school."""
    return (
        f'<structuur_antwoord xmlns="{LG}"><leerlinggegevens-structuur>'
        f"<school>{school}</school>{groepen}</leerlinggegevens-structuur></structuur_antwoord>"
    )


def leerling(fields):
    """Write an answer that holds one pupil."""
    return (
        f'<leerlingen_antwoord xmlns="{LG}"><leerlinggegevens-leerlingen>'
        "<school><schooljaar>2024-2025</schooljaar></school>"
        f'<leerlingen><leerling key="1">{fields}</leerling></leerlingen>'
        "</leerlinggegevens-leerlingen></leerlingen_antwoord>"
    )


def test_every_vector_gets_its_verdict_from_libxml2():
    """All 600 messages are judged as recorded by libxml2."""
    schema = schemas.schema()
    verdicts = {v["id"]: schema.validate(etree.fromstring(v["xml"])) for v in VECTORS}
    assert {v["id"]: v["valid"] for v in VECTORS} == verdicts
    assert len(verdicts) == 600


def test_every_vector_gets_its_verdict_from_xmlschema(second_opinion):
    """All 600 messages are judged as recorded by xmlschema."""
    verdicts = {v["id"]: accepts(second_opinion, v["xml"]) for v in VECTORS}
    assert {v["id"]: v["valid"] for v in VECTORS} == verdicts


@pytest.mark.parametrize(
    ("schooljaar", "valid"),
    [("2024-2025", True), ("2025-2026", True), ("2031-2032", True), ("25-26", False)],
)
def test_a_school_year_after_2025_is_accepted(second_opinion, schooljaar, valid):
    """An answer may carry any school year that a request may ask for."""
    xml = structuur(f"<schooljaar>{schooljaar}</schooljaar>")
    assert schemas.schema().validate(etree.fromstring(xml)) is valid
    assert accepts(second_opinion, xml) is valid


@pytest.mark.parametrize(
    ("identification", "valid"),
    [
        ("", True),
        ("b", True),
        ("bd", True),
        ("bds", True),
        ("bs", True),
        ("i", True),
        ("is", True),
        ("s", True),
        ("d", False),
        ("ds", False),
        ("bi", False),
        ("id", False),
        ("sb", False),
        ("si", False),
        ("ss", False),
        ("bsd", False),
        ("bb", False),
    ],
)
def test_a_school_in_an_answer_is_identified_as_the_standard_allows(second_opinion, identification, valid):
    """A school has a BRIN or a Flemish number or neither, and a schoolkey with any of them."""
    parts = {
        "b": "<brincode>99XX</brincode>",
        "d": "<dependancecode>01</dependancecode>",
        "i": "<instellingsnummer>12345</instellingsnummer>",
        "s": "<schoolkey>school 1</schoolkey>",
    }
    xml = structuur("<schooljaar>2024-2025</schooljaar>" + "".join(parts[part] for part in identification))
    assert schemas.schema().validate(etree.fromstring(xml)) is valid
    assert accepts(second_opinion, xml) is valid


@pytest.mark.parametrize(
    ("order", "valid"),
    [("", False), ("g", True), ("s", True), ("gsg", True), ("sgsgg", True), ("ggss", True)],
)
def test_groepen_come_in_any_order_but_never_empty(second_opinion, order, valid):
    """Groepen mixes groups and combined groups freely and holds at least one."""
    parts = {
        "g": '<groep key="1"><naam>1a</naam><jaargroep>1</jaargroep></groep>',
        "s": '<samengestelde_groep key="2"><naam>plus</naam></samengestelde_groep>',
    }
    groepen = f"<groepen>{''.join(parts[part] for part in order)}</groepen>"
    xml = structuur("<schooljaar>2024-2025</schooljaar>", groepen)
    assert schemas.schema().validate(etree.fromstring(xml)) is valid
    assert accepts(second_opinion, xml) is valid


@pytest.mark.parametrize(
    ("fields", "valid"),
    [
        ("<roepnaam>Noor</roepnaam>", True),
        ("<achternaam>Bakker</achternaam>", True),
        ("<achternaam>Bakker</achternaam><roepnaam>Noor</roepnaam>", True),
        ("", False),
        ("<voorvoegsel>de</voorvoegsel><roepnaam>Noor</roepnaam>", False),
        ("<roepnaam>Noor</roepnaam><roepnaam>Noor</roepnaam>", False),
        ("<roepnaam>Noor</roepnaam><bsn>123456782</bsn>", True),
        ("<roepnaam>Noor</roepnaam><bsn>123456782</bsn><bsn>123456782</bsn>", False),
        ("<roepnaam>Noor</roepnaam><bsn>123456782</bsn><sofinummer>123456782</sofinummer>", False),
        ("<roepnaam>Noor</roepnaam><postnummerbe>1000</postnummerbe>", True),
        ("<roepnaam>Noor</roepnaam><postcodenl>1234AB</postcodenl>" * 2, False),
    ],
)
def test_a_pupil_has_a_name_and_at_most_one_number_and_postcode(second_opinion, fields, valid):
    """Surname or first name must be there, one identity number and one postcode may be."""
    xml = leerling(fields)
    assert schemas.schema().validate(etree.fromstring(xml)) is valid
    assert accepts(second_opinion, xml) is valid


def test_no_type_of_the_standard_may_stand_in_for_an_anonymous_one():
    """A teacher's group reference cannot be retyped as its base type, nor dependancecode as its."""
    xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:lg'
    leerkrachten = (
        f'<leerkrachten_antwoord xmlns="{LG}" {xsi}="{LG}"><leerlinggegevens-leerkrachten>'
        "<school><schooljaar>2024-2025</schooljaar></school><leerkrachten>"
        '<leerkracht key="1"><roepnaam>Sam</roepnaam><groepen><groep key="1"{}/></groepen>'
        "</leerkracht></leerkrachten></leerlinggegevens-leerkrachten></leerkrachten_antwoord>"
    )
    verzoek = (
        f'<structuur_verzoek xmlns="{LG}" {xsi}="{LG}"><schooljaar>2024-2025</schooljaar>'
        "<brincode>99XX</brincode><dependancecode{}>01</dependancecode>"
        "<xsdversie>2.2</xsdversie></structuur_verzoek>"
    )
    for xml, base in (
        (leerkrachten, "LeerkrachtGroepReferentieType"),
        (verzoek, "tpDependanceCode"),
    ):
        assert schemas.schema().validate(etree.fromstring(xml.format("")))
        retyped = xml.format(f' xsi:type="lg:{base}"')
        assert not schemas.schema().validate(etree.fromstring(retyped))


def test_the_schemas_are_xsd_11_too():
    """The schemas compile under XSD 1.1 and judge the first vectors the same there."""
    schema = xmlschema.XMLSchema11(schemas.xsd_file("UWLR_v2p2.xsd"))
    verdicts = {v["id"]: accepts(schema, v["xml"]) for v in VECTORS[:60]}
    assert {v["id"]: v["valid"] for v in VECTORS[:60]} == verdicts


def test_an_empty_dependancecode_is_for_requests_only():
    """An empty dependancecode means 00 in a request and is refused in an answer."""
    code = "<schooljaar>2024-2025</schooljaar><brincode>99XX</brincode><dependancecode/>"
    verzoek = f'<structuur_verzoek xmlns="{LG}">{code}<xsdversie>2.2</xsdversie></structuur_verzoek>'
    assert schemas.schema().validate(etree.fromstring(verzoek))
    assert not schemas.schema().validate(etree.fromstring(structuur(code)))


def test_the_envelope_validates_with_its_content():
    """The umbrella schema knows the SOAP envelope and judges what is inside it."""
    soap = "http://schemas.xmlsoap.org/soap/envelope/"
    xml = '<Envelope xmlns="{}"><Body><structuur_antwoord xmlns="{}">{}</structuur_antwoord></Body></Envelope>'
    good = etree.fromstring(xml.format(soap, LG, "<geengegevens/>"))
    bad = etree.fromstring(xml.format(soap, LG, "<geengegeven/>"))
    assert schemas.schema().validate(good)
    assert not schemas.schema().validate(bad)


def test_a_fault_detail_element_has_the_content_of_a_fault():
    """StructuurFault holds the unqualified children of a SOAP 1.1 fault."""
    xml = (
        f'<f:StructuurFault xmlns:f="{LG}"><faultcode>f:Client</faultcode>'
        "<faultstring>schooljaar onbekend</faultstring></f:StructuurFault>"
    )
    assert schemas.schema().validate(etree.fromstring(xml))
    assert not schemas.schema().validate(etree.fromstring(xml.replace("faultstring>", "reden>")))


@pytest.mark.parametrize("versie", ["2.2", "2.3"])
def test_a_wrong_element_after_many_of_a_kind_is_found_at_once(versie):
    """libxml2 does not try every way to cut a run of groups or roles into runs, whose number doubles with each."""
    groep = '<groep key="1"><naam>1a</naam><jaargroep>1</jaargroep></groep>'
    rollen = "<leerkrachten><leerkracht key='1'><achternaam>B</achternaam>{}<naam/></leerkracht></leerkrachten>"
    with_rollen = (
        f'<leerlinggegevens-leerkrachten xmlns="{LG}"><school><schooljaar>2024-2025</schooljaar></school>'
        f"{rollen.format('<rol>IB</rol>' * 2000)}</leerlinggegevens-leerkrachten>"
    )
    documents = [
        structuur("<schooljaar>2024-2025</schooljaar>", f"<groepen>{groep * 2000}<naam/></groepen>"),
        with_rollen,
    ]
    for document in documents:
        root = etree.fromstring(document)
        began = time.process_time()
        assert not schemas.schema(versie).validate(root)
        assert time.process_time() - began < 0.5


def test_each_schema_file_compiles_on_its_own():
    """Every file names all the schemas it needs."""
    for name in FILES:
        etree.XMLSchema(etree.parse(schemas.xsd_file(name)))
    assert len(FILES) == 10


def test_schemas_refer_to_bare_file_names():
    """No schema points at the network or at another directory."""
    for name in FILES:
        for reference in etree.parse(schemas.xsd_file(name)).iter("{*}import", "{*}include"):
            assert reference.get("schemaLocation") in FILES


def test_two_threads_never_compile_at_once(monkeypatch):
    """Two first compilations at once leave libxml2 without its built-in types: every later schema would be refused."""
    inside: list[int] = []
    seen: list[int] = []
    other = threading.Event()

    class Watched(etree.XMLSchema):
        def __init__(self, document) -> None:
            inside.append(1)
            seen.append(len(inside))
            if len(inside) > 1:
                other.set()
            other.wait(0.1)
            super().__init__(document)
            inside.pop()

    monkeypatch.setattr(etree, "XMLSchema", Watched)
    threads = [threading.Thread(target=schemas.schema) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [1, 1, 1]


def test_a_schema_is_compiled_once_per_thread():
    """A thread gets its own schema, and the same one each time."""
    others = []
    thread = threading.Thread(target=lambda: others.append(schemas.schema()))
    thread.start()
    thread.join()
    assert schemas.schema() is schemas.schema()
    assert others[0] is not schemas.schema()


@pytest.mark.parametrize("service", ["leerlinggegevens", "leerresultaten"])
def test_operations_are_those_of_the_standard(service):
    """Each operation has exactly the agreed action, messages, parts, header and fault."""
    wsdl = etree.parse(schemas.wsdl_file(service)).getroot()
    messages = {
        message.get("name"): [
            (message.get("name"), part.get("name"), local(part.get("element")))
            for part in message.iterfind("wsdl:part", NS)
        ]
        for message in wsdl.iterfind("wsdl:message", NS)
    }

    def message(operation, direction):
        element = operation.find(f"wsdl:{direction}", NS)
        return None if element is None else messages[local(element.get("message"))][0]

    found = {}
    for binding in wsdl.iterfind("wsdl:binding", NS):
        port_type = local(binding.get("type"))
        for bound in binding.iterfind("wsdl:operation", NS):
            name = bound.get("name")
            operation = wsdl.find(f"wsdl:portType[@name='{port_type}']/wsdl:operation[@name='{name}']", NS)
            found[name] = (
                port_type,
                bound.find("soap:operation", NS).get("soapAction"),
                message(operation, "input"),
                message(operation, "output"),
                message(operation, "fault"),
            )
            header = bound.find("wsdl:input/soap:header", NS)
            assert (header.get("message"), header.get("part"), header.get("use")) == (
                f"{binding.get('type').partition(':')[0]}:msgHeader",
                "msgpHeader",
                "literal",
            )
            assert [use.get("use") for use in bound.iterfind(".//soap:body", NS)] == ["literal"] * 2
            assert [fault.get("name") for fault in bound.iterfind(".//soap:fault", NS)] == (
                ["fault"] if found[name][4] else []
            )
    assert found == OPERATIONS[service]
    assert messages["msgHeader"] == [("msgHeader", "msgpHeader", "autorisatie")]
    assert {len(parts) for parts in messages.values()} == {1}


@pytest.mark.parametrize(
    ("service", "namespace", "name"),
    [
        ("leerlinggegevens", LG, "LeerlinggegevensService"),
        ("leerresultaten", LR, "LeerresultatenService"),
    ],
)
def test_services_and_ports_are_those_of_the_standard(service, namespace, name):
    """Service, ports and bindings have the agreed names, document style over HTTP."""
    wsdl = etree.parse(schemas.wsdl_file(service)).getroot()
    bindings = {binding.get("name"): local(binding.get("type")) for binding in wsdl.iterfind("wsdl:binding", NS)}
    ports = {
        port.get("name"): (local(port.get("binding")), bindings[local(port.get("binding"))])
        for port in wsdl.iterfind("wsdl:service/wsdl:port", NS)
    }
    styles = {
        (binding.get("style"), binding.get("transport")) for binding in wsdl.iterfind("wsdl:binding/soap:binding", NS)
    }
    assert wsdl.get("targetNamespace") == namespace
    assert [found.get("name") for found in wsdl.iterfind("wsdl:service", NS)] == [name]
    assert ports == PORTS[service]
    assert styles == {("document", "http://schemas.xmlsoap.org/soap/http")}


@pytest.mark.parametrize("service", ["leerlinggegevens", "leerresultaten"])
def test_a_wsdl_on_disk_finds_its_schemas(service):
    """The schema locations of a WSDL in the repository lead to the schema files."""
    path = schemas.wsdl_file(service)
    locations = [i.get("schemaLocation") for i in etree.parse(path).iterfind(".//xs:import", NS)]
    assert len(locations) == 2
    for location in locations:
        assert location == f"../../xsd/2.2/{location.rpartition('/')[2]}"
        schemas.xsd_file(location.rpartition("/")[2])


@pytest.mark.parametrize("service", ["leerlinggegevens", "leerresultaten"])
def test_a_served_wsdl_carries_the_address_on_every_port(service):
    """Every port of a served WSDL has the given address, however it must be escaped."""
    address = 'https://las.example/uwlr?school="99XX"&soort=<a>'
    wsdl = etree.fromstring(schemas.served_wsdl(service, address=address))
    found = {port.get("location") for port in wsdl.iterfind(".//soap:address", NS)}
    assert found == {address}


@pytest.mark.parametrize(
    "address",
    [
        "http://las.example/leerlinggegevens",
        "https://las.example/pad/met/stappen/leerlinggegevens",
        "http://las.example/pad/",
        "http://las.example/",
    ],
)
def test_a_served_wsdl_leads_to_every_served_schema_it_needs(address):
    """Following locations from a served WSDL fetches each schema once, all below the address and known by name."""
    todo = [(f"{address}?wsdl", schemas.served_wsdl("leerlinggegevens", address=address))]
    seen = set()
    while todo:
        base, document = todo.pop()
        for reference in etree.fromstring(document).iter("{*}import", "{*}include"):
            url = urljoin(base, reference.get("schemaLocation"))
            name = url.removeprefix(f"{address}?xsd=")
            if name not in seen:
                seen.add(name)
                todo.append((url, schemas.served_xsd(name, address=address)))
    assert seen == {
        "EDEXML.elementen.xsd",
        "EDEXML.types.variabel.xsd",
        "EDEXML.types.vast.xsd",
        "UWLR_Autorisatie_v2p2.xsd",
        "UWLR_Leerlinggegevens_v2p2.xsd",
        "soap-envelope.xsd",
    }


def test_served_locations_name_the_last_step_of_the_path():
    """Locations do not begin with the query: JAX-WS and gSOAP resolve `?xsd=` by dropping the step before it."""
    address = "http://las.example/school/leerlinggegevens"
    for document in (
        schemas.served_wsdl("leerlinggegevens", address=address),
        schemas.served_xsd("UWLR_Leerlinggegevens_v2p2.xsd", address=address),
    ):
        locations = [r.get("schemaLocation") for r in etree.fromstring(document).iter("{*}import", "{*}include")]
        assert len(locations) == 2
        assert all(location.startswith("leerlinggegevens?xsd=") for location in locations)


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "UWLR_v2p2",
        "uwlr_v2p2.xsd",
        "../2.2/UWLR_v2p2.xsd",
        "../../PROVENANCE.md",
        "/etc/passwd",
        "*.xsd",
        "UWLR_v2p2.xsd\x00",
    ],
)
def test_only_a_bundled_name_is_served(name):
    """A name that is not a bundled schema's is refused, also when it is a path to one."""
    with pytest.raises(KeyError):
        schemas.served_xsd(name)


def test_an_unknown_version_is_refused():
    """A version without schemas is refused everywhere."""
    assert schemas.SUPPORTED == ("2.2", "2.3")
    for call in (
        lambda: schemas.schema("1.0"),
        lambda: schemas.xsd_file("UWLR_v2p2.xsd", "../2.2"),
        lambda: schemas.wsdl_file("leerlinggegevens", "1.0"),
        lambda: schemas.served_wsdl("leerresultaten", address="", versie="1.0"),
    ):
        with pytest.raises(KeyError):
            call()


LEERLING_ZONDER_KEY = (
    f'<leerlinggegevens-leerlingen xmlns="{LG}"><school><schooljaar>2026-2027</schooljaar></school>'
    '<leerlingen><leerling eckid="e1"><roepnaam>Anna</roepnaam></leerling></leerlingen></leerlinggegevens-leerlingen>'
)


@pytest.mark.parametrize(("versie", "valid"), [("2.2", False), ("2.3", True)])
def test_only_2_3_takes_a_pupil_without_key(versie, valid):
    """The key of a pupil is mandatory in 2.2 and optional in 2.3."""
    assert schemas.schema(versie).validate(etree.fromstring(LEERLING_ZONDER_KEY)) is valid


def test_2_3_differs_from_2_2_in_the_key_of_a_pupil_alone():
    """Apart from file names and versions, the schemas and WSDLs of 2.3 are those of 2.2."""
    old_files = [
        *schemas.xsd_file("UWLR_v2p2.xsd").parent.iterdir(),
        *schemas.wsdl_file("leerresultaten").parent.iterdir(),
    ]
    for old in old_files:
        new = old.parents[1] / "2.3" / old.name.replace("v2p2", "v2p3")
        expected = (
            old.read_text("utf-8").replace("v2p2", "v2p3").replace("UWLR 2.2", "UWLR 2.3").replace("/2.2/", "/2.3/")
        )
        found = new.read_text("utf-8")
        if expected != found:
            assert new.name == "EDEXML.elementen.xsd"
            assert (
                expected.count('name="key" type="lg:EDEXKeyType" use="required"')
                == found.count('name="key" type="lg:EDEXKeyType" use="required"') + 1
            )
