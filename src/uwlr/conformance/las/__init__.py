"""Cases for a LAS under test, a file for each topic."""
