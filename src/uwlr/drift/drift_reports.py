"""How two sides differ, as text, JSON, or a page that needs nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, Literal, TypeAlias

import msgspec

from uwlr.drift import drift_words as words
from uwlr.drift.differences import Drift
from uwlr.page_template import page_template
from uwlr.paths import Path

Form: TypeAlias = Literal["text", "json", "html"]
VERSION: Final = 1
"""Version of the JSON; it changes when a reader has to."""


def render(drift: Drift, form: Form) -> str:
    """Write it in one of the forms.

    Raises:
        MissingExtraError: a page is asked for, and Jinja2 is not installed.
    """
    return _FORMS[form](drift)


def text_lines(drift: Drift) -> Iterator[tuple[str, str]]:
    """Give the text line by line: first what a colour may mark, the summary or a kind, and then the rest."""
    yield words.summary(drift), ""
    for line in words.lines(drift.differences):
        more = f", in {line.times} messages" if line.times > 1 else ""
        yield "", ""
        yield line.kind, f": {line.where}{more}"
        yield "", f"  {drift.one}: {line.one}"
        yield "", f"  {drift.other}: {line.other}"
    rest = list(_beside(drift))
    if rest:
        yield "", ""
    yield from (("", line) for line in rest)


def _text(drift: Drift) -> str:
    return "".join(f"{marked}{rest}\n" for marked, rest in text_lines(drift))


def _beside(drift: Drift) -> Iterator[str]:
    """Say what is no difference, and has to be known."""
    unsure = words.lines(drift.unsure)
    if unsure:
        yield f"May come of other people, too few to tell: {', '.join(sorted({one.where for one in unsure}))}."
    for name, only in ((drift.one, drift.only_one), (drift.other, drift.only_other)):
        yield from (f"Only {name} was asked: {words.asked_in_words(asked)}." for asked in only)
    if drift.apart:
        yield "Apart, since people and days differ:"
    for apart in words.people(drift):
        keys = f", {apart.keys_shared} keys in both" if apart.keys_shared else ""
        order = "" if apart.same_order else ", in another order"
        yield f"  {apart.place.last.name}: {apart.one} and {apart.other}{keys}{order}"


def _json(drift: Drift) -> str:
    plain = {"format": VERSION, **msgspec.to_builtins(msgspec.structs.asdict(drift), enc_hook=_as_plain)}
    for name in ("differences", "unsure", "apart"):
        plain[name] = [_plain(one) for one in getattr(drift, name)]
    return msgspec.json.format(msgspec.json.encode(plain), indent=1).decode() + "\n"


def _plain(one: Any) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(one)
    return found | {"place": str(one.place)}


def _as_plain(value: object) -> object:
    if isinstance(value, Path):
        return str(value)
    raise TypeError(type(value).__name__)


def _html(drift: Drift) -> str:
    template = page_template("uwlr.drift", "drift.html.jinja")
    page: str = template.render(drift=drift, words=words, differences=words.lines(drift.differences))
    return page


_FORMS: Final[dict[Form, Callable[[Drift], str]]] = {"text": _text, "json": _json, "html": _html}
