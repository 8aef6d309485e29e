"""Hostile input: seven doors of the library, what must hold behind each, and ways to damage what goes in.

PYTHONPATH=tests python -m fuzz read --seconds 600
"""
