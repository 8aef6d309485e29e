"""`uwlr store`, and how other commands open it."""

from __future__ import annotations

import getpass
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import click

from uwlr.cli.program import Commands
from uwlr.cli.shared import sign_of_life
from uwlr.cli.speaking import say_row, tell
from uwlr.errors import ConfigurationError
from uwlr.loading import load

if TYPE_CHECKING:
    from uwlr.exchange import Store
    from uwlr.exchange.column_types import Cipher

F = TypeVar("F", bound=Callable[..., Any])


def store_option(command: F) -> F:
    """Add the options that name the store; the command gets its URL as `store` and the hook as `cipher`."""
    cipher = click.option(
        "--cipher", envvar="UWLR_CIPHER", show_envvar=True, help="module:function that makes the store's cipher."
    )
    store = click.option(
        "--store",
        envvar="UWLR_STORE",
        show_envvar=True,
        default="uwlr.db",
        show_default=True,
        help="File of SQLite, or URL of PostgreSQL; one with a password goes into the variable.",
    )
    return store(cipher(command))


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run as nobody known
        return "uwlr"


def door_option(command: F) -> F:
    """Add the option that says who does something; the command gets it as `door`."""
    who = "Who does it; by default the user of the shell."
    return click.option("--door", envvar="UWLR_DOOR", show_envvar=True, default=_user, help=who)(command)


def load_hook(place: str | None) -> Any:
    """Import what an option names as `module:function`; None if it is not given.

    Raises:
        click.UsageError: it cannot be imported.
    """
    try:
        return load(place)
    except ConfigurationError as error:
        raise click.UsageError(str(error)) from None


@contextmanager
def opened(url: str, cipher: str | None) -> Iterator[Store]:
    """Open a store of this version."""
    from uwlr.client import LongKeyWarning  # noqa: PLC0415
    from uwlr.exchange import Store  # noqa: PLC0415 - other commands do without a database

    warnings.simplefilter("ignore", LongKeyWarning)  # `enable` tells it, and not every night
    with _explained(), Store(url, cipher=_cipher(cipher)) as found:
        found.check()
        yield found


def _cipher(place: str | None) -> Cipher | None:
    hook = load_hook(place)
    made: Cipher | None = hook() if hook else None
    return made


@contextmanager
def _explained() -> Iterator[None]:
    """Tell people in Dutch too what is wrong with a cipher."""
    from uwlr.exchange.store_cipher import WrongCipher  # noqa: PLC0415

    try:
        yield
    except WrongCipher as error:
        tell(error.uitleg)
        raise


@click.group(cls=Commands)
def store() -> None:
    """The store of koppelingen, plans and results."""


@store.command()
@store_option
def upgrade(store: str, cipher: str | None) -> None:
    """Make the tables of the store, or bring them up to this version."""
    from uwlr.exchange import Store  # noqa: PLC0415

    with _explained(), Store(store, cipher=_cipher(cipher)) as found:
        found.upgrade()
    tell("The store is of this version.")


@store.command()
@store_option
@click.option("--new-cipher", required=True, help="module:function that makes the cipher it gets.")
def rekey(store: str, cipher: str | None, new_cipher: str) -> None:
    """Encrypt the whole store with another cipher, or one that had none; all of it or nothing.

    --cipher is the one it has. After a kill it is run again as it was. What runs with the old cipher is refused from
    then on.
    """
    from uwlr.exchange import Store  # noqa: PLC0415

    new = _cipher(new_cipher)
    if new is None:
        raise click.UsageError("--new-cipher makes no cipher")
    with _explained(), Store(store, cipher=_cipher(cipher)) as found:
        found.check_version()
        with sign_of_life("Encrypting"):
            changed = found.rekey(new)
    tell("The store is encrypted with the new cipher." if changed else "The store had the new cipher already.")


@store.command()
@store_option
@click.option(
    "--results",
    type=click.IntRange(0),
    envvar="UWLR_KEEP_RESULTS",
    show_envvar=True,
    help="Days after which delivered and refused results go.",
)
@click.option(
    "--plans",
    type=click.IntRange(0),
    envvar="UWLR_KEEP_PLANS",
    show_envvar=True,
    help="Days after which applied plans and events go.",
)
@click.option(
    "--leden",
    type=click.IntRange(0),
    envvar="UWLR_KEEP_LEDEN",
    show_envvar=True,
    help="Days after which deactivated groups and persons go.",
)
def prune(store: str, cipher: str | None, **days: int | None) -> None:
    """Delete what was kept long enough; what can still be delivered stays."""
    kept = {name: timedelta(days=count) for name, count in days.items() if count is not None}
    if not kept:
        raise click.UsageError("give --results, --plans, --leden, or several of them")
    with opened(store, cipher) as found:
        gone = found.prune(**kept)
    for name, count in gone.items():
        say_row(name, count)
