"""The bytes of an answer as a system writes them that writes otherwise than we do, or otherwise than the schema has it.

Applied to what was written by the rules, so that nothing else has to know of it.
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
    # A fault has no default namespace, and its elements stand in none.
    if traits.body_prefix is not None and _DEFAULT.search(answer):
        # We write a message in a default namespace and escape every < of text: a name without colon is in it.
        prefix = traits.body_prefix.encode()
        answer = _DEFAULT.sub(rb"\1 xmlns:" + prefix + b"=", answer)
        answer = _TAG.sub(rb"<\1" + prefix + rb":\2", answer)
    return answer


def _rearranged(answer: bytes, traits: Traits) -> bytes:
    from lxml import etree  # noqa: PLC0415 - only where it is asked for

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
