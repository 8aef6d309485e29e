"""Optional dependencies: using one that is not installed says how to install it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from uwlr.errors import MissingExtraError


@contextmanager
def extra(name: str) -> Iterator[None]:
    """Import the optional dependencies of an extra inside this block; of blocks in blocks the outermost is named.

    Raises:
        MissingExtraError: a module is not installed.
    """
    try:
        yield
    except MissingExtraError as error:
        package = error.name
    except ModuleNotFoundError as error:
        package = (error.name or "a module").partition(".")[0]
    else:
        return
    raise MissingExtraError(f'{package} is not installed: pip install "uwlr[{name}]"', name=package)


def require(name: str, *modules: str) -> None:
    """See that modules of an extra are there, without loading them: what needs them comes later.

    Raises:
        MissingExtraError: one is not installed.
    """
    with extra(name):
        for module in modules:
            if find_spec(module) is None:
                raise ModuleNotFoundError(name=module)
