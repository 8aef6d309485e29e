"""Print the oldest versions that pyproject.toml allows, as constraints for pip."""

from __future__ import annotations

import tomllib
from itertools import chain
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent


def bounds() -> dict[str, str]:
    """The lower bound of each dependency, by its normalised name.

    Raises:
        ValueError: a dependency has no bound below.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    found = {}
    for line in chain(project["dependencies"], *project["optional-dependencies"].values()):
        wanted = Requirement(line)
        if wanted.name == project["name"]:
            continue
        below = [bound.version for bound in wanted.specifier if bound.operator in {">=", "=="}]
        if len(below) != 1:
            raise ValueError(f"{line}: no lower bound")
        found[canonicalize_name(wanted.name)] = below[0]
    return found


if __name__ == "__main__":
    for name, version in bounds().items():
        print(f"{name}=={version}")
