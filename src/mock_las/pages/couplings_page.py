"""Pages of vendors and their couplings: the list, activating, one coupling, the log and the mails."""

from __future__ import annotations

from typing import Any

import flask

from mock_las import vendors
from mock_las.arguments import Activation, Seed, Which
from mock_las.pages import dutch
from mock_las.pages.actions import (
    Problem,
    attempt,
    cookie_of,
    look_of,
    require_manager,
    role_at,
    school_of,
    verbs,
)
from mock_las.pages.vendor_looks import Offer
from mock_las.verbs import Action, Json, Unknown

pages = flask.Blueprint("couplings", __name__)


@pages.get("/")
def overview() -> Any:
    """Every vendor with its couplings."""
    shown = [
        {
            "vendor": vendors.load(connection["name"]),
            "look": look_of(connection["name"]),
            "traits": verbs().traits_in_force(connection["name"]),
            "couplings": _named(connection["name"]),
        }
        for connection in verbs().vendors()
    ]
    return flask.render_template("overzicht.html", shown=shown)


@pages.post("/")
def reset() -> Any:
    """Return to the state at the start."""
    verbs().reset(Seed())
    return flask.redirect(flask.url_for("couplings.overview", gelukt="reset"), 303)


@pages.post("/aanmelden/<vendor>")
def log_in(vendor: str) -> Any:
    """Log in at a system in another role; only this browser knows it."""
    verbs().vendor(vendor)
    wanted = flask.request.form.get("rol", "")
    if wanted not in {role.naam for role in look_of(vendor).roles}:
        raise Unknown(f"{vendor} has no such role")
    answer = flask.redirect(flask.url_for("couplings.of_vendor", vendor=vendor, gelukt="role"), 303)
    answer.set_cookie(cookie_of(vendor), wanted, httponly=True, samesite="Strict")
    return answer


@pages.get("/koppelingen/<vendor>")
def of_vendor(vendor: str) -> str:
    """The couplings of a school at one vendor, those that it can begin, and the vendor's addresses."""
    return _vendor_page(vendor, None)


@pages.post("/koppelingen/<vendor>")
def request(vendor: str) -> Any:
    """Request a coupling, as a supplier or a maker does outside of the system; or open it for the school at once."""
    form = flask.request.form
    which = Which(
        **school_of(form.get("school", "")),
        klantcode=form.get("klantcode", "").strip() or None,
        klantnaam=form.get("klantnaam", "").strip() or None,
    )

    def action() -> str:
        coupling = verbs().act(vendor, "request", which)
        if "openen" in form and coupling["status"] == "aangevraagd":
            verbs().act(vendor, "approve", which)
            return "mailed" if verbs().traits_in_force(vendor).key_origin == "mail" else "approve"
        return "request"

    where = flask.url_for("couplings.of_vendor", vendor=vendor, school=form.get("school", ""))
    return attempt(
        action,
        where,
        "De koppeling is niet aangevraagd: de code en de naam van de leverancier mogen niet leeg zijn.",
        lambda p: _vendor_page(vendor, p),
    )


@pages.get("/koppelingen/<vendor>/voorwaarden/<klantcode>")
def conditions(vendor: str, klantcode: str) -> Any:
    """The conditions of a coupling, to download."""
    title = vendors.load(verbs().vendor(vendor)["name"]).title
    naam = next((offer.naam for offer in look_of(vendor).offers if offer.klant.klantcode == klantcode), klantcode)
    text = flask.render_template("voorwaarden.txt", title=title, naam=naam)
    headers = {"Content-Disposition": 'attachment; filename="gebruikersvoorwaarden.txt"'}
    return flask.Response(text, mimetype="text/plain", headers=headers)


@pages.get("/koppelingen/<vendor>/logboek")
def log(vendor: str) -> str:
    """What happened to the couplings of a vendor, newest first."""
    steps = [(step, coupling) for coupling in _named(vendor) for step in coupling["log"]]
    return flask.render_template(
        "logboek.html",
        vendor=vendors.load(vendor),
        traits=verbs().traits_in_force(vendor),
        steps=sorted(steps, key=lambda step: step[0]["at"], reverse=True),
        words=dutch.EVENTS,
    )


@pages.get("/koppelingen/<vendor>/activeren")
def begin(vendor: str) -> str:
    """The form that begins a coupling from the list."""
    require_manager(vendor)
    return _begin_page(vendor, flask.request.args.get("school", ""), flask.request.args.get("klant", ""), None)


@pages.post("/koppelingen/<vendor>/activeren")
def begin_now(vendor: str) -> Any:
    """Begin a coupling from the list."""
    require_manager(vendor)
    school, code = flask.request.form.get("school", ""), flask.request.form.get("klant", "")
    offer = _offer(vendor, code)
    which = {**school_of(school), "klantcode": offer.klant.klantcode, "klantnaam": offer.klant.klantnaam}
    where = flask.url_for("couplings.of_vendor", vendor=vendor, school=school)
    return _activate(vendor, which, where, "activate", lambda problem: _begin_page(vendor, school, code, problem))


@pages.get("/koppelingen/<vendor>/<int:number>")
def one(vendor: str, number: int) -> str:
    """One coupling: its status, key and log, and what can be done now."""
    return _coupling_page(vendor, number, None)


@pages.post("/koppelingen/<vendor>/<int:number>/activeren")
def activate(vendor: str, number: int) -> Any:
    """Activate the coupling with the school's own key, or with one that the system makes."""
    require_manager(vendor)
    coupling = _coupling(vendor, number)
    done = "new_key" if coupling["status"] == "actief" else "activate"
    return _activate(
        vendor, _which(coupling), _where(vendor, number), done, lambda problem: _coupling_page(vendor, number, problem)
    )


def _activate(vendor: str, which: Json, where: str, done: str, page: Any) -> Any:
    """Activate a coupling as the form says, if everything that the vendor asks for is there."""
    traits = verbs().traits_in_force(vendor)
    form = flask.request.form
    key = form.get("sleutel", "") if traits.key_origin == "school" else None
    later = key == "" and traits.removing_key == "pauses"
    name = form.get("naam", "").strip()
    missing = []
    if traits.consent_required:
        missing = [text for text, there in (("uw naam", name), ("het akkoord", "akkoord" in form)) if not there]
    if missing:
        text = f"Er is niets opgeslagen: {' en '.join(missing)} {'ontbreken' if missing[1:] else 'ontbreekt'} nog."
        return page(Problem(text, "the school's board must agree, by name")), 422

    def action() -> str:
        wanted = Activation(
            **which,
            door=name or role_at(vendor).gebruiker,
            autorisatiesleutel=key,
            startdatum=dutch.read_day(form.get("startdatum", "")),
            akkoord="akkoord" in form or not traits.consent_required,
            without_key=later,
        )
        verbs().activate(vendor, wanted)
        return "without_key" if later else done

    return attempt(action, where, "De koppeling kan nu niet worden geactiveerd: zij moet eerst zijn goedgekeurd.", page)


@pages.post(
    "/koppelingen/<vendor>/<int:number>/<any(goedkeuren, afnemen, sleutel_verwijderen, beeindigen, aanvragen):step>"
)
def take_step(vendor: str, number: int, step: str) -> Any:
    """Change the status of the coupling."""
    door = None if step in {"goedkeuren", "aanvragen"} else require_manager(vendor)
    coupling = _coupling(vendor, number)
    traits = verbs().traits_in_force(vendor)
    mailed, paused = traits.key_origin == "mail", traits.removing_key == "pauses"
    steps: dict[str, tuple[Action, str]] = {
        "goedkeuren": ("approve", "mailed" if mailed else "approve"),
        "afnemen": ("take", "take"),
        "sleutel_verwijderen": ("remove_key", "paused" if paused else "end"),
        "beeindigen": ("end", "end"),
        "aanvragen": ("request", "request"),
    }
    verb, done = steps[step]

    def action() -> str:
        verbs().act(vendor, verb, Which(**_which(coupling), door=door))
        return done

    refused = f"Dat kan niet bij een koppeling die {dutch.STATUS[coupling['status']]} is."
    return attempt(action, _where(vendor, number), refused, lambda p: _coupling_page(vendor, number, p))


@pages.get("/postvak/<vendor>")
def outbox(vendor: str) -> str:
    """The mails that a vendor sent."""
    mails = list(reversed(verbs().outbox(vendor)))
    return flask.render_template("postvak.html", vendor=vendors.load(vendor), mails=mails)


def _vendor_page(vendor: str, problem: Problem | None) -> str:
    connection = verbs().vendor(vendor)
    traits = verbs().traits_in_force(vendor)
    schools = verbs().schools(vendor)
    wanted = school_of(flask.request.args.get("school", ""))
    school = next((s for s in schools if (s["brincode"], s["dependancecode"]) == tuple(wanted.values())), schools[0])
    couplings = [c for c in _named(vendor) if not c["brincode"] or c["school"] == _code(school)]
    there = {c["klantcode"] for c in couplings if c["status"] != "beeindigd"}
    # Where somebody else opens a coupling, a school does not find it before.
    opened_by_others = traits.start_status == "aangevraagd"
    offers = [offer for offer in look_of(vendor).offers if offer.klant.klantcode not in there]
    return flask.render_template(
        "koppelingen.html",
        vendor=vendors.load(vendor),
        traits=traits,
        connection=connection,
        couplings=couplings,
        offers=[] if opened_by_others else offers,
        to_open=offers if opened_by_others else [],
        schools=schools,
        school=school,
        code=_code(school),
        show=flask.request.args.get("toon", ""),
        problem=problem,
    )


def _begin_page(vendor: str, school: str, klant: str, problem: Problem | None) -> str:
    offer = _offer(vendor, klant)
    which = school_of(school)
    schools = verbs().schools(vendor)
    found = next((s for s in schools if (s["brincode"], s["dependancecode"]) == tuple(which.values())), None)
    if found is None:
        raise Unknown(f"{vendor} has no school {school}")
    traits = verbs().traits_in_force(vendor)
    return flask.render_template(
        "activeren.html",
        vendor=vendors.load(vendor),
        traits=traits,
        offer=offer,
        school=found,
        code=_code(found),
        key_rule=dutch.key_rule(traits, which["brincode"], which["dependancecode"]),
        typed=flask.request.form,
        problem=problem,
    )


def _coupling_page(vendor: str, number: int, problem: Problem | None) -> str:
    coupling = _coupling(vendor, number)
    traits = verbs().traits_in_force(vendor)
    events = [step["event"] for step in coupling["log"]]
    return flask.render_template(
        "koppeling.html",
        vendor=vendors.load(vendor),
        traits=traits,
        coupling=coupling,
        offer=next((o for o in look_of(vendor).offers if o.klant.klantcode == coupling["klantcode"]), None),
        taken=next(
            (event == "afgenomen" for event in reversed(events) if event in {"afgenomen", "goedgekeurd"}), False
        ),
        events=dutch.EVENTS,
        key_name=dutch.key_name(traits),
        key_rule=dutch.key_rule(traits, coupling["brincode"], coupling["dependancecode"]),
        typed=flask.request.form,
        problem=problem,
    )


def _offer(vendor: str, klantcode: str) -> Offer:
    """What the list of a vendor offers, as long as a school begins it there."""
    traits = verbs().traits_in_force(vendor)
    for offer in look_of(vendor).offers:
        if offer.klant.klantcode == klantcode and traits.start_status == "goedgekeurd":
            return offer
    raise Unknown(f"{vendor} has no such coupling to begin")


def _named(vendor: str) -> list[Json]:
    """The couplings of a vendor, each with the code and the name of its school."""
    names = {_code(school): school["naam"] for school in verbs().schools(vendor)}
    found = verbs().couplings(vendor)
    for coupling in found:
        coupling["school"] = _code(coupling) if coupling["brincode"] else ""
        coupling["schoolnaam"] = names.get(coupling["school"], "")
    return found


def _code(school: Json) -> str:
    return f"{school['brincode']}-{school['dependancecode']}"


def _coupling(vendor: str, number: int) -> Json:
    found = next((coupling for coupling in _named(vendor) if coupling["id"] == number), None)
    if found is None:
        raise Unknown(f"{vendor} has no coupling {number}")
    return found


def _which(coupling: Json) -> Json:
    """The coupling as the verbs identify it; a key for all schools has no school of its own."""
    names = ("brincode", "dependancecode", "klantcode", "klantnaam")
    return {name: coupling[name] for name in names if coupling[name]}


def _where(vendor: str, number: int) -> str:
    return flask.url_for("couplings.one", vendor=vendor, number=number)
