"""Help in Dutch: for whom it is, and that all of it is there."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner
from tools import help_catalogue

NAMES = re.compile(r"\{\w+[^}]*\}|%\(\w+\)s")


def shown(program: str, *arguments: str, **environment: str) -> str:
    """What a program says, in an environment with no language but what is given."""
    nothing = dict.fromkeys(["LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG", "UWLR_LANG"])
    return CliRunner().invoke(help_catalogue.PROGRAMS[program], arguments, env=nothing | environment).output


@pytest.mark.parametrize("program", help_catalogue.PROGRAMS)
@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        (["--lang", "nl", "-h"], {}),
        (["-h", "--lang=nl"], {"LANG": "en_GB.UTF-8"}),
        (["--lang", "en", "-h", "--lang", "nl"], {}),
        (["-h"], {"UWLR_LANG": "nl", "LC_ALL": "en_GB.UTF-8"}),
        (["-h"], {"LANG": "nl_NL.UTF-8"}),
        (["-h"], {"LC_ALL": "nl_BE.UTF-8", "LANG": "en_GB.UTF-8"}),
    ],
    ids=["option", "option after", "the last", "variable", "locale", "locale of Belgium"],
)
def test_help_is_dutch_for_who_asks_or_lives_in_it(program, arguments, environment):
    """By --lang wherever it stands, by UWLR_LANG, and by the locale."""
    said = shown(program, *arguments, **environment)

    assert "Gebruik: " in said
    assert "Toon de versie en stop." in said
    assert "Exitcodes:" in said
    assert "Opdrachten:" in said


@pytest.mark.parametrize("program", help_catalogue.PROGRAMS)
@pytest.mark.parametrize(
    ("arguments", "environment"),
    [([], {}), ([], {"LANG": "de_DE.UTF-8"}), (["--lang", "en"], {"LANG": "nl_NL.UTF-8"}), ([], {"UWLR_LANG": "en"})],
    ids=["nothing", "another locale", "option", "variable"],
)
def test_help_is_english_for_all_others(program, arguments, environment):
    """Nobody gets Dutch who did not ask for it."""
    said = shown(program, *arguments, "-h", **environment)

    assert "Usage: " in said
    assert "Show the version and exit." in said


def test_wrong_use_is_told_in_dutch():
    """Also what click says of a wrong option or argument; its older versions have other words for some of it."""
    assert "\nFout: " in shown("uwlr", "koppeling", "list", "--kleur", "--lang", "nl")
    assert "Er ontbreekt een argument 'FILE...'" in shown("uwlr", "--lang", "nl", "validate")


def test_the_language_of_a_program_is_that_of_what_its_commands_find(tmp_path):
    """What stands before a command goes for it too, unless it says otherwise itself."""
    file = tmp_path / "verzoek.xml"
    file.write_text("<geen/>", "utf-8")
    default = shown("uwlr", "validate", str(file))
    english = shown("uwlr", "--lang", "en", "validate", str(file))

    assert default != english
    assert shown("uwlr", "--lang", "nl", "validate", str(file)) == default
    assert shown("uwlr", "--lang", "nl", "validate", "--lang", "en", str(file)) == english
    assert shown("uwlr", "validate", str(file), UWLR_LANG="en") == english


def test_one_language_does_not_stay_for_the_next():
    """In one process each call speaks its own language, as where the program is called by another."""
    words = [shown("uwlr", *lang, "validate", "-h") for lang in ([], ["--lang", "nl"], [])]

    assert words[0] == words[2]
    assert ("Show this message" in words[0], "Toon deze tekst" in words[1]) == (True, True)


def test_every_text_has_dutch():
    """Each paragraph of the help of each command and option; `make catalogue` adds the absent ones, to be written."""
    catalogue = help_catalogue.read()

    assert help_catalogue.untranslated(catalogue) == []
    assert not [message.id for message in catalogue if message.id and message.fuzzy]


def test_no_dutch_is_left_of_what_is_gone():
    """The catalogue has no text that no program has."""
    ours = {text for text, _ in help_catalogue.texts()}
    kept = {message.id for message in help_catalogue.read() if message.id and message.auto_comments != ["click"]}

    assert kept <= ours


def test_dutch_has_the_values_of_the_english():
    """What is filled in, in a text, is filled in in both languages, by the same names."""
    for message in help_catalogue.read():
        english = message.id if isinstance(message.id, tuple) else (message.id,)
        dutch = message.string if isinstance(message.string, tuple) else (message.string,)
        for text, translated in zip(english, dutch, strict=True):
            if translated:
                assert sorted(NAMES.findall(text)) == sorted(NAMES.findall(translated)), text


def test_what_gettext_reads_is_what_people_read():
    """messages.mo is made of messages.po."""
    assert help_catalogue.MO.read_bytes() == help_catalogue.compiled(help_catalogue.read())


def test_a_program_without_words_still_says_what_it_has():
    """A call with nothing at all shows the list of commands, and one that ends with --lang what is absent."""
    assert "Commands:" in shown("uwlr")
    assert "Option '--lang' requires an argument." in shown("uwlr", "rules", "--lang")
