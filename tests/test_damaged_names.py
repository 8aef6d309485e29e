"""Names that an encoding damaged are told from names that only look foreign."""

from __future__ import annotations

import pytest

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
