"""Typed UWLR messages for Python: read, write, validate, exchange.

Names are loaded when first used, so that `import uwlr` stays light.
"""

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uwlr.codec.read import Read, read, read_tolerant
    from uwlr.codec.write import write
    from uwlr.minimisation import Minimised, minimise

_HOME = {
    "Minimised": "uwlr.minimisation",
    "Read": "uwlr.codec.read",
    "minimise": "uwlr.minimisation",
    "read": "uwlr.codec.read",
    "read_tolerant": "uwlr.codec.read",
    "write": "uwlr.codec.write",
}

__all__ = ["Minimised", "Read", "__version__", "minimise", "read", "read_tolerant", "write"]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return version("uwlr")
    try:
        module = import_module(_HOME[name])
    except KeyError:
        raise AttributeError(f"module 'uwlr' has no attribute {name!r}") from None
    return getattr(module, name)
