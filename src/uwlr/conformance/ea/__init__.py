"""Cases for an educational application under test: the referee plays the LAS."""
