"""SOAP 1.1 as UWLR uses it: operations, envelopes, faults, and a LAS without a framework.

`uwlr.soap.answer(request, providers)` is that LAS.
"""

from uwlr.soap.answer import answer
from uwlr.soap.http import Request, Response

__all__ = ["Request", "Response", "answer"]
