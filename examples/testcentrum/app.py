"""A small test platform: couple with a LAS, import with review, enter scores, run the night.

`python examples/testcentrum/app.py` starts it beside a fake ESIS and prints both addresses.
"""

from __future__ import annotations

import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import flask
from markupsafe import Markup
from werkzeug.serving import make_server

from mock_las import MockLas
from uwlr.berichten import Norm, Normering, Normkleur, Toets, VocabulaireGebondenVeld
from uwlr.errors import UwlrError
from uwlr.exchange import (
    Bron,
    Importer,
    Koppeling,
    Koppelingen,
    Ledger,
    NewResult,
    Nightly,
    NotReady,
    SqlLeden,
    Stale,
    Store,
)
from uwlr.exchange.leden import SOORTEN
from uwlr.exchange.show import TABS, around, counted, style, tabs, take_form, verdict

SCHOOL = "school-1"
KLEUREN = ((0, 39, (215, 48, 39)), (40, 69, (254, 224, 139)), (70, 100, (0, 104, 55)))
TOETS = Toets(
    toetscode=VocabulaireGebondenVeld(waarde="REK-M6"),
    toetsnaam="Rekenen midden groep 6",
    toetsnormering=Normering(
        norm=tuple(
            Norm(
                term=term,
                beginnormwaarde=begin,
                eindnormwaarde=eind,
                normkleur=Normkleur(rood_code=r, groen_code=g, blauw_code=b, transparantie=1),
            )
            for term, (begin, eind, (r, g, b)) in zip("CBA", KLEUREN, strict=True)
        )
    ),
)


def create_app(database: str) -> flask.Flask:
    """Make the application on a store."""
    app = flask.Flask(__name__, root_path=str(Path(__file__).parent))
    store = app.extensions["store"] = Store(database)
    store.upgrade()
    koppelingen, importer, ledger = Koppelingen(store), Importer(store), Ledger(store)
    leden = SqlLeden(store, SCHOOL)

    def mine() -> Koppeling:
        found = koppelingen.all()
        if not found:
            flask.abort(404)
        return found[-1]

    @app.before_request
    def same_site() -> None:
        """Another site cannot post here in a user's name."""
        if flask.request.method == "POST" and flask.request.headers.get("Sec-Fetch-Site", "none") == "cross-site":
            flask.abort(403)

    @app.errorhandler(UwlrError)
    def refused(error: UwlrError) -> tuple[str, int]:
        uitleg = getattr(error, "uitleg", None)
        if uitleg is not None:
            uitleg = f"De koppeling is niet ingeschakeld. {uitleg}"
        return flask.render_template("fout.html", tekst=str(error), uitleg=uitleg), 409

    @app.get("/")
    def index() -> str:
        found = koppelingen.all()
        koppeling = found[-1] if found else None
        counts = ledger.counts(koppeling.id) if koppeling else {}
        return flask.render_template(
            "index.html", koppeling=koppeling, counts=counts, leerlingen=len(leden.find("leerling"))
        )

    @app.post("/koppeling")
    def couple() -> Any:
        form = flask.request.form
        koppeling = koppelingen.add(
            naam=form["naam"],
            school=SCHOOL,
            vendor="esis",
            url=form["url"],
            leerresultaten_url=form["leerresultaten_url"],
            klantcode=form["klantcode"],
            klantnaam=form["klantnaam"],
            bronnen=[Bron(brincode=form["brincode"], dependancecode=form["dependancecode"] or None)],
        )
        koppelingen.approve(koppeling.id)
        koppelingen.enable(koppeling.id, autorisatiesleutel=form["sleutel"])
        return flask.redirect("/")

    add_review(app, koppelingen, importer)

    @app.post("/import")
    def plan() -> Any:
        return flask.redirect(f"/import/{importer.plan(mine()).id}")

    @app.get("/scores")
    def scores() -> str:
        return flask.render_template(
            "scores.html", leerlingen=[lid for lid in leden.find("leerling") if lid.actief], toets=TOETS
        )

    @app.post("/scores")
    def enter() -> Any:
        results = [
            NewResult(
                leerlingid=lid.gegevens.key or "",
                eckid=lid.gegevens.eckid,
                toets=TOETS,
                afnamedatum=date.today(),  # noqa: DTZ011 - the school's own day
                score=flask.request.form.get(f"score-{lid.id}"),
                genormeerd_op=datetime.now(UTC),
            )
            for lid in leden.find("leerling")
        ]
        ledger.record(mine().id, results)
        return flask.redirect("/")

    @app.post("/nacht")
    def night() -> str:
        return flask.render_template("nacht.html", summary=str(Nightly(database).run()))

    return app


def add_review(app: flask.Flask, koppelingen: Koppelingen, importer: Importer) -> None:
    """Add the pages on which an import is reviewed, summed up and applied."""

    @app.get("/import/<int:plan_id>")
    def review(plan_id: int) -> str:
        plan = importer.load(plan_id)
        koppeling = koppelingen.get(plan.koppeling_id)
        known = {soort: importer.search(koppeling, soort, "") for soort in SOORTEN}
        parts = (*around(plan, form=False), *tabs(plan, form=True, known=known))
        rows = Markup("".join(parts))  # noqa: S704 - made of HTML, with every text in it escaped
        changed = "gewijzigd" in flask.request.args
        return flask.render_template(
            "import.html", plan=plan, style=style(), tabs=rows, verdict=verdict(plan), gewijzigd=changed
        )

    @app.post("/import/<int:plan_id>")
    def decide(plan_id: int) -> Any:
        plan = importer.load(plan_id)
        refused = take_form(plan, flask.request.form, door="testcentrum")
        importer.save(plan)
        if refused:
            return flask.render_template("fout.html", tekst="; ".join(refused), uitleg=None), 409
        return flask.redirect(f"/import/{plan_id}/samenvatting")

    @app.get("/import/<int:plan_id>/samenvatting")
    def summary(plan_id: int) -> str:
        plan = importer.load(plan_id)
        rows = [(title, counted(plan.telling(soort))) for soort, title in TABS.items()]
        whole = Markup("".join(around(plan, form=False)))  # noqa: S704 - every text in it is escaped
        return flask.render_template("samenvatting.html", plan=plan, rows=rows, verdict=verdict(plan), geheel=whole)

    @app.post("/import/<int:plan_id>/vertrek")
    def leavers(plan_id: int) -> Any:
        plan = importer.load(plan_id)
        take_form(plan, flask.request.form)
        importer.save(plan)
        return flask.redirect(f"/import/{plan_id}/samenvatting")

    @app.post("/import/<int:plan_id>/afbreken")
    def abort(plan_id: int) -> Any:
        importer.abort(plan_id, door="testcentrum")
        return flask.redirect("/")

    @app.post("/import/terugdraaien")
    def undo() -> Any:
        importer.undo(koppelingen.all()[-1].id, door="testcentrum")
        return flask.redirect("/")

    @app.post("/import/<int:plan_id>/toestaan")
    def allow(plan_id: int) -> Any:
        plan = importer.load(plan_id)
        plan.toegestaan = True
        importer.save(plan)
        return flask.redirect(f"/import/{plan_id}/samenvatting")

    @app.post("/import/<int:plan_id>/toepassen")
    def apply(plan_id: int) -> Any:
        plan = importer.load(plan_id)
        try:
            importer.apply(plan, door="testcentrum")
        except NotReady:
            return flask.redirect(f"/import/{plan_id}/samenvatting")
        except Stale:
            return flask.redirect(f"/import/{importer.replan(plan).id}?gewijzigd=1")
        return flask.redirect("/")


def main() -> None:
    """Run it beside a fake ESIS until Ctrl-C."""
    with tempfile.TemporaryDirectory() as folder, MockLas("esis", seed=7, leerlingen=24) as las:
        server = make_server("127.0.0.1", 0, create_app(str(Path(folder, "testcentrum.db"))), threaded=True)
        connection = las.connection()
        print(f"ESIS         {las.url}/\nTestcentrum  http://127.0.0.1:{server.server_port}/")
        for name in ("leerlinggegevens_url", "leerresultaten_url", "brincode", "dependancecode", "autorisatie"):
            print(f"  {name:22}{connection[name]}")
        sys.stdout.flush()
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            server.server_close()


if __name__ == "__main__":
    main()
