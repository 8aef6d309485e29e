"""Fake educational applications, the counterpart of `mock_las`: Boom testcentrum, IEP LVS and JIJ!.

For makers of a LAS who have no application to test it against, and for those who show schools how a coupling works.
The names are those of real products, as the public manuals of their couplings have them; nothing here is theirs. Names
are loaded when first used, so that the pytest plugin costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mock_ea.ea import MockEa
    from mock_ea.suite import Address

_HOME = {"Address": "mock_ea.suite", "MockEa": "mock_ea.ea"}

__all__ = ["Address", "MockEa"]


def __dir__() -> list[str]:
    return sorted(__all__)


if not TYPE_CHECKING:  # a checker that saw this would take any misspelt name for right

    def __getattr__(name: str) -> Any:
        from uwlr.extras import extra  # noqa: PLC0415 - nothing of uwlr is loaded before it is used

        try:
            with extra("mock-ea"):
                module = import_module(_HOME[name])
        except KeyError:
            raise AttributeError(f"module 'mock_ea' has no attribute {name!r}") from None
        return getattr(module, name)
