"""What can be said of a key before it is used: a slip in copying, and the forms that are known for certain.

Source of the form of ESIS: the public manuals of its couplings, as in `uwlr.verificatiecode`.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from uwlr.errors import ConfigurationError
from uwlr.exchange.bron import Bron
from uwlr.exchange.presets import Preset
from uwlr.text import Text
from uwlr.verificatiecode import LONGEST, SHORTEST

_TEXTS: Final = {
    "empty": Text(nl="is leeg", en="is empty"),
    "bom": Text(
        nl="begint met een onzichtbaar teken (een BOM); kopieer hem opnieuw",
        en="begins with an invisible character, a BOM; copy it again",
    ),
    "space": Text(
        nl="heeft witruimte ervoor, erin of erachter; kopieer hem opnieuw",
        en="has white space before, in or after it; copy it again",
    ),
    "hidden": Text(
        nl="bevat een onzichtbaar teken op plaats {at}; kopieer hem opnieuw",
        en="holds an invisible character at position {at}; copy it again",
    ),
    "short": Text(
        nl="heeft {length} tekens, {by} te weinig: het zijn er {least} tot {most}",
        en="has {length} characters, {by} too few: {least} to {most} are due",
    ),
    "long": Text(
        nl="heeft {length} tekens, {by} te veel: het zijn er {least} tot {most}",
        en="has {length} characters, {by} too many: {least} to {most} are due",
    ),
    "school": Text(
        nl="begint niet met {start}, de BRIN en de vestiging van deze school",
        en="does not begin with {start}, the BRIN and vestiging of this school",
    ),
    "characters": Text(
        nl="bevat {by} tekens die geen letter of cijfer zijn, het eerste op plaats {at}",
        en="holds {by} characters that are no letter or digit, the first at position {at}",
    ),
    "character": Text(
        nl="bevat een teken dat geen letter of cijfer is, op plaats {at}",
        en="holds a character that is no letter or digit, at position {at}",
    ),
}
"""What can be wrong with a key. No text shows any of it."""

_INVISIBLE: Final = "\N{ZERO WIDTH NO-BREAK SPACE}\N{ZERO WIDTH SPACE}\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
_STRANGE: Final = re.compile("[^0-9A-Za-z]")


class UnusableKey(ConfigurationError):  # noqa: N818 - the name says what is so
    """A key that cannot be right, so nothing was sent.

    Attributes:
        uitleg: the same for people at the school, in Dutch.
    """

    def __init__(self, problems: list[Text]) -> None:
        super().__init__("the key " + "; it ".join(text.en for text in problems))
        self.uitleg = f"De sleutel {'; hij '.join(text.nl for text in problems)}."


def key_problems(key: str, preset: Preset, bron: Bron | None = None) -> list[Text]:
    """List what is wrong with a key, and by how much.

    Args:
        key: as it was entered.
        preset: of the system that it is for.
        bron: the school that it is for; None if it is for several.
    """
    if not key:
        return [_TEXTS["empty"]]
    found = []
    if key.lstrip(_INVISIBLE) != key:
        found.append(_TEXTS["bom"])
    hidden = [at for at, character in enumerate(key.lstrip(_INVISIBLE), 1) if _is_hidden(character)]
    if hidden:
        found.append(_filled("hidden", at=hidden[0] + len(key) - len(key.lstrip(_INVISIBLE))))
    if any(character.isspace() for character in key):
        found.append(_TEXTS["space"])
    if preset.key == "verificatiecode":
        found += _verificatiecode("".join(key.split()).strip(_INVISIBLE), bron)
    return found


def _verificatiecode(code: str, bron: Bron | None) -> list[Text]:
    found = []
    by = max(SHORTEST - len(code), len(code) - LONGEST)
    if by > 0:
        values = {"length": len(code), "by": by, "least": SHORTEST, "most": LONGEST}
        found.append(_filled("short" if len(code) < SHORTEST else "long", **values))
    if bron is not None and bron.brincode is not None and not code.startswith(bron.label):
        found.append(_filled("school", start=bron.label))
    strange = [match.start() for match in _STRANGE.finditer(code)]
    if strange:
        name = "character" if len(strange) == 1 else "characters"
        found.append(_filled(name, by=len(strange), at=strange[0] + 1))
    return found


def _is_hidden(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf", "Cs"} and not character.isspace()


def _filled(name: str, **values: object) -> Text:
    texts = {key: str(value) for key, value in values.items()}
    return Text(nl=_TEXTS[name].fill("nl", texts), en=_TEXTS[name].fill("en", texts))
