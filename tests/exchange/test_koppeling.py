"""The life of a koppeling, on the application's side."""

from __future__ import annotations

from datetime import timedelta

import pytest
from click.testing import CliRunner

from uwlr.cli import main
from uwlr.errors import ConfigurationError
from uwlr.exchange import Bron, Koppelingen, NotEnabled


def test_from_request_to_end(store, couple, now):
    """A koppeling goes through its states, keeps its first activation, and forgets its key at the end (R19)."""
    koppelingen = Koppelingen(store)
    made = couple(store)
    assert made.status == "actief"
    now.moment += timedelta(days=3)
    assert koppelingen.pause(made.id).status == "gepauzeerd"
    resumed = koppelingen.resume(made.id)
    assert resumed.geactiveerd_op == now.moment - timedelta(days=3)
    ended = koppelingen.end(made.id)
    assert ended.autorisatiesleutel is None
    events = [event.soort for event in koppelingen.events(made.id)]
    proven = ["test", "actief"]
    assert events == ["aangevraagd", "goedgekeurd", *proven, "gepauzeerd", *proven, "beeindigd"]
    with pytest.raises(ConfigurationError, match="beeindigd, and cannot become actief"):
        koppelingen.enable(made.id)


def test_not_enabled_before_it_works(lite, couple):
    """With a wrong key the koppeling is not enabled, the reason is told, and the key shows nowhere (R6)."""
    koppelingen = Koppelingen(lite)
    made = couple(lite, enable=False)
    koppelingen.approve(made.id)
    with pytest.raises(NotEnabled, match=r"sleutel: .*AutorisatieOngeldig") as caught:
        koppelingen.enable(made.id, autorisatiesleutel="WrongWrongWrongWrong")
    assert "WrongWrong" not in str(caught.value)
    found = koppelingen.get(made.id)
    assert (found.status, found.geactiveerd_op) == ("goedgekeurd", None)
    assert caught.value.uitleg.startswith("standaard weigert de sleutel.")
    assert koppelingen.events(made.id)[-1].gegevens == {"uitslag": "mislukt", "storing": "sleutel geweigerd"}
    assert koppelingen.enable(made.id).status == "actief"


def test_a_long_key_is_told_once(lite, couple, las, tmp_path):
    """A key longer than the schema allows is told when the koppeling is enabled, and works."""
    to = las.connection("somtoday")["autorisatie"]
    made = couple(lite, "somtoday", enable=False, autorisatiesleutel=None)
    key = tmp_path / "key"
    key.write_text(f"{to['autorisatiesleutel']}\n", "utf-8")
    url = str(lite.engine.url)
    refused = CliRunner().invoke(main, ["koppeling", "enable", str(made.id), "--store", url])
    assert (refused.exit_code, "uwlr koppeling approve" in refused.stderr) == (3, True)
    assert CliRunner().invoke(main, ["koppeling", "approve", str(made.id), "--store", url]).exit_code == 0
    enabled = CliRunner().invoke(
        main, ["koppeling", "enable", str(made.id), "--sleutel-file", str(key), "--store", url]
    )
    assert enabled.exit_code == 0
    assert enabled.stderr == "Warning: the autorisatiesleutel has 88 characters where the schema allows 64\n"
    assert "Warning" not in CliRunner().invoke(main, ["import", "plan", str(made.id), "--store", url]).stderr


def test_white_space_around_a_key_is_told(lite, couple):
    """A key that was copied with a space is refused before it is sent (R20)."""
    made = couple(lite)
    with pytest.raises(ConfigurationError, match="white space"):
        Koppelingen(lite).enable(made.id, autorisatiesleutel=f"{made.autorisatiesleutel} ")


def test_keys_that_change_twice(lite, couple):
    """Of a key that changed twice, the first leads to the last."""
    koppelingen = Koppelingen(lite)
    made = couple(lite)
    koppelingen.migrate_keys(made.id, {"a": "b"})
    koppelingen.migrate_keys(made.id, {"b": "c"})
    assert koppelingen.get(made.id).sleutelwissel == {"a": "c", "b": "c"}


def test_a_bron_is_one_school():
    """A bron has a brincode or a schoolkey, and one of them."""
    with pytest.raises(ConfigurationError):
        Bron()
    with pytest.raises(ConfigurationError):
        Bron(brincode="99XX", schoolkey="x")
