"""Functions named in a setting."""

from __future__ import annotations

import pytest

from uwlr.errors import ConfigurationError
from uwlr.loading import load


def test_a_name_is_loaded():
    """`module:function` gives the function, and nothing gives nothing."""
    assert load("uwlr.loading:load") is load
    assert load(None) is None


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("uwlr.loading", "write it as module:function"),
        ("uwlr.loading:", "write it as module:function"),
        (":load", "write it as module:function"),
        ("", "write it as module:function"),
        (".loading:load", "write it as module:function"),
        ("uwlr.loading:lood", "uwlr.loading has no lood"),
        ("bestaat_niet:x", "there is no module bestaat_niet"),
        ("uwlr.bestaat_niet:x", "there is no module uwlr.bestaat_niet"),
        ("hook_mist:x", "hook_mist needs it, but there is no module pakket_dat_mist"),
        ("hook_stuk:x", "hook_stuk raises ZeroDivisionError"),
    ],
)
def test_what_cannot_be_loaded_says_why(place, why, tmp_path, monkeypatch):
    """A slip in writing, a module that is not there, one it needs, and a defect in it are told apart."""
    (tmp_path / "hook_mist.py").write_text("import pakket_dat_mist\n")
    (tmp_path / "hook_stuk.py").write_text("1 / 0\n")
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(ConfigurationError, match=why):
        load(place)
