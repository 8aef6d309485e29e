"""What is measured on which document, and the bars that the figures are held against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from benchmarks.data import Kind
from benchmarks.measure import Measurement, Outcome
from benchmarks.written_forms import FORMS, ODD


class Contest(NamedTuple):
    """Variants that are measured on the same bytes, turn by turn; the first is the floor of the others."""

    series: str
    kind: Kind
    items: int
    variants: tuple[str, ...]
    rounds: int
    runs: int
    form: str = "usual"

    @property
    def name(self) -> str:
        """Series and size."""
        return f"{self.series}, {self.items:,}"


class Series(NamedTuple):
    """The same variants on documents of several sizes."""

    name: str
    kind: Kind
    variants: tuple[str, ...]
    runs: int = 3


class Bar(NamedTuple):
    """A promise: `subject` against `versus` in one contest.

    `slower` is the time of the subject over that of the other, `faster` the other way round, `speed` the MB/s of the
    subject as a share of the other's. With no other, `memory` is the growth of the subject in MB and `each` in bytes an
    item, and `time` the microseconds that it takes for an item.
    """

    promise: str
    contest: str
    subject: str
    versus: str | None
    measure: Literal["slower", "faster", "speed", "memory", "each", "time"]
    limit: float


class Verdict(NamedTuple):
    """A bar and the figure that was found, None where one of the two was not measured."""

    bar: Bar
    figure: float | None

    @property
    def met(self) -> bool | None:
        """Whether the figure is on the right side of the bar."""
        if self.figure is None:
            return None
        upper = self.bar.measure in {"slower", "memory", "each", "time"}
        return self.figure <= self.bar.limit if upper else self.figure >= self.bar.limit


FORM = " as "
"""What stands in the name of a contest between what is read and its written form."""
GROWTH = "growth of "
"""How the names of the series begin that show the cost as the work grows."""

_READ = ("floors.pyexpat", "floors.tree", "ours.read")
_PYTHON = ("python_peers.pydantic_read", "python_peers.xsdata_read")
_WRITE = ("floors.tostring", "ours.write", "python_peers.pydantic_write", "python_peers.xsdata_write")
_VALIDATE = ("floors.validated", "ours.read_validated", "ours.validate", "jaxb.validate")
_STREAM = ("floors.pyexpat", "floors.iterparse", "ours.stream", "ours.stream_validated", "jaxb.stream")
_SERIES = (
    Series(
        "read pupils",
        "leerlinggegevens",
        (
            *(*_READ, "ours.read_tolerant", *_PYTHON, "python_peers.zeep_read"),
            *("php.read", "node.read", "jaxws.call", "jaxb.read", "jaxb.read_cold", "gsoap.read"),
        ),
    ),
    Series("read results", "leerresultaten", (*_READ, *_PYTHON, "jaxb.read", "jaxb.read_cold", "gsoap.read")),
    Series("read pupils with validation", "leerlinggegevens", _VALIDATE),
    Series("read results with validation", "leerresultaten", _VALIDATE),
    Series("stream pupils", "leerlinggegevens", _STREAM),
    Series("stream results", "leerresultaten", _STREAM),
    Series(
        "write results",
        "leerresultaten",
        (*_WRITE, "python_peers.zeep_write", "php.write", "node.write", "jaxb.write", "gsoap.write"),
        runs=5,
    ),
    Series("write pupils", "leerlinggegevens", (*_WRITE, "jaxb.write", "gsoap.write")),
)
_FORMS = ("floors.tree", "ours.read_or_refuse", "ours.read_tolerant")
_LEAST: Mapping[Kind, tuple[str, float]] = {
    "leerlinggegevens": ("pupils", 5.0),
    "leerresultaten": ("results", 6.0),
}
"""What is read, and how many times the time of lxml's bare tree it may take, in any written form."""
_ROSTERS = Series("write rosters of one pupil", "rosters", ("floors.tostring_each", "ours.write_each"))
_CLASSES = Series("classes", "leerlinggegevens", ("classes.struct", "classes.dataclass"))
_GROWTH = (
    Series(f"{GROWTH}pupils", "leerlinggegevens", ("ours.read", "ours.validate", "ours.stream", "ours.write")),
    Series(f"{GROWTH}results", "leerresultaten", ("ours.read", "ours.validate", "ours.stream", "ours.write")),
)


def contests(*, sizes: Sequence[int], largest: int, rounds: int) -> tuple[Contest, ...]:
    """Lay out a run: each series on documents from small to large.

    Args:
        sizes: pupils or toetsafnames of the documents that all take part in.
        largest: those of the largest document on which the cost of this library is followed.
        rounds: turns of each variant.
    """
    steps = [step for power in range(3, 7) for step in (10**power, 3 * 10**power) if step <= largest] or [largest]
    laid_out = [Contest(s.name, s.kind, size, s.variants, rounds, s.runs) for s in _SERIES for size in sizes]
    laid_out.append(Contest(_ROSTERS.name, _ROSTERS.kind, min(sizes), _ROSTERS.variants, rounds, _ROSTERS.runs))
    laid_out.append(Contest(_CLASSES.name, _CLASSES.kind, max(sizes), _CLASSES.variants, 1, _CLASSES.runs))
    laid_out += [
        Contest(f"{what}{FORM}{form}", kind, size, _FORMS, 1, 3, form)
        for kind, (what, _) in _LEAST.items()
        for form in FORMS | ODD
        for size in sorted(sizes)[-2:]
    ]
    laid_out += [Contest(s.name, s.kind, size, s.variants, min(rounds, 2), s.runs) for s in _GROWTH for size in steps]
    return tuple(laid_out)


def bars(*, sizes: Sequence[int]) -> tuple[Bar, ...]:
    """The promises, on the documents of a run."""
    large = max(sizes)
    middle = sorted(sizes)[-2:][0]
    read, read_middle = f"read pupils, {large:,}", f"read pupils, {middle:,}"
    write, stream = f"write results, {large:,}", f"stream pupils, {large:,}"
    pupils, pupils_middle = f"write pupils, {large:,}", f"write pupils, {middle:,}"
    ours, zeep = "ours.read", "python_peers.zeep_read"
    return (
        Bar("read ≥ 25 % of expat's bare speed", read, ours, "floors.pyexpat", "speed", 0.25),
        Bar("read ≤ 3.3 x lxml's bare tree", read, ours, "floors.tree", "slower", 3.3),
        Bar("read ≤ 3.3 x lxml's bare tree", read_middle, ours, "floors.tree", "slower", 3.3),
        Bar("a pupil that is kept ≤ 1,000 bytes", read, ours, None, "each", 1000),
        Bar("read ≥ 12 x faster than zeep", read_middle, ours, zeep, "faster", 12),
        Bar("read ≥ 10 x faster than xsdata", read_middle, ours, "python_peers.xsdata_read", "faster", 10),
        Bar("read faster than pydantic-xml", read, ours, "python_peers.pydantic_read", "faster", 1),
        Bar("read faster than PHP's SoapClient", read, ours, "php.read", "faster", 1),
        Bar("read faster than node's soap", read, ours, "node.read", "faster", 1),
        Bar(
            "read results ≥ 45 % of expat's bare speed",
            f"read results, {large:,}",
            ours,
            "floors.pyexpat",
            "speed",
            0.45,
        ),
        Bar("read level with JAX-WS, warm (≤ 1.1 x)", read, ours, "jaxws.call", "slower", 1.1),
        Bar("read level with JAXB, warm (≤ 1.1 x)", read, ours, "jaxb.read", "slower", 1.1),
        Bar("streaming grows ≤ 20 MB", stream, "ours.stream", None, "memory", 20),
        Bar(
            "streaming, validated ≤ 3.3 x lxml's iterparse",
            stream,
            "ours.stream_validated",
            "floors.iterparse",
            "slower",
            3.3,
        ),
        Bar("write results ≥ 62 % of lxml's tostring", write, "ours.write", "floors.tostring", "speed", 0.62),
        Bar("write pupils ≥ 45 % of lxml's tostring", pupils, "ours.write", "floors.tostring", "speed", 0.45),
        Bar("write pupils ≥ 30 % of lxml's tostring", pupils_middle, "ours.write", "floors.tostring", "speed", 0.30),
        Bar(
            "a roster of one pupil written in ≤ 60 µs",
            f"{_ROSTERS.name}, {min(sizes):,}",
            "ours.write_each",
            None,
            "time",
            60,
        ),
        Bar(
            "write results ≥ 40 x faster than zeep",
            f"write results, {middle:,}",
            "ours.write",
            "python_peers.zeep_write",
            "faster",
            40,
        ),
        *_bars_of_forms(sorted(sizes)[-2:]),
    )


def _bars_of_forms(sizes: Sequence[int]) -> list[Bar]:
    """One for each written form and size: strict, up to the refusal if there is one, and tolerant."""
    return [
        Bar(
            f"{what} in any form ≤ {limit:g} x lxml's bare tree",
            f"{what}{FORM}{form}, {size:,}",
            *versus,
            "slower",
            limit,
        )
        for what, limit in _LEAST.values()
        for form in FORMS | ODD
        for size in sizes
        for versus in (("ours.read_or_refuse", "floors.tree"), ("ours.read_tolerant", "floors.tree"))
    ]


def judge(bar: Bar, found: Mapping[str, Outcome]) -> Verdict:
    """Hold the figures of the bar's contest against it."""
    subject, other = found.get(bar.subject), found.get(bar.versus or bar.subject)
    if not isinstance(subject, Measurement) or not isinstance(other, Measurement):
        return Verdict(bar, None)
    figures = {
        "slower": subject.seconds / other.seconds,
        "faster": other.seconds / subject.seconds,
        "speed": subject.megabytes_per_second / other.megabytes_per_second,
        "memory": subject.peak_bytes / 1e6,
        "each": subject.peak_bytes / subject.items,
        "time": subject.seconds / subject.items * 1e6,
    }
    return Verdict(bar, figures[bar.measure])
