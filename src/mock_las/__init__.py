"""School systems to test against: ESIS, ParnasSys, Magister and others, faked on synthetic schools.

Names are loaded when first used, so that the pytest plugin costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mock_las.las import MockLas
    from mock_las.server import Tls

_HOME = {"MockLas": "mock_las.las", "Tls": "mock_las.server"}

__all__ = ["MockLas", "Tls"]


def __getattr__(name: str) -> Any:
    try:
        module = import_module(_HOME[name])
    except KeyError:
        raise AttributeError(f"module 'mock_las' has no attribute {name!r}") from None
    return getattr(module, name)
