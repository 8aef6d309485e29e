"""The register of rules.

A rule is a small function over one item of a message (a leerling, a toets, the school, …) and the shared index of
keys, or over the end of the message, when the index is complete. It yields a `Hit` for each place that is wrong. What
a rule says about itself stands in its registration: id, severity, versions, source, both texts, what to do, and an
example that breaks it, from which its test and its page are made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

import msgspec

from uwlr.norm import VERSIES, Versie
from uwlr.paths import Path
from uwlr.text import Text
from uwlr.validation.report_data import LayerName, RuleInfo, Severity, Source

if TYPE_CHECKING:
    from uwlr.validation.key_index import Index

END: Final = "end"
"""Subject of a rule over the whole message, once everything was seen."""

HERE: Final = Path()
"""The item itself."""
AT_KEY: Final = HERE.attribute("key")
AT_ECKID: Final = HERE.attribute("eckid")

ERROR: Final = Severity.ERROR
WARNING: Final = Severity.WARNING
INFO: Final = Severity.INFO


class Hit(NamedTuple):
    """A place that breaks a rule.

    `at` is relative to the item, or to the message for rules over its end. `personal` values are hidden unless the
    caller asks for them. `data` fills the names in the texts, a `Text` in both languages; it may hold nothing personal.
    """

    at: Path = HERE
    value: object = None
    personal: bool = False
    data: Mapping[str, object] = {}


def hit(
    at: str | Path = HERE,
    value: object = None,
    *,
    personal: bool = False,
    **data: object,
) -> Hit:
    """Point at the place that breaks the rule: an element of the item by its name, or anything by its path."""
    return Hit(Path.of(at) if isinstance(at, str) else at, value, personal, data)


Hits: TypeAlias = Iterator[Hit]
Check: TypeAlias = Callable[[Any, "Index"], Hits]
EndCheck: TypeAlias = Callable[["Index"], Hits]


class Example(NamedTuple):
    """What breaks a rule: in the sample message `base`, `old` is replaced by `new`.

    `fine` is a replacement that comes close and breaks nothing. `option` names the setting that the rule needs (a
    profile, a context): see `uwlr.validation.sample_messages`.
    """

    base: str
    old: str
    new: str
    fine: str | None = None
    option: str = ""


class Rule(RuleInfo, frozen=True, kw_only=True):
    """A registered rule. `on` is the class of its items, or END; None if a layer itself raises the finding."""

    on: type | tuple[type, ...] | str | None
    versies: tuple[Versie, ...]
    example: Example
    profiel: str | None = None
    check: Any = msgspec.field(default=None)


class Registry:
    """Rules by id, in the order of their ids."""

    def __init__(self) -> None:
        self._rules: dict[str, Rule] = {}

    def add(self, new: Rule) -> Rule:
        """Take a rule in.

        Raises:
            ValueError: another rule has that id.
        """
        if new.id in self._rules:
            raise ValueError(f"two rules are called {new.id}")
        self._rules[new.id] = new
        return new

    def __getitem__(self, rule_id: str) -> Rule:
        """The rule of that id."""
        return self._rules[rule_id]

    def __contains__(self, rule_id: object) -> bool:
        return rule_id in self._rules

    def __iter__(self) -> Iterator[Rule]:
        return iter(sorted(self._rules.values(), key=lambda r: r.id))

    def __len__(self) -> int:
        return len(self._rules)


RULES: Final = Registry()
"""Every rule of this package; complete once `uwlr.validation.rules` was imported."""


def define(
    rule_id: str,
    *,
    severity: Severity,
    source: Source,
    nl: str,
    en: str,
    remedy_nl: str,
    remedy_en: str,
    example: Example,
    layer: LayerName = "rules",
    on: type | tuple[type, ...] | str | None = None,
    versies: tuple[Versie, ...] = VERSIES,
    profiel: str | None = None,
    check: Check | EndCheck | None = None,
) -> Rule:
    """Register a rule whose findings a layer raises itself, or whose check is given."""
    return RULES.add(
        Rule(
            id=rule_id,
            severity=severity,
            layer=layer,
            source=source,
            text=Text(nl, en),
            remedy=Text(remedy_nl, remedy_en),
            on=on,
            versies=versies,
            example=example,
            profiel=profiel,
            check=check,
        )
    )


def rule(rule_id: str, *, on: type | tuple[type, ...] | str, **about: Any) -> Callable[[Any], Any]:
    """Register the function under it as a rule; see `define` for the rest of what a rule says about itself."""

    def register(check: Any) -> Any:
        define(rule_id, on=on, check=check, **about)
        return check

    return register
