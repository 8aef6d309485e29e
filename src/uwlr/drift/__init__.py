"""How two sides differ: recordings of a real LAS, of a fake, of another day or vendor."""
