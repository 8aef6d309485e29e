"""A run in one file that two parties can accept: its exchanges without persons, its settings, its verdicts.

One JSON value on a line, and at the end of each line the hash of everything up to there, so that a changed byte shows
and where. Who has a key can sign the last hash. From the exchanges alone every verdict can be derived again; those that
a bundle holds were derived from it in that way.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from uwlr.berichten import Autorisatie
from uwlr.conformance.application_calls import Call, operation_of
from uwlr.conformance.baseline import Baseline
from uwlr.conformance.casebook import cases
from uwlr.conformance.declarations import Ea, Las
from uwlr.conformance.execution import Run, System
from uwlr.conformance.line import PlayedBackLine
from uwlr.conformance.outcomes import Case, Event, Outcome, Role, RunEnded, RunStarted, fingerprint
from uwlr.conformance.referee import Play, PlayedBack, Referee
from uwlr.conformance.system import LasSystem
from uwlr.conformance.traffic import Exchange
from uwlr.errors import ConfigurationError
from uwlr.http_headers import VERBATIM, WORDED
from uwlr.private_files import write_private
from uwlr.pseudonymiser import Pseudonymiser
from uwlr.text import Text

FORMAT: Final = 1
"""Version of the form; it changes when a reader has to."""

_START: Final = "0" * 64
_MARK: Final = b',"chain":"'
_END: Final = b'"}\n'
_GZIP: Final = b"\x1f\x8b"
_DESCRIPTION: Final = re.compile(rb"<(?:\w+:)?(?:definitions|schema)\b")


class Broken(Exception):  # noqa: N818 - a finding about a file
    """The bundle is not what was written.

    Args:
        line: number of the first line that is wrong, from 1.
        why: what is wrong with it.
    """

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"line {line}: {why}")
        self.line = line


class Verified(NamedTuple):
    """What came of verifying a bundle.

    Attributes:
        role: who was judged.
        system: what reports call it.
        suite: the program that judged.
        lines: how many lines the chain holds.
        verdicts: how many verdicts it has.
        differ: the cases whose verdict, derived again, is another.
        signed: whether the signature is that of the key; None if there is none, or no key was given.
        by_now: the program that derived them again.
        has_signature: whether somebody signed it.
        fingerprint: that of the verdicts of the run, as its reports show it.
    """

    role: Role
    system: str
    suite: str
    lines: int
    verdicts: int
    differ: tuple[str, ...]
    signed: bool | None
    by_now: str
    has_signature: bool
    fingerprint: str

    @property
    def holds(self) -> bool:
        """Whether every verdict follows, and the signature is not that of somebody else."""
        return not self.differ and self.signed is not False


class BundleReport:
    """Writes a bundle when a run is over.

    Args:
        path: the file.
        system: the system that the run judges.
        baseline: findings that are known and accepted.
        strict: whether recommendations count.
        key: signs the bundle.
        secret: what the pseudonyms follow from; by default one that nobody keeps.
    """

    def __init__(
        self,
        path: Path,
        system: LasSystem | Referee,
        *,
        baseline: Baseline | None = None,
        strict: bool = False,
        key: bytes | None = None,
        secret: bytes | None = None,
    ) -> None:
        self._path = path
        self._system = system
        self._baseline = baseline or Baseline()
        self._strict = strict
        self._key = key
        self._secret = secret or secrets.token_bytes(32)
        self._started: RunStarted | None = None

    def __call__(self, event: Event) -> None:
        """Take an event."""
        if isinstance(event, RunStarted):
            self._started = event
        elif isinstance(event, RunEnded) and self._started is not None:
            write_private(self._path, self._bundle(self._started, event))

    def _bundle(self, started: RunStarted, ended: RunEnded) -> bytes:
        head = {
            "kind": "run",
            "format": FORMAT,
            "role": started.role,
            "system": started.system,
            "suite": started.suite,
            "settings": started.settings,
            "chosen": [case.id for case in started.cases],
            "strict": self._strict,
            "baseline": msgspec.to_builtins(self._baseline.known),
            "judged_on": started.started_at.date().isoformat(),
            "started_at": started.started_at.isoformat(),
            "ended_at": ended.ended_at.isoformat(),
        }
        recorded = (
            _of_las(self._system, self._secret)
            if isinstance(self._system, LasSystem)
            else _of_ea(self._system, self._secret)
        )
        records = [head | recorded[0], *recorded[1:]]
        # What the exchanges say without the persons; where that differs from what was seen, it says so.
        derived = derive(records)
        live = {outcome.case.id: str(outcome.verdict) for outcome in ended.outcomes}
        verdicts = [
            _verdict(outcome) | ({"live": live[outcome.case.id]} if live[outcome.case.id] != outcome.verdict else {})
            for outcome in derived.outcomes
        ]
        end = {"kind": "end", "green": derived.green, "verdicts": len(verdicts)}
        return _chained([*records, *verdicts, end], self._key)


def _verdict(outcome: Outcome) -> dict[str, Any]:
    return {
        "kind": "verdict",
        "case": outcome.case.id,
        "verdict": str(outcome.verdict),
        "unmet": outcome.unmet,
        "actual": msgspec.to_builtins(outcome.actual),
        "reason": msgspec.to_builtins(outcome.reason),
        "accepted": outcome.accepted,
        "red": outcome.red,
    }


# Recording.


def _of_las(system: LasSystem, secret: bytes) -> list[dict[str, Any]]:
    pseudonymiser = Pseudonymiser(secret)
    header = system.given.autorisatie
    exchanges = system.line.exchanges
    for exchange in exchanges:  # so that whom a later answer names is left out of an earlier fault
        _learn(pseudonymiser, exchange)
    pupil = system.config.leerresultaten.leerlingid
    other = system.given.other_key_of_school
    head = {
        "key": pseudonymiser.value(header.autorisatiesleutel, "key"),
        "klantcode": header.klantcode,
        "klantnaam": header.klantnaam,
        "other_key": pseudonymiser.value(other, "key") if other else None,
        "leerlingid": pseudonymiser.value(pupil, "key") if pupil else None,
        "moments": [moment.isoformat() for moment in system.line.moments],
    }
    written: dict[bytes, int] = {}
    return [head, *(_exchange(one, pseudonymiser, written) for one in exchanges)]


def _learn(pseudonymiser: Pseudonymiser, exchange: Exchange) -> None:
    if b"_antwoord" in exchange.answer:
        pseudonymiser.message(exchange.answer)


def _exchange(exchange: Exchange, pseudonymiser: Pseudonymiser, written: dict[bytes, int]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "kind": "exchange",
        **{name: getattr(exchange, name) for name in _PLAIN},
        "headers": _headers(exchange.headers, pseudonymiser),
        "answer_headers": _headers(exchange.answer_headers, pseudonymiser),
        "absent": msgspec.to_builtins(exchange.absent),
        "certificate_ends": exchange.certificate_ends.isoformat() if exchange.certificate_ends else None,
    }
    for name in ("body", "answer"):
        data = getattr(exchange, name)
        if data in written:
            found[name] = {"as_in": written[data], "part": name}
        else:
            # Nobody is in a description of the service; what was packed was seen unpacked.
            as_it_is = data[:2] == _GZIP or (exchange.method == "GET" and _DESCRIPTION.search(data[:4000]))
            made = data if as_it_is else pseudonymiser.message(data)
            found[name] = _as_text(made)
            if name == "answer" and len(data) > 1000:
                written[data] = exchange.number
    return found


_PLAIN: Final = (
    "number",
    "case",
    "operation",
    "service",
    "method",
    "query",
    "status",
    "problem",
    "unreached",
    "fact",
    "connection",
    "duration_ms",
)


def _headers(headers: Mapping[str, str], pseudonymiser: Pseudonymiser) -> dict[str, str]:
    def safe(name: str, value: str) -> str:
        if name.lower() in VERBATIM:
            return value
        return pseudonymiser.text(value) if name.lower() in WORDED else pseudonymiser.value(value, "key")

    return {name: safe(name, value) for name, value in headers.items()}


def _as_text(data: bytes) -> Any:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode()}


def _of_ea(referee: Referee, secret: bytes) -> list[dict[str, Any]]:
    # The persons of the referee are made up; whom else an application names is not.
    made_up = {value for one in referee.original.leerlingen for value in (one.key, one.eckid) if value} | referee.named
    pseudonymiser = Pseudonymiser(secret, keep=made_up)
    header = referee.autorisatie
    head = {
        "key": pseudonymiser.value(header.autorisatiesleutel, "key"),
        "klantcode": header.klantcode,
        "klantnaam": header.klantnaam,
        "schooljaar": referee.school.schooljaar,
        "named": sorted(referee.named),
        "plays": msgspec.to_builtins(referee.plays),
    }
    began = referee.calls[0].at if referee.calls else 0.0
    return [head, *(_call(call, began, pseudonymiser) for call in referee.calls)]


def _call(call: Call, began: float, pseudonymiser: Pseudonymiser) -> dict[str, Any]:
    return {
        "kind": "call",
        "number": call.number,
        "headers": _headers(call.headers, pseudonymiser),
        "body": _as_text(pseudonymiser.message(call.body)),
        "at": round(call.at - began, 6),
        "beside": call.beside,
        "taken": call.taken,
        "status": call.status,
        "duration_ms": call.duration_ms,
    }


# Deriving.


def derive(records: Sequence[Mapping[str, Any]]) -> RunEnded:
    """Judge again what a bundle recorded.

    Raises:
        ConfigurationError: it is of another form, or names a case that this version does not have.
    """
    head, *others = records
    if head.get("format") != FORMAT:
        raise ConfigurationError("the bundle has another form than this program reads")
    role: Role = head["role"]
    by_id = {case.id: case for case in cases(role)}
    missing = [name for name in head["chosen"] if name not in by_id]
    if missing:
        raise ConfigurationError(f"the bundle was made by {head['suite']}, whose case {missing[0]} this version lacks")
    chosen: list[Case] = [by_id[name] for name in head["chosen"]]
    baseline = msgspec.convert({"known": head["baseline"]}, Baseline)
    system: System = _las_again(head, others) if role == "LAS" else _ea_again(head, others)
    run = Run(system, chosen, baseline=baseline, strict=head["strict"], today=date.fromisoformat(head["judged_on"]))
    return run(role)


def _header_again(head: Mapping[str, Any]) -> Autorisatie:
    return Autorisatie(autorisatiesleutel=head["key"], klantcode=head["klantcode"], klantnaam=head["klantnaam"])


def _las_again(head: Mapping[str, Any], others: Sequence[Mapping[str, Any]]) -> LasSystem:
    settings = dict(head["settings"])
    allow_writes, allow_load = settings.pop("allow_writes"), settings.pop("allow_load")
    if head["leerlingid"]:
        settings["leerresultaten"] = {"leerlingid": head["leerlingid"]}
    exchanges: list[Exchange] = []
    for record in others:
        if record["kind"] == "exchange":
            exchanges.append(_exchange_again(record, exchanges))
    moments = [datetime.fromisoformat(moment) for moment in head["moments"]]
    system = LasSystem(
        msgspec.convert(settings, Las),
        allow_writes=allow_writes,
        allow_load=allow_load,
        line=PlayedBackLine(exchanges, moments),
        autorisatie=_header_again(head),
    )
    system.given.other_key_of_school = head["other_key"]
    return system


def _exchange_again(record: Mapping[str, Any], before: Sequence[Exchange]) -> Exchange:
    values = {name: record[name] for name in (*_PLAIN, "headers", "answer_headers")}
    for name in ("body", "answer"):
        given = record[name]
        if isinstance(given, Mapping) and "as_in" in given:
            values[name] = before[given["as_in"] - 1].answer
        else:
            values[name] = _as_bytes(given)
    ends = record["certificate_ends"]
    return Exchange(
        **values,
        absent=msgspec.convert(record["absent"], Text) if record["absent"] else None,
        certificate_ends=datetime.fromisoformat(ends) if ends else None,
    )


def _ea_again(head: Mapping[str, Any], others: Sequence[Mapping[str, Any]]) -> PlayedBack:
    calls = []
    for record in others:
        if record["kind"] == "call":
            body = _as_bytes(record["body"])
            plain = {
                name: record[name] for name in ("number", "headers", "at", "beside", "taken", "status", "duration_ms")
            }
            calls.append(Call(operation=operation_of(body), body=body, **plain))
    plays = msgspec.convert(head["plays"], list[Play])
    config = msgspec.convert(head["settings"], Ea)
    return PlayedBack(config, _header_again(head), head["schooljaar"], calls, plays, head["named"])


def _as_bytes(given: Any) -> bytes:
    return base64.b64decode(given["base64"]) if isinstance(given, Mapping) else str(given).encode()


# The chain.


def _chained(records: Sequence[Mapping[str, Any]], key: bytes | None) -> bytes:
    lines: list[bytes] = []
    chain = _START
    for record in records:
        content = msgspec.json.encode(record)[:-1]
        chain = _hash(chain, content)
        lines.append(content + _MARK + chain.encode() + _END)
    if key is not None:
        signature = hmac.new(key, chain.encode(), hashlib.sha256).hexdigest()
        content = msgspec.json.encode({"kind": "signature", "hmac_sha256": signature})[:-1]
        lines.append(content + _MARK + _hash(chain, content).encode() + _END)
    return b"".join(lines)


def _hash(chain: str, content: bytes) -> str:
    return hashlib.sha256(chain.encode() + content).hexdigest()


def _lines(data: bytes) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Take the lines apart, each held against the hash at its end.

    Raises:
        Broken: a byte was changed.
    """
    chain = _START
    for number, line in enumerate(data.splitlines(keepends=True), 1):
        content, mark, tail = line.rpartition(_MARK)
        if not mark or not tail.endswith(_END):
            raise Broken(number, "it does not end in its hash")
        chain = _hash(chain, content)
        if tail.removesuffix(_END) != chain.encode():
            raise Broken(number, "it was changed, or a line before it was")
        try:
            yield chain, msgspec.json.decode(content + b"}")
        except msgspec.DecodeError:
            raise Broken(number, "it is no JSON") from None


def verify(path: Path, key: bytes | None = None) -> Verified:
    """See that no byte of a bundle was changed, and derive every verdict again.

    Raises:
        Broken: a byte was changed, or the end is missing.
        ConfigurationError: it cannot be read, or is of another form.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{path.name} cannot be read: {error.strerror}") from None
    found = list(_lines(data))
    signature = found.pop() if found and found[-1][1].get("kind") == "signature" else None
    records = [record for _, record in found]
    if len(records) < 2 or records[0].get("kind") != "run" or records[-1].get("kind") != "end":
        raise Broken(len(found) + 1, "the end is missing")
    verdicts = [record for record in records if record["kind"] == "verdict"]
    if len(verdicts) != records[-1]["verdicts"]:
        raise Broken(len(found), "verdicts are missing")
    signed = None
    if signature is not None and key is not None:
        wanted = hmac.new(key, found[-1][0].encode(), hashlib.sha256).hexdigest()
        signed = hmac.compare_digest(wanted, str(signature[1].get("hmac_sha256")))
    ended = derive([record for record in records if record["kind"] in {"run", "exchange", "call"}])
    again = {outcome.case.id: msgspec.json.encode(_verdict(outcome)) for outcome in ended.outcomes}
    differ = [
        str(one["case"])
        for one in verdicts
        if msgspec.json.encode({name: value for name, value in one.items() if name != "live"}) != again.get(one["case"])
    ]
    head = records[0]
    return Verified(
        role=head["role"],
        system=head["system"],
        suite=head["suite"],
        lines=len(found),
        verdicts=len(verdicts),
        differ=tuple(differ),
        signed=signed,
        by_now=f"uwlr {version('uwlr')}",
        has_signature=signature is not None,
        fingerprint=fingerprint((one["case"], one.get("live", one["verdict"])) for one in verdicts),
    )
