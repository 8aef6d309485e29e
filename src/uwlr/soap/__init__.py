"""SOAP 1.1 as UWLR uses it: operations, envelopes, faults, and a LAS without a framework.

`uwlr.soap.answer.answer(request, providers)` is that LAS. Nothing is imported here: whoever needs only the operations
or the envelope does not wait for the rest.
"""
