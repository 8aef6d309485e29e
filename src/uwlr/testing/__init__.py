"""Synthetic schools and results, and damage to them, for tests, demonstrations and fakes."""

from uwlr.testing.damage import damaged
from uwlr.testing.results import make_results, make_toets
from uwlr.testing.school import make_school

__all__ = ["damaged", "make_results", "make_school", "make_toets"]
