"""`las.toml` and `ea.toml`: all settings of a run. Keys are kept in files or environment variables."""

from __future__ import annotations

import ipaddress
import os
import re
import secrets
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias, TypeVar
from urllib.parse import urlsplit

import msgspec

from uwlr import norm
from uwlr.berichten import Autorisatie
from uwlr.client.config import check_url
from uwlr.conformance.casebook import fits
from uwlr.errors import ConfigurationError
from uwlr.loopback import is_loopback_url
from uwlr.secret_files import read_headers, read_key
from uwlr.undisclosed import Undisclosed

T = TypeVar("T")

KEY_VARIABLE: Final = "UWLR_AUTORISATIESLEUTEL"
EXAMPLES: Final = Path(__file__).with_name("examples")
"""Commented settings that ship with the package: las.toml, ea.toml, baseline.toml, and one for each known system."""

_TEST_WORDS: Final = re.compile(
    r"(?:^|[.\-_0-9])(?:acc|accept\w*|acpt|demo|dev|develop\w*|ota|preprod|sandbox|staging"
    r"|test\w*|tst|uat|oefen\w*|proef\w*)(?=$|[.\-_0-9])"
)
_TEST_SUFFIXES: Final = ("test", "example", "invalid", "localhost", "local", "internal")


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the file; a word it does not know is a mistake."""


class Sleutel(_Part, frozen=True, kw_only=True):
    """Who asks, and where the key is."""

    klantcode: str = "UWLR"
    klantnaam: str = "UWLR conformance"
    sleutel_file: str | None = None
    sleutel_variable: str = KEY_VARIABLE

    def sleutel(self) -> str:
        """Read the key from its file or variable; empty if that is.

        Raises:
            ConfigurationError: the file cannot be read, or holds something else than a key.
        """
        if self.sleutel_file is None:
            return os.environ.get(self.sleutel_variable, "")
        return read_key(self.sleutel_file)


class Declared(_Part, frozen=True, kw_only=True):
    """Why a system does not do something, and how that is known."""

    reason: str
    source: Literal["norm", "observed", "assumed"]
    reference: str


NotSupported: TypeAlias = Mapping[str, str | Declared]


class School(_Part, frozen=True, kw_only=True):
    """A school, as a request names it."""

    schooljaar: str | None = None
    brincode: str | None = None
    dependancecode: str | None = None
    schoolkey: str | None = None
    gegevenssetid: str | None = None

    def named(self) -> dict[str, str]:
        """The fields that are filled in, under the names a request uses."""
        return {name: value for name, value in msgspec.structs.asdict(self).items() if value is not None}


class Leerresultaten(Undisclosed, _Part, frozen=True, kw_only=True):
    """The pupil for whom results may be brought."""

    leerlingid: str | None = None

    def __repr__(self) -> str:
        return "<Leerresultaten>"


class Tls(_Part, frozen=True, kw_only=True):
    """Certificates, and whether TLS is asked for; by default it is, but not on this machine."""

    ca: str | None = None
    cert: str | None = None
    key: str | None = None
    required: bool | None = None


class Las(_Part, frozen=True, kw_only=True):
    """A LAS under test, as `las.toml` describes it; that file explains each word."""

    name: str | None = None
    url: str | None = None
    leerresultaten_url: str | None = None
    versie: str = "2.2"
    versies: tuple[str, ...] = ()
    profiel: Literal["Smalle set", "LVS-set"] | None = None
    interval_ms: int | None = None
    timeout_s: float = 30
    http_headers_file: str | None = None
    autorisatie: Sleutel = Sleutel()
    school: School = School()
    andere_school: School = School(brincode="00ZZ")
    andere_sleutel: Sleutel | None = None
    leeg: School | None = None
    leerresultaten: Leerresultaten = Leerresultaten()
    tls: Tls = Tls()
    not_supported: NotSupported = {}

    def __post_init__(self) -> None:
        for name in ("url", "leerresultaten_url"):
            check_url(getattr(self, name), name)

    @property
    def schooljaar(self) -> str:
        """The year that is asked for: by default that of today."""
        return self.school.schooljaar or norm.schooljaar_for(date.today())  # noqa: DTZ011 - the school's own day

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses that are called."""
        return tuple(url for url in (self.url, self.leerresultaten_url) if url is not None)

    def interval(self) -> float:
        """Seconds between two requests: none on this machine, else a quarter of a second."""
        if self.interval_ms is not None:
            return self.interval_ms / 1000
        return 0.0 if all(map(is_loopback_url, self.addresses)) else 0.25

    def lacking(self, autorisatie: Autorisatie | None = None) -> list[str]:
        """Say what a run cannot do without and is not there: an address, a key, a school.

        Args:
            autorisatie: the header to send, in place of that of the settings.

        Raises:
            ConfigurationError: the file of the key cannot be read.
        """
        found = []
        if not self.addresses:
            found.append("no address: give URL, or url or leerresultaten_url in las.toml")
        if not (autorisatie or self.key()).autorisatiesleutel:
            variable = self.autorisatie.sleutel_variable
            found.append(f"no key: set the variable {variable}, or name a file as autorisatie.sleutel_file in las.toml")
        if not self.school.brincode and not self.school.schoolkey:
            found.append("no school: give brincode or schoolkey in [school] of las.toml")
        return found

    def key(self) -> Autorisatie:
        """Read the key from its file or variable; empty if that is.

        Raises:
            ConfigurationError: the file cannot be read.
        """
        given = self.autorisatie
        return Autorisatie(autorisatiesleutel=given.sleutel(), klantcode=given.klantcode, klantnaam=given.klantnaam)

    def other_key(self) -> str | None:
        """Read the key of another school, if one is configured.

        Raises:
            ConfigurationError: the file cannot be read.
        """
        return (self.andere_sleutel.sleutel() or None) if self.andere_sleutel else None

    def headers(self) -> dict[str, str]:
        """Read the HTTP headers that every request gets: lines `Name: value`, which may be secret.

        Raises:
            ConfigurationError: the file cannot be read, or has another line.
        """
        return {} if self.http_headers_file is None else read_headers(self.http_headers_file)

    def unsupported(self, case_id: str) -> str | None:
        """Say why a case does not apply to this system, if the file does."""
        return reason_for(self.not_supported, case_id)


class Paths(_Part, frozen=True, kw_only=True):
    """Where the services of the referee are reached, as a vendor has them."""

    leerlinggegevens: str = "/leerlinggegevens"
    leerresultaten: str = "/leerresultaten"


class Ea(_Part, frozen=True, kw_only=True):
    """An application under test, as `ea.toml` describes it; that file explains each word."""

    name: str = "EA"
    brincode: str = "99XX"
    min_wait_s: float = 0.5
    slow_s: float = 3.0
    quiet_s: float = 60.0
    paths: Paths = Paths()
    tls: Tls = Tls()
    autorisatie: Sleutel = Sleutel()
    not_supported: NotSupported = {}

    def key(self) -> Autorisatie:
        """Read the key that the application knows, or invent one.

        Raises:
            ConfigurationError: its file cannot be read.
        """
        sleutel = self.autorisatie.sleutel() or secrets.token_hex(16)
        return Autorisatie(
            autorisatiesleutel=sleutel, klantcode=self.autorisatie.klantcode, klantnaam=self.autorisatie.klantnaam
        )

    def path_of(self, service: str) -> str:
        """Give the path of a service."""
        path: str = getattr(self.paths, service)
        return f"/{path.strip('/')}"

    def unsupported(self, case_id: str) -> str | None:
        """Say why a case does not apply to this application, if the file does."""
        return reason_for(self.not_supported, case_id)


def without_files(settings: dict[str, Any]) -> dict[str, Any]:
    """Leave out of settings where files lie, and in which variable a key is."""
    for table, *names in _FILES:
        part = settings.get(table) if table else settings
        for name in names:
            if isinstance(part, dict):
                part.pop(name, None)
    return settings


_FILES: Final = (
    ("", "http_headers_file"),
    ("autorisatie", "sleutel_file", "sleutel_variable"),
    ("andere_sleutel", "sleutel_file", "sleutel_variable"),
    ("tls", "ca", "cert", "key"),
)


def reason_for(declared: NotSupported, case_id: str) -> str | None:
    """Find why a case is not for a system, with what that rests on."""
    found = next((reason for selector, reason in declared.items() if fits(selector, case_id)), None)
    if isinstance(found, Declared):
        return f"{found.reason} ({found.source}: {found.reference})"
    return found


def load(path: Path, kind: type[T], base: Mapping[str, Any] = MappingProxyType({}), **instead: Any) -> T:
    """Read a file of settings; it takes the place of `base`, and `instead` that of what it says.

    Raises:
        ConfigurationError: it cannot be read, or has a word or a value that is not known.
    """
    try:
        given = msgspec.toml.decode(path.read_bytes())
    except OSError as error:
        raise ConfigurationError(f"{path.name} cannot be read: {error.strerror}") from None
    except msgspec.DecodeError as error:
        raise ConfigurationError(f"{path.name} is not TOML: {error}") from None
    return make({**base, **given}, kind, name=path.name, **instead)


def preset(name: str, kind: type[T]) -> Mapping[str, Any]:
    """Give the settings that ship for a product or a claimed role, to begin with.

    Raises:
        ConfigurationError: there are none of this name, or they are for the other role.
    """
    path = EXAMPLES / f"{name}.toml"
    if not re.fullmatch(r"[a-z0-9-]+", name) or not path.exists():
        raise ConfigurationError(f"there is no preset {name}; there are {', '.join(presets(kind))}")
    given: Mapping[str, Any] = msgspec.toml.decode(path.read_bytes())
    make(given, kind, name=path.name)
    return given


def presets(kind: type[Any]) -> list[str]:
    """Names of the presets for a role."""
    found = []
    for path in sorted(EXAMPLES.glob("*.toml")):
        if path.stem in {"las", "ea", "baseline"}:
            continue
        try:
            make(msgspec.toml.decode(path.read_bytes()), kind)
        except ConfigurationError:
            continue
        found.append(path.stem)
    return found


def make(given: Mapping[str, Any], kind: type[T], *, name: str = "the settings", **instead: Any) -> T:
    """Make settings of plain values.

    Raises:
        ConfigurationError: a word or a value that is not known.
    """
    wanted = {**given, **{word: value for word, value in instead.items() if value is not None}}
    try:
        return msgspec.convert(wanted, kind)
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"{name}: {error}") from None


def looks_like_production(url: str) -> bool:
    """Tell whether an address may be a system with real pupils: nothing in its name says that it is for tests."""
    host = (urlsplit(url).hostname or "").casefold()
    if is_loopback_url(url) or host.rpartition(".")[2] in _TEST_SUFFIXES:
        return False
    try:
        return not ipaddress.ip_address(host).is_private
    except ValueError:
        return "." in host and not _TEST_WORDS.search(host)
