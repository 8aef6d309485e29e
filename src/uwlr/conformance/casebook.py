"""The cases, gathered from their topic files, and how some of them are chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Final, TypeAlias

from uwlr.conformance.outcomes import Case, Role
from uwlr.errors import ConfigurationError
from uwlr.text import Text

Judge: TypeAlias = Callable[[Any], None]

_gathered: Final[dict[str, Case]] = {}


def case(
    id: str,  # noqa: A002 - the word for it
    *requirements: str,
    sends: tuple[str, str],
    holds: tuple[str, str],
    role: Role = "LAS",
    **more: Any,
) -> Callable[[Judge], Judge]:
    """Make a case of a function.

    Args:
        id: path of words; it never changes, and is never used again.
        requirements: ids in the register.
        sends: what is sent, in Dutch and in English.
        holds: what must hold, in both.
        role: who is judged.
        more: as the attributes of `Case`.
    """

    def register(judge: Judge) -> Judge:
        if id in _gathered:
            raise ConfigurationError(f"two cases are called {id}")
        _gathered[id] = Case(
            id=id, role=role, requirements=requirements, sends=Text(*sends), holds=Text(*holds), judge=judge, **more
        )
        return judge

    return register


@cache
def cases(role: Role = "LAS") -> tuple[Case, ...]:
    """All cases of a role, in an order in which preconditions come first."""
    package = import_module(f"uwlr.conformance.{role.lower()}")
    for module in iter_modules(package.__path__):
        import_module(f"{package.__name__}.{module.name}")
    return _ordered([found for found in _gathered.values() if found.role == role])


def _ordered(found: list[Case]) -> tuple[Case, ...]:
    by_id = {one.id: one for one in found}
    done: dict[str, Case] = {}

    def place(one: Case) -> None:
        if one.id not in done:
            for before in one.after:
                place(by_id[before])
            done[one.id] = one

    for one in sorted(found, key=lambda one: (one.passive, one.loads, one.writes, one.id)):
        place(one)
    return tuple(done.values())


def select(selectors: Sequence[str], role: Role = "LAS") -> tuple[Case, ...]:
    """Choose cases by a whole id or the first words of it; nothing chosen is everything.

    Those that look at every exchange with a LAS come along: they send nothing.

    Raises:
        ConfigurationError: a selector fits no case.
    """
    ids = {one.id for one in named(selectors, role)} | {one.id for one in cases(role) if one.passive and role == "LAS"}
    return tuple(one for one in cases(role) if one.id in ids)


def named(selectors: Sequence[str], role: Role = "LAS") -> tuple[Case, ...]:
    """Give the cases that these name, and no other; nothing named is everything.

    Raises:
        ConfigurationError: a selector fits no case.
    """
    check(selectors, role)
    return tuple(one for one in cases(role) if not selectors or any(fits(s, one.id) for s in selectors))


def check(selectors: Iterable[str], role: Role = "LAS") -> None:
    """See that each of these names a case, or several by the first words of them.

    Raises:
        ConfigurationError: one fits no case.
    """
    for selector in selectors:
        if not any(fits(selector, one.id) for one in cases(role)):
            of = "" if role == "LAS" else " --role EA"
            raise ConfigurationError(f"no case is called {selector}, nor begins so; see `uwlr conformance list{of}`")


def fits(selector: str, id: str) -> bool:  # noqa: A002
    """Tell whether a selector names this case, by all its words or the first of them."""
    selector = selector.strip("/")
    return id == selector or id.startswith(f"{selector}/")


def planned_requests(chosen: Iterable[Case]) -> int:
    """Count the requests that these cases send at most; what they share counts once."""
    chosen = tuple(chosen)
    return sum(one.requests for one in chosen) + len({name for one in chosen for name in one.shares})
