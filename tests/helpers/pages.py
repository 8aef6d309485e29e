"""What stands in a page of the documents: its blocks of code, and the files that it tells the reader to make."""

from __future__ import annotations

import re
from pathlib import Path


def blocks(page: Path, language: str) -> list[str]:
    """The code blocks of a language that are no file of their own."""
    return _found(page, rf"```{language}\n(.*?)^```")


def files(page: Path) -> dict[str, str]:
    """The blocks with a title, by that: files that the reader is to make."""
    return dict(_found(page, r'```\w+ title="([^"]+)"\n(.*?)^```'))


def _found(page: Path, what: str) -> list:
    return re.findall(f"^{what}", page.read_text("utf-8"), re.DOTALL | re.MULTILINE)
