"""The program `uwlr`: which commands there are. Each is imported when it is called.

A new command is one line in `COMMANDS`: its name, where its click command is, and a sentence for the list.
"""

from __future__ import annotations

from typing import Final

import click

from uwlr.cli.help_language import program_lang_option
from uwlr.cli.program import Entry, Program

COMMANDS: Final = {
    "validate": Entry("uwlr.cli.validate:validate", "Find every defect of a message."),
    "explain": Entry("uwlr.cli.explain:explain", "Explain a rule, a fault code or a term."),
    "rules": Entry("uwlr.cli.rules:rules", "List the rules of the validator."),
    "fetch": Entry("uwlr.cli.fetch:fetch", "Fetch a roster, or a part of it, from a LAS."),
    "send": Entry("uwlr.cli.send:send", "Bring results to a LAS."),
    "probe": Entry("uwlr.cli.probe:probe", "Tell whether a coupling is in order."),
    "convert": Entry("uwlr.cli.convert:convert", "Convert between UWLR, EDEXML, JSON, CSV and Excel."),
    "format": Entry("uwlr.cli.format:format_", "Write a message with each element on a line of its own."),
    "store": Entry("uwlr.cli.database:store", "Make, upgrade and prune the store of the exchange."),
    "koppeling": Entry("uwlr.cli.koppeling_commands:koppeling", "Add, enable, pause and end koppelingen."),
    "import": Entry("uwlr.cli.import_commands:importing", "Plan, review and apply the import of a roster."),
    "leden": Entry("uwlr.cli.members:leden", "List and search whom imports brought, and take people back."),
    "persoon": Entry("uwlr.cli.person_commands:persoon", "Show all that is kept about a pupil, or erase it."),
    "nightly": Entry("uwlr.cli.nights:nightly", "Fetch, plan and deliver for every active koppeling."),
    "deliver": Entry("uwlr.cli.nights:deliver", "Bring the results of one koppeling now."),
    "notify": Entry("uwlr.cli.nights:notify", "Tell people what waits to be told."),
    "conformance": Entry("uwlr.cli.conformance:conformance", "Judge a real LAS, requirement by requirement."),
    "record": Entry("uwlr.cli.record_traffic:record", "Record what passes between an application and a LAS."),
    "anonymise": Entry("uwlr.cli.anonymise:anonymise", "Make messages that anybody may see out of real ones."),
    "drift": Entry("uwlr.cli.drift:drift", "Tell how two systems differ: recordings, fakes, vendors."),
    "generate": Entry("uwlr.cli.generate:generate", "Make synthetic data."),
    "completion": Entry("uwlr.cli.completion:completion", "Let the shell complete commands and options."),
}


@click.group(cls=Program, entries=COMMANDS)
@click.version_option(package_name="uwlr", message="%(prog)s %(version)s")
@program_lang_option
def main() -> None:
    """UWLR messages: fetch, send, check, convert, make.

    Results go to stdout, everything else to stderr; the file `-` is stdin. A key comes from a file or a variable,
    never from an argument.
    """
