"""Synthetic schools and results, for tests, demonstrations and fakes."""

from uwlr.testing.school import make_school

__all__ = ["make_school"]
