"""`uwlr nightly`: the work of a night, and `uwlr deliver`: results of one koppeling at once."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from uwlr.cli.database import load_hook, opened, store_option
from uwlr.cli.program import FINDINGS, OK, Command
from uwlr.cli.shared import read_text
from uwlr.cli.speaking import say, say_headed, say_row, tell
from uwlr.errors import ConfigurationError
from uwlr.extras import extra
from uwlr.private_files import private_file, write_private
from uwlr.visible import one_line

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from uwlr.exchange import Notification
    from uwlr.exchange.ledger import Settled


_WORKERS_WITHIN = 20
"""Seconds in which a worker of a Dask cluster has to be there."""


@click.command(cls=Command)
@store_option
@click.option("--apply", "apply_", is_flag=True, help="Apply imports that wait for nobody at once.")
@click.option("--workers", type=click.IntRange(1), default=8, show_default=True, help="Threads, or jobs at once.")
@click.option("--executor", default="threads", show_default=True, help="threads, or dask://HOST:PORT.")
@click.option("--settings", help="TOML file: quiet hours, limits per vendor, attempts, breaker.")
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the summary as JSON.")
@click.option("--connector", help="module:function that makes the clients.")
@click.option("--leden", help="module:function that gives the application's own tables.")
@click.option("--notifier", help="module:function that makes what tells people; by default stderr.")
def nightly(
    store: str,
    cipher: str | None,
    apply_: bool,
    workers: int,
    executor: str,
    settings: str | None,
    json_file: Path | None,
    connector: str | None,
    leden: str | None,
    notifier: str | None,
) -> int:
    """Fetch, plan and deliver for every active koppeling.

    What a run did not do, the next one of the same night does. Exit codes: 0 all in order; 1 an import or a refused
    result waits for a person; 3 a koppeling could not be done.
    """
    from uwlr.exchange.nightly import Nightly, count_due  # noqa: PLC0415 - other commands do without a database
    from uwlr.exchange.policy import Policies, read_policies  # noqa: PLC0415

    if json_file is not None:
        _see_writable(json_file)
    tells = load_hook(notifier)
    for hook in (connector, leden):  # workers import these; what cannot be imported is told before any work
        load_hook(hook)
    with opened(store, cipher) as found:
        due = count_due(found)
    with _executor(executor) as pool, _progress(due) as progress:
        summary = Nightly(
            store,
            policies=read_policies(read_text(settings)) if settings else Policies(),
            apply=apply_,
            workers=workers,
            executor=pool,
            notifier=tells() if tells else _Terminal(),
            progress=progress,
            hooks={"cipher": cipher, "connector": connector, "leden": leden},
        ).run()
    say_headed(str(summary), {OK: "green", FINDINGS: "yellow"}.get(summary.exit_code, "red"))
    if json_file is not None:
        write_private(json_file, msgspec.json.format(msgspec.json.encode(summary)) + b"\n")
    return summary.exit_code


@click.command(cls=Command)
@store_option
@click.argument("koppeling_id", type=int)
@click.option(
    "--again",
    type=click.Choice(["geweigerd", "bezorgd"]),
    multiple=True,
    help="Bring these once more: what was refused, or what a receiver took and does not have. May be repeated.",
)
def deliver(store: str, cipher: str | None, koppeling_id: int, again: tuple[Settled, ...]) -> int:
    """Bring the results of one koppeling now, also those that wait for a pupil to be known."""
    from uwlr.exchange import Deliverer, Koppelingen, Ledger  # noqa: PLC0415

    with opened(store, cipher) as found, found.alone():
        if again:
            Ledger(found).offer_again(koppeling_id, states=again)
        done = Deliverer(found, unknown=None).deliver(Koppelingen(found).get(koppeling_id))
    say(f"bezorgd {done.bezorgd}, geweigerd {done.geweigerd}, wachtend {done.wacht}")
    return FINDINGS if done.geweigerd else OK


@click.command(cls=Command)
@store_option
@click.option("--notifier", required=True, help="module:function that makes what tells people.")
def notify(store: str, cipher: str | None, notifier: str) -> None:
    """Tell people what waits to be told, such as of imports by hand; a night does so too. Prints how much was told."""
    from uwlr.exchange.outbox import Outbox  # noqa: PLC0415

    tells = load_hook(notifier)
    with opened(store, cipher) as found:
        say_row(Outbox(found, tells()).send())


def _see_writable(file: Path) -> None:
    """See before the night that its summary can be kept."""
    try:
        private_file(file)
    except OSError as error:
        raise click.UsageError(f"--json: {file} cannot be written: {error.strerror}") from None


class _Terminal:
    """Tells whoever started the run."""

    def notify(self, notification: Notification) -> None:
        first, _, _ = notification.text.partition("\n")
        tell(f"koppeling {notification.koppeling_id}: {one_line(first)}")


@contextmanager
def _executor(name: str) -> Iterator[Executor | None]:
    if name == "threads":
        yield None
        return
    address = urlsplit(name)
    if address.scheme != "dask" or not address.netloc:
        raise click.UsageError("--executor is threads or dask://HOST:PORT")
    with extra("scale"):
        from distributed import Client  # noqa: PLC0415 - an optional dependency
    try:
        cluster = Client(f"tcp://{address.netloc}", timeout=_WORKERS_WITHIN)  # type: ignore[no-untyped-call]
    except OSError:
        raise ConfigurationError(f"there is no Dask scheduler at {address.netloc}") from None
    with cluster as client:
        try:
            client.wait_for_workers(1, timeout=_WORKERS_WITHIN)
        except TimeoutError:
            raise ConfigurationError(
                f"the Dask cluster at {address.netloc} has no workers: start some with `dask worker {address.netloc}`"
            ) from None
        yield client.get_executor(pure=False)


@contextmanager
def _progress(total: int) -> Iterator[Any]:
    """Show a bar on stderr where somebody is watching."""
    if not sys.stderr.isatty():
        tell(f"{total} koppelingen")
        yield None
        return
    columns = (TextColumn("koppelingen"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total)
        yield lambda done: bar.update(task, completed=done)
