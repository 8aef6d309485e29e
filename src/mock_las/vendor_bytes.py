"""The bytes of an answer as a vendor writes them: with other prefixes, or in an order that the schema does not allow.

This is applied to an answer that follows the schema, so that nothing else needs to know about it.
"""

from __future__ import annotations

import re
from typing import Final

from mock_las.vendors import Traits
from uwlr.codec.parser import parse

_DEFAULT: Final = re.compile(rb"(<[\w.:-]+) xmlns=")
_TAG: Final = re.compile(rb"<(/?)([A-Za-z_][\w.-]*)(?=[\s/>])")
_BEFORE_VOORVOEGSEL: Final = "achternaam"


def rewrite(answer: bytes, traits: Traits) -> bytes:
    """Give an answer the form in which a vendor writes it."""
    if traits.element_order or traits.empty_voorvoegsel:
        answer = _rearranged(answer, traits)
    # A fault has no default namespace, and its elements are in none.
    if traits.body_prefix is not None and _DEFAULT.search(answer):
        # Messages are written in a default namespace and every < in text is escaped: a name without a colon is in it.
        prefix = traits.body_prefix.encode()
        answer = _DEFAULT.sub(rb"\1 xmlns:" + prefix + b"=", answer)
        answer = _TAG.sub(rb"<\1" + prefix + rb":\2", answer)
    return answer


def _rearranged(answer: bytes, traits: Traits) -> bytes:
    from lxml import etree  # noqa: PLC0415 - few vendors need it

    root = parse(answer)
    if traits.empty_voorvoegsel:
        for before in list(root.iter(f"{{*}}{_BEFORE_VOORVOEGSEL}")):
            after = before.getnext()
            if after is None or etree.QName(after).localname != "voorvoegsel":
                before.addnext(before.makeelement(str(before.tag).replace(_BEFORE_VOORVOEGSEL, "voorvoegsel")))
    for name, order in traits.element_order.items():
        place = {child: number for number, child in enumerate(order)}
        for parent in root.iter(f"{{*}}{name}"):
            parent[:] = sorted(parent, key=lambda child: place.get(etree.QName(child).localname, len(place)))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
