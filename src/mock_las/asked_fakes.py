"""Asks fakes what they would be asked elsewhere, so that a recording of their answers can be held against another."""

from __future__ import annotations

from pathlib import Path

import msgspec

from mock_las.las import Las
from mock_las.las_answers import Connection
from uwlr.drift.asking_again import Again
from uwlr.drift.interview import ask, record
from uwlr.drift.script import Endpoint
from uwlr.recorded import Recording


def endpoint_of(connection: Connection) -> Endpoint:
    """Give the endpoint of a fake, from what a client needs to connect to it."""
    return msgspec.convert(connection, Endpoint, from_attributes=True)


def ask_running(las: Las, folder: Path, *, like: Recording | None = None, label: str = "") -> Recording:
    """Ask running fakes and record what they answer.

    Args:
        las: the fakes; `las.vendor` is asked.
        folder: where the recording is made; it is not there yet, or empty.
        like: a recording whose questions are asked; by default the questions of `uwlr.drift.script`.
        label: what to call the recording.

    Raises:
        ConfigurationError: nothing can be written there, or nobody answers.
    """
    endpoint = endpoint_of(las.connection())
    if like is None:
        return ask(endpoint, folder, label=label)
    again = Again(like, endpoint)
    return record(endpoint, again.steps(), folder, label=label, seen=again.learn)
