"""What there is to say about a rule, a fault code or a term of the standard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from uwlr import berichten
from uwlr.berichten.tabel import Bericht, Field, Simple, table, wire_name
from uwlr.foutcodes import Foutcode
from uwlr.text import Lang
from uwlr.validation.layers import validate
from uwlr.validation.report_data import Finding
from uwlr.validation.rule_registry import Rule
from uwlr.validation.rules import RULES
from uwlr.validation.sample_messages import sample, settings

_LABELS = {
    "nl": ("Ernst", "Laag", "Versies", "Bron", "Wat te doen", "Voorbeeld", "meldt", "wordt"),
    "en": ("Severity", "Layer", "Versions", "Source", "What to do", "Example", "reports", "becomes"),
}


class Shown(msgspec.Struct, frozen=True):
    """An example of a rule: the part of a valid message, what it becomes, and what is then found."""

    before: str
    after: str
    finding: Finding


def example(rule: Rule) -> Shown:
    """Break the sample message of a rule as its example says, and validate it."""
    document, options = broken(rule)
    found = next(f for f in validate(document, **options).findings if f.id == rule.id)
    return Shown(_tidy(rule.example.old), _tidy(rule.example.new), found)


def broken(rule: Rule) -> tuple[bytes, dict[str, Any]]:
    """The sample message that breaks a rule, and the settings to validate it with."""
    versie = rule.versies[0]
    old = rule.example.old.replace("VERSIE", versie)
    text = sample(rule.example.base, versie).replace(old, rule.example.new, 1)
    return text.encode(), settings(rule.example.option, versie)


def _tidy(text: str) -> str:
    """Take the common indent off; the first line of a fragment has lost its own."""
    lines = text.strip("\n").split("\n")
    rest = [line for line in lines[1:] if line.strip()]
    indent = min((len(line) - len(line.lstrip()) for line in rest), default=0)
    return "\n".join([lines[0].strip(), *(line[indent:].rstrip() for line in lines[1:])]).strip()


def describe(rule: Rule) -> dict[str, Any]:
    """Everything a rule says about itself, for a machine."""
    return {
        "id": rule.id,
        "severity": rule.severity.value,
        "layer": rule.layer,
        "versies": list(rule.versies),
        "profiel": rule.profiel,
        "message": {"nl": rule.text.nl, "en": rule.text.en},
        "remedy": {"nl": rule.remedy.nl, "en": rule.remedy.en},
        "source": {"document": rule.source.document, "section": rule.source.section, "basis": rule.source.basis},
    }


def explain(name: str, lang: Lang) -> str | None:
    """Explain a rule by id, a fault code, `foutcodes` for all of them, or a term; None for what is none of these."""
    rule_id = name.strip().upper()
    if not rule_id:
        return None
    if rule_id in RULES:
        return "\n".join(_rule(RULES[rule_id], lang))
    if name.casefold() == "foutcodes":
        return "\n".join(f"{code}  {code.omschrijving}" for code in Foutcode)
    code = Foutcode.parse(name)
    if isinstance(code, Foutcode):
        return "\n".join(_foutcode(code, lang))
    return "\n".join(_term(name)) or None


def explained() -> list[str]:
    """All that can be explained: rules, fault codes, and the terms of the standard."""
    terms: set[str] = set()
    for cls in _classes():
        terms |= {cls.__name__, wire_name(cls) or cls.__name__}
        terms |= {name for field in _fields(cls) for name in (field.name, field.wire)}
    return [*(rule.id for rule in RULES), "foutcodes", *Foutcode, *sorted(terms)]


def _rule(rule: Rule, lang: Lang) -> Iterator[str]:
    severity, layer, versions, source, remedy, shown, reports, becomes = _LABELS[lang]
    yield f"{rule.id}: {rule.outline(lang)}"
    yield ""
    yield f"{severity}: {rule.severity}   {layer}: {rule.layer}   {versions}: {', '.join(rule.versies)}"
    yield f"{source}: {rule.source}"
    yield f"{remedy}: {rule.remedy.fill(lang, {})}"
    made = example(rule)
    yield ""
    yield f"{shown}:"
    yield from (f"    {line}" for line in made.before.split("\n"))
    yield f"  {becomes}"
    yield from (f"    {line}" for line in (made.after or "…").split("\n"))
    yield f"  {reports}"
    yield f"    {made.finding.message(lang)}"


def _foutcode(code: Foutcode, lang: Lang) -> Iterator[str]:
    yield f"{code}: {code.omschrijving}"
    if lang == "nl":
        yield (
            "De server geeft zichzelf de schuld: later opnieuw proberen kan helpen."
            if code.from_server
            else "De server geeft het verzoek de schuld: hetzelfde verzoek opnieuw sturen helpt zelden."
        )
    else:
        yield (
            "The server blames itself: trying again later may help."
            if code.from_server
            else "The server blames the request: sending the same again seldom helps."
        )


def _classes() -> list[type[Bericht]]:
    found = (getattr(berichten, name) for name in berichten.__all__)
    return [cls for cls in found if isinstance(cls, type) and issubclass(cls, Bericht) and cls is not Bericht]


def _term(name: str) -> Iterator[str]:
    wanted = name.casefold()
    for cls in _classes():
        if wanted in {cls.__name__.casefold(), (wire_name(cls) or "").casefold()}:
            yield f"{cls.__name__}: {(cls.__doc__ or '').strip().splitlines()[0]}"
            yield from (f"  {_field(field)}" for field in _fields(cls))
    for cls in _classes():
        for field in _fields(cls):
            if wanted in {field.name.casefold(), field.wire.casefold()}:
                yield f"{cls.__name__}/{_field(field)}"


def _fields(cls: type[Bericht]) -> tuple[Field, ...]:
    try:
        return table(cls).fields
    except (AttributeError, TypeError):
        return ()


def _field(field: Field) -> str:
    name = f"@{field.wire}" if field.kind == "attribute" else field.wire
    times = ("1" if field.required else "0") + ("..n" if field.many else "..1")
    kinds = [_simple(a.simple) if a.simple is not None else a.wire for a in field.alternatives]
    return f"{name} [{times}] {' | '.join(kinds)}"


def _simple(simple: Simple) -> str:
    facets = []
    if simple.max_length is not None:
        facets.append(f"{simple.min_length} to {simple.max_length} characters")
    if simple.pattern is not None:
        facets.append(f"form {simple.pattern}")
    if simple.codes:
        facets.append("one of " + " ".join(simple.codes[:30]) + (" …" if len(simple.codes) > 30 else ""))
    if simple.minimum is not None or simple.maximum is not None:
        facets.append(f"from {simple.minimum} to {'…' if simple.maximum is None else simple.maximum}")
    return simple.name + (f" ({'; '.join(facets)})" if facets else "")
