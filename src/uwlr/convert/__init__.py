"""Rosters and results in other forms: EDEXML, JSON, CSV.

JSON and CSV lose nothing. UWLR and EDEXML each have what the other lacks: `for_uwlr` and `for_edexml` take that out
and list it.
"""

from uwlr.convert.as_json import from_json, to_json

__all__ = ["from_json", "to_json"]
