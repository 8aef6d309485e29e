"""SOAP 1.1 as UWLR uses it: operations, envelopes, faults, and a LAS without a framework.

`uwlr.soap.answer.answer(request, providers)` is that LAS. Nothing is imported here, so that the operations or the
envelope can be used without loading the rest.
"""
