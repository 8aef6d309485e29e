"""The page that says how far each fake can be trusted: its deviations, and the evidence for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from mock_las import vendors
from mock_las.vendors import Deviation, Source, Vendor

_MEANING: dict[Source, str] = {
    "norm": "the agreement itself says so",
    "observed": "a public manual or public code shows it",
    "assumed": "no public source says; this is a guess, and can be changed by one setting",
}


def page() -> str:
    """Write the page, in Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# How far the fakes can be trusted"
    yield ""
    yield "No maker of a real system took part. This page lists every deviation of a fake from the plain standard, with"
    yield "the evidence for it. It is generated from the vendors' files by `mock-las fidelity`."
    yield ""
    for source, meaning in _MEANING.items():
        yield f"- **{source}**: {meaning}"
    for name in vendors.NAMES:
        yield ""
        yield from _vendor(vendors.load(name))


def _vendor(vendor: Vendor) -> Iterator[str]:
    yield f"## {vendor.title}"
    yield ""
    yield vendor.about.en
    yield ""
    yield from _table(vendor.deviation)
    for variant in vendor.variant:
        yield ""
        yield f"### {vendor.title}, variant `{variant.name}`"
        yield ""
        yield f"Off until switched on. {variant.about.en}"
        yield ""
        yield from _table(variant.deviation)


def _table(deviations: Iterable[Deviation]) -> Iterator[str]:
    yield "| trait | value | source | reference | read on | note |"
    yield "|---|---|---|---|---|---|"
    yield from map(_row, deviations)


def _row(deviation: Deviation) -> str:
    cells = (
        f"`{deviation.trait}`",
        f"`{_value(deviation.value)}`",
        deviation.source,
        deviation.reference,
        deviation.date.isoformat(),
        deviation.note,
    )
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _value(value: Any) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(map(_value, value))
        case dict():
            return ", ".join(f"{key}: {_value(item)}" for key, item in value.items())
        case _:
            return str(value)
