"""What is shipped: the licences of all that comes along, and the list of it."""

from __future__ import annotations

import json
import re
import subprocess
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
SECURITY = (ROOT / "SECURITY.md").read_text("utf-8")

FREE = re.compile(r"\b(MIT|BSD|Apache|ISC|PSF|Python Software Foundation|Unlicense)\b", re.IGNORECASE)
"""Licences that ask for no more than their text."""

NAMED = re.compile(r"\b(LGPL|GNU Lesser|MPL|Mozilla Public)", re.IGNORECASE)
"""Licences that ask for more of who changes the package itself; each such package is named in SECURITY.md."""


def shipped() -> dict[str, str]:
    """All that `uwlr[all]` brings along here, and its licence as its own metadata tells."""
    found: dict[str, str] = {}
    waiting = [Requirement("uwlr[all]")]
    seen: set[tuple[str, str]] = set()
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        meta = distribution(name).metadata
        classifiers = [c for c in meta.get_all("Classifier", []) if c.startswith("License ::")]
        text = meta.get("License-Expression") or " ".join(classifiers) or str(meta.get("License", ""))[:80]
        found[name] = text
        for extra in ("", *sorted(wanted.extras)):
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            for line in distribution(name).requires or ():
                needed = Requirement(line)
                with_extra = needed.marker is not None and "extra" in str(needed.marker)
                if bool(extra) == with_extra and (needed.marker is None or needed.marker.evaluate({"extra": extra})):
                    waiting.append(needed)
    return found


def test_every_licence_is_one_we_allow():
    """All that is shipped is free to use beside anything, or is named in SECURITY.md with what it asks."""
    licences = shipped()
    assert {"lxml", "spyne", "psycopg-binary", "distributed"} <= licences.keys()
    strange = {name: text for name, text in licences.items() if not FREE.search(text) and not NAMED.search(text)}
    assert strange == {}
    asking = {name for name, text in licences.items() if NAMED.search(text)}
    assert {name for name in asking if f"`{name}`" not in SECURITY} == set()
    assert [text for text in licences.values() if re.search(r"(?<!L)GPL|Affero", text) and "LGPL" not in text] == []


def test_versions_are_exact_and_name_no_index():
    """Each line of constraints.txt is one version, of a range of Pythons at most, and all that is shipped has one."""
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    exact = r"""[A-Za-z0-9._-]+==[A-Za-z0-9.+!_-]+(?:; python_version [<>=]+ "3\.\d+")?"""
    assert [line for line in lines if not re.fullmatch(exact, line)] == []
    pinned = {canonicalize_name(line.partition("==")[0]) for line in lines}
    assert shipped().keys() - pinned - {"uwlr"} == set()


@pytest.mark.proof
def test_the_list_of_what_is_shipped_is_valid():
    """`make sbom` writes a CycloneDX list that keeps to its schema, with every part, and the licences."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    done = subprocess.run(["make", "sbom"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    text = (ROOT / "build" / "sbom.cdx.json").read_text("utf-8")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    components = {canonicalize_name(part["name"]) for part in json.loads(text)["components"]}
    licences = (ROOT / "build" / "licences.md").read_text("utf-8")
    listed = {canonicalize_name(row.split("|")[1].strip()) for row in licences.splitlines()[2:]}
    assert shipped().keys() - {"uwlr"} <= components
    assert shipped().keys() <= listed
