"""Names that an encoding damaged are told from names that only look foreign."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from uwlr.damaged_names import damage


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("MÃ¼ller", "mojibake"),
        ("RenÃ©e", "mojibake"),
        ("Ã‡elik", "mojibake"),
        ("â€™t Hart", "mojibake"),
        ("M├╝ller", "mojibake"),
        ("ÃƒÂ¼", "mojibake"),
        ("Zo\x91", "mojibake"),
        ("Zo\ufffd", "replacement"),
        ("Jan\u2400", "replacement"),
        ("d&apos;Hond", "entity"),
        ("Ren&eacute;", "entity"),
        ("Ren&#233;", "entity"),
        ("Ren&#xE9;", "entity"),
        ("Vries\u200b", "invisible"),
        ("\u00a0Vries", "invisible"),
        ("Bos\u00admans", "invisible"),
        ("\ufeffBos", "invisible"),
        ("M?ller", "question-mark"),
    ],
)
def test_damage_has_its_kind(name, kind):
    """Each way in which a name is damaged is told by its kind."""
    assert kind in damage(name)


@pytest.mark.parametrize(
    "name",
    [
        "Müller",
        "Zoë",
        "São",
        "Ångström",
        "Łukasz",
        "Çelik",
        "Ğülşen",
        "D\u2019Hondt",
        "'t Hart",
        "Weiß",
        "Ĳsselstein",
        "Ÿsselstein",
        "Nguyễn",
        "王小明",
        "محمد",
        "Björn-Åke",
        "van den Berg",
        "O'Neill",
        "Bos & Vos",
        "Groep 3/4",
        "Éléonore",
        "Ñandú",
    ],
)
def test_a_whole_name_is_left_alone(name):
    """Accents, other scripts, apostrophes and a single ampersand are no damage."""
    assert damage(name) == ()


LETTERS = (
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ' -."
    "àáâäåæçèéêëìíîïñòóôöøùúûüýÿßÀÁÄÅÆÇÈÉËÍÑÓÖØÚÜ"
    "ğ\u0131İşŞłčćđőűățș\u0408\u043e\u0432\u0430\u043d\u0393\u03b9\u03ac\u03bd\u0645\u062d\u0645\u062f"
)
"""Without the letters that code page 1252 has between 80 and 9F, which make some words ambiguous."""
NAMES = st.text(LETTERS, min_size=1, max_size=30)


@settings(deadline=None)
@given(NAMES)
def test_any_whole_name_is_left_alone(name):
    """Letters of any script, with apostrophes, hyphens, dots and spaces, are no damage."""
    assert damage(name) == ()


@settings(deadline=None)
@given(NAMES, st.sampled_from(["cp1252", "latin-1", "cp850"]))
def test_utf8_read_as_another_encoding_is_seen(name, encoding):
    """A name with a letter outside ASCII, written in UTF-8 and read as something else."""
    assume(not name.isascii())
    assume(encoding != "cp850" or "\u0408" not in name)  # which that page shows as two letters
    try:
        read = name.encode().decode(encoding)
    except UnicodeDecodeError:
        assume(False)
    assert "mojibake" in damage(read)


@settings(deadline=None)
@given(NAMES, st.integers(0, 30), st.sampled_from("\u200b\u200e\ufeff\u00a0\u00ad\x1f\ufffd\u2400\u241b"))
def test_what_does_not_belong_in_a_name_is_seen_anywhere(name, place, character):
    """A character that nobody sees or that stands for another, at any place in a name."""
    place = min(place, len(name))
    found = damage(name[:place] + character + name[place:])
    assert ("replacement" if character in "\ufffd\u2400\u241b" else "invisible") in found


@settings(deadline=None)
@given(NAMES)
def test_a_letter_replaced_by_a_question_mark_is_seen(name):
    """As ASCII has it: every other letter becomes a question mark."""
    assume(not name.isascii() and any(c.isalpha() and c.isascii() for c in name))
    asked = name.encode("ascii", "replace").decode()
    assume(any((a.isalnum() and b == "?") or (a == "?" and b.isalnum()) for a, b in pairwise(asked)))
    assert "question-mark" in damage(asked)
