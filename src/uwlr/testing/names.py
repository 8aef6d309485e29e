"""Names as a Dutch school knows them: many origins, prefixes, diacritics. No one in particular."""

# ruff: noqa: RUF001 - a Turkish i without a dot is meant to be one

from __future__ import annotations

import unicodedata
from typing import Final, NamedTuple

from uwlr.berichten import Geslacht
from uwlr.testing.dice import Dice


class Persoon(NamedTuple):
    """A made-up person, in the fields that pupils and staff share."""

    roepnaam: str
    voorletters: str
    voorvoegsel: str | None
    achternaam: str
    geslacht: Geslacht


class _Origin(NamedTuple):
    share: int
    jongens: tuple[str, ...]
    meisjes: tuple[str, ...]
    achternamen: tuple[str, ...]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.split(","))


# An achternaam with a voorvoegsel is written as voorvoegsel|achternaam.
_ORIGINS: Final = (
    _Origin(
        62,
        _words(
            "Daan Sem Lucas Levi Finn Noud Luuk Milan Bram Mees Thijs Jesse Sam Teun Ties Gijs Lars Julian Ruben Siem "
            "Stijn Tygo Hugo Jurre Pepijn Floris Joep Koen Niels Sven Tim Wout Rens Guus Dirk-Jan André Noël Job Boaz"
        ),
        _words(
            "Emma Julia Mila Sophie Tess Zoë Sara Nora Eva Liv Lotte Saar Noor Fenna Evi Yara Anna Roos Fleur Lieke "
            "Noëlle Chloë Renée Desirée Anne-Fleur Jasmijn Maud Puck Floor Isa Lynn Bente Merel Veerle Sanne Iris Eline"
        ),
        _lines(
            "de|Jong, Jansen, de|Vries, van den|Berg, van|Dijk, Bakker, Janssen, Visser, Smit, Meijer, de|Boer, Mulder,"
            "de|Groot, Bos, Vos, Peters, Hendriks, van|Leeuwen, Dekker, Brouwer, de|Wit, Dijkstra, Smits, de|Graaf,"
            "van der|Meer, van der|Linden, Kok, Jacobs, de|Haan, Vermeulen, van den|Heuvel, van der|Veen, Schouten,"
            "van|Beek, Willems, van|Vliet, van der|Heijden, Koster, Prins, Blom, Huisman, Peeters, de|Bruijn, Kuipers,"
            "van der|Wal, Maas, Verhoeven, ter|Horst, ten|Brink, in 't|Veld, van 't|Hof, op den|Kamp, op de|Beeck,"
            "Coenen, Daniëls, Hoekstra, Postma, Zijlstra, Brinkman, Goossens, Bär, Crébas, d'|Hondt, uit den|Bogaard"
        ),
    ),
    _Origin(
        9,
        _words("Emir Yusuf Mehmet Şükrü Ömer Kaan Çınar Umut Görkem Eren Barış Özgür İbrahim Ali"),
        _words("Elif Zeynep Ayşe Defne Gül Ceylin İrem Büşra Nisa Öykü Esra Çiğdem Melek Sıla"),
        _lines("Yılmaz, Kaya, Demir, Çelik, Şahin, Öztürk, Aydın, Özdemir, Arslan, Doğan, Kılıç, Güneş, Koç, Yıldız"),
    ),
    _Origin(
        9,
        _words("Mohamed Adam Ayoub Bilal Ilyas Younes Zakaria Hamza Amine Ismaïl Naïm Othmane"),
        _words("Fatima Aïcha Yasmina Hajar Nour Salma Amira Loubna Imane Maryam Safaâ Dounia"),
        _lines("El|Amrani, El|Idrissi, Bouzidi, Ben|Salah, Aït|Taleb, Benali, El|Khattabi, Azzouzi, Bennani, Ziani"),
    ),
    _Origin(
        6,
        _words("Jayden Rishi Dion Gianni Ravi Xavi Clifton Darryl Sherwin Raoul"),
        _words("Naomi Priya Shanaya Jaëlle Kimora Anjali Deborah Joëlle Chanel Sharon"),
        _lines(
            "Ramdin, Mohan, Pinas, Kartosen, Sewdajal, Martina, Croes, da|Silva, Emanuelson, Rasoelbaks, Wijngaarde"
        ),
    ),
    _Origin(
        5,
        _words("Jakub Kacper Łukasz Mateusz Oleksandr Jiří Ionuţ Ștefan Miloš Bartosz"),
        _words("Zofia Małgorzata Oliwia Oleksandra Ioana Željka Anežka Kateřina Daryna Agnieszka"),
        _lines("Nowak, Wójcik, Kowalczyk, Zieliński, Šimić, Dvořák, Shevchenko, Popescu, Ivanov, Łuczak, Jovanović"),
    ),
    _Origin(
        5,
        _words("Sjoerd Wytse Jelle Hidde Jorrit Tjeerd Sybren Rinse Auke Ype"),
        _words("Femke Jildou Sjoukje Nynke Hiske Wietske Doutzen Yfke Anouk Tjitske"),
        _lines(
            "Hoekstra, Wiersma, de|Jager, Bouma, van der|Ploeg, Sinnema, Nauta, Haarsma, Terpstra, Jellema, Hylkema"
        ),
    ),
    _Origin(
        4,
        _words("Yonas Filmon Abdi Omar Karim Rami Haşim Samuel Mustafa Tarek"),
        _words("Selam Rahel Hodan Layla Rania Winta Ruwayda Shirin Mona Bethlehem"),
        _lines("Tesfay, Haile, Abdullahi, Hassan, Al|Masri, Haddad, Ghebre, Warsame, Al|Khalil, Rahimi, Nazari, Tekle"),
    ),
)
_SHARES: Final = tuple(index for index, origin in enumerate(_ORIGINS) for _ in range(origin.share))
_LETTERS: Final = "AABCDEEFGHIJJKLMMNOPRSTVWYZ"
_PLAIN: Final = str.maketrans({"ı": "i", "ł": "l", "Ł": "L", "İ": "I", "ø": "o", "đ": "d", "ß": "ss"})


def make_person(dice: Dice) -> Persoon:
    """Make up a person."""
    origin = _ORIGINS[dice.pick(_SHARES)]
    girl = dice.chance(50)
    roepnaam = dice.pick(origin.meisjes if girl else origin.jongens)
    family = _ORIGINS[dice.pick(_SHARES)] if dice.chance(7) else origin
    voorvoegsel, _, achternaam = dice.pick(family.achternamen).rpartition("|")
    if not voorvoegsel and dice.chance(4):
        second = dice.pick(_ORIGINS[0].achternamen)
        if "|" not in second and second != achternaam:
            achternaam = f"{achternaam}-{second}"
    more = "".join(dice.pick(_LETTERS) for _ in range(dice.pick((0, 0, 0, 1, 1, 1, 2, 2, 3))))
    geslacht = Geslacht.VROUW if girl else Geslacht.MAN
    if dice.chance(1):
        geslacht = dice.pick((Geslacht.ONBEKEND, Geslacht.NIET_GESPECIFICEERD))
    return Persoon(roepnaam, roepnaam[0] + more, voorvoegsel or None, achternaam, geslacht)


def plain(text: str) -> str:
    """Letters and digits only, lower case, without diacritics: for addresses and keys."""
    bare = unicodedata.normalize("NFKD", text.translate(_PLAIN)).lower()
    return "".join(letter for letter in bare if letter.isascii() and letter.isalnum())
