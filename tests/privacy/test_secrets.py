"""Keys and passwords come from files and variables, never from the command line; nothing that holds one shows it."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator

import click
import msgspec
import pytest
from click.testing import CliRunner

import mock_las
import mock_las.cli
import uwlr
from uwlr.berichten.tabel import Bericht
from uwlr.cli import main

SECRET = re.compile(r"sleutel|key|password|wachtwoord|secret|token|header", re.IGNORECASE)
PUBLIC = {"schoolkey"}
"""A name that both sides agreed on for a school: no secret."""

HOLDERS = {
    *("autorisatiesleutel", "soapkey", "headers", "http_headers", "body", "chunks", "request", "answer"),
    *("leerling", "leerlingid", "leerlingnummers", "achternaam", "roepnaam"),
}
"""Fields that hold a key, bytes of a message or a person; a message itself shows nothing personal."""

WITHOUT = {
    "mock_las.routes.Route",  # a class
    "mock_las.vendors.vendor_traits.Traits",  # names of headers
    "uwlr.codec.soap_reading.Opened",  # elements of lxml, which show their name
    "uwlr.conformance.outcomes.Evidence",  # is redacted when it is made
    "uwlr.recorded.recorded_exchange.Passed",  # as it was written: nothing in it is of a person
    "uwlr.recorded.recorded_exchange.RecordedExchange",  # the same
    "uwlr.testing.names.Persoon",  # made up
}
"""Classes with such a field that show nothing of it all the same."""


def _commands(command: click.Command, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    if not isinstance(command, click.Group):
        yield words, command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        assert found is not None
        yield from _commands(found, (*words, name))


COMMANDS = [*_commands(main, ("uwlr",)), *_commands(mock_las.cli.main, ("mock-las",))]


@pytest.mark.parametrize(("words", "command"), COMMANDS, ids=[" ".join(words) for words, _ in COMMANDS])
def test_no_option_takes_a_secret(words, command):
    """An option or argument about a key names a file or a directory, or is none at all."""
    for parameter in command.params:
        names = [*parameter.opts, parameter.name or ""]
        if any(SECRET.search(name) for name in names) and parameter.name not in PUBLIC:
            described = f"{getattr(parameter, 'help', '')} {' '.join(names)}"
            assert re.search(r"\bfile\b|-file|_file", described, re.IGNORECASE) or isinstance(
                parameter.type, click.Path
            ), f"{' '.join(words)} {names}"


def test_every_command_is_looked_at():
    """The list above has the commands of both programs, groups within groups too."""
    names = {" ".join(words) for words, _ in COMMANDS}
    assert {"uwlr fetch leerlinggegevens", "uwlr koppeling enable", "uwlr conformance run", "mock-las pull"} <= names


@pytest.mark.parametrize(
    "arguments",
    [
        ("store", "upgrade", "--store", "postgresql://app:Kanarie7q@db.example/uwlr"),
        ("nightly", "--store=postgresql://db.example/uwlr?password=Kanarie7q"),
        ("fetch", "leerlinggegevens", "https://app:Kanarie7q@las.example/"),
    ],
)
def test_a_password_in_an_address_is_refused(arguments):
    """Whoever writes a password on the command line is told where it belongs; it is not repeated."""
    done = CliRunner().invoke(main, list(arguments))
    assert done.exit_code == 2
    assert "variable" in done.stderr
    assert "Kanarie7q" not in done.output


def _records() -> Iterator[type]:
    for package in (uwlr, mock_las):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not re.search(r"__main__|\.migrations\.|test_conformance", found.name):
                module = importlib.import_module(found.name)
                for cls in vars(module).values():
                    if inspect.isclass(cls) and cls.__module__ == module.__name__:
                        yield cls


def _fields(cls: type) -> tuple[str, ...]:
    if issubclass(cls, msgspec.Struct) and not issubclass(cls, Bericht):
        return cls.__struct_fields__
    return getattr(cls, "_fields", ()) if issubclass(cls, tuple) else ()


def _own_repr(cls: type) -> bool:
    made = cls.__repr__
    return made is not msgspec.Struct.__repr__ and getattr(made, "__module__", "").startswith(("uwlr", "mock_las"))


def test_records_with_a_key_or_a_message_have_a_repr_of_their_own():
    """What holds a key, a body or a person says in its own words what may be seen of it, in each module there is."""
    bare = {
        f"{cls.__module__}.{cls.__qualname__}"
        for cls in _records()
        if HOLDERS.intersection(_fields(cls)) and not _own_repr(cls)
    }
    assert bare == WITHOUT


def test_rich_shows_no_more_than_a_repr():
    """Where a record has a repr of its own, rich does not show its fields after all, as it would by itself."""
    records = [cls for cls in _records() if issubclass(cls, msgspec.Struct) and _own_repr(cls)]
    assert len(records) > 20
    assert [cls for cls in records if cls.__rich_repr__ is msgspec.Struct.__rich_repr__] == []
