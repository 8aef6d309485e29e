"""The README of a recording."""

from __future__ import annotations

from typing import Final

from uwlr.recorded.recorded_exchange import ABOUT, DESCRIPTIONS, INDEX, MESSAGES, About
from uwlr.visible import one_line

_TEXT: Final = """\
# A recording of UWLR messages, without the people in them

Made on {date} by uwlr {uwlr}, from: {made_from}. Id: {id}.{label}

*Een opname van UWLR-berichten zonder de mensen erin: namen, sleutels, nummers, geboortedagen, mailadressen en vrije
tekst zijn verzonnen. Wie de school is (brincode) staat er wel in.*

What was replaced: names, keys, numbers, birthdays, e-mail addresses, free text, and every word of a fault or a page
that is no term. Invented values begin with `xq`, 99 or `facade00`, initials are Q and X, birthdays fall on the 13th,
addresses end in `.example`. Of HTTP headers that may hold a secret only the name is kept. The key of a coupling cannot
be found back; all else can, by whoever has a secret file, if one was asked for.

What stayed: how messages are written, with their prefixes, order, white space, encoding and defects; codes, school
years and brincodes; which values are equal; sizes, times and statuses.

| file | what |
|---|---|
| `{about}` | what this is, for programs |
| `{index}` | one line for each exchange: operation, question, status, times, headers, findings |
| `{messages}/0001.request.xml`, `.answer.xml` | the messages of exchange 1; no file for an empty body |
| `{descriptions}/0001.answer.xml` | a WSDL or a schema, as it came |

`uwlr anonymise --check {messages}` says whether every personal field holds an invented value.
"""


def read_me(about: About) -> str:
    """Write the README."""
    return _TEXT.format(
        date=about.date,
        uwlr=about.uwlr,
        made_from=about.made_from,
        id=about.id,
        label=f" Called: {one_line(about.label)}" if about.label else "",
        about=ABOUT,
        index=INDEX,
        messages=MESSAGES,
        descriptions=DESCRIPTIONS,
    )
