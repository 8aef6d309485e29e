"""Write the page of each rule, docs/rules/ID.md, and their list, from the rules themselves.

Run it after a change of a rule: `python tools/rule_pages.py`. A test fails when the pages are not in step.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from uwlr.validation import RULES
from uwlr.validation.explanations import example
from uwlr.validation.rule_registry import Rule

FOLDER = Path(__file__).parent.parent / "docs" / "rules"
BASES = {
    "norm": "stands in the agreement or its technical files",
    "practice": "seen at vendors or in their manuals",
    "inferred": "follows from what the agreement says elsewhere",
    "assumed": "a bound of our own",
}
FAMILIES = {
    "XM": "XML",
    "SO": "SOAP",
    "XS": "Schema",
    "AU": "Header of a request",
    "VZ": "Requests",
    "SC": "School",
    "LG": "Leerlinggegevens",
    "LR": "Leerresultaten",
    "PS": "Profile Smalle set",
    "PL": "Profile LVS-set",
}


def pages() -> dict[str, str]:
    """Every page by its file name."""
    made = {f"{rule.id}.md": "\n".join(_page(rule)) + "\n" for rule in RULES}
    return made | {"README.md": "\n".join(_list()) + "\n"}


def _page(rule: Rule) -> Iterator[str]:
    shown = example(rule)
    yield f"# {rule.id}"
    yield ""
    yield f"{_plain(rule.outline('en'))}."
    yield ""
    yield "| | |"
    yield "|---|---|"
    yield f"| severity | {rule.severity} |"
    yield f"| layer | {rule.layer} |"
    yield f"| versions | {', '.join(rule.versies)} |"
    if rule.profiel is not None:
        yield f"| profile | {rule.profiel} |"
    yield f"| source | {rule.source.document}, {rule.source.section} |"
    yield f"| basis | {rule.source.basis}: {BASES[rule.source.basis]} |"
    yield ""
    yield "## Example"
    yield ""
    yield "Where a message has"
    yield ""
    yield from _xml(shown.before)
    yield ""
    if shown.after:
        yield "and this becomes"
        yield ""
        yield from _xml(shown.after)
    else:
        yield "and this is left out"
    yield ""
    yield "the report says, in Dutch and in English (personal values are an ellipsis unless asked for):"
    yield ""
    yield f"> {_plain(shown.finding.message('nl'))}"
    yield ">"
    yield f"> → {_plain(shown.finding.remedy('nl'))}"
    yield ""
    yield f"> {_plain(shown.finding.message('en'))}"
    yield ">"
    yield f"> → {_plain(shown.finding.remedy('en'))}"


def _xml(text: str) -> Iterator[str]:
    yield "```xml"
    yield text
    yield "```"


def _plain(text: str) -> str:
    """Keep Markdown from seeing tags in a text."""
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _list() -> Iterator[str]:
    yield "# The rules of the validator"
    yield ""
    yield "Made by `tools/rule_pages.py`. `uwlr rules` prints this list, `uwlr explain ID` one page of it."
    for family, title in FAMILIES.items():
        yield ""
        yield f"## {title}"
        yield ""
        yield "| rule | severity | layer | says |"
        yield "|---|---|---|---|"
        for rule in RULES:
            if rule.id.startswith(f"{family}-"):
                text = _plain(rule.outline("en")).replace("|", "\\|")
                yield f"| [{rule.id}]({rule.id}.md) | {rule.severity} | {rule.layer} | {text} |"


def main() -> None:
    """Write the pages, and remove those of rules that are gone."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = pages()
    for path in FOLDER.glob("*.md"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
