"""Norms: the ranges of scores and what they mean. The schema checks none of this.

Source: UWLR 2.2, ctpNormering.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from uwlr.berichten import Norm, Toets
from uwlr.berichten.leerresultaten import Normering
from uwlr.paths import Path
from uwlr.validation.key_index import Index
from uwlr.validation.report_data import Source
from uwlr.validation.rule_registry import ERROR, WARNING, Example, Hits, hit, rule

_NORM: Final = Source("UWLR 2.2", "leerresultaten, norm: the ranges of a test", "inferred")
Range = tuple[int, int, int]
"""Begin, end, and the number of the norm."""


def _normeringen(toets: Toets) -> Iterator[tuple[Path, Normering]]:
    if toets.toetsnormering is not None:
        yield Path.of("toetsnormering"), toets.toetsnormering
    for number, onderdeel in enumerate(toets.toetsonderdelen, 1):
        if onderdeel.toetsonderdeelnormering is not None:
            at = Path.of("toetsonderdelen", ("toetsonderdeel", number), "toetsonderdeelnormering")
            yield at, onderdeel.toetsonderdeelnormering


def _norms(toets: Toets) -> Iterator[tuple[Path, Norm]]:
    for at, normering in _normeringen(toets):
        for number, norm in enumerate(normering.norm, 1):
            yield at.child("norm", number), norm


def _begin(normering: Path, number: int) -> Path:
    return normering.child("norm", number).child("beginnormwaarde")


def _ranges(normering: Normering) -> list[Range]:
    """The ranges that run upward, sorted."""
    return sorted(
        (norm.beginnormwaarde, norm.eindnormwaarde, number)
        for number, norm in enumerate(normering.norm, 1)
        if isinstance(norm.beginnormwaarde, int)
        and isinstance(norm.eindnormwaarde, int)
        and norm.beginnormwaarde <= norm.eindnormwaarde
    )


@rule(
    "LR-301",
    on=Toets,
    severity=ERROR,
    source=_NORM,
    nl="{where} begint bij {value} en eindigt bij {end}: begin en eind zijn verwisseld",
    en="{where} begins at {value} and ends at {end}: begin and end are swapped",
    remedy_nl="Zet de laagste score in beginnormwaarde en de hoogste in eindnormwaarde.",
    remedy_en="Put the lowest score in beginnormwaarde and the highest in eindnormwaarde.",
    example=Example(
        "resultaten",
        "<eindnormwaarde>10</eindnormwaarde>\n        </norm>",
        "<eindnormwaarde>10</eindnormwaarde>\n        </norm>\n        <norm>\n"
        "          <term>goed</term>\n          <beginnormwaarde>20</beginnormwaarde>\n"
        "          <eindnormwaarde>11</eindnormwaarde>\n        </norm>",
    ),
)
def norm_loopt_op(toets: Toets, _: Index) -> Hits:
    """A range that runs downward holds no score."""
    for at, norm in _norms(toets):
        begin, end = norm.beginnormwaarde, norm.eindnormwaarde
        if isinstance(begin, int) and isinstance(end, int) and begin > end:
            yield hit(at.child("beginnormwaarde"), str(begin), end=end)


@rule(
    "LR-302",
    on=Toets,
    severity=ERROR,
    source=_NORM,
    nl="{where} begint bij {value}, terwijl norm {other} tot en met {end} loopt: ze overlappen",
    en="{where} begins at {value}, while norm {other} runs to {end}: they overlap",
    remedy_nl="Laat elke norm beginnen na het eind van de vorige.",
    remedy_en="Let each norm begin after the end of the one before.",
    example=Example("resultaten", "<beginnormwaarde>6<", "<beginnormwaarde>5<"),
)
def normen_overlappen_niet(toets: Toets, _: Index) -> Hits:
    """A score in two norms has two meanings."""
    for at, normering in _normeringen(toets):
        highest: Range | None = None
        for begin, end, number in _ranges(normering):
            if highest is not None and begin <= highest[1]:
                yield hit(_begin(at, number), str(begin), other=highest[2], end=highest[1])
            if highest is None or end > highest[1]:
                highest = (begin, end, number)


@rule(
    "LR-303",
    on=Toets,
    severity=WARNING,
    source=_NORM,
    nl="{where} begint bij {value}, terwijl de norm ervoor tot en met {end} loopt: scores ertussen hebben geen norm",
    en="{where} begins at {value}, while the norm before it runs to {end}: scores between them have no norm",
    remedy_nl="Laat de normen op elkaar aansluiten.",
    remedy_en="Let the norms follow each other without a gap.",
    example=Example("resultaten", "<beginnormwaarde>6<", "<beginnormwaarde>7<"),
)
def normen_sluiten_aan(toets: Toets, _: Index) -> Hits:
    """A score in a gap has no meaning."""
    for at, normering in _normeringen(toets):
        highest: int | None = None
        for begin, end, number in _ranges(normering):
            if highest is not None and begin > highest + 1:
                yield hit(_begin(at, number), str(begin), end=highest)
            highest = end if highest is None else max(highest, end)


@rule(
    "LR-305",
    on=Toets,
    severity=WARNING,
    source=Source("UWLR 2.1", "schoolcijfer_vanaf and schoolcijfer_totenmet: an advice on school marks", "inferred"),
    nl="{where} heeft schoolcijfers die geen bereik vormen: beide horen er te zijn, en vanaf niet boven tot en met",
    en="{where} has school marks that do not form a range: both are needed, and vanaf may not exceed totenmet",
    remedy_nl="Geef schoolcijfer_vanaf en schoolcijfer_totenmet samen, het laagste eerst, of laat ze beide weg.",
    remedy_en="Give schoolcijfer_vanaf and schoolcijfer_totenmet together, the lowest first, or leave both out.",
    example=Example("resultaten", "<schoolcijfer_vanaf>1.0<", "<schoolcijfer_vanaf>5.5<"),
)
def schoolcijfers_vormen_een_bereik(toets: Toets, _: Index) -> Hits:
    """A range needs two ends in the right order."""
    for at, norm in _norms(toets):
        low, high = norm.schoolcijfer_vanaf, norm.schoolcijfer_totenmet
        if (low is None) != (high is None):
            present = "schoolcijfer_vanaf" if low is not None else "schoolcijfer_totenmet"
            yield hit(at.child(present), str(low or high))
        elif low is not None and high is not None and low > high:
            yield hit(at.child("schoolcijfer_vanaf"), str(low))
