"""Made-up messages are known as such, since they can be made again; nobody real is, whatever a message says."""

from __future__ import annotations

import re

import msgspec
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from uwlr.anonymising import Anonymiser
from uwlr.berichten import Leerlinggegevens, LeerlinggegevensAntwoord
from uwlr.cli import main
from uwlr.codec.write import write
from uwlr.edexml import write as write_edexml
from uwlr.formatting import pretty
from uwlr.testing import make_results, make_school
from uwlr.testing.recipe import Recipe, recipe_in, remark
from uwlr.testing.recognising import not_made_up
from uwlr.validation import validate

SCHOOL = make_school(7, 12)
OTHER = make_school(8, 12)
TOKENS = re.compile(rb'(?<=key=")[^"]+|(?<=eckid=")[^"]+|(?<=>)[^<>]+(?=<)')


def _wire(school: Leerlinggegevens) -> bytes:
    return write(LeerlinggegevensAntwoord(inhoud=school))


def _saying(school: Leerlinggegevens, said: str | None) -> Leerlinggegevens:
    return msgspec.structs.replace(school, school=msgspec.structs.replace(school.school, commentaar=said))


@given(
    st.builds(
        Recipe,
        seed=st.integers(-(10**12), 10**12),
        leerlingen=st.integers(1, 30),
        sector=st.sampled_from(["PO", "VO"]),
        schooljaar=st.integers(1900, 2100).map(lambda year: f"{year}-{year + 1}"),
        brincode=st.from_regex(r"[0-9]{2}[A-Z]{2}", fullmatch=True),
        dependancecode=st.none() | st.from_regex(r"[0-9]{2}", fullmatch=True),
        xsdversie=st.sampled_from(["2.2", "2.3"]),
        lvs=st.booleans(),
    )
)
@settings(max_examples=15, deadline=None)
def test_every_made_up_message_is_known(recipe: Recipe) -> None:
    """Roster and results of any school are known as made up, also as EDEXML and with lines."""
    school = make_school(**recipe._asdict())

    assert recipe_in(school.school.commentaar) == recipe._replace(xsdversie=recipe.xsdversie if recipe.lvs else "2.2")
    results = write(make_results(school, seed=3, oso=recipe.lvs))
    anonymous = validate(Anonymiser(b"secret").message(results))
    assert [one.id for one in anonymous.findings if "commentaar" in str(one.path)] == [], "its length is limited"
    for data in (_wire(school), results, pretty(results), write_edexml(school)):
        assert not_made_up(data) == []
    assert not_made_up(_wire(school), _wire(school)) != []


def test_whoever_is_put_into_a_made_up_message_is_found() -> None:
    """A value of somebody else in the place of any that is personal, and a remark between them, is found."""
    data = _wire(SCHOOL)
    personal = {value for value in TOKENS.findall(data) if value not in TOKENS.findall(_wire(OTHER))}
    spans = [found.span() for found in TOKENS.finditer(data) if found[0] in personal and b"Recept" not in found[0]]

    assert len(spans) > 80
    for start, end in spans[::4]:
        for other in (b"Kanariepiet", b"2011-05-27" if data[start:end].count(b"-") == 2 else b"4711047110"):
            assert not_made_up(data[:start] + other + data[end:]) != [], data[start:end]
    assert not_made_up(data.replace(b"<leerlingen>", b"<leerlingen><!-- gevraagd door Kanariepiet -->")) != []
    assert not_made_up(data.replace(b"</leerlingen>", b"</leerlingen><x>Kanariepiet</x>")) != []


def test_a_made_up_name_in_another_field_is_found() -> None:
    """What is a key or a day of one person there is no name of another here."""
    data = _wire(SCHOOL)
    key = SCHOOL.leerlingen[0].key or ""
    assert not_made_up(re.sub(rb"<roepnaam>[^<]+", f"<roepnaam>{key}".encode(), data, count=1)) != []


@pytest.mark.parametrize(
    "said",
    [
        SCHOOL.school.commentaar,
        "Synthetische testgegevens: deze school en deze personen bestaan niet.",
        remark("x", Recipe(9, 12, "PO", "2025-2026", "99XX", "00", "2.2", lvs=False)),
        "R7L999999PO2025B99XXD00",
        "R7L0PO2025B99XXD00",
        "R7L12PO9999B99XXD00",
        None,
    ],
)
def test_a_message_is_not_made_up_because_it_says_so(said: str | None) -> None:
    """A roster of others that has the remark of a made-up one, its results too, are found."""
    school = _saying(OTHER, said)
    assert {"leerling@key", "leerling@eckid"} <= {one.name for one in not_made_up(_wire(school))}
    assert {"leerlingid", "eckid", "resultaat@key"} <= {one.name for one in not_made_up(write(make_results(school)))}


def test_the_program_takes_what_it_makes() -> None:
    """`anonymise --check` ends in 0 for what `generate` makes, as a hook would ask."""
    run = CliRunner()
    school = run.invoke(main, ["generate", "school", "--leerlingen", "20", "--sector", "VO"]).stdout_bytes
    results = run.invoke(main, ["generate", "results", "-", "--seed", "5"], input=school).stdout_bytes
    for made in (school, results):
        assert run.invoke(main, ["anonymise", "--check", "-"], input=made).exit_code == 0
    assert run.invoke(main, ["anonymise", "--check", "-"], input=_wire(_saying(OTHER, None))).exit_code == 1
