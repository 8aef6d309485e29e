"""The import of Boom testcentrum: three tabs, "koppeling aanpassen", the summary, and the second confirmation."""

from __future__ import annotations

from typing import Any, Final, cast

import flask

from mock_ea.boom import Boom
from mock_ea.sites.visits import Problem, apps, attempt, must_be
from uwlr.errors import UwlrError
from uwlr.exchange import NotReady, Plan, Rij, Stale
from uwlr.exchange.leden import SOORTEN, Soort
from uwlr.exchange.plan_rows import Kandidaat, Keuze
from uwlr.exchange.review_words import (
    KIND,
    TABS,
    alarm_text,
    details,
    group_names,
    lists,
    refusal_text,
    verdict,
    warning_text,
    who,
    why,
)
from uwlr.exchange.show import take_form

pages = flask.Blueprint("review", __name__, url_prefix="/boom/<school_id>/import/<int:plan_id>")

_MOST: Final = 50
"""People that a search shows."""

MANY: Final = {"groep": "groepen", "leerkracht": "leerkrachten", "leerling": "leerlingen"}


@pages.get("")
def show(school_id: str, plan_id: int) -> Any:
    """One tab of the review."""
    _, plan = _opened(school_id, plan_id)
    return _review(plan, _tab(flask.request.args.get("tab", "")), None)


@pages.post("")
def decide(school_id: str, plan_id: int) -> Any:
    """Keep the choices of a tab, and go on to where a button leads."""
    boom, plan = _opened(school_id, plan_id)
    given = flask.request.form
    tab = _tab(given.get("tab", ""))
    before = {rij.nummer: rij.gegevens.emailadres for rij in plan.rijen}
    refused = take_form(plan, given, door=_who())
    refused += _take_many(plan, tab, given.get("groep", ""), given.get("wat", ""), given.get("waar", ""))
    boom.suite.importer.save(plan)
    if refused:
        return _review(plan, tab, Problem(" ".join(refused), f"{len(refused)} choices were refused")), 422
    completed = any(rij.gegevens.emailadres != before[rij.nummer] for rij in plan.rijen)
    if "aanpassen" in given and given["aanpassen"].isdigit():
        return flask.redirect(
            flask.url_for("review.find", school_id=school_id, plan_id=plan_id, row=int(given["aanpassen"])), 303
        )
    if "samenvatting" in given:
        return flask.redirect(flask.url_for("review.summary", school_id=school_id, plan_id=plan_id), 303)
    going = _tab(given["naar"]) if "naar" in given else tab
    gelukt = None if "naar" in given and not completed else "bewaard"
    return flask.redirect(_at(school_id, plan_id, going, gelukt), 303)


@pages.get("/aanpassen/<int:row>")
def find(school_id: str, plan_id: int, row: int) -> Any:
    """Search the known for who a row is."""
    boom, plan = _opened(school_id, plan_id)
    return _search(boom, plan, plan.row(row), None)


@pages.post("/aanpassen/<int:row>")
def take(school_id: str, plan_id: int, row: int) -> Any:
    """Couple a row with one of the known, and return to the review."""
    boom, plan = _opened(school_id, plan_id)
    rij = plan.row(row)

    def action() -> str:
        plan.choose(row, "bestaand", lid=flask.request.form.get("lid", ""), door=_who())
        boom.suite.importer.save(plan)
        return "gekoppeld"

    where = _at(school_id, plan_id, rij.soort) + f"#rij-{row}"
    return attempt(action, where, lambda problem: _search(boom, plan, rij, problem))


@pages.get("/samenvatting")
def summary(school_id: str, plan_id: int) -> Any:
    """What is about to be taken over; nothing is written yet."""
    boom, plan = _opened(school_id, plan_id)
    return _summary(boom, plan, None)


@pages.post("/samenvatting")
def settle(school_id: str, plan_id: int) -> Any:
    """Keep what was decided about the import as a whole."""
    boom, plan = _opened(school_id, plan_id)
    take_form(plan, flask.request.form, door=_who())
    boom.suite.importer.save(plan)
    return flask.redirect(flask.url_for("review.summary", school_id=school_id, plan_id=plan_id), 303)


@pages.post("/importeren")
def apply(school_id: str, plan_id: int) -> Any:
    """The second confirmation: everything is written, or nothing."""
    boom, plan = _opened(school_id, plan_id)
    importer = boom.suite.importer
    try:
        importer.apply(plan, door=_who())
    except NotReady as error:
        return _summary(boom, plan, Problem(verdict(plan), str(error))), 422
    except Stale:
        fresh = importer.replan(plan)
        text = "De gegevens zijn intussen veranderd. Controleer de import opnieuw; uw keuzes zijn overgenomen."
        return _review(fresh, "groep", Problem(text, "the roster or the pupils changed since the plan was made")), 409
    except UwlrError as error:
        text = "Het LAS geeft de gegevens nu niet. Er is niets gewijzigd; probeer het later opnieuw."
        return _summary(boom, plan, Problem(text, str(error))), 422
    return flask.redirect(flask.url_for("pupils.overview", school_id=school_id, gelukt="geimporteerd"), 303)


@pages.post("/afbreken")
def abort(school_id: str, plan_id: int) -> Any:
    """Break it off: nothing is written, and the next import shows the same rows."""
    boom, _ = _opened(school_id, plan_id)
    boom.suite.importer.abort(plan_id, door=_who())
    return flask.redirect(flask.url_for("boom.couple", school_id=school_id, gelukt="afgebroken"), 303)


def _opened(school_id: str, plan_id: int) -> tuple[Boom, Plan]:
    """Give a plan that waits; one that is settled sends to where the koppeling stands, with a word about it."""
    must_be("boom", school_id, ["beheerder"])
    boom = apps().boom(school_id)
    importer = boom.suite.importer
    mine = {one.id for one in boom.koppelingen()}
    status, _ = importer.status(plan_id)
    if status != "open":
        said = {"toegepast": "al uitgevoerd", "afgebroken": "afgebroken", "teruggedraaid": "teruggedraaid"}
        text = f"Deze import is {said.get(status, 'door een nieuwere vervangen')}."
        flask.abort(flask.make_response(flask.render_template("boom_voorbij.html", text=text), 410))
    plan = importer.load(plan_id)
    if plan.koppeling_id not in mine:
        flask.abort(404)
    return boom, plan


def _who() -> str:
    return "beheerder"


def _tab(text: str) -> Soort:
    return text if text in SOORTEN else "groep"


def _at(school_id: str, plan_id: int, tab: Soort, gelukt: str | None = None) -> str:
    return flask.url_for("review.show", school_id=school_id, plan_id=plan_id, tab=tab, gelukt=gelukt)


def _take_many(plan: Plan, tab: Soort, groep: str, wat: str, waar: str) -> list[str]:
    """Make one choice for many rows of a tab: those of a group, or those of a category; gives what was refused."""
    if wat not in {"nieuw", "niet importeren"}:
        return []
    groups, refused = group_names(plan), []
    for rij in plan.of(tab):
        if rij.keuze == "conflict" or (waar and rij.keuze != waar):
            continue
        if groep and details(rij.gegevens, groups).get("Groep", "") != groep:
            continue
        if rij.keuze == wat or (wat == "nieuw" and rij.keuze == "bestaand"):
            continue
        try:
            plan.choose(rij.nummer, cast("Keuze", wat), door=_who())
        except UwlrError as error:
            refused.append(refusal_text(cast("Any", error)))
    return refused


def _row(rij: Rij, groups: Any) -> dict[str, Any]:
    return {
        "rij": rij,
        "said": details(rij.gegevens, groups),
        "why": why(rij),
        "candidates": [(kandidaat.id, who(kandidaat, groups)) for kandidaat in rij.kandidaten],
    }


def _review(plan: Plan, tab: Soort, problem: Problem | None) -> str:
    groups = group_names(plan)
    rows = [_row(rij, groups) for rij in plan.of(tab)]
    many = MANY[tab]
    categories = [
        ("conflict", "Eerst kiezen"),
        ("nieuw", f"Nieuwe {many} toevoegen"),
        ("bestaand", f"Bestaande {many} koppelen"),
        ("niet importeren", "Niet importeren"),
    ]
    return flask.render_template(
        "boom_import.html",
        plan=plan,
        tab=tab,
        tabs=[
            (soort, title, len(plan.of(soort)), sum(r.open for r in plan.of(soort))) for soort, title in TABS.items()
        ],
        categories=[(key, title, [row for row in rows if row["rij"].keuze == key]) for key, title in categories],
        groups=sorted({row["said"].get("Groep", "") for row in rows} - {""}) if tab != "groep" else [],
        incomplete=[rij for rij in plan.rijen if rij.incomplete],
        kind=KIND[plan.aard],
        verdict=verdict(plan),
        many=many,
        problem=problem,
    )


def _search(boom: Boom, plan: Plan, rij: Rij, problem: Problem | None) -> str:
    koppeling = boom.suite.koppelingen.get(plan.koppeling_id)
    text = flask.request.values.get("zoek", "")
    taken = {other.lid: other.nummer for other in plan.of(rij.soort) if other.keuze == "bestaand" and other is not rij}
    found: list[Kandidaat] = boom.suite.importer.search(koppeling, rij.soort, text)
    groups = group_names(plan)
    return flask.render_template(
        "boom_aanpassen.html",
        plan=plan,
        row=_row(rij, groups),
        zoek=text,
        found=[(one, details(one.gegevens, groups), taken.get(one.id)) for one in found[:_MOST]],
        more=max(len(found) - _MOST, 0),
        problem=problem,
    )


def _summary(boom: Boom, plan: Plan, problem: Problem | None) -> str:
    del boom
    return flask.render_template(
        "boom_samenvatting.html",
        plan=plan,
        counts=[(title, plan.telling(soort)) for soort, title in TABS.items()],
        alarms=[alarm_text(alarm) for alarm in plan.alarms],
        warnings=[warning_text(warning, plan) for warning in plan.warnings],
        lists=lists(plan),
        verdict=verdict(plan),
        problem=problem,
    )
