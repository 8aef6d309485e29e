"""Test your own code against a fake LAS: this file is a pytest file, and works with the `pytest` extra alone."""

from __future__ import annotations

from mock_las import Las
from uwlr import UwlrClient
from uwlr.berichten import Leerlinggegevens
from uwlr.testing import make_results


def test_results_arrive_once(mock_las: Las, uwlr_client: UwlrClient) -> None:
    """A delivery that is repeated leaves each result there once."""
    school = uwlr_client.haal_leerlinggegevens(**mock_las.school)
    assert isinstance(school, Leerlinggegevens)
    results = make_results(school, seed=7)

    uwlr_client.breng_leerresultaten(results)
    uwlr_client.breng_leerresultaten(results)

    sent = {resultaat.key for afname in results.toetsafnames for resultaat in afname.resultaten}
    assert len(mock_las.received()) == len(sent)
