"""Synthetic schools and results, school life with the truth in it, and damage, for tests, demonstrations and fakes."""

from uwlr.testing.damage import damaged
from uwlr.testing.lens import LENSES, Lens
from uwlr.testing.results import make_results, make_toets
from uwlr.testing.school import make_school
from uwlr.testing.schoollife import SchoolLife

__all__ = ["LENSES", "Lens", "SchoolLife", "damaged", "make_results", "make_school", "make_toets"]
