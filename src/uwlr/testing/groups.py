"""Groups of a synthetic school: stamgroepen with combinations, and groups put together for some lessons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, Generic, Literal, NamedTuple, TypeVar

from uwlr.berichten import Groep, Jaargroep, SamengesteldeGroep
from uwlr.testing.dice import Dice

G = TypeVar("G", Groep, SamengesteldeGroep)

_GROUP_SIZE: Final = 25
_FULL: Final = 30
_CLUSTER_SIZE: Final = 24
_NIVEAUS: Final = {"T": "vmbo-tl", "H": "havo", "V": "vwo"}
_VAKKEN: Final = {
    "wia": "wiskunde A",
    "econ": "economie",
    "biol": "biologie",
    "gs": "geschiedenis",
    "wib": "wiskunde B",
    "nat": "natuurkunde",
    "sk": "scheikunde",
    "ak": "aardrijkskunde",
}
_PO_SUBGROEPEN: Final = (
    ("plusklas", "Plusklas", "Verrijking voor groep 5 tot en met 8", range(5, 9), 14),
    ("lezen4", "Leesgroep 4", "Extra technisch lezen", range(4, 5), 8),
    ("rekenen6", "Rekengroep 6", "Verlengde instructie rekenen", range(6, 7), 9),
    ("schakel", "Schakelklas", "Nederlands als tweede taal", range(3, 9), 10),
)


class Plaats(NamedTuple):
    """A pupil before the name: stream, year code, the year the cohort entered, and the number within it."""

    stroom: str
    jaargroep: int
    instroom: int
    nummer: int


class Indeling(NamedTuple, Generic[G]):
    """A group and its members, as positions in the list of places."""

    deel: G
    leden: Sequence[int]


def make_groups(
    plaatsen: Sequence[Plaats], sector: Literal["PO", "VO"], *, prefix: str, described: bool
) -> list[Indeling[Groep]]:
    """Put every pupil in one stamgroep of about 25."""
    chunks = _po_chunks(plaatsen) if sector == "PO" else _vo_chunks(plaatsen)
    labels = Counter(label for label, *_ in chunks)
    seen: Counter[str] = Counter()
    made = []
    for label, naam, omschrijving, leden in chunks:
        seen[label] += 1
        letter = _letter(seen[label]) if labels[label] > 1 or sector == "VO" else ""
        years = {plaatsen[lid].jaargroep for lid in leden}
        groep = Groep(
            key=f"{prefix}-{label.replace('/', '-').lower()}{letter}",
            naam=naam + (letter.upper() if sector == "VO" else letter),
            jaargroep=Jaargroep(str(min(years))) if len(years) == 1 else Jaargroep.COMBINATIE,
            omschrijving=omschrijving if described else None,
        )
        made.append(Indeling(groep, leden))
    return made


def make_subgroups(
    dice: Dice, plaatsen: Sequence[Plaats], sector: Literal["PO", "VO"], *, prefix: str
) -> list[Indeling[SamengesteldeGroep]]:
    """Put some pupils in groups for some lessons, across the stamgroepen; no such group is empty."""
    chunks = _po_subgroups(dice, plaatsen) if sector == "PO" else _vo_subgroups(dice, plaatsen)
    return [
        Indeling(SamengesteldeGroep(key=f"{prefix}-s-{label}", naam=naam, omschrijving=omschrijving), leden)
        for label, naam, omschrijving, leden in chunks
    ]


_Chunk = tuple[str, str, str | None, list[int]]


def _po_chunks(plaatsen: Sequence[Plaats]) -> list[_Chunk]:
    chunks: list[_Chunk] = []
    for years in _bouwen(len(plaatsen)):
        line = [lid for lid, plaats in enumerate(plaatsen) if plaats.jaargroep in years]
        if years == (1, 2):
            line = _mixed(plaatsen, line)
        for leden in _cut(plaatsen, line, tidy=years[0] >= 5):
            present = sorted({plaatsen[lid].jaargroep for lid in leden})
            label = "/".join(map(str, present))
            listed = " en ".join([", ".join(map(str, present[:-1])), str(present[-1])])
            chunks.append((label, f"Groep {label}", f"Combinatie van groep {listed}" if present[1:] else None, leden))
    return chunks


def _bouwen(pupils: int) -> tuple[tuple[int, ...], ...]:
    """The years that may share a group: the smaller the school, the more."""
    if pupils >= 120:
        return ((1, 2), (3, 4), (5, 6), (7, 8))
    if pupils >= 60:
        return ((1, 2), (3, 4, 5), (6, 7, 8))
    if pupils >= 30:
        return ((1, 2, 3, 4), (5, 6, 7, 8))
    return ((1, 2, 3, 4, 5, 6, 7, 8),)


def _mixed(plaatsen: Sequence[Plaats], line: Sequence[int]) -> list[int]:
    """Spread the years evenly over the line, as schools do with the youngest."""
    years = [plaatsen[lid].jaargroep for lid in line]
    sizes = {year: years.count(year) for year in set(years)}

    def position(lid: int) -> tuple[int, int]:
        plaats = plaatsen[lid]
        return plaats.nummer * len(years) // sizes[plaats.jaargroep], lid

    return sorted(line, key=position)


def _cut(plaatsen: Sequence[Plaats], line: list[int], *, tidy: bool) -> Iterator[list[int]]:
    """Cut a line of pupils into groups of about the same size; a tidy cut moves to a change of year close by."""
    number = max((2 * len(line) + _GROUP_SIZE) // (2 * _GROUP_SIZE), -(-len(line) // _FULL))
    cuts = [len(line) * place // number for place in range(number + 1)]
    if tidy:
        changes = [i for i in range(1, len(line)) if plaatsen[line[i]].jaargroep != plaatsen[line[i - 1]].jaargroep]
        cuts[1:-1] = [next((c for c in changes if abs(c - cut) <= _GROUP_SIZE // 4), cut) for cut in cuts[1:-1]]
    for start, end in pairwise(cuts):
        if start < end:
            yield line[start:end]


def _vo_chunks(plaatsen: Sequence[Plaats]) -> list[_Chunk]:
    chunks: list[_Chunk] = []
    lines: dict[tuple[int, str], list[int]] = {}
    for lid, plaats in enumerate(plaatsen):
        # The first two years have classes across the streams, after that each stream its own.
        lines.setdefault((plaats.jaargroep, "" if plaats.jaargroep < 13 else plaats.stroom), []).append(lid)
    for (jaargroep, stroom), line in sorted(lines.items()):
        label = f"{jaargroep - 10}{stroom}"
        for leden in _cut(plaatsen, line, tidy=False):
            niveaus = dict.fromkeys(_NIVEAUS[plaatsen[lid].stroom] for lid in leden)
            chunks.append((label, label, "/".join(niveaus), leden))
    return chunks


def _po_subgroups(dice: Dice, plaatsen: Sequence[Plaats]) -> Iterator[_Chunk]:
    times = len(plaatsen) // 300 + 1
    for label, naam, omschrijving, years, size in _PO_SUBGROEPEN:
        candidates = [lid for lid, plaats in enumerate(plaatsen) if plaats.jaargroep in years]
        for number in range(times):
            leden = dice.some(candidates[number::times], size)
            if leden:
                more = f" {number + 1}" if times > 1 else ""
                yield f"{label}{more.replace(' ', '-')}", naam + more, omschrijving, leden


def _vo_subgroups(dice: Dice, plaatsen: Sequence[Plaats]) -> Iterator[_Chunk]:
    cohorts: dict[tuple[int, str], list[int]] = {}
    for lid, plaats in enumerate(plaatsen):
        if plaats.jaargroep >= 13:
            cohorts.setdefault((plaats.jaargroep - 10, plaats.stroom), []).append(lid)
    chosen: dict[tuple[int, str, str], list[int]] = {}
    for (year, stroom), cohort in sorted(cohorts.items()):
        # A small year offers fewer subjects, so that its groups are worth a teacher.
        offered = tuple(_VAKKEN)[: max(4, len(cohort) // 5)]
        for lid in cohort:
            for vak in dice.some(offered, 3):
                chosen.setdefault((year, stroom, vak), []).append(lid)
    for (year, stroom, vak), leden in sorted(chosen.items()):
        number = -(-len(leden) // _CLUSTER_SIZE)
        for place in range(number):
            part = leden[len(leden) * place // number : len(leden) * (place + 1) // number]
            naam = f"{year}{stroom} {vak} {place + 1}"
            yield f"{year}{stroom.lower()}-{vak}-{place + 1}", naam, _VAKKEN[vak], part


def _letter(number: int) -> str:
    """Number the groups of one label: a, b, up to z, then aa, ab."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters
