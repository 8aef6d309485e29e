"""A LAS that pulls results from a supplier, as Magister does from JIJ!.

**The real contract is not public.** WSDL, messages, fault codes and cursor here are this project's own invention. They
have the properties that the public manual describes: three settings (web service address, Instellingscode, SOAP-key),
results since the last import in batches, a date to start from, and an import that goes on after a crash. They are for
trying out such a coupling, not for use with the real supplier. `docs/jij.md` says what to replace when the real
contract is known.

This is the contract and the side of the LAS, which pulls with `JijClient`; the side of the supplier is `mock_ea.jij`.
"""

from mock_las.jij.jij_client import JijClient
from mock_las.jij.toetsresultaten import (
    Batch,
    GeenResultatenMeer,
    JijFoutcode,
    Toegang,
    ToetsresultatenAntwoord,
    ToetsresultatenVerzoek,
)

__all__ = [
    "Batch",
    "GeenResultatenMeer",
    "JijClient",
    "JijFoutcode",
    "Toegang",
    "ToetsresultatenAntwoord",
    "ToetsresultatenVerzoek",
]
