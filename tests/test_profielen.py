"""The tables of the profiles."""

import pytest

from uwlr.berichten import leerlinggegevens as lg
from uwlr.berichten.profielen import PROFIELEN, profiel
from uwlr.berichten.tabel import table
from uwlr.errors import ConfigurationError

EVERY = [(naam, versie) for naam in PROFIELEN for versie in ("2.2", "2.3")]


@pytest.mark.parametrize(("naam", "versie"), EVERY)
def test_names_exist(naam, versie):
    """Each field a profile names is a field of its class, and what it requires it also allows."""
    found = profiel(naam, versie)
    for cls, names in found.allowed.items():
        assert names <= table(cls).by_name.keys()
    for cls, names in found.required.items():
        assert names <= found.allowed[cls]


@pytest.mark.parametrize(("naam", "versie"), EVERY)
def test_allows_what_the_version_requires(naam, versie):
    """A profile allows each field that the version itself makes mandatory, apart from those of vestigingen."""
    found = profiel(naam, versie)
    for cls, names in found.allowed.items():
        if cls is not lg.Vestiging:
            assert {f.name for f in table(cls).fields if f.is_required(versie)} <= names


def test_smalle_set_loses_geboortedatum_in_2_3():
    """The Smalle set of 2.2 has geboortedatum, that of 2.3 has not."""
    assert "geboortedatum" in profiel("Smalle set", "2.2").allowed[lg.Leerling]
    assert "geboortedatum" not in profiel("Smalle set", "2.3").allowed[lg.Leerling]


def test_lvs_set_loses_initials_and_four_digits_in_2_3():
    """The LVS-set of 2.3 has neither voorletters-1 nor bsn_ondwnr-4, and says that the second is assumed."""
    old, new = profiel("LVS-set", "2.2"), profiel("LVS-set", "2.3")
    assert old.allowed[lg.Leerling] - new.allowed[lg.Leerling] == {"voorletters_1", "bsn_ondwnr_4"}
    assert old.required[lg.Leerling] - new.required[lg.Leerling] == {"bsn_ondwnr_4"}
    assert "assumed" in new.source_of(lg.Leerling, "bsn_ondwnr_4")
    assert new.source_of(lg.Leerling, "geslacht") == new.source


@pytest.mark.parametrize("naam", ["smalle-set", "SMALLE SET", "smalle_set"])
def test_spelling(naam):
    """Case and separators in a profile's name do not matter."""
    assert profiel(naam).naam == "Smalle set"


def test_mismatches_name_fields():
    """A mismatch names a field of its class, and one about a field that 2.3 removed is gone there."""
    for naam, versie in EVERY:
        for mismatch in profiel(naam, versie).mismatches:
            assert mismatch.field in table(mismatch.cls).by_name
    assert "geboortedatum" in {m.field for m in profiel("Smalle set", "2.2").mismatches}
    assert "geboortedatum" not in {m.field for m in profiel("Smalle set", "2.3").mismatches}


@pytest.mark.parametrize(("naam", "versie"), [("Bredere set", "2.2"), ("LVS-set", "2.1")])
def test_unknown(naam, versie):
    """An unknown profile or version is a ConfigurationError that lists the known ones."""
    with pytest.raises(ConfigurationError, match="is not one of"):
        profiel(naam, versie)
