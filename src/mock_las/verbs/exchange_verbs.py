"""Verbs about the traffic: planned faults, magic schools, and the journal of exchanges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from mock_las import magic_schools
from mock_las.faults import PlannedFault
from mock_las.journal import Exchange
from mock_las.verbs.lookup import Base, Json, Unknown
from uwlr.soap.operations import OPERATIONS
from uwlr.soap.redact import Redaction

_OPERATIONS: Final = tuple(operation.name for operation in OPERATIONS)


class ExchangeVerbs(Base):
    """The verbs about exchanges."""

    def faults(self) -> list[Json]:
        """The planned faults."""
        return [msgspec.to_builtins(fault) for fault in self._fakes.plan.list()]

    def plan_faults(self, faults: Sequence[PlannedFault]) -> list[Json]:
        """Plan these faults, in place of those that were planned.

        Raises:
            ConfigurationError: a fault that could never strike.
        """
        self._fakes.plan.replace(faults)
        return self.faults()

    def plan_fault(self, fault: PlannedFault) -> None:
        """Plan one more fault.

        Raises:
            ConfigurationError: it could never strike.
        """
        self._fakes.plan.add(fault)

    def remove_fault(self, fault: PlannedFault) -> list[Json]:
        """Cancel one such fault, if there is one; the others keep their counts."""
        self._fakes.plan.remove(fault)
        return self.faults()

    def clear_faults(self) -> None:
        """Cancel all planned faults."""
        self._fakes.plan.replace(())

    def magic_schools(self) -> list[Json]:
        """The schools that always react in one way, depending on their BRIN."""
        return [{"brincode": magic.brincode, "reaction": magic.description} for magic in magic_schools.SCHOOLS.values()]

    def exchanges(
        self, vendor: str | None = None, operation: str | None = None, faultcode: str | None = None
    ) -> list[Json]:
        """The exchanges, oldest first, without their messages.

        Raises:
            Unknown: no such vendor or operation.
        """
        if vendor is not None:
            self._served(vendor)
        if operation is not None and operation not in _OPERATIONS:
            raise Unknown(f"there is no operation {operation!r}; there are {', '.join(_OPERATIONS)}")
        return [exchange.summary() for exchange in self._fakes.journal.list(vendor, operation, faultcode)]

    def exchange(self, number: int | str) -> Json:
        """One exchange with its messages and the findings of the validator, without keys and personal data.

        Raises:
            Unknown: there is no such exchange, or no longer.
        """
        found = self._fakes.journal.get(int(number)) if str(number).isdecimal() else None
        if found is None:
            raise Unknown(f"there is no exchange {number}")
        from mock_las.findings import answer_findings, as_plain_data, request_findings  # noqa: PLC0415 - the validator is not small

        return {
            **_redacted(found, Redaction()),
            "request_findings": [as_plain_data(finding) for finding in request_findings(found)],
            "answer_findings": [as_plain_data(finding) for finding in answer_findings(found)],
        }

    def clear_exchanges(self) -> None:
        """Empty the journal."""
        self._fakes.journal.clear()

    def export(self) -> list[Json]:
        """All exchanges with their messages, without keys and personal data, fit to be passed on."""
        redaction = Redaction()
        return [_redacted(exchange, redaction) for exchange in self._fakes.journal.list()]


def _redacted(exchange: Exchange, redaction: Redaction) -> Json:
    return {
        **exchange.summary(),
        "request": redaction.redact(exchange.request),
        "answer": redaction.redact(exchange.answer),
    }
