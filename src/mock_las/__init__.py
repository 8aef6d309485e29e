"""School systems to test against: ESIS, ParnasSys, Magister and others, faked on synthetic schools.

Names are loaded when first used, so that the pytest plugin costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from mock_las.answering import Tls
    from mock_las.las import Las
    from mock_las.local_las import MockLas
    from mock_las.remote_las import RemoteLas

_HOME: Final = {
    "Las": "mock_las.las",
    "MockLas": "mock_las.local_las",
    "RemoteLas": "mock_las.remote_las",
    "Tls": "mock_las.answering",
}

__all__ = ["Las", "MockLas", "RemoteLas", "Tls"]


def __dir__() -> list[str]:
    return sorted(__all__)


if not TYPE_CHECKING:  # a checker that saw this would take any misspelt name for right

    def __getattr__(name: str) -> Any:
        try:
            module = import_module(_HOME[name])
        except KeyError:
            raise AttributeError(f"module 'mock_las' has no attribute {name!r}") from None
        return getattr(module, name)
