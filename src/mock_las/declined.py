"""What a fake does not do, and why."""

from __future__ import annotations

from uwlr.errors import ConfigurationError


class Declined(ConfigurationError):  # noqa: N818 - the name says what happened
    """A fake does not do what it was asked.

    Attributes:
        uitleg: why, and what to do, for people at the school, in Dutch.
    """

    def __init__(self, text: str, uitleg: str) -> None:
        super().__init__(text)
        self.uitleg = uitleg
