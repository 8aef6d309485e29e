"""Lenses: how one LAS or another shows what is on its books. Each is data: habits of spelling, and what it leaves out.

A lens changes nothing about who a row is about. `LENSES` holds them by name; none is a supplier's, since what each
supplier does is known in part only. A habit that a manual, a public client or the standard names says so in `basis`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final, Literal, TypeVar

import msgspec
from msgspec.structs import replace

from uwlr.berichten import Groep, Leerkracht, Leerling, SamengesteldeGroep
from uwlr.norm import Versie
from uwlr.testing.administration import Group, Record, is_enrolled

P = TypeVar("P", Leerling, Leerkracht)
G = TypeVar("G", Groep, SamengesteldeGroep)

_YEAR: Final = re.compile(r"-\d{4}(?=-)")
"""The school year in a group's key as `make_school` writes it."""


class Lens(msgspec.Struct, frozen=True, kw_only=True):
    """The habits of one LAS.

    Attributes:
        name: of the lens.
        basis: where its habits were seen: norm, observed or assumed, and what.
        keys: `own` is a key that no other school has, `per school` a number that other schools give too, `eckid first`
            leaves the key out where there is an ECK-iD (2.3).
        group_keys: whether a group of a new year has a `new` key, or the `same` as last year's with its name.
        unicode: form of letters with diacritics.
        ligature: whether ij is one letter.
        apostrophe: what stands for it.
        voorvoegsel: in its `own` field, `inside` the achternaam, `behind` it with a comma, or `capital`.
        spaces: what stands for a space.
        capitals: whether an achternaam is in capitals.
        dates: whether in- and uitstroomdatum are sent, with those who are to come and who left; without it only who is
            at school today is sent.
        births, eckids, emails, subgroups, staff: whether they are sent.
        jaargroep: whether it is sent of a `leerling`, or only of the `groep` where that is of one year.
        shuffled: whether the order of rows is another every day.
        versie: of the agreement.
        findings: ids of the rules of `uwlr.validate` that its habits break.
    """

    name: str
    basis: str
    keys: Literal["own", "per school", "eckid first"] = "own"
    group_keys: Literal["new", "same"] = "new"
    unicode: Literal["NFC", "NFD"] = "NFC"
    ligature: bool = False
    apostrophe: str = "'"
    voorvoegsel: Literal["own", "inside", "behind", "capital"] = "own"
    spaces: str = " "
    capitals: bool = False
    dates: bool = True
    births: bool = True
    eckids: bool = True
    emails: bool = True
    subgroups: bool = True
    staff: bool = True
    jaargroep: Literal["leerling", "groep"] = "leerling"
    shuffled: bool = False
    versie: Versie = "2.2"
    findings: tuple[str, ...] = ()

    def shows(self, row: Leerling, day: date) -> bool:
        """Tell whether a pupil is in the roster of a day."""
        return self.dates or is_enrolled(row, day)

    def group_key(self, group: Group) -> str:
        """The key of a group, as it is sent."""
        if self.keys == "per school":
            return f"g{group.number}"
        return group.row.key if self.group_keys == "new" else _YEAR.sub("", group.row.key, count=1)

    def group_id(self, group: Group) -> str:
        """What tells a group from all others: where its key comes back next year, so does the group."""
        return group.id if self.group_keys == "new" else f"{group.school} {self.group_key(group)}"

    def group(self, group: Group) -> Groep | SamengesteldeGroep:
        """A group, as it is sent."""
        return replace(group.row, key=self.group_key(group))

    def pupil(self, record: Record[Leerling], groups: Mapping[str, Group]) -> Leerling:
        """A pupil, as they are sent; the same object until something of it changes."""
        seen = record.seen
        if seen is not None and seen[0] is self and seen[1] is record.row and seen[2] == record.number:
            return seen[3]  # type: ignore[no-any-return]
        row = record.row
        group = groups.get(row.groep) if row.groep else None
        subgroups = [groups[key] for key in row.samengestelde_groepen if key in groups] if self.subgroups else []
        left_out: dict[str, Any] = {"samengestelde_groepen": tuple(self.group_key(sub) for sub in subgroups)}
        if group is not None:
            left_out["groep"] = self.group_key(group)
            if self.jaargroep == "groep" and str(getattr(group.row, "jaargroep", "C")).isdigit():
                left_out["jaargroep"] = None
        if not self.dates:
            left_out |= {"instroomdatum": None, "uitstroomdatum": None}
        if not self.births:
            left_out["geboortedatum"] = None
        shown = replace(self._person(row, record.number), **left_out)
        record.seen = (self, row, record.number, shown)
        return shown

    def member(self, record: Record[Leerkracht], groups: Mapping[str, Group]) -> Leerkracht:
        """A member of staff, as they are sent; the same object until something of it changes."""
        seen = record.seen
        if seen is not None and seen[0] is self and seen[1] is record.row and seen[2] == record.number:
            return seen[3]  # type: ignore[no-any-return]
        row = record.row
        refs = [ref for ref in row.groepen if ref.key in groups]
        if not self.subgroups:
            refs = [ref for ref in refs if isinstance(groups[ref.key].row, Groep)]
        shown = replace(
            self._person(row, record.number),
            emailadres=row.emailadres if self.emails else None,
            groepen=tuple(replace(ref, key=self.group_key(groups[ref.key])) for ref in refs),
        )
        record.seen = (self, row, record.number, shown)
        return shown

    def _person(self, row: P, number: int) -> P:
        achternaam, voorvoegsel = row.achternaam, row.voorvoegsel
        if achternaam and self.capitals:
            achternaam = achternaam.upper()
        if achternaam and voorvoegsel and self.voorvoegsel == "inside":
            achternaam, voorvoegsel = f"{voorvoegsel} {achternaam}", None
        elif achternaam and voorvoegsel and self.voorvoegsel == "behind":
            achternaam, voorvoegsel = f"{achternaam}, {voorvoegsel}", None
        elif voorvoegsel and self.voorvoegsel == "capital":
            voorvoegsel = " ".join(word[:1].upper() + word[1:] for word in voorvoegsel.split(" "))
        eckid = row.eckid if self.eckids else None
        return replace(
            row,
            key=self._key(row.key, number, eckid, pupil=isinstance(row, Leerling)),
            eckid=eckid,
            achternaam=self.spelled(achternaam),
            voorvoegsel=self.spelled(voorvoegsel),
            roepnaam=self.spelled(row.roepnaam),
        )

    def _key(self, key: str | None, number: int, eckid: str | None, *, pupil: bool) -> str | None:
        if key is None or key.startswith("#"):
            return key
        if self.keys == "eckid first" and eckid and pupil:
            return None
        return str(number) if self.keys == "per school" else key

    def spelled(self, text: str | None) -> str | None:
        """A name, as this LAS writes it."""
        if text is None:
            return None
        text = text.replace("'", self.apostrophe).replace(" ", self.spaces)
        if self.ligature:
            text = text.replace("IJ", "\u0132").replace("Ij", "\u0132").replace("ij", "\u0133")
        return unicodedata.normalize(self.unicode, text)


CAREFUL: Final = Lens(name="careful", basis="norm: every field of EDEXML 2.1 that the books have, as it was typed")
"""Shows what is on the books, and hides nothing."""

_ALL: Final = (
    CAREFUL,
    Lens(
        name="present",
        basis="observed: pupils of today only (ESIS connector, README); assumed: keys of groups that come back",
        group_keys="same",
        dates=False,
        jaargroep="groep",
        apostrophe="\u2019",
    ),
    Lens(
        name="numbered",
        basis="norm: a key is unique within a school (EDEXML 2.1); assumed: voorvoegsel inside",
        keys="per school",
        voorvoegsel="inside",
        dates=False,
    ),
    Lens(
        name="decomposed",
        basis="assumed: a system that keeps names as NFD, with ij as one letter, in another order every day",
        unicode="NFD",
        ligature=True,
        shuffled=True,
    ),
    Lens(
        name="narrow",
        basis="norm: Smalle set of 2.3, ECK-iD before key and no birth date",
        keys="eckid first",
        births=False,
        dates=False,
        versie="2.3",
    ),
    Lens(
        name="anonymous",
        basis="observed: rosters without ECK-iD (acceptance data of a VO LAS); assumed: rest",
        eckids=False,
        emails=False,
        voorvoegsel="capital",
    ),
    Lens(
        name="untidy",
        basis="assumed: typed by many hands, family names in capitals, two spaces for one",
        capitals=True,
        voorvoegsel="behind",
        spaces="  ",
        apostrophe="`",
        dates=False,
        findings=("LG-501",),
    ),
    Lens(
        name="bare",
        basis="observed: samengestelde groepen may be absent altogether; assumed: staff too",
        subgroups=False,
        staff=False,
        dates=False,
        births=True,
    ),
)
LENSES: Final[Mapping[str, Lens]] = MappingProxyType({lens.name: lens for lens in _ALL})
"""All lenses, by name."""
