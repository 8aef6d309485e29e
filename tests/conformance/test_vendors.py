"""The whole suite against every vendor of the mock: green, with what each does not support declared."""

from __future__ import annotations

import time
from typing import Any

import pytest

from mock_las import MockLas, vendors
from uwlr.conformance.model import Verdict

_LG = "leerlinggegevens"
NOT_SUPPORTED: dict[str, dict[str, str]] = {
    "standaard": {},
    "esis": dict.fromkeys(
        (
            f"{_LG}/fouten/leeg-schooljaar",
            f"{_LG}/fouten/verkeerde-volgorde",
            f"{_LG}/fouten/brincode-en-schoolkey",
        ),
        "lets it pass",
    ),
    "parnassys": {},
    "magister": dict.fromkeys(
        (
            f"{_LG}/autorisatie/andere-dependance",
            f"{_LG}/autorisatie/andere-school",
            f"{_LG}/autorisatie/andere-schoolkey",
            "leerresultaten/autorisatie/andere-school",
        ),
        "a key opens every school of its supplier, so another school is not forbidden but unknown",
    ),
    "somtoday": {},
    "schoolkr8": {"leerresultaten/bezorging/onbekende-leerling": "keeps it until the number is known"},
    "focuspo": {"leerresultaten/bezorging/onbekende-leerling": "keeps it until the number is known"},
}
RESULTS_ONLY = {"schoolkr8", "focuspo"}
MORE: dict[str, dict[str, Any]] = {
    "magister": {"versie": "2.3", "versies": ["2.3"], "profiel": "Smalle set"},
}


def _given(las: MockLas, vendor: str) -> dict[str, Any]:
    """What `las.toml` says of a vendor."""
    connection = las.connection(vendor)
    autorisatie = connection["autorisatie"]
    school = {"brincode": connection["brincode"], "dependancecode": "00"}
    if vendor == "magister":
        school["gegevenssetid"] = "Smalle-set-VO"
    return {
        "name": vendor,
        "url": connection[f"{_LG}_url"] if vendor not in RESULTS_ONLY else None,
        "leerresultaten_url": connection["leerresultaten_url"],
        "versies": ["2.2"] if vendor == "esis" else ["2.1", "2.2"],
        "autorisatie": {"klantcode": autorisatie["klantcode"], "klantnaam": autorisatie["klantnaam"]},
        "school": school,
        "leeg": {"schooljaar": "1999-2000"},
        "leerresultaten": {"leerlingid": "1"} if vendor in RESULTS_ONLY else {},
        "not_supported": NOT_SUPPORTED[vendor],
        **MORE.get(vendor, {}),
    }


@pytest.mark.parametrize("vendor", NOT_SUPPORTED)
def test_every_vendor_is_green(vendor: str, judge: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """No case fails on a vendor, beyond what it is declared not to support; and some pass."""
    with MockLas(vendor, leerlingen=60) as las:
        given = _given(las, vendor)
        monkeypatch.setenv("UWLR_AUTORISATIESLEUTEL", las.connection(vendor)["autorisatie"]["autorisatiesleutel"])
        ended = judge(given, strict=False)

    assert not [(o.case.id, o.verdict, o.actual or o.reason) for o in ended.outcomes if o.red]
    assert ended.green
    declared = {
        o.case.id for o in ended.outcomes if o.verdict is Verdict.NOT_SUPPORTED and o.case.id in given["not_supported"]
    }
    assert declared == set(given["not_supported"])


def test_every_vendor_is_there() -> None:
    """A vendor that is added is judged too."""
    assert set(vendors.NAMES) == set(NOT_SUPPORTED)


def test_a_read_only_run_is_quick(judge: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A whole read-only run against a local LAS takes less than ten seconds."""
    with MockLas() as las:
        monkeypatch.setenv("UWLR_AUTORISATIESLEUTEL", las.connection()["autorisatie"]["autorisatiesleutel"])
        given = _given(las, "standaard")
        begun = time.monotonic()
        judge(given, writes=False)

    assert time.monotonic() - begun < 10
