"""docs/client.md: its code runs, and its loggers are those of the code."""

from __future__ import annotations

import asyncio
import logging
import re
import ssl
from pathlib import Path

import httpx
import pytest
import requests

from uwlr.berichten import Autorisatie, GeenGegevens
from uwlr.client import AnswerEvent, AsyncUwlrClient, UwlrClient

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "client.md").read_text("utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def levels():
    """Give loggers their levels back."""
    loggers = [logging.getLogger(), logging.getLogger("uwlr.client")]
    before = [(logger, logger.level, list(logger.handlers)) for logger in loggers]
    yield
    for logger, level, handlers in before:
        logger.setLevel(level)
        logger.handlers[:] = handlers


def test_the_code_of_the_page_runs(tls_parrot, authority, antwoord, tmp_path, monkeypatch, levels, capsys):
    """One block after the other, each client that it makes asks a LAS over TLS that wants a client certificate."""
    monkeypatch.chdir(tmp_path)
    mine = authority.issue_cert("ea.example")
    authority.cert_pem.write_to_path("authority.pem")
    mine.private_key_pem.write_to_path("client.key")
    Path("client.pem").write_bytes(b"".join(blob.bytes() for blob in mine.cert_chain_pems))
    bird = tls_parrot(client_ca=authority)
    bird.says(antwoord("<geengegevens/>"))
    klant = Autorisatie(autorisatiesleutel="s" * 20, klantcode="k", klantnaam="k")
    names = {"url": bird.url, "autorisatie": klant, "ssl": ssl, "httpx": httpx, "requests": requests}
    names |= {"UwlrClient": UwlrClient, "AsyncUwlrClient": AsyncUwlrClient, "logging": logging}
    names["AnswerEvent"] = AnswerEvent
    school = {"schooljaar": "2025-2026", "brincode": "99QQ"}

    for block in BLOCKS:
        names.pop("las", None)
        exec(compile(block.replace("name:password@proxy.example:8080", "127.0.0.1:9"), "client.md", "exec"), names)  # noqa: S102 - our own page
        match names.get("las"):
            case UwlrClient() as las if "proxy=" not in block:
                assert isinstance(las.haal_leerlinggegevens(**school), GeenGegevens)
                las.close()
            case AsyncUwlrClient() as las:
                assert isinstance(asyncio.run(las.haal_leerlinggegevens(**school)), GeenGegevens)

    assert len(bird.heard) == 4
    assert "HaalLeerlinggegevens" in capsys.readouterr().out


def test_the_loggers_of_the_page_are_those_of_the_code():
    """Each logger in the sources stands in the table, and no other."""
    found: set[str] = set()
    for path in (ROOT / "src").rglob("*.py"):
        text = path.read_text("utf-8")
        module = ".".join(path.relative_to(ROOT / "src").with_suffix("").parts)
        for name in re.findall(r"^_log.* = logger\((.+)\)", text, re.MULTILINE):
            found.add(module if name == "__name__" else name.strip('"'))
    assert set(re.findall(r"^\| `([\w.]+)`", PAGE, re.MULTILINE)) == found
