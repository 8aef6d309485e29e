"""What other SOAP stacks make of the WSDL: they load it from the running service and pull a batch."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from helpers.needs import needs

ZEEP = """
import json, resource, sys
resource.setrlimit(resource.RLIMIT_AS, (4_000_000 * 1024,) * 2)
import zeep
url, code, key = sys.argv[1:]
client = zeep.Client(url + "?wsdl")
Toegang = client.get_element("{urn:example:uwlr:jij:1}toegang")
header = [Toegang(instellingscode=code, soapkey=key)]
call = client.service.HaalToetsresultaten
first = call(verwerkingsdatum_vanaf="2025-08-01", batchgrootte=5, _soapheaders=header)
second = call(cursor=first.batch.cursor, batchgrootte=1000, _soapheaders=header)
end = call(cursor=second.batch.cursor, _soapheaders=header)
keys = [r.key for b in (first, second) for a in b.batch.leerresultaten_verzoek.toetsafnames.toetsafname
        for r in a.resultaten.resultaat]
try:
    client.service.HaalToetsresultaten(_soapheaders=[Toegang(instellingscode=code, soapkey="x")])
except zeep.exceptions.Fault as fault:
    refused = fault.code
print(json.dumps({"keys": keys, "tot": str(end.geen_resultaten_meer.tot), "refused": refused}))
"""

PHP = """<?php
[, $url, $code, $key] = $argv;
$client = new SoapClient("$url?wsdl", [
    'features' => SOAP_SINGLE_ELEMENT_ARRAYS, 'cache_wsdl' => WSDL_CACHE_NONE]);
function as_school($client, $code, $key) {
    $client->__setSoapHeaders(new SoapHeader('urn:example:uwlr:jij:1', 'toegang',
        ['instellingscode' => $code, 'soapkey' => $key]));
}
as_school($client, $code, $key);
$first = $client->HaalToetsresultaten(['verwerkingsdatum_vanaf' => '2025-08-01', 'batchgrootte' => 5]);
$second = $client->HaalToetsresultaten(['cursor' => $first->batch->cursor, 'batchgrootte' => 1000]);
$end = $client->HaalToetsresultaten(['cursor' => $second->batch->cursor]);
$keys = [];
foreach ([$first, $second] as $answer)
    foreach ($answer->batch->leerresultaten_verzoek->toetsafnames->toetsafname as $afname)
        foreach ($afname->resultaten->resultaat as $resultaat)
            $keys[] = $resultaat->key;
as_school($client, $code, 'x');
try { $client->HaalToetsresultaten([]); } catch (SoapFault $fault) { $refused = $fault->faultcode; }
echo json_encode(['keys' => $keys, 'tot' => $end->geen_resultaten_meer->tot, 'refused' => $refused]);
"""


def pulled(supplier, *command):
    """Run a peer, and check that it got every result of the year once, the end, and a fault it understands."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr or done.stdout
    told = json.loads(done.stdout)
    assert sorted(told["keys"]) == sorted(supplier.keys("2025-2026"))
    assert told["tot"].startswith("2026-03-01")
    assert told["refused"].endswith("Client.SoapkeyOngeldig")


@pytest.mark.manual("E-17")
def test_zeep_pulls_by_the_wsdl_alone(supplier, url, toegang):
    """Zeep, given nothing but the address, pulls a run to its end."""
    pulled(supplier, sys.executable, "-c", ZEEP, url, toegang.instellingscode, toegang.soapkey)


@needs("php-soap")
def test_php_pulls_by_the_wsdl_alone(supplier, url, toegang, tmp_path):
    """PHP, given nothing but the address, pulls a run to its end."""
    script = tmp_path / "pull.php"
    script.write_text(PHP)
    pulled(supplier, "php", script, url, toegang.instellingscode, toegang.soapkey)
