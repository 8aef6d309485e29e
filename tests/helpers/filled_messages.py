"""Messages with every field filled, for tests that damage one thing at a time."""

from typing import Any

import uwlr.codec.values
from uwlr.berichten import Resultaat
from uwlr.berichten.raw import RawElement
from uwlr.berichten.tabel import AtMostOne, Bericht, Simple, table


def plain_value(simple: Simple) -> Any:
    """A plain value within the facets of its type."""
    if simple.codes:
        return int(simple.codes[0]) if simple.base == "integer" else simple.codes[0]
    plain = {"date": "2024-09-01", "dateTime": "2024-09-01T08:00:00", "anyURI": "urn:x", "string": "tekst"}
    number = str(max(simple.minimum or 0, 0))
    patterns = {None: plain.get(simple.base, number), r"\p{Nd}{2}\p{Lu}{2}": "99ZZ"}
    patterns[r"[1-2]\p{Nd}{3}-[1-2]\p{Nd}{3}"] = "2024-2025"
    patterns[r"\p{Nd}{4}\p{Lu}{2}"] = "1234AB"
    text = patterns.get(simple.pattern) or next(n * "1" for n in range(1, 20) if simple.matches(n * "1"))
    return uwlr.codec.values.parse(simple, text)


def whole(cls: type[Bericht]) -> Bericht:
    """A message of the class with every field filled that its choices let stand together."""
    values: dict[str, Any] = {}
    for field in table(cls).fields:
        one = next((a for a in field.alternatives if not (a.cls and issubclass(a.cls, RawElement))), None)
        if one is None:
            continue
        value = plain_value(one.simple) if one.simple is not None else whole(one.cls)
        values[field.name] = (value,) if field.many else value
    for choice in cls.choices:
        if isinstance(choice, AtMostOne):
            for name in choice.fields[1:]:
                values.pop(name, None)
    if cls is Resultaat:
        values["toetscode"] = "tekst"
    return cls(**values)
