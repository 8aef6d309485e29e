<?php
// PHP SoapClient: makes its objects of an answer, or the request of its objects. Arguments: task, document, runs, WSDL.
// What the network would carry is handed over in __doRequest, so that only the client's own work is measured.

[, $task, $file, $runs, $wsdl] = $argv;
ini_set('memory_limit', '6G');

final class Local extends SoapClient
{
    public string $answer = '';
    public int $sent = 0;
    public string $last = '';

    public function __doRequest($request, $location, $action, $version, $oneWay = false): ?string
    {
        $this->sent = strlen($request);
        $this->last = $request;
        return $this->answer;
    }
}

function peak(): int
{
    preg_match('/VmHWM:\s+(\d+)/', file_get_contents('/proc/self/status'), $found);
    return 1024 * (int) $found[1];
}

/** Attributes and children as arrays; an element with neither is its text. */
function plain(SimpleXMLElement $element): array|string
{
    $values = [];
    foreach ($element->attributes() as $name => $value) $values[$name] = (string) $value;
    foreach ($element->children() as $name => $child) {
        if (in_array($name, ['toetsafname', 'resultaat', 'toets'], true)) $values[$name][] = plain($child);
        else $values[$name] = plain($child);
    }
    return $values ?: (string) $element;
}

$client = new Local($wsdl, ['features' => SOAP_SINGLE_ELEMENT_ARRAYS, 'cache_wsdl' => WSDL_CACHE_NONE,
    'location' => 'http://127.0.0.1/']);
$data = file_get_contents($file);
$size = strlen($data);
if ($task === 'read') {
    $client->answer = $data;
    $asked = ['schooljaar' => '2025-2026', 'brincode' => '99XX', 'xsdversie' => '2.2'];
    $run = fn() => $client->HaalLeerlinggegevens($asked);
    $count = fn($answer) => count($answer->leerlinggegevens->leerlingen->leerling);
} else {
    $client->answer = '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'
        . '<leerresultaten_bevestiging xmlns="http://www.edustandaard.nl/leerresultaten/2/leerresultaten"/>'
        . '</e:Body></e:Envelope>';
    $body = simplexml_load_string($data)->children('http://schemas.xmlsoap.org/soap/envelope/')->Body;
    $content = plain($body->children('http://www.edustandaard.nl/leerresultaten/2/leerresultaten')[0]);
    unset($body);
    $run = fn() => $client->BrengLeerresultaten($content);
    $count = fn() => preg_match_all('/<\/[^>]*toetsafname>/', $client->last);
}
unset($data);

$seconds = [];
$items = $grown = 0;
for ($number = 0; $number < (int) $runs; $number++) {
    file_put_contents('/proc/self/clear_refs', '5');
    $before = peak();
    $start = hrtime(true);
    $result = $run();
    $seconds[] = (hrtime(true) - $start) / 1e9;
    if ($number === 0) {
        $grown = peak() - $before;
        $items = $count($result);
    }
    unset($result);
    $client->last = '';
}
echo json_encode(['seconds' => $seconds, 'peak_bytes' => max($grown, 0), 'items' => $items,
    'size' => $task === 'read' ? $size : $client->sent]);
