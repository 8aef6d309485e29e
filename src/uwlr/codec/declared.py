"""What the schemas declare an element to be, for `xsi:type`, with which any element may say so itself.

Source: XML Schema part 1, section 2.6.1 and Element Locally Valid (Element), clause 4: the named type is the declared
one, or derived from it. gSOAP, Axis and PHP write it.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Final, NamedTuple

from lxml import etree

from uwlr import norm, schemas
from uwlr.codec import private

_XS: Final = "http://www.w3.org/2001/XMLSchema"
_BUILT_IN: Final = {
    "normalizedString": "string",
    "token": "normalizedString",
    "Name": "token",
    "NCName": "Name",
    "NMTOKEN": "token",
    "language": "token",
    "integer": "decimal",
    "nonNegativeInteger": "integer",
    "positiveInteger": "nonNegativeInteger",
    "nonPositiveInteger": "integer",
    "negativeInteger": "nonPositiveInteger",
    "long": "integer",
    "int": "long",
    "short": "int",
    "byte": "short",
    "unsignedLong": "nonNegativeInteger",
    "unsignedInt": "unsignedLong",
    "unsignedShort": "unsignedInt",
    "unsignedByte": "unsignedShort",
}
"""The built-in types that are derived from another, and from which."""


class _Type(NamedTuple):
    """A type: its name if it has one, the type it is derived from, and the types of its children by tag."""

    name: str | None
    base: str | None
    children: dict[str, _Type | str]


class _Declarations(NamedTuple):
    elements: dict[str, _Type | str]
    types: dict[str, _Type]


def declares(element: etree._Element) -> bool:
    """Tell whether the `xsi:type` of an element names the type that the schemas declare it with, or a derived one.

    False if the element has no place in a message: there is nothing to compare with then.
    """
    named = private.private_type(element)
    if named is None:
        return False
    return _is_derived(named, (str(element.tag), *(str(above.tag) for above in element.iterancestors())))


@lru_cache(maxsize=4096)
def _is_derived(named: str, way: tuple[str, ...]) -> bool:
    """Tell whether the type is the declared one of the first of these elements, or derived from it.

    The others are around it, from the inside out.
    """
    declared = _declared(way)
    if declared is None:
        return False
    types = _declarations().types
    target = declared if isinstance(declared, str) else declared.name
    seen: str | None = named
    while seen is not None and seen != target:
        seen = types[seen].base if seen in types else None
    return seen is not None


def _declared(way: tuple[str, ...]) -> _Type | str | None:
    """Go down from the message to the element, from type to type."""
    elements = _declarations().elements
    down = list(way)
    while down and down[-1] not in elements:
        down.pop()
    found: _Type | str | None = elements[down.pop()] if down else None
    while down and found is not None:
        found = _child(found, down.pop())
    return found


def _child(parent: _Type | str, tag: str) -> _Type | str | None:
    types = _declarations().types
    above = types.get(parent) if isinstance(parent, str) else parent
    while above is not None:
        if tag in above.children:
            return above.children[tag]
        above = types.get(above.base) if above.base is not None else None
    # What is not declared here is referred to.
    return _declarations().elements.get(tag)


@cache
def _declarations() -> _Declarations:
    found = _Declarations({}, {_built_in(name): _Type(None, _built_in(base), {}) for name, base in _BUILT_IN.items()})
    for versie in (*schemas.SUPPORTED, schemas.EDEXML):
        for path in schemas.xsd_files(versie):
            root = etree.parse(path).getroot()
            if root.get("targetNamespace") != norm.SOAP_ENVELOPE:
                _take(root, found)
    return found


def _built_in(name: str) -> str:
    return f"{{{_XS}}}{name}"


def _take(root: etree._Element, found: _Declarations) -> None:
    """Take in what one schema declares at its top."""
    groups = {str(group.get("name")): group for group in root.iterchildren(f"{{{_XS}}}group")}
    for node in root:
        name = _qualified(root, node.get("name"))
        if node.tag == f"{{{_XS}}}element":
            found.elements.setdefault(name, _type_of(node, groups))
        elif node.tag in {f"{{{_XS}}}complexType", f"{{{_XS}}}simpleType"}:
            made = _anonymous(node, groups)
            known = found.types.setdefault(name, made._replace(name=name))
            known.children.update({tag: child for tag, child in made.children.items() if tag not in known.children})


def _qualified(root: etree._Element, name: str | None) -> str:
    namespace = root.get("targetNamespace")
    return f"{{{namespace}}}{name}" if namespace else str(name)


def _named(node: etree._Element, name: str) -> str:
    prefix, _, local = name.rpartition(":")
    namespace = node.nsmap.get(prefix or None)
    return f"{{{namespace}}}{local}" if namespace else local


def _type_of(element: etree._Element, groups: dict[str, etree._Element]) -> _Type | str:
    """The type of an element declaration: by name, or made of what stands in it."""
    name = element.get("type")
    if name is not None:
        return _named(element, name)
    for inner in element.iterchildren(f"{{{_XS}}}complexType", f"{{{_XS}}}simpleType"):
        return _anonymous(inner, groups)
    return _Type(None, None, {})


def _anonymous(node: etree._Element, groups: dict[str, etree._Element]) -> _Type:
    contents = [node, *node.iterchildren(f"{{{_XS}}}simpleContent", f"{{{_XS}}}complexContent")]
    derivations = [d for c in contents for d in c.iterchildren(f"{{{_XS}}}extension", f"{{{_XS}}}restriction")]
    base = next((derivation for derivation in derivations if derivation.get("base")), None)
    children: dict[str, _Type | str] = {}
    _collect(node, groups, children)
    return _Type(None, None if base is None else _named(base, str(base.get("base"))), children)


def _collect(node: etree._Element, groups: dict[str, etree._Element], children: dict[str, _Type | str]) -> None:
    root = node.getroottree().getroot()
    for inner in node:
        if inner.tag == f"{{{_XS}}}element":
            if inner.get("ref") is None:
                children[_qualified(root, inner.get("name"))] = _type_of(inner, groups)
        elif inner.tag == f"{{{_XS}}}group":
            group = groups.get(str(inner.get("ref")).rpartition(":")[2])
            if group is not None:
                _collect(group, groups, children)
        elif inner.tag != f"{{{_XS}}}annotation":
            _collect(inner, groups, children)
