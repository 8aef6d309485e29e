<?php
// PHP SoapClient. Does each step with what the WSDL at the two addresses tells, and prints what it read, a fact a line.

const AUTORISATIE = 'http://www.edustandaard.nl/leerresultaten/2/autorisatie';

$given = getenv();
$options = ['features' => SOAP_SINGLE_ELEMENT_ARRAYS, 'cache_wsdl' => WSDL_CACHE_NONE];
$roster = new SoapClient($given['LEERLINGGEGEVENS'] . '?wsdl', $options);
$results = new SoapClient($given['LEERRESULTATEN'] . '?wsdl', $options);

function tell(string ...$fact): void { echo implode("\t", $fact), "\n"; }

function sign(SoapClient $client, string $key): void {
    global $given;
    $client->__setSoapHeaders(new SoapHeader(AUTORISATIE, 'autorisatie', [
        'autorisatiesleutel' => $key, 'klantcode' => $given['KLANTCODE'], 'klantnaam' => $given['KLANTNAAM']]));
}

function tell_groups(string $step, object $groepen): void {
    foreach ($groepen->groep as $groep) tell("$step.groep", $groep->key);
    foreach ($groepen->samengestelde_groep ?? [] as $groep) tell("$step.samengestelde_groep", $groep->key);
}

function tell_pupils(string $step, object $leerlingen): void {
    foreach ($leerlingen->leerling as $leerling)
        tell("$step.leerling", $leerling->key, $leerling->roepnaam, $leerling->achternaam, $leerling->geboortedatum);
}

function tell_teachers(string $step, object $leerkrachten): void {
    foreach ($leerkrachten->leerkracht as $leerkracht) tell("$step.leerkracht", $leerkracht->key);
}

function step(string $name, callable $do): void {
    try { $do($name); } catch (Throwable $error) { tell("$name.error", $error->getMessage()); }
}

$school = ['schooljaar' => $given['SCHOOLJAAR'], 'brincode' => $given['BRINCODE'], 'xsdversie' => '2.2'];
$key = $given['AUTORISATIESLEUTEL'];
sign($roster, $key);
sign($results, $key);

step('geheel', function ($step) use ($roster, $school) {
    $read = $roster->HaalLeerlinggegevens($school)->leerlinggegevens;
    tell_groups($step, $read->groepen);
    tell_pupils($step, $read->leerlingen);
    tell_teachers($step, $read->leerkrachten);
});

step('getrapt', function ($step) use ($roster, $school) {
    $groepen = $roster->HaalStructuur($school)->{'leerlinggegevens-structuur'}->groepen;
    tell_groups($step, $groepen);
    $keys = fn($kind) => array_map(fn($groep) => ['key' => $groep->key], $kind);
    $asked = $school + ['groepen' => [
        'groep' => $keys($groepen->groep), 'samengestelde_groep' => $keys($groepen->samengestelde_groep)]];
    tell_pupils($step, $roster->HaalLeerlingen($asked)->{'leerlinggegevens-leerlingen'}->leerlingen);
    tell_teachers($step, $roster->HaalLeerkrachten($asked)->{'leerlinggegevens-leerkrachten'}->leerkrachten);
});

step('geenwijzigingen', function ($step) use ($roster, $school, $given) {
    $read = $roster->HaalLeerlinggegevens($school + ['laatstontvangengegevens' => $given['LAATST']]);
    tell($step, ...array_keys((array) $read));
});

step('geengegevens', function ($step) use ($roster, $school, $given) {
    $read = $roster->HaalLeerlinggegevens(['brincode' => $given['LEGE_BRINCODE']] + $school);
    tell($step, ...array_keys((array) $read));
});

step('fault', function ($step) use ($roster, $school, $given, $key) {
    sign($roster, $given['FOUTE_SLEUTEL']);
    try { $roster->HaalLeerlinggegevens($school); }
    catch (SoapFault $fault) { tell($step, $fault->faultcode); }
    finally { sign($roster, $key); }
});

step('fault_getrapt', function ($step) use ($roster, $school, $given) {
    sign($roster, $given['FOUTE_SLEUTEL']);
    try { $roster->HaalStructuur($school); }
    catch (SoapFault $fault) { tell($step, $fault->faultcode); }
});

step('resultaten', function ($step) use ($results, $school, $given) {
    $afnames = [];
    foreach (explode(',', $given['LEERLINGEN']) as $score => $leerling)
        $afnames[] = ['leerlingid' => $leerling, 'resultaten' => ['resultaat' => [
            ['key' => "r$score", 'afnamedatum' => '2026-11-20', 'toetscode' => 'T1', 'score' => $score]]]];
    $results->BrengLeerresultaten([
        'school' => $school + ['aanmaakdatum' => $given['AANMAAKDATUM']],
        'toetsafnames' => ['toetsafname' => $afnames],
        'toetsen' => ['toets' => [['toetscode' => 'T1', 'toetsnaam' => 'Rekenen']]]]);
    tell($step, 'bevestigd');
});
