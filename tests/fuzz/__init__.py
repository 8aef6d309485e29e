"""Hostile input: seven doors of the library, what must hold behind each, and ways to damage what goes in.

python -m tests.fuzz read --seconds 600
"""
