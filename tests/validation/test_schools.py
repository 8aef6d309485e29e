"""Valid synthetic schools give no error and no warning, and a large one passes in a stream."""

from __future__ import annotations

from datetime import date

import pytest

from helpers.memory import printed
from helpers.needs import needs
from uwlr.berichten import LeerlinggegevensAntwoord
from uwlr.codec.write import write
from uwlr.testing import make_results, make_school
from uwlr.validation import Context, validate

TODAY = date(2026, 11, 22)


def wrong(report):
    """What a valid message should not have: errors, warnings, layers that are not valid."""
    return [(f.id, f.message()) for f in report.findings if f.severity != "info"], [
        layer.name for layer in report.layers if layer.validity not in {"valid", "skipped"}
    ]


@pytest.mark.parametrize("versie", ["2.2", "2.3"])
@pytest.mark.parametrize("sector", ["PO", "VO"])
@pytest.mark.parametrize("seed", range(20))
def test_a_synthetic_school_has_no_defects(seed, sector, versie):
    """No false positive on a valid roster, nor on the results of its pupils held against it."""
    school = make_school(seed, 40, sector=sector, xsdversie=versie, schooljaar="2025-2026")
    antwoord = write(LeerlinggegevensAntwoord(inhoud=school), versie=versie)
    results = write(make_results(school, seed=seed, oso=seed % 2 == 1), versie=versie)

    assert wrong(validate(antwoord, context=Context(vandaag=TODAY))) == ([], [])
    assert wrong(validate(results, context=Context(vandaag=TODAY, leerlinggegevens=school), versie=versie)) == ([], [])


@pytest.mark.parametrize("seed", range(5))
def test_a_school_for_an_lvs_fits_its_profile(seed):
    """A roster made for the LVS-set has no defect under that profile."""
    school = make_school(seed, 30, lvs=True)

    assert wrong(validate(write(school), profiel="LVS-set", context=Context(vandaag=TODAY))) == ([], [])


def large(leerlingen, **more):
    """A roster large enough to be read by shapes."""
    return write(make_school(1, leerlingen, schooljaar="2025-2026", **more))


def test_fast_and_exact_reading_find_the_same():
    """The same defects, at the same places, whether a message is in its usual form or not."""
    data = large(600).replace(b"<jaargroep>8</jaargroep>", b"<jaargroep>1</jaargroep>")
    data = data.replace(b'<groep key="', b'<groep key="x-', 3)
    unusual = data.replace(b"<school>", b"<!-- --><school>", 1)
    assert len(data) > 1 << 18

    fast, exact = (validate(d, context=Context(vandaag=TODAY)) for d in (data, unusual))

    assert len(fast.findings) > 20
    assert [(f.id, f.path, f.line) for f in fast.findings] == [(f.id, f.path, f.line) for f in exact.findings]


def test_the_schema_runs_beside_the_rules_on_a_large_message():
    """A defect of the schema and one of the rules are both found in a large message, each with its place."""
    data = large(600).replace(b"<brincode>99XX</brincode>", b"<brincode>99xx</brincode>")
    data = data.replace(b'<leerling key="', b'<leerling key=" ', 1)

    report = validate(data, context=Context(vandaag=TODAY))

    assert {"XS-111", "LG-110"} <= {f.id for f in report.findings}
    assert all(f.line is not None for f in report.findings)


MEMORY = """
import sys
from uwlr.validation import validate
validate(b"<x/>")
before = peak()
report = validate(sys.argv[1])
assert report.valid, report.findings[:3]
print(peak() - before)
"""


@needs("/proc")
def test_a_large_message_passes_in_little_memory(tmp_path):
    """A roster of 20,000 pupils in a file takes less than 60 MB above the start."""
    path = tmp_path / "groot.xml"
    path.write_bytes(large(20_000))

    (growth,) = printed(MEMORY, path)

    assert float(growth) < 60
