"""Each field of the messages says in an editor what it means, and what the schema allows there."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from helpers.field_facts import facts
from uwlr.berichten.tabel import Bericht

MODULES = ("autorisatie", "leerlinggegevens", "leerresultaten", "oso", "toetsdefinities")


class Documented(NamedTuple):
    """A field, and the docstring below it."""

    cls: type[Bericht]
    name: str
    text: str | None


def _documented() -> Iterator[Documented]:
    for name in MODULES:
        module = importlib.import_module(f"uwlr.berichten.{name}")
        for node in ast.parse(inspect.getsource(module)).body:
            cls = getattr(module, node.name) if isinstance(node, ast.ClassDef) else None
            if cls is None or not issubclass(cls, Bericht):
                continue
            for at, below in zip(node.body, [*node.body[1:], None], strict=True):
                if isinstance(at, ast.AnnAssign) and at.target.id in cls.__struct_fields__:
                    there = isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant)
                    yield Documented(cls, at.target.id, inspect.cleandoc(below.value.value) if there else None)


FIELDS = list(_documented())


def test_every_field_is_documented():
    """The five modules of the messages are looked at, and no field is without a meaning."""
    assert len(FIELDS) > 180
    assert [f"{cls.__name__}.{name}" for cls, name, text in FIELDS if not text] == []


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: f"{field.cls.__name__}.{field.name}")
def test_what_is_said_of_a_field_is_so(field):
    """Below a field stands what it means, and then the type, facets and number that the table has for it."""
    meaning, there, rest = " ".join(field.text.split()).partition(facts(field.cls, field.name))

    assert there, f"{field.text!r} does not end with {facts(field.cls, field.name)!r}"
    assert (rest, meaning[-2:]) == ("", ". ")
    assert len(meaning.split()) > 1


class Editor:
    """An editor that asks the language server of basedpyright, which is that of Pylance, over its pipes."""

    def __init__(self, folder: Path) -> None:
        command = [Path(sys.executable).parent / "basedpyright-langserver", "--stdio"]
        self.server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder)
        self.number = 0
        here = {"uri": folder.as_uri(), "name": "here"}
        known = {"workspace": {"configuration": True, "workspaceFolders": True}}
        self.ask("initialize", {"processId": None, "workspaceFolders": [here], "capabilities": known})
        self.send({"method": "initialized", "params": {}})

    def send(self, message: dict[str, Any]) -> None:
        """Send one message."""
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.server.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(data), data))
        self.server.stdin.flush()

    def ask(self, method: str, params: dict[str, Any]) -> Any:
        """Send a request, answer what the server asks meanwhile, and give its result."""
        self.number += 1
        self.send({"id": self.number, "method": method, "params": params})
        while True:
            length = 0
            while line := self.server.stdout.readline().strip():
                name, _, value = line.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            message = json.loads(self.server.stdout.read(length))
            if message.get("id") == self.number and "method" not in message:
                return message["result"]
            if message.get("method") == "workspace/configuration":
                python = {"pythonPath": sys.executable}
                asked = message["params"]["items"]
                result = [python if item.get("section") == "python" else {} for item in asked]
                self.send({"id": message["id"], "result": result})
            elif "id" in message and "method" in message:
                self.send({"id": message["id"], "result": None})

    def close(self) -> None:
        """End it."""
        self.ask("shutdown", {})
        self.send({"method": "exit"})
        self.server.communicate()


def test_an_editor_shows_it(tmp_path):
    """Pointed at a field, the language server shows its type, meaning and facets."""
    code = "from uwlr.berichten import Leerling\n\n\ndef show(leerling: Leerling) -> None:\n    print(leerling.eckid)\n"
    path = tmp_path / "show.py"
    path.write_text(code, "utf-8")
    (tmp_path / "pyrightconfig.json").write_text(json.dumps({"extraPaths": [str(Path(__file__).parents[1] / "src")]}))
    editor = Editor(tmp_path)
    document = {"uri": path.as_uri(), "languageId": "python", "version": 1, "text": code}
    editor.send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
    where = {"textDocument": {"uri": path.as_uri()}, "position": {"line": 4, "character": 22}}

    shown = editor.ask("textDocument/hover", where)["contents"]["value"]

    editor.close()
    assert "the pseudonym of this person" in shown
    assert "EDEXKeyType (1 to 256 characters)" in shown.replace("\\", "").replace("&nbsp;", " ")
