"""Fake student administrations."""
