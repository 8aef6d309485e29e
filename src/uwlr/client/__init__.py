"""Ask a LAS for its roster, and bring it results.

`UwlrClient` and `AsyncUwlrClient` are thin shells around one core without I/O. Nothing here imports requests or httpx
before a client is made, nor zeep at all.
"""

from uwlr.client._async import AsyncUwlrClient
from uwlr.client._sync import UwlrClient
from uwlr.client.config import LongKeyWarning
from uwlr.client.coupling_check import Check, ProbeResult
from uwlr.client.records import AnswerEvent, Exchange, RequestEvent
from uwlr.client.retry import Retry

__all__ = [
    "AnswerEvent",
    "AsyncUwlrClient",
    "Check",
    "Exchange",
    "LongKeyWarning",
    "ProbeResult",
    "RequestEvent",
    "Retry",
    "UwlrClient",
]
