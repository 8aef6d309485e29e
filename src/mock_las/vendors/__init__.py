"""The systems that are faked: one TOML file each."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import msgspec

from mock_las.vendors.vendor_traits import Deviation, Part, Source, Traits, Variant, Vendor
from uwlr.errors import ConfigurationError

__all__ = ["NAMES", "Deviation", "Part", "Source", "Traits", "Variant", "Vendor", "load"]

NAMES = ("standaard", "esis", "parnassys", "magister", "somtoday", "schoolkr8", "focuspo")
"""Every vendor, in the order in which they are shown."""


@cache
def load(name: str) -> Vendor:
    """Read a vendor's file.

    Raises:
        ConfigurationError: there is no such vendor.
    """
    if name not in NAMES:
        raise ConfigurationError(f"there is no vendor {name!r}; there are {', '.join(NAMES)}")
    data = tomllib.loads(files(__name__).joinpath(f"{name}.toml").read_text("utf-8"))
    return msgspec.convert(data, Vendor)
