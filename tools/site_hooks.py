"""What mkdocs adds to the pages: tables made from the code, and links to files that are no pages.

A page asks for a table by a remark, such as `<!-- commands -->`.
"""

from __future__ import annotations

import posixpath
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

import mock_ea.ea_commands
import mock_las.cli
import uwlr.cli

ROOT = Path(__file__).parent.parent
PROGRAMS = {"uwlr": uwlr.cli.main, "mock-las": mock_las.cli.main, "mock-ea": mock_ea.ea_commands.main}
REPOSITORY = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["metadata"]["hooks"][
    "custom"
]["repository"]
_LINK = re.compile(r"\[([^\]]*)\]\((?!https?://|#)([^)#\s]+)(#[^)\s]*)?\)")


def on_config(config: Any) -> Any:
    """Give the site the address of the repository, if it is known."""
    if REPOSITORY:
        config["repo_url"] = REPOSITORY
    return config


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Put tables where a page asks for them, and mend links that leave the site."""
    for name, make in TABLES.items():
        markdown = markdown.replace(f"<!-- {name} -->", "\n".join(make()))
    here = posixpath.dirname(page.file.src_uri)

    def mend(found: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join("docs", here, found[2]))
        if target.startswith("docs/") and (ROOT / target / "README.md").is_file():
            return f"[{found[1]}]({found[2].rstrip('/')}/README.md{found[3] or ''})"
        if target.startswith("docs/") or not (ROOT / target).exists():
            return found[0]  # mkdocs says so if there is no such page
        return f"[{found[1]}]({REPOSITORY}/blob/main/{target})" if REPOSITORY else found[1]

    return _LINK.sub(mend, markdown)


def commands() -> Iterator[str]:
    """Every command of the three programs, with its help."""
    for program, command in PROGRAMS.items():
        for words, found in _walk((program,), command):
            if isinstance(found, click.Group) and len(words) > 1:
                continue
            context = click.Context(found, info_name=" ".join(words))
            yield from (f"## {' '.join(words)}", "", "```text", found.get_help(context), "```", "")


def variables() -> Iterator[str]:
    """Every environment variable that an option reads."""
    seen: dict[str, tuple[str, set[str]]] = {}
    for program, command in PROGRAMS.items():
        for words, found in _walk((program,), command):
            for parameter in found.params:
                names = [parameter.envvar] if isinstance(parameter.envvar, str) else parameter.envvar or []
                for name in names:
                    text = getattr(parameter, "help", None) or f"{parameter.human_readable_name}"
                    seen.setdefault(name, (text, set()))[1].add(" ".join(words))
    yield "| variable | what | read by |"
    yield "|---|---|---|"
    for name, (text, readers) in sorted(seen.items()):
        cell, programs = text.replace("|", r"\|"), ", ".join(f"`{reader}`" for reader in sorted(readers))
        yield f"| `{name}` | {cell} | {programs} |"


def _walk(words: tuple[str, ...], command: click.Command) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield words, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            if found is not None:
                yield from _walk((*words, name), found)


TABLES: dict[str, Callable[[], Iterator[str]]] = {"commands": commands, "variables": variables}
