"""EDEXML 2.1 files: the roster of a school as every LAS exports it, read into and written from the same messages.

    roster = uwlr.edexml.read(data)
    data = uwlr.edexml.write(roster)

Source: EDEXML 2.1 (schema 20161207, manual of February 2017).
"""

from uwlr.edexml.files import OPMERKING, ROOT, TAL, iter_leerlingen, read, read_tolerant, write

__all__ = ["OPMERKING", "ROOT", "TAL", "iter_leerlingen", "read", "read_tolerant", "write"]
