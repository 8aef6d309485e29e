"""What the package page shows: the README with links that work there, and the addresses of the project.

All follow from one setting, `repository` in pyproject.toml. While it is empty, addresses and pictures are left out, and
a link to a file of the repository keeps its text only.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

_LINK = re.compile(r"(!?)\[([^\]]*)\]\((?!https?://|#)([^)\s]+)\)")


def page(readme: str, repository: str) -> str:
    """The README, with links to files of the repository made whole, or taken out; a picture is taken out altogether."""

    def there(link: re.Match[str]) -> str:
        picture, text, file = link.groups()
        if not repository:
            return "" if picture else text
        return f"{picture}[{text}]({repository}/{'raw' if picture else 'blob'}/main/{file})"

    return _LINK.sub(there, readme)


class Page(MetadataHookInterface):
    """Fills in `readme` and `urls`."""

    PLUGIN_NAME = "custom"

    def update(self, metadata: dict[str, Any]) -> None:
        """Add what `dynamic` in pyproject.toml leaves open."""
        repository = self.config["repository"].rstrip("/")
        readme = (Path(self.root) / "README.md").read_text("utf-8")
        metadata["readme"] = {"content-type": "text/markdown", "text": page(readme, repository)}
        metadata["urls"] = {}
        if repository:
            metadata["urls"] = {
                "Repository": repository,
                "Issues": f"{repository}/issues",
                "Changelog": f"{repository}/blob/main/CHANGELOG.md",
                "Rules": f"{repository}/blob/main/docs/rules",
                "Documentation": f"{repository}/blob/main/docs/README.md",
                "Security": f"{repository}/security/policy",
            }
