"""The journal: the list of exchanges, and one exchange with its messages and findings."""

from __future__ import annotations

from typing import Any

import flask

from mock_las.pages import dutch
from mock_las.pages.actions import verbs
from mock_las.pages.message_lines import shown

pages = flask.Blueprint("journal", __name__)

_PAGE = 100


@pages.get("/journaal")
def index() -> Any:
    """The exchanges, newest first."""
    given = {name: flask.request.args.get(name) or None for name in ("vendor", "operation", "faultcode")}
    every = verbs().exchanges()
    fitting = list(reversed(verbs().exchanges(**given)))
    before = flask.request.args.get("voor", type=int)
    if before is not None:
        fitting = [exchange for exchange in fitting if exchange["id"] < before]
    return flask.render_template(
        "journaal.html",
        exchanges=fitting[:_PAGE],
        older=fitting[_PAGE - 1]["id"] if len(fitting) > _PAGE else None,
        given=given,
        choices={name: sorted({e[name] for e in every if e[name]}) for name in given},
        total=len(every),
    )


@pages.post("/journaal/leegmaken")
def clear() -> Any:
    """Empty the journal."""
    verbs().clear_exchanges()
    return flask.redirect(flask.url_for("journal.index", gelukt="clear_exchanges"), 303)


@pages.get("/journaal/<int:number>")
def one(number: int) -> Any:
    """One exchange."""
    exchange = verbs().exchange(number)
    return flask.render_template(
        "uitwisseling.html",
        exchange=exchange,
        severity_words=dutch.SEVERITY,
        messages=[
            ("verzoek", "Verzoek", exchange["request_bytes"], shown(exchange["request"], exchange["request_findings"])),
            ("antwoord", "Antwoord", exchange["answer_bytes"], shown(exchange["answer"], exchange["answer_findings"])),
        ],
    )
