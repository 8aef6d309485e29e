"""Texts for people, in Dutch and in English."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal, TypeAlias, get_args

import msgspec

Lang: TypeAlias = Literal["nl", "en"]
LANGS: Final[tuple[Lang, ...]] = get_args(Lang)

HIDDEN: Final = "…"
"""What stands for a value that is not shown."""

_NAME: Final = re.compile(r"\{(\w+)\}")


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One text in both languages; names in braces stand for values that come later."""

    nl: str
    en: str

    def at(self, lang: Lang) -> str:
        """Give it in one language, as it is."""
        return self.nl if lang == "nl" else self.en

    def fill(self, lang: Lang, values: Mapping[str, str]) -> str:
        """Give it in one language with its values; a name without one becomes an ellipsis."""
        return _NAME.sub(lambda found: values.get(found[1], HIDDEN), self.at(lang))

    @property
    def names(self) -> frozenset[str]:
        """The names of the values that it asks for, in either language."""
        return frozenset(_NAME.findall(self.nl + self.en))
