"""Typed UWLR messages for Python."""
