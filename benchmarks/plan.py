"""What is measured on which document, and the bars that the figures are held against."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from benchmarks.data import Kind
from benchmarks.measure import Measurement


class Contest(NamedTuple):
    """Variants that are measured on the same bytes, turn by turn."""

    name: str
    kind: Kind
    items: int
    variants: tuple[str, ...]
    rounds: int = 3
    runs: int = 2


class Bar(NamedTuple):
    """A promise: `subject` against `versus` in one contest.

    `slower` is the time of the subject over that of the other, `faster` the other way round, `speed` the MB/s of the
    subject as a share of the other's, `memory` the growth of the subject in MB, with no other.
    """

    promise: str
    contest: str
    subject: str
    versus: str | None
    measure: Literal["slower", "faster", "speed", "memory"]
    limit: float


class Verdict(NamedTuple):
    """A bar and the figure that was found."""

    bar: Bar
    figure: float

    @property
    def met(self) -> bool:
        """Whether the figure is on the right side of the bar."""
        upper = self.bar.measure in {"slower", "memory"}
        return self.figure <= self.bar.limit if upper else self.figure >= self.bar.limit


class Plan(NamedTuple):
    """The contests of one run and the bars that go with them."""

    contests: tuple[Contest, ...]
    bars: tuple[Bar, ...]


def plan(*, small: int, large: int, rounds: int) -> Plan:
    """Lay out a run.

    Args:
        small: pupils where the slow peers take part.
        large: pupils elsewhere.
        rounds: turns of each variant.
    """
    read = ("floors.tree", "ours.read", "ours.read_tolerant")
    stream = ("floors.iterparse", "ours.stream", "ours.stream_validated")
    write = ("floors.tostring", "ours.write")
    contests = (
        Contest(f"read {small:,}", "leerlinggegevens", small, (*read, "ours.read_unusual"), rounds, 5),
        Contest(f"read {large:,}", "leerlinggegevens", large, (*read, "floors.pyexpat"), rounds),
        Contest(f"stream {large:,}", "leerlinggegevens", large, (*stream, "floors.validated"), rounds),
        Contest(
            "read beside peers", "reduced", small, ("ours.read", "peers.zeep_read", "peers.xsdata_read"), rounds, 1
        ),
        Contest(
            "write beside peers",
            "leerresultaten",
            small,
            (*write, "peers.zeep_write", "peers.xsdata_write"),
            min(rounds, 2),
            3,
        ),
        Contest(f"results {large:,}", "leerresultaten", large, (*write, "ours.read", "floors.tree"), rounds, 4),
        Contest(f"write pupils {large:,}", "leerlinggegevens", large, write, rounds),
        Contest(f"classes {large:,}", "leerlinggegevens", large, ("classes.struct", "classes.dataclass"), 1, 3),
    )
    lg_small, lg_large, lg_stream, peers_read, peers_write, results, *_ = (contest.name for contest in contests)
    bars = (
        Bar("read ≤ 3.3 x lxml's bare tree", lg_small, "ours.read", "floors.tree", "slower", 3.3),
        Bar("read ≤ 3.3 x lxml's bare tree", lg_large, "ours.read", "floors.tree", "slower", 3.3),
        Bar("read ≥ 12 x faster than zeep", peers_read, "ours.read", "peers.zeep_read", "faster", 12),
        Bar("read ≥ 10 x faster than xsdata", peers_read, "ours.read", "peers.xsdata_read", "faster", 10),
        Bar("write results ≥ 40 x faster than zeep", peers_write, "ours.write", "peers.zeep_write", "faster", 40),
        Bar("write results ≥ 60 % of lxml's tostring", results, "ours.write", "floors.tostring", "speed", 0.6),
        Bar("streaming grows ≤ 32 MB", lg_stream, "ours.stream", None, "memory", 32),
        Bar(
            "streaming, validated ≤ 3.3 x lxml's iterparse",
            lg_stream,
            "ours.stream_validated",
            "floors.iterparse",
            "slower",
            3.3,
        ),
    )
    return Plan(contests, bars)


def judge(bar: Bar, found: Mapping[str, Measurement]) -> Verdict:
    """Hold the figures of the bar's contest against it."""
    subject = found[bar.subject]
    if bar.versus is None:
        return Verdict(bar, subject.peak_bytes / 1e6)
    other = found[bar.versus]
    figures = {
        "slower": subject.seconds / other.seconds,
        "faster": other.seconds / subject.seconds,
        "speed": subject.megabytes_per_second / other.megabytes_per_second,
    }
    return Verdict(bar, figures[bar.measure])
