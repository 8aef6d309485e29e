"""The names at the front: what `uwlr` and `mock_las` offer, and a message that is read as what it should be."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest

import mock_ea
import mock_las
import uwlr
from uwlr.berichten import Groep, LeerlinggegevensAntwoord, LeerlinggegevensVerzoek
from uwlr.berichten.tabel import Bericht
from uwlr.errors import UnexpectedElement
from uwlr.testing import make_school

ROSTER = LeerlinggegevensAntwoord(inhoud=make_school(seed=7, leerlingen=3))
LARGE = LeerlinggegevensAntwoord(inhoud=make_school(seed=7, leerlingen=60))


@pytest.mark.parametrize("package", [uwlr, mock_las, mock_ea], ids=lambda package: package.__name__)
def test_every_name_is_there_and_in_dir(package):
    """Each name that is offered can be had and has one home; `dir()` lists them and the modules, and nothing else."""
    modules = set(getattr(package, "_MODULES", ()))
    offered = {*package.__all__, *modules}

    assert set(dir(package)) == offered
    assert {name for name in offered if getattr(package, name, None) is None} == set()
    assert set(package.__all__) - {"__version__"} == set(package._HOME)
    assert [getattr(package, name) for name in sorted(modules)] == [
        import_module(f"{package.__name__}.{name}") for name in sorted(modules)
    ]


@pytest.mark.parametrize("package", [uwlr, mock_las, mock_ea], ids=lambda package: package.__name__)
def test_a_misspelt_name_is_an_attribute_error(package):
    """A name that is not there is refused as Python does."""
    with pytest.raises(AttributeError, match="valdiate"):
        _ = package.valdiate


def test_modules_are_loaded_when_they_are_used():
    """`import uwlr` loads no module of it but its own, and `uwlr.errors` is there without a further import."""
    code = (
        "import sys, uwlr, mock_las, mock_ea;"
        "print(sorted(m for m in sys.modules if m.startswith(('uwlr.', 'mock_las.', 'mock_ea.'))));"
        "print(uwlr.errors.UwlrError.__name__, uwlr.berichten.Leerling.__name__, uwlr.testing.make_school.__name__)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines() == ["[]", "UwlrError Leerling make_school"]


@pytest.mark.parametrize("bericht", [ROSTER, LARGE], ids=["small", "large"])
@pytest.mark.parametrize("read", [uwlr.read, lambda data, **more: uwlr.read_tolerant(data, **more).bericht])
def test_another_message_than_expected_is_refused(read, bericht):
    """With `expect` a message of that class is read, and another is refused by both names."""
    data = uwlr.write(bericht)

    assert read(data, expect=LeerlinggegevensAntwoord) == bericht
    with pytest.raises(
        UnexpectedElement, match=r"leerlinggegevens_antwoord where leerlinggegevens_verzoek was expected"
    ):
        read(data, expect=LeerlinggegevensVerzoek)


@pytest.mark.parametrize("expect", [Groep, Bericht, str, "leerlinggegevens", (LeerlinggegevensAntwoord,)])
def test_what_cannot_stand_alone_cannot_be_expected(expect):
    """A part of a message, another class or a name as `expect` is a slip of the caller, and says so."""
    with pytest.raises(TypeError, match=r"expect: .* is no message that can stand alone"):
        uwlr.read(uwlr.write(ROSTER), expect=expect)
