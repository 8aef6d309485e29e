"""How each vendor's systems are treated at night; read from a TOML file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final

import msgspec

from uwlr.dutch_time import is_between
from uwlr.errors import ConfigurationError

_HOUR: Final = re.compile("([01][0-9]|2[0-3]):[0-5][0-9]")


class VendorPolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one vendor's systems are treated.

    Attributes:
        quiet: from and until, "HH:MM" in Dutch time, when its systems are left alone; equal times: all day; None:
            never.
        concurrency: koppelingen worked on at the same time; 0 is as many as there are workers.
        per_minute: koppelingen begun in a minute; 0 is without limit.
        silent: whether it says nothing about pupils it does not know; None takes what is known of the vendor.
    """

    quiet: tuple[str, str] | None = None
    concurrency: Annotated[int, msgspec.Meta(ge=0)] = 0
    per_minute: Annotated[int, msgspec.Meta(ge=0)] = 0
    silent: bool | None = None

    def __post_init__(self) -> None:
        for moment in self.quiet or ():
            if not _HOUR.fullmatch(moment):
                raise ConfigurationError("quiet: write both times as HH:MM, from 00:00 to 23:59")

    def is_quiet(self, moment: datetime) -> bool:
        """Tell whether its systems are to be left alone at a moment."""
        return self.quiet is not None and is_between(moment, *self.quiet)

    @property
    def quiet_hours(self) -> str:
        """Say to people when its systems are left alone."""
        if self.quiet is None:
            return "nooit stil"
        start, end = self.quiet
        return "de hele dag stil" if start == end else f"stil van {start} tot {end}"


class Policies(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How all vendors are treated, and what a night does about trouble.

    Attributes:
        default: for vendors that are not named.
        vendor: by name of the vendor.
        attempts: how often a koppeling is tried in one night.
        backoff: seconds before the second attempt; each further wait is twice as long.
        breaker: failures of a host in a row after which it is left alone for a while.
        cool_down: seconds it is left alone.
        max_deactivated: share of a school's pupils above which an import waits for a person.
        batch: results in one message.
    """

    default: VendorPolicy = VendorPolicy()
    vendor: Mapping[str, VendorPolicy] = {}
    attempts: Annotated[int, msgspec.Meta(ge=1)] = 3
    backoff: Annotated[float, msgspec.Meta(ge=0)] = 60.0
    breaker: Annotated[int, msgspec.Meta(ge=1)] = 5
    cool_down: Annotated[float, msgspec.Meta(ge=0)] = 300.0
    max_deactivated: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.2
    batch: Annotated[int, msgspec.Meta(ge=1)] = 500

    def of(self, vendor: str) -> VendorPolicy:
        """How a vendor is treated."""
        return self.vendor.get(vendor, self.default)


def read_policies(text: str) -> Policies:
    """Read the settings of a night from TOML.

    Raises:
        ConfigurationError: it is no TOML, or a setting is not known or has a wrong value; the text says which.
    """
    try:
        settings: dict[str, Any] = tomllib.loads(text)
        return msgspec.convert(settings, Policies)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ConfigurationError(f"settings: {error}") from None
