"""Tables of text for people: columns in line, nothing cut off."""

from __future__ import annotations

from collections.abc import Sequence

from uwlr.visible import one_line


def text_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Set rows under their heads, each column as wide as its longest value."""
    rows = [[one_line(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    lines = [heads, ["-" * width for width in widths], *rows]
    padded = ([cell.ljust(width) for cell, width in zip(line, widths, strict=True)] for line in lines)
    return "\n".join("  ".join(cells).rstrip() for cells in padded)
