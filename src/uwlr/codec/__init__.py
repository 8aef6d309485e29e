"""Bytes to messages and back: the only place, with `uwlr.schemas`, that builds an XML parser."""
