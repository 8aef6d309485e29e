"""What a LAS accepts and how it answers, as far as systems differ."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from uwlr import norm

Leniency: TypeAlias = Literal["order", "empty-schooljaar", "brincode-beside-schoolkey", "long-key"]
"""A deviation in a request that some systems accept.

order: elements in another order than the schema's.
empty-schooljaar: a schooljaar without text; the LAS picks the year.
brincode-beside-schoolkey: both, where the schema wants one of them.
long-key: an autorisatiesleutel over 64 characters.
"""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What one LAS accepts, and how it answers.

    Attributes:
        xsdversies: values of xsdversie that are answered. With "2.1" the answer has no eckid; with "2.3" it is written
            as that version has it; every other value is answered as 2.2.
        forgives: deviations in a request that are accepted.
        soap_action_required: whether a request with no SOAPAction, or an empty one, is refused. One that does not match
            the request always is.
        max_body: largest request in bytes, before and after decompression.
        max_at_once: requests that one process answers at the same time; one more gets HTTP 503 with
            Server.TijdelijkNietBeschikbaar. It has an effect if the WSGI server has more threads than that: the others
            then refuse at once what would otherwise wait. None leaves queueing to the WSGI server.
        prefix: prefix of the envelope in answers and faults.
    """

    xsdversies: frozenset[str] = frozenset({"2.1", "2.2"})
    forgives: frozenset[Leniency] = frozenset()
    soap_action_required: bool = True
    max_body: int = 64 << 20
    max_at_once: int | None = None
    prefix: str = norm.SOAP_PREFIX
