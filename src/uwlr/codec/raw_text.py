"""An element as text, as a deviation shows it: with the namespaces that its own names need, and no others."""

from __future__ import annotations

from lxml import etree

from uwlr.codec.escape import escape_attribute, escape_text
from uwlr.codec.parser import attributes, local_name, namespace_of

_XML = "http://www.w3.org/XML/1998/namespace"


def raw_text(element: etree._Element) -> str:
    """Write an element with the namespaces that its names need; lxml would repeat all that hold there, each time."""
    if not element.keys() and not len(element) and element.prefix is None:
        tag, text = str(element.tag), element.text
        declared = f' xmlns="{escape_attribute(tag[1:].partition("}")[0])}"' if tag[0] == "{" else ""
        name = local_name(tag)
        return f"<{name}{declared}>{escape_text(text)}</{name}>" if text else f"<{name}{declared}/>"
    pieces: list[str] = []
    _write_raw(element, {}, pieces)
    return "".join(pieces)


def _write_raw(element: etree._Element, above: dict[str | None, str], pieces: list[str]) -> None:
    prefix, uri = element.prefix, namespace_of(element.tag)
    needed = {} if above.get(prefix, "") == uri else {prefix: uri}
    name = local_name(element.tag) if prefix is None else f"{prefix}:{local_name(element.tag)}"
    written = []
    for full, value in attributes(element):
        own = namespace_of(full)
        if own:
            its = "xml" if own == _XML else next(p for p, u in element.nsmap.items() if p is not None and u == own)
            if its != "xml" and {**above, **needed}.get(its) != own:
                needed[its] = own
            written.append(f' {its}:{local_name(full)}="{escape_attribute(value)}"')
        else:
            written.append(f' {full}="{escape_attribute(value)}"')
    declared = [f' xmlns{"" if own is None else f":{own}"}="{escape_attribute(its)}"' for own, its in needed.items()]
    pieces.append("".join(["<", name, *declared, *written]))
    if not element.text and not len(element):
        pieces.append("/>")
        return
    pieces.append(f">{escape_text(element.text or '')}")
    inside = {**above, **needed} if needed else above
    for child in element:
        _write_raw(child, inside, pieces)
        pieces.append(escape_text(child.tail or ""))
    pieces.append(f"</{name}>")
