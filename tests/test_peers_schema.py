"""What other SOAP stacks make of the schemas: zeep, JAX-WS and PHP."""

import http.server
import json
import subprocess
import sys
import threading
from urllib.parse import urlsplit

import pytest

from helpers.needs import needs
from uwlr import schemas

LG = "http://www.edustandaard.nl/leerresultaten/2/leerlinggegevens"
SCHOOL = "<school><schooljaar>2025-2026</schooljaar><brincode>99XX</brincode></school>"
FLEMISH = (
    "<school><schooljaar>2025-2026</schooljaar><instellingsnummer>12345</instellingsnummer>"
    "<schoolkey>s</schoolkey><xsdversie>2.2</xsdversie></school>"
)

# Answers that the shape of the published schemas makes zeep fail on, each valid.
READABLE = {
    "geenwijzigingen": f"""
        <leerlinggegevens_antwoord xmlns="{LG}"><geenwijzigingen/></leerlinggegevens_antwoord>""",
    "geengegevens": f"""
        <leerkrachten_antwoord xmlns="{LG}"><geengegevens/></leerkrachten_antwoord>""",
    "leerkrachten": f"""
        <leerkrachten_antwoord xmlns="{LG}"><leerlinggegevens-leerkrachten>{SCHOOL}
        <leerkrachten><leerkracht key="l1"><achternaam>Bakker</achternaam>
        <rol>IB</rol><rolomschrijving>rekencoach</rolomschrijving><rol>LRK</rol>
        <groepen><groep key="g1"><rol>LRK</rol></groep><samengestelde_groep key="p1"/>
        <groep key="g2"/></groepen><mutatiedatum>2026-01-01T12:00:00</mutatiedatum>
        </leerkracht></leerkrachten></leerlinggegevens-leerkrachten></leerkrachten_antwoord>""",
    "leerlingen": f"""
        <leerlingen_antwoord xmlns="{LG}"><leerlinggegevens-leerlingen>{FLEMISH}
        <leerlingen><leerling key="1"><roepnaam>Noor</roepnaam>
        <geboortedatum>2016-05-04</geboortedatum></leerling></leerlingen>
        </leerlinggegevens-leerlingen></leerlingen_antwoord>""",
}

# zeep's strict mode, on at most 4 GB: some shapes make it eat all there is.
READ_WITH_ZEEP = """
import json, resource, sys
resource.setrlimit(resource.RLIMIT_AS, (4_000_000 * 1024,) * 2)
import zeep
from lxml import etree
from zeep.helpers import serialize_object
wsdl, xml = sys.argv[1:]
client = zeep.Client(wsdl)
message = etree.fromstring(xml.strip(), etree.XMLParser(remove_blank_text=True))
read = client.get_element(message.tag).parse(message, client.wsdl.types)
print(json.dumps(serialize_object(read, dict), default=str))
"""

READ_WITH_PHP = """<?php
$client = new SoapClient($argv[1], [
    'features' => SOAP_SINGLE_ELEMENT_ARRAYS, 'cache_wsdl' => WSDL_CACHE_NONE]);
$school = ['schooljaar' => '2025-2026', 'brincode' => '99XX', 'xsdversie' => '2.2'];
$groepen = ['groep' => [['key' => 'g1']], 'samengestelde_groep' => [['key' => 'p1']]];
echo json_encode($argv[2] === 'HaalStructuur'
    ? $client->HaalStructuur($school)
    : $client->HaalLeerkrachten($school + ['groepen' => $groepen]));
"""


def run(*command, **options):
    """Run a peer and return what it wrote, failing with its complaint."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, **options)
    assert done.returncode == 0, done.stderr or done.stdout
    return done.stdout


@pytest.fixture
def las():
    """A LAS on a loopback port that publishes the WSDL and gives one canned answer."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def reply(self, content):
            self.send_response(200)
            self.send_header("Content-Type", "text/xml; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_GET(self):
            query = urlsplit(self.path).query
            if query == "wsdl":
                self.reply(schemas.served_wsdl("leerlinggegevens", address=self.server.url))
            else:
                self.reply(schemas.served_xsd(query.removeprefix("xsd=")))

        def do_POST(self):
            self.server.received.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.reply(
                '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'
                f"{self.server.answer}</e:Body></e:Envelope>".encode()
            )

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.url = f"http://127.0.0.1:{server.server_port}/leerlinggegevens"
        server.answer = ""
        server.received = []
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def ask_with_php(las, tmp_path, operation):
    """Call an operation of the canned LAS from PHP, asking for arrays."""
    script = tmp_path / "read.php"
    script.write_text(READ_WITH_PHP)
    answer = json.loads(run("php", script, f"{las.url}?wsdl", operation))
    assert las.received
    return answer


@pytest.mark.parametrize("name", READABLE)
def test_zeep_reads_in_strict_mode(name):
    """Zeep reads answers that it fails on, or never finishes, under the published shape."""
    wsdl = str(schemas.wsdl_file("leerlinggegevens"))
    run(sys.executable, "-c", READ_WITH_ZEEP, wsdl, READABLE[name])


def test_zeep_keeps_what_it_reads():
    """No role, group or field is lost on the way through zeep."""
    wsdl = str(schemas.wsdl_file("leerlinggegevens"))
    read = json.loads(run(sys.executable, "-c", READ_WITH_ZEEP, wsdl, READABLE["leerkrachten"]))
    [leerkracht] = read["leerlinggegevens-leerkrachten"]["leerkrachten"]["leerkracht"]
    assert leerkracht["achternaam"] == "Bakker"
    assert leerkracht["_value_1"] == [
        {"rol": ["IB"]},
        {"rolomschrijving": ["rekencoach"]},
        {"rol": ["LRK"]},
    ]
    assert [
        (kind, groep["key"])
        for run_of_one_kind in leerkracht["groepen"]["_value_1"]
        for kind, groepen in run_of_one_kind.items()
        for groep in groepen
    ] == [("groep", "g1"), ("samengestelde_groep", "p1"), ("groep", "g2")]
    assert leerkracht["mutatiedatum"] == "2026-01-01 12:00:00"

    read = json.loads(run(sys.executable, "-c", READ_WITH_ZEEP, wsdl, READABLE["leerlingen"]))
    antwoord = read["leerlinggegevens-leerlingen"]
    assert antwoord["school"]["instellingsnummer"] == "12345"
    assert antwoord["school"]["schoolkey"] == "s"
    assert antwoord["leerlingen"]["leerling"][0]["roepnaam"] == "Noor"


@needs("jaxws")
@pytest.mark.parametrize("service", ["leerlinggegevens", "leerresultaten"])
def test_wsimport_generates_without_a_binding_file(service, tmp_path):
    """JAX-WS makes classes of each WSDL without help against name collisions."""
    wsdl = str(schemas.wsdl_file(service))
    run("wsimport", "-quiet", "-Xnocompile", "-keep", "-s", str(tmp_path), wsdl)
    names = {path.name for path in tmp_path.rglob("*.java")}
    assert f"{service.capitalize()}Service.java" in names


@needs("php-soap")
@pytest.mark.parametrize("count", [1, 2, 3])
def test_php_gets_arrays_of_groups(las, tmp_path, count):
    """PHP gets an array for each kind of group, however many there are and however mixed."""
    groepen = "".join(
        f'<groep key="g{n}"><naam>{n}a</naam><jaargroep>{n}</jaargroep></groep>'
        f'<samengestelde_groep key="p{n}"><naam>plus {n}</naam></samengestelde_groep>'
        for n in range(1, count + 1)
    )
    las.answer = (
        f'<structuur_antwoord xmlns="{LG}"><leerlinggegevens-structuur>{SCHOOL}'
        f"<groepen>{groepen}</groepen></leerlinggegevens-structuur></structuur_antwoord>"
    )
    read = ask_with_php(las, tmp_path, "HaalStructuur")["leerlinggegevens-structuur"]["groepen"]
    numbers = range(1, count + 1)
    assert [groep["key"] for groep in read["groep"]] == [f"g{n}" for n in numbers]
    assert [groep["key"] for groep in read["samengestelde_groep"]] == [f"p{n}" for n in numbers]


@needs("php-soap")
@pytest.mark.parametrize("count", [1, 2])
def test_php_gets_arrays_of_roles(las, tmp_path, count):
    """PHP gets an array of roles and of group references, also when there is one of each."""
    rollen = "<rol>IB</rol><rolomschrijving>rekencoach</rolomschrijving>" * count
    groepen = (f'<groep key="g1">{rollen}</groep><samengestelde_groep key="p1"/>') * count
    las.answer = (
        f'<leerkrachten_antwoord xmlns="{LG}"><leerlinggegevens-leerkrachten>{SCHOOL}'
        f'<leerkrachten><leerkracht key="l1"><roepnaam>Sam</roepnaam>{rollen}'
        f"<groepen>{groepen}</groepen></leerkracht></leerkrachten>"
        "</leerlinggegevens-leerkrachten></leerkrachten_antwoord>"
    )
    read = ask_with_php(las, tmp_path, "HaalLeerkrachten")
    [leerkracht] = read["leerlinggegevens-leerkrachten"]["leerkrachten"]["leerkracht"]
    assert leerkracht["rol"] == ["IB"] * count
    assert leerkracht["rolomschrijving"] == ["rekencoach"] * count
    assert [groep["rol"] for groep in leerkracht["groepen"]["groep"]] == [["IB"] * count] * count
    assert leerkracht["groepen"]["samengestelde_groep"] == [{"key": "p1"}] * count
    assert b'groep key="g1"' in las.received[0]
