"""Recordings of how a real LAS behaves, without anybody in them: made as messages pass, and read."""

from uwlr.recorded.recorded_exchange import About, Passed, Question, RecordedExchange
from uwlr.recorded.recorded_folder import Recording
from uwlr.recorded.recorder import Recorder
from uwlr.recorded.under_way import UnderWay

__all__ = [
    "About",
    "Passed",
    "Question",
    "RecordedExchange",
    "Recorder",
    "Recording",
    "UnderWay",
]
