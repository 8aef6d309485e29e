"""Rosters and results in other forms: EDEXML, JSON, CSV, workbooks of Excel, columns.

JSON and tables lose nothing. UWLR and EDEXML each have what the other lacks: `for_uwlr` and `for_edexml` take that out
and list it. `load` reads any form, `dump` writes a document and `prepare_tables` makes tables of one of any size.
"""

from uwlr.convert.as_columns import from_columns, to_columns
from uwlr.convert.as_csv import from_csv, to_csv
from uwlr.convert.as_json import from_json, to_json
from uwlr.convert.as_xlsx import from_xlsx, to_xlsx
from uwlr.convert.forms import FORMS, Dumped, Form, Loaded, dump, guess, load
from uwlr.convert.loss import Converted, Lost, for_edexml, for_uwlr, roster
from uwlr.convert.streaming import Prepared, prepare_tables

__all__ = [
    "FORMS",
    "Converted",
    "Dumped",
    "Form",
    "Loaded",
    "Lost",
    "Prepared",
    "dump",
    "for_edexml",
    "for_uwlr",
    "from_columns",
    "from_csv",
    "from_json",
    "from_xlsx",
    "guess",
    "load",
    "prepare_tables",
    "roster",
    "to_columns",
    "to_csv",
    "to_json",
    "to_xlsx",
]
