"""Imports of simulated schools, with every silent decision held against the truth."""
