"""What a validation finds: layers and findings, and their count."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Final, Literal, TypeAlias

import msgspec

from uwlr.norm import Versie
from uwlr.paths import Path
from uwlr.text import HIDDEN, Lang, Text

LayerName: TypeAlias = Literal["xml", "soap", "xsd", "rules", "profile"]
LAYERS: Final[tuple[LayerName, ...]] = ("xml", "soap", "xsd", "rules", "profile")
"""The layers, in the order in which they are checked."""


class Severity(StrEnum):
    """How bad a finding is. An error breaks the agreement, a warning will probably cause trouble."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Validity(StrEnum):
    """What is known about a layer. Skipped and unclear never mean fine."""

    VALID = "valid"
    INVALID = "invalid"
    SKIPPED = "skipped"
    UNCLEAR = "unclear"


class Source(msgspec.Struct, frozen=True):
    """Where a rule comes from.

    `basis` says how firm that is: "norm" stands in the agreement or its technical files, "practice" was seen at
    vendors or in manuals, "inferred" follows from what the agreement says elsewhere, "assumed" is our own bound.
    """

    document: str
    section: str
    basis: Literal["norm", "practice", "inferred", "assumed"] = "norm"

    def __str__(self) -> str:
        mark = "" if self.basis == "norm" else f" ({self.basis})"
        return f"{self.document}, {self.section}{mark}"


class RuleInfo(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule says about itself: all that a finding needs from it."""

    id: str
    severity: Severity
    layer: LayerName
    source: Source
    text: Text
    remedy: Text

    def outline(self, lang: Lang = "nl") -> str:
        """What the rule says in general: its text with names in place of the values of a finding."""
        words = _GENERAL[lang]
        return self.text.fill(lang, {name: words.get(name, f"<{name}>") for name in self.text.names})


_GENERAL: Final[dict[Lang, dict[str, str]]] = {
    "nl": {"where": "<plaats>", "value": "<waarde>", "field": "<veld>", "line": ""},
    "en": {"where": "<place>", "value": "<value>", "field": "<field>", "line": ""},
}


class Finding(msgspec.Struct, kw_only=True):
    """One defect: which rule, where, and what to do.

    `line` and `column` count from 1 and are None if the place is not known. `value` is the offending value;
    personal values are an ellipsis unless the caller asked for them.
    """

    rule: RuleInfo
    layer: LayerName
    path: Path
    line: int | None = None
    column: int | None = None
    value: str | None = None
    data: dict[str, str] = {}
    data_en: dict[str, str] = {}

    @property
    def id(self) -> str:
        """Stable id of the rule, such as LG-201."""
        return self.rule.id

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return self.rule.severity

    @property
    def source(self) -> Source:
        """What the rule rests on."""
        return self.rule.source

    def message(self, lang: Lang = "nl") -> str:
        """Say what is wrong, in one sentence."""
        return self.rule.text.fill(lang, self._values(lang))

    def remedy(self, lang: Lang = "nl") -> str:
        """Say what to do about it."""
        return self.rule.remedy.fill(lang, self._values(lang))

    def _values(self, lang: Lang) -> dict[str, str]:
        return {
            "where": where(self.path, lang),
            "value": HIDDEN if self.value is None else self.value,
            "field": field_name(self.path),
            "line": _line(self.line, lang),
            **self.data,
            **(self.data_en if lang == "en" else {}),
        }


class Layer(msgspec.Struct, kw_only=True):
    """The verdict of one layer. `note` says in both languages why a layer was skipped or is unclear."""

    name: LayerName
    validity: Validity
    duration_ms: float = 0.0
    note: Text | None = None


class ReportData(msgspec.Struct, kw_only=True):
    """The result of a validation."""

    name: str
    """What was validated: a file name, or `<bytes>`."""
    message_name: str | None
    """Local name of the message, such as leerlinggegevens_antwoord; None if none was found."""
    versie: Versie
    profiel: str | None
    layers: tuple[Layer, ...]
    findings: tuple[Finding, ...]
    size: int
    """Bytes."""
    omitted: dict[str, int] = {}
    """The number of further findings by the rule's id: of one rule no more than a thousand are in `findings`."""

    def layer(self, name: LayerName) -> Layer:
        """The verdict of that layer."""
        return next(layer for layer in self.layers if layer.name == name)

    def count(self, severity: Severity | str) -> int:
        """The number of findings of that severity, those beyond `findings` included."""
        severities = {finding.id: finding.severity for finding in self.findings}
        beyond = sum(number for rule_id, number in self.omitted.items() if severities[rule_id] == severity)
        return beyond + sum(finding.severity == severity for finding in self.findings)

    @property
    def valid(self) -> bool:
        """Whether no layer is invalid or unclear."""
        return all(layer.validity in {Validity.VALID, Validity.SKIPPED} for layer in self.layers)


_VALUES: Final = frozenset({"rol", "rolomschrijving"})
"""Elements that repeat and are no more than a value: what a person looks for is the element around them."""


def where(path: Path, lang: Lang = "nl") -> str:
    """Say in words what a path points at: `resultaat 2 van toetsafname 14`; without a number, the element's name."""
    if not path:
        return ""
    steps = path.parent.steps if path.last.name in _VALUES else path.steps
    numbered = [f"{step.name} {step.number}" for step in steps if step.number is not None]
    if numbered:
        return (" van " if lang == "nl" else " of ").join(reversed(numbered))
    owner = path.element
    if owner is path and len(path) > 1 and path.last.name != "school":
        owner = path.parent
    if owner.last.name == "school":
        return "de school" if lang == "nl" else "the school"
    return owner.last.name


def field_name(path: Path) -> str:
    """The name of the element or attribute that a path points at."""
    return path.last.name if path else ""


def _line(line: int | None, lang: Lang) -> str:
    if line is None:
        return ""
    return f" (regel {line})" if lang == "nl" else f" (line {line})"


def ordered(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Findings in the order of the layers, and within a layer from top to bottom of the message."""
    return tuple(
        sorted(
            findings,
            key=lambda f: (LAYERS.index(f.layer), f.line or 0, f.column or 0, str(f.path), f.id),
        )
    )
