"""Which Dutch words the code may use: those of the standard, and those that CONTRIBUTING.md lists."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, get_args, get_origin

import uwlr.exchange
from uwlr.berichten.tabel import Bericht
from uwlr.exchange.tables import Base

CONTRIBUTING = Path(__file__).parents[1] / "CONTRIBUTING.md"
MODULES = [
    importlib.import_module(module.name)
    for module in pkgutil.iter_modules(uwlr.exchange.__path__, "uwlr.exchange.")
    if not module.ispkg
]
ENGLISH = {
    *("alias", "hash", "id", "import", "plan", "roster", "slot", "status", "url", "vendor", "e", "eck", "i", "d"),
    *("conflict", "host", "in", "open", "all", "busy", "cleared", "content", "failed", "kept", "message", "near", "ok"),
    *("other", "quiet", "review", "same", "silent", "with"),
}


def _words(name: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+", name)}


def _classes(cls: type[Bericht]) -> Iterator[type[Bericht]]:
    for inner in cls.__subclasses__():
        yield inner
        yield from _classes(inner)


def _listed() -> set[str]:
    text = CONTRIBUTING.read_text("utf-8")
    return set(
        re.findall(r"[a-z]+", text.partition("Dutch words beside those of the standard:")[2].partition("\n\n")[0])
    )


def _of_the_standard() -> set[str]:
    classes = [cls for cls in _classes(Bericht) if cls.__module__.startswith("uwlr.berichten")]
    names = {field for cls in classes for field in cls.__struct_fields__}
    return {word for name in names | {cls.__name__ for cls in classes} for word in _words(name)}


def _stored() -> set[str]:
    """The words of the store's tables and columns, and those of all states and kinds in the exchange."""
    tables = Base.metadata.tables.values()
    names = {name for each in tables for name in (each.name, *(column.name for column in each.columns))}
    for module in MODULES:
        names |= {
            state
            for value in vars(module).values()
            if get_origin(value) is Literal
            for state in get_args(value)
            if isinstance(state, str)
        }
    return {word for name in names for word in _words(name)}


def test_every_dutch_word_of_the_store_is_listed():
    """Columns, states and kinds are words of the standard, English, or in the list of CONTRIBUTING.md."""
    assert _stored() - _of_the_standard() - ENGLISH - _listed() == set()


def test_the_list_holds_no_word_that_code_does_without():
    """Every word of the list occurs in a column, a state or a name of the exchange, and is none of the standard's."""
    source = "".join(Path(str(module.__file__)).read_text("utf-8") for module in MODULES)
    used = _stored() | {word for name in re.findall(r"\w+", source) for word in _words(name)}
    assert _listed() - used == set()
    assert _listed() & _of_the_standard() == set()
