"""The whole suite against every vendor of the mock: green, with what each does not support declared."""

from __future__ import annotations

import time
from typing import Any

import msgspec
import pytest

from mock_las import MockLas, vendors
from uwlr.conformance.casebook import fits
from uwlr.conformance.declarations import EXAMPLES, Las, make
from uwlr.conformance.outcomes import Verdict


def _system(las: MockLas, vendor: str, monkeypatch: pytest.MonkeyPatch) -> Las:
    """The settings that ship for a vendor, with no more changed than the port of the mock; its key in the variable."""
    monkeypatch.setenv("UWLR_AUTORISATIESLEUTEL", las.connection(vendor).autorisatie.autorisatiesleutel)
    text = (EXAMPLES / f"{vendor}.toml").read_text("utf-8").replace("http://127.0.0.1:8080", las.url)
    return make(msgspec.toml.decode(text), Las)


@pytest.mark.parametrize("vendor", vendors.NAMES)
def test_every_vendor_is_green(vendor: str, judge: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """No case fails on a vendor, beyond what it is declared not to support; and some pass."""
    with MockLas(leerlingen=60) as las:
        config = _system(las, vendor, monkeypatch)
        ended = judge(config)

    assert not [(o.case.id, o.verdict, o.actual or o.reason) for o in ended.outcomes if o.red]
    assert ended.green
    declared = {o.case.id for o in ended.outcomes if o.verdict is Verdict.NOT_SUPPORTED} & set(config.not_supported)
    assert declared == set(config.not_supported)


def test_what_is_declared_is_needed(judge: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A vendor does not meet a requirement of each case that its settings declare, once they do not."""
    with MockLas(leerlingen=20) as las:
        for vendor in vendors.NAMES:
            config = _system(las, vendor, monkeypatch)
            if config.not_supported:
                bare = msgspec.structs.replace(config, not_supported={})
                ended = judge(bare, *config.not_supported)
                declared = [o for o in ended.outcomes if any(fits(name, o.case.id) for name in config.not_supported)]
                assert not [o.case.id for o in declared if o.unmet is None], vendor


def test_a_read_only_run_is_quick(judge: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A whole read-only run against a local LAS takes less than ten seconds."""
    with MockLas() as las:
        config = _system(las, "standaard", monkeypatch)
        begun = time.monotonic()
        judge(config, writes=False)

    assert time.monotonic() - begun < 10
