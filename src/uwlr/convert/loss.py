"""What a form cannot carry: taken out before writing, and listed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Generic, NamedTuple

import msgspec
from lxml import etree

from uwlr import norm
from uwlr.berichten import Leerlinggegevens, LeerlinggegevensAntwoord, ToevoegingsBlok
from uwlr.berichten.prune import B, prune
from uwlr.berichten.raw import is_registered
from uwlr.berichten.tabel import Bericht, Field
from uwlr.codec.parser import parse
from uwlr.edexml import OPMERKING, TAL
from uwlr.errors import ConfigurationError
from uwlr.norm import Versie

EDEXML_VERSIE: Final = "2.1"


class Lost(msgspec.Struct, frozen=True, kw_only=True):
    """What one form has no place for.

    Attributes:
        path: the field, element names without numbers; never a value.
        count: number of values.
        reason: why it cannot be carried.
        reden: the same in Dutch.
    """

    path: str
    count: int
    reason: str
    reden: str

    def __str__(self) -> str:
        return f"{self.path}: {self.count} ({self.reason})"


class Why(NamedTuple):
    """Why something is lost, in English and in Dutch."""

    reason: str
    reden: str


_NO_PRIVATE = Why(
    "EDEXML has no place for a private addition of UWLR",
    "EDEXML heeft geen plaats voor een eigen toevoeging van UWLR",
)
_NO_TAL = Why("UWLR has no role TAL", "UWLR kent de rol TAL (toetsafname leider) niet")
_NO_BLOCK = Why(
    "UWLR has no place for this blok, or its type is not registered",
    "UWLR heeft geen plaats voor dit blok, of het type ervan is niet aangemeld",
)


class Converted(msgspec.Struct, Generic[B], frozen=True, kw_only=True):
    """A message that the other form can carry, and what had to be left out for it."""

    bericht: B
    lost: tuple[Lost, ...]


def roster(bericht: Bericht) -> Bericht:
    """Take the roster out of the answer it stands in; any other message is given back as it is."""
    if isinstance(bericht, LeerlinggegevensAntwoord) and isinstance(bericht.inhoud, Leerlinggegevens):
        return bericht.inhoud
    return bericht


def for_edexml(bericht: Bericht) -> Converted[Leerlinggegevens]:
    """Make a roster, or the answer it stands in, fit for an EDEXML file.

    `school.xsdversie` becomes 2.1 if it is present. A roster whose keys do not resolve stays as it is:
    `edexml.write` refuses it.

    Raises:
        ConfigurationError: a message that is no whole roster.
    """
    whole = roster(bericht)
    if not isinstance(whole, Leerlinggegevens):
        raise ConfigurationError(f"an EDEXML file is a whole roster; {type(bericht).__name__} has none")
    kept, lost = _without(whole, _is_block_beyond_edexml, _NO_PRIVATE)
    kept, replaced = _with_xsdversie(kept, EDEXML_VERSIE, known="2.2")
    return Converted(bericht=kept, lost=(*lost, *replaced))


def for_uwlr(bericht: Bericht, *, versie: Versie = "2.2") -> Converted[Bericht]:
    """Make a message fit for UWLR; a roster that stands alone becomes an answer.

    `school.xsdversie` of a roster becomes that of `versie` if it is present.
    """
    kept, roles = _without(bericht, _is_tal, _NO_TAL)
    kept, blocks = _without(kept, _is_block_beyond_uwlr, _NO_BLOCK)
    whole = roster(kept)
    if not isinstance(whole, Leerlinggegevens):
        return Converted(bericht=kept, lost=(*roles, *blocks))
    whole, replaced = _with_xsdversie(whole, versie, known=EDEXML_VERSIE)
    return Converted(bericht=LeerlinggegevensAntwoord(inhoud=whole), lost=(*roles, *blocks, *replaced))


def lost_header(header: etree._Element | None) -> tuple[Lost, ...]:
    """Say that the header of an envelope is not part of its message."""
    if header is None or not len(header):
        return ()
    lost = Lost(
        path="Envelope/Header",
        count=len(header),
        reason="the header belongs to the envelope, not to the message",
        reden="de header hoort bij de envelop, niet bij het bericht",
    )
    return (lost,)


def _without(bericht: B, refused: Callable[[Field, Any], bool], why: Why) -> tuple[B, tuple[Lost, ...]]:
    def keep(_: type[Bericht], field: Field, value: Any) -> bool:
        return not refused(field, value)

    kept, removed = prune(bericht, keep)
    return kept, tuple(Lost(path=r.path, count=r.count, reason=why.reason, reden=why.reden) for r in removed)


def _with_xsdversie(bericht: Leerlinggegevens, versie: str, *, known: str) -> tuple[Leerlinggegevens, tuple[Lost, ...]]:
    """Set the version of the schema; a value that neither form would have is listed."""
    old = bericht.school.xsdversie
    if old is None or old == versie:
        return bericht, ()
    school = msgspec.structs.replace(bericht.school, xsdversie=versie)
    changed = msgspec.structs.replace(bericht, school=school)
    if old == known:
        return changed, ()
    lost = Lost(
        path="leerlinggegevens/school/xsdversie",
        count=1,
        reason=f"replaced by {versie}",
        reden=f"vervangen door {versie}",
    )
    return changed, (lost,)


def _is_tal(field: Field, value: Any) -> bool:
    return field.name == "rol" and value == TAL


def _is_block_beyond_edexml(_: Field, value: Any) -> bool:
    return isinstance(value, ToevoegingsBlok) and (value.private_type != OPMERKING or _namespace(value) is not None)


def _is_block_beyond_uwlr(_: Field, value: Any) -> bool:
    return isinstance(value, ToevoegingsBlok) and (
        _namespace(value) != norm.LEERLINGGEGEVENS or not is_registered(value.private_type)
    )


def _namespace(blok: ToevoegingsBlok) -> str | None:
    return etree.QName(parse(blok.xml)).namespace
