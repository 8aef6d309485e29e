"""Templates of reports that are one page: what is put in is escaped, and a name that is not given is an error."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from uwlr.extras import extra


@cache
def page_template(package: str, name: str) -> Any:
    """Give a template of Jinja2.

    Args:
        package: where it lies.
        name: its file.

    Raises:
        MissingExtraError: Jinja2 is not installed.
    """
    with extra("report"):
        import jinja2  # noqa: PLC0415 - optional
    source = files(package).joinpath(name).read_text("utf-8")
    return jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    ).from_string(source)
