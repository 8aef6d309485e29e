"""One exchange with a fake ESIS, from the coupling to the results, over real HTTP.

Run it with `make demo`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

import uwlr
from uwlr import Autorisatie, UwlrClient, make_verificatiecode
from uwlr.berichten import Leerlinggegevens, LeerlinggegevensAntwoord
from uwlr.errors import ClientFault
from uwlr.testing import make_results

console = Console(highlight=False, soft_wrap=not sys.stdout.isatty())


@contextmanager
def fake_school_systems() -> Iterator[str]:
    """Run `mock-las serve` on a free port of this machine, and give its address."""
    program = str(Path(sys.executable).with_name("mock-las"))
    command = [program, "serve", "--port", "0", "--seed", "7", "--leerlingen", "220"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            line = process.stdout.readline() if process.stdout else ""
            yield line.strip().removeprefix("MOCK_LAS_URL=")
        finally:
            process.terminate()


def control(method: str, url: str, body: object = None) -> Any:
    """Use the control API of the fakes."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)  # noqa: S310
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        return json.load(answer)


class Steps:
    """Prints what happens, with the milliseconds it took, and shows a bar while it does."""

    def __init__(self) -> None:
        self.milliseconds: dict[str, float] = {}

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        """Time one step."""
        bar = Progress(
            TextColumn("  {task.description}"), BarColumn(), TimeElapsedColumn(), console=console, transient=True
        )
        started = time.perf_counter()
        if console.is_terminal:
            with bar:
                bar.add_task(text, total=None)
                yield
        else:
            yield
        took = self.milliseconds[text] = (time.perf_counter() - started) * 1000
        console.print(f"  [green]✓[/] {text} [dim]{took:.0f} ms[/]")


def main() -> int:
    """Play the exchange; 0 if all went as it should."""
    console.print("[bold]An educational application and a fake ESIS exchange UWLR 2.2 messages over HTTP.[/]\n")
    steps = Steps()
    with fake_school_systems() as base:
        [esis] = [system for system in control("GET", f"{base}/__mock__/vendors") if system["name"] == "esis"]
        brincode, dependancecode, schooljaar = esis["brincode"], esis["dependancecode"], esis["schooljaar"]

        with steps.step("the school invents a verificatiecode and activates the coupling"):
            code = make_verificatiecode(brincode, dependancecode)
            control("PUT", f"{base}/__mock__/couplings/esis", {"autorisatiesleutel": code})
        autorisatie = Autorisatie(
            autorisatiesleutel=code,
            klantcode=esis["autorisatie"]["klantcode"],
            klantnaam=esis["autorisatie"]["klantnaam"],
        )
        school = {"schooljaar": schooljaar, "brincode": brincode, "dependancecode": dependancecode}
        las = UwlrClient(
            esis["leerlinggegevens_url"], autorisatie=autorisatie, leerresultaten_url=esis["leerresultaten_url"]
        )

        with steps.step("probe: endpoint, key, school and version"):
            probe = las.probe(**school)
        for check in probe.checks:
            console.print(f"    [dim]{check.subject}: {check.verdict}, {check.text}[/]")
        if probe.verdict == "failed":
            return 1

        with steps.step("fetch the roster"):
            roster = las.haal_leerlinggegevens(**school)
        if not isinstance(roster, Leerlinggegevens):
            console.print("  the LAS has nothing for this school")
            return 1

        with steps.step("validate it, with every rule"):
            report = uwlr.validate(uwlr.write(LeerlinggegevensAntwoord(inhoud=roster)))
        report.raise_for_errors()

        groep = next(groep for groep in roster.groepen if getattr(groep, "jaargroep", None) == "6")
        results = make_results(roster, groep_key=groep.key, seed=7)
        with steps.step(f"deliver the results of groep {groep.naam}, with norms and colours"):
            las.breng_leerresultaten(results)
        first = control("GET", f"{base}/__mock__/state")["vendors"]["esis"]["results"]

        with steps.step("deliver them again"):
            las.breng_leerresultaten(results)
        again = control("GET", f"{base}/__mock__/state")["vendors"]["esis"]["results"]
        console.print(f"    after once {first} results, after twice {again}: nothing is doubled")

        stranger = UwlrClient(
            esis["leerlinggegevens_url"],
            autorisatie=Autorisatie(
                autorisatiesleutel=make_verificatiecode(brincode, dependancecode),
                klantcode=autorisatie.klantcode,
                klantnaam=autorisatie.klantnaam,
            ),
        )
        with steps.step("try a wrong key"):
            try:
                stranger.haal_leerlinggegevens(**school)
            except ClientFault as fault:
                refused = str(fault.code)
            else:
                refused = ""
        console.print(f"    refused: {refused}")

    table = Table(title="What was exchanged", title_justify="left")
    for heading in ("systems", "leerlingen", "groepen", "leerkrachten", "resultaten", "milliseconds"):
        table.add_column(heading, justify="left" if heading == "systems" else "right")
    table.add_row(
        f"{esis['title']} {brincode}",
        str(len(roster.leerlingen)),
        str(len(roster.groepen)),
        str(len(roster.leerkrachten)),
        str(again),
        f"{sum(steps.milliseconds.values()):.0f}",
    )
    console.print()
    console.print(table)
    serve = Path(sys.executable).with_name("mock-las")
    serve = serve.relative_to(Path.cwd()) if serve.is_relative_to(Path.cwd()) else serve
    console.print("\nNext: README.md for the library; to test your own application against the fakes:")
    console.print(f"  {serve} serve", soft_wrap=True)
    return 0 if first == again and refused == "Client.AutorisatieOngeldig" else 1


if __name__ == "__main__":
    sys.exit(main())
