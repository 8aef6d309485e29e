"""SOAP 1.1 as UWLR uses it: operations, envelopes, faults, and a LAS without a framework."""
