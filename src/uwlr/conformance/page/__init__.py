"""The page to run the referee from: Flask, Dutch, on this machine only, and nothing that runs in the browser."""
