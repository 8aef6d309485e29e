"""Fake educational applications."""
