"""Functions that a user names in a setting, such as `ons.pakket:maak_cipher`."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from uwlr.errors import ConfigurationError


def load(place: str | None) -> Any:
    """Import what `module:name` names; None if nothing is named.

    Raises:
        ConfigurationError: it is written in another way, there is no such module or name, or the module itself cannot
            be imported; the text says which.
    """
    if place is None:
        return None
    module, colon, name = place.partition(":")
    if not (colon and module and name) or module.startswith("."):
        raise ConfigurationError(f"{place} cannot be imported; write it as module:function")
    try:
        loaded = import_module(module)
    except ModuleNotFoundError as error:
        missing = error.name or module
        inside = "" if module == missing or module.startswith(f"{missing}.") else f"{module} needs it, but "
        raise ConfigurationError(f"{place} cannot be imported: {inside}there is no module {missing}") from None
    except Exception as error:
        raise ConfigurationError(f"{place} cannot be imported: {module} raises {type(error).__name__}") from error
    try:
        return getattr(loaded, name)
    except AttributeError:
        raise ConfigurationError(f"{place} cannot be imported: {module} has no {name}") from None
