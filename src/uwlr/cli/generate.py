"""`uwlr generate`: synthetic data, marked as such."""

from __future__ import annotations

from typing import Literal

import click

from uwlr.berichten import Leerlinggegevens, LeerlinggegevensAntwoord
from uwlr.cli.program import Commands
from uwlr.cli.shared import read_input, sign_of_life
from uwlr.cli.speaking import say_document
from uwlr.codec.read import read
from uwlr.codec.write import write


@click.group(cls=Commands)
def generate() -> None:
    """Make synthetic data."""


@generate.command()
@click.option("--seed", type=int, default=1, show_default=True, help="Which school; the same seed, the same school.")
@click.option("--leerlingen", type=click.IntRange(min=1), default=220, show_default=True, help="Number of pupils.")
@click.option("--sector", type=click.Choice(["PO", "VO"]), default="PO", show_default=True, help="Kind of school.")
@click.option("--schooljaar", default="2025-2026", show_default=True, help="School year.")
@click.option("--brincode", default="99XX", show_default=True, help="One that is not in use.")
def school(seed: int, leerlingen: int, sector: Literal["PO", "VO"], schooljaar: str, brincode: str) -> None:
    """Make the roster of a school that does not exist, as a leerlinggegevens_antwoord."""
    from uwlr.testing import make_school  # noqa: PLC0415 - its word lists are for this command only

    with sign_of_life("Inventing a school"):
        made = make_school(seed, leerlingen, sector=sector, schooljaar=schooljaar, brincode=brincode)
        data = write(LeerlinggegevensAntwoord(inhoud=made))
    say_document(data + b"\n")


@generate.command()
@click.argument("roster")
@click.option("--seed", type=int, default=1, show_default=True, help="Which scores; the same seed, the same scores.")
@click.option("--groep", help="Key of the group that took the test; by default everybody.")
def results(roster: str, seed: int, groep: str | None) -> None:
    """Make results of the pupils in ROSTER, a leerlinggegevens_antwoord, as a leerresultaten_verzoek."""
    from uwlr.testing import make_results  # noqa: PLC0415

    answer = read(read_input(roster))
    inhoud = answer.inhoud if isinstance(answer, LeerlinggegevensAntwoord) else None
    if not isinstance(inhoud, Leerlinggegevens):
        raise click.UsageError(f"{roster} holds no roster: give a leerlinggegevens_antwoord with leerlingen")
    say_document(write(make_results(inhoud, seed=seed, groep_key=groep)) + b"\n")
