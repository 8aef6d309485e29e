"""A plan for people to look at: as text, and as one page with a tab per kind that works without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Final, cast

from uwlr.exchange.leden import SOORTEN, Soort
from uwlr.exchange.plan import Plan, Refused
from uwlr.exchange.plan_rows import KEUZES, Kandidaat, Keuze, Rij, proposal
from uwlr.exchange.review_words import (
    KIND,
    TABS,
    alarm_text,
    counted,
    details,
    group_names,
    in_line,
    lists,
    need,
    refusal_text,
    rows,
    verdict,
    warning_text,
    who,
    why,
)
from uwlr.visible import one_line

__all__ = ["TABS", "as_html", "as_text", "counted", "rows", "style", "tabs", "take_form", "verdict"]

Known = Mapping[Soort, Sequence[Kandidaat]]
"""All that the application knows, to be searched in the page."""

_STYLE: Final = """
body{font:15px/1.4 system-ui,sans-serif;margin:2rem;max-width:75rem}
table{border-collapse:collapse;width:100%}
td,th{border-bottom:1px solid #ccc;padding:.3rem .6rem;text-align:left;vertical-align:top}
.tab{position:absolute;opacity:0}
label.kop{display:inline-block;padding:.5rem 1rem;border:1px solid #888;border-bottom:0;cursor:pointer}
section{display:none;border-top:1px solid #888;padding-top:1rem}
.tab:checked+label.kop{background:#e5eef7;font-weight:600}
.tab:focus-visible+label.kop{outline:3px solid #0057b8}
.conflict,.open,.alarm{background:#fff3cd}
@media(max-width:45rem){
body{margin:1rem}
label.kop{padding:.5rem .4rem;font-size:.85rem}
thead{display:none}
tr{display:block;border-bottom:1px solid #ccc;padding:.4rem 0}
td{display:block;border:0;padding:.1rem .4rem}
td:empty{display:none}
td::before{content:attr(data-kop) ": ";color:#555}
td[data-kop=Naam]{font-weight:600}
select,input{max-width:100%}
}
"""
_SAID: Final = ("Groep", "Geboren", "Jaar", "Nummer")
_KOPPEN: Final = ("Nr", "Naam", *_SAID, "Keuze", "Reden", "Wijzigt", "Uit")
_MANY: Final[Mapping[str, str]] = {
    "": "elke rij apart",
    "voorstel": "neem het voorstel over waar er een is",
    "nieuw": "nieuw",
    "niet importeren": "niet importeren",
}
"""What can be chosen for all rows of a kind that wait."""

Groups = Mapping[tuple[str, str], str]


def as_text(plan: Plan) -> str:
    """Show the counts, and the rows that a person should look at, those that wait first; it holds names."""
    groups = group_names(plan)
    lines = [f"Plan {plan.id}, koppeling {plan.koppeling_id}, schooljaar {plan.schooljaar}", KIND[plan.aard]]
    lines += [f"Let op: {alarm_text(alarm)}" for alarm in plan.alarms]
    for soort in SOORTEN:
        lines += ["", f"{TABS[soort]}: {counted(plan.telling(soort))}"]
        lines += [f"  {line}" for rij in sorted(plan.of(soort), key=need) for line in _lines(rij, groups)]
    for title, names in lists(plan):
        lines += ["", f"{title}:", *(f"  {one_line(name)}" for name in names)]
    if warnings := plan.warnings:
        lines += ["", *(one_line(f"Let op: {warning_text(warning, plan)}") for warning in warnings)]
    return "\n".join([*lines, "", verdict(plan), ""])


def as_html(plan: Plan, *, action: str | None = None, known: Known | None = None) -> str:
    """Show the plan as one page with three tabs; it holds names.

    Args:
        plan: the plan.
        action: address that the decisions are posted to, for `take_form`; None shows the plan without a form.
        known: all that the application knows, so that a person can find somebody who is no candidate.
    """
    return "".join(_page(plan, action, known or {}))


def take_form(plan: Plan, form: Mapping[str, str], *, door: str | None = None) -> list[str]:
    """Take the decisions over that were posted from the page: what was changed there, and nothing else.

    For row N: `keuze-N`, `lid-N`, `zoek-N` (an id out of all the known), `emailadres-N`, `nummers-N` and `zeker-N`; for
    all rows of a kind that wait `alle-SOORT`; `vertrek` for the list of leavers; `toestaan` for the guards.

    Returns:
        What was refused, row by row, to be shown.
    """
    refused = []
    for rij in list(plan.rijen):
        many = form.get(f"alle-{rij.soort}", "") if rij.keuze == "conflict" else ""
        keuze = form.get(f"keuze-{rij.nummer}", rij.keuze)
        lid = form.get(f"zoek-{rij.nummer}") or None
        if lid is not None and lid != rij.lid:
            keuze = "bestaand"
        if many and keuze == "conflict":
            proposed = proposal(rij) if many == "voorstel" else None
            if many == "voorstel" and proposed is None:
                continue
            keuze, lid = ("bestaand", proposed.id) if proposed is not None else (many, None)
        emailadres = form.get(f"emailadres-{rij.nummer}") or None
        same = keuze == rij.keuze and lid is None and emailadres in {None, rij.gegevens.emailadres}
        if keuze not in KEUZES or keuze == "conflict" or same:
            continue
        try:
            plan.choose(
                rij.nummer,
                cast("Keuze", keuze),
                lid=(lid or form.get(f"lid-{rij.nummer}") or rij.lid) if keuze == "bestaand" else None,
                emailadres=emailadres,
                verwijder_nummers=f"nummers-{rij.nummer}" in form,
                zeker=f"zeker-{rij.nummer}" in form,
                door=door,
            )
        except Refused as error:
            refused.append(refusal_text(error))
    if form.get("vertrek") in {"deactiveren", "laten staan"}:
        plan.vertrek = form["vertrek"]  # type: ignore[assignment]
    if "toestaan" in form:
        plan.toegestaan = True
    return refused


def tabs(plan: Plan, *, form: bool, known: Known | None = None) -> Iterator[str]:
    """Give the three tabs, to put into a page of one's own together with `style`."""
    groups = group_names(plan)
    for soort in SOORTEN:
        checked = " checked" if soort == SOORTEN[0] else ""
        yield f'<input class="tab" type="radio" name="tab" id="tab-{soort}"{checked}>'
        yield f'<label class="kop" for="tab-{soort}">{TABS[soort]} ({len(plan.of(soort))})</label>'
    for soort in SOORTEN:
        yield f'<section id="{soort}"><p>{counted(plan.telling(soort))}</p>'
        found = sorted(plan.of(soort), key=need)
        everybody = (known or {}).get(soort, ())
        if form and any(rij.keuze == "conflict" for rij in found):
            yield _many(soort)
        if form and everybody:
            yield _everybody(soort, everybody, groups)
        yield "<table><thead><tr>"
        yield from (f"<th>{kop}</th>" for kop in _KOPPEN)
        yield "</tr></thead><tbody>"
        for rij in found:
            yield _row(rij, groups, form=form, searched=bool(everybody))
        yield "</tbody></table></section>"


def style() -> str:
    """Give the style sheet that makes the tabs work."""
    return _STYLE + "".join(f"#tab-{soort}:checked~#{soort}{{display:block}}" for soort in SOORTEN)


def around(plan: Plan, *, form: bool) -> Iterator[str]:
    """Give what is said of the plan as a whole: its kind, guards, who is gone, what choices bring with them."""
    yield f"<p>{escape(KIND[plan.aard])}</p>"
    yield from (f'<p class="alarm">Let op: {escape(alarm_text(alarm))}</p>' for alarm in plan.alarms)
    if form and plan.guarded:
        yield '<p><label><input type="checkbox" name="toestaan" value="ja"> Dit klopt: toch importeren</label></p>'
    for title, names in lists(plan):
        yield f"<h2>{escape(title)}</h2><ul>"
        yield from (f"<li>{escape(name)}</li>" for name in names)
        yield "</ul>"
    if form and plan.vertrokken:
        yield '<p><label>Vertrokken leerlingen: <select name="vertrek"><option value="">nog niet beslissen</option>'
        for keuze in ("deactiveren", "laten staan"):
            yield f"<option{' selected' if plan.vertrek == keuze else ''}>{keuze}</option>"
        yield "</select></label></p>"
    for warning in plan.warnings:
        yield f'<p class="alarm">Let op: {escape(warning_text(warning, plan))}</p>'


def _page(plan: Plan, action: str | None, known: Known) -> Iterator[str]:
    form = action is not None
    yield '<!doctype html><html lang="nl"><meta charset="utf-8">'
    yield f'<meta name="viewport" content="width=device-width"><title>Import {plan.id}</title>'
    yield f"<style>{style()}</style><main><h1>Import {plan.id}, schooljaar {escape(plan.schooljaar)}</h1>"
    yield f"<p>{escape(verdict(plan))}</p>"
    if action is not None:
        yield f'<form method="post" action="{escape(action)}">'
    yield from around(plan, form=form)
    yield from tabs(plan, form=form, known=known)
    if form:
        yield '<p><button name="doel" value="bewaren">Bewaren</button></p></form>'
    yield "</main></html>\n"


def _many(soort: Soort) -> str:
    options = "".join(f'<option value="{value}">{text}</option>' for value, text in _MANY.items())
    return f'<p><label>Alle rijen die wachten: <select name="alle-{soort}">{options}</select></label></p>'


def _everybody(soort: Soort, known: Sequence[Kandidaat], groups: Groups) -> str:
    """Give all that is known as a list that the browser searches by itself."""
    texts = (", ".join(filter(None, (one.label, in_line(one.gegevens, groups)))) for one in known)
    options = (
        f'<option value="{escape(one.id)}">{escape(text)}{"" if one.actief else " (inactief)"}</option>'
        for one, text in zip(known, texts, strict=True)
    )
    return f'<datalist id="bekend-{soort}">{"".join(options)}</datalist>'


def _row(rij: Rij, groups: Groups, *, form: bool, searched: bool) -> str:
    classes = "conflict" if rij.keuze == "conflict" else "open" if rij.incomplete else ""
    keuze = _choice(rij, groups, searched=searched) if form else escape(rij.keuze)
    reden = why(rij)
    if rij.kandidaten and not form:
        reden += ": " + ", ".join(f"{k.id} {who(k, groups)}" for k in rij.kandidaten)
    said = details(rij.gegevens, groups)
    cells = [str(rij.nummer), escape(rij.gegevens.label), *(escape(said.get(kop, "")) for kop in _SAID)]
    cells += [keuze, escape(reden), escape(", ".join(rij.wijzigt)), escape(", ".join(rij.bronnen))]
    shown = (f'<td data-kop="{kop}">{cell}</td>' for kop, cell in zip(_KOPPEN, cells, strict=True))
    return f'<tr class="{classes}">' + "".join(shown) + "</tr>"


def _choice(rij: Rij, groups: Groups, *, searched: bool) -> str:
    number = rij.nummer
    fields = [f'<select name="keuze-{number}" aria-label="Keuze voor rij {number}">']
    for keuze in KEUZES:
        if (keuze == "bestaand" and not (rij.lid or rij.kandidaten)) or (keuze == "conflict" and rij.keuze != keuze):
            continue
        fields.append(f"<option{' selected' if keuze == rij.keuze else ''}>{keuze}</option>")
    fields.append("</select>")
    if rij.kandidaten:
        fields.append(f'<select name="lid-{number}" aria-label="Wie is rij {number}">')
        fields += [f'<option value="{escape(k.id)}">{escape(who(k, groups))}</option>' for k in rij.kandidaten]
        fields.append("</select>")
    if rij.open and searched:
        name = f"bekend-{rij.soort}"
        fields.append(
            f'<input name="zoek-{number}" list="{name}" placeholder="zoek" aria-label="Zoek voor rij {number}">'
        )
    if rij.keuze == "conflict" and rij.nummers:
        box = f'<input type="checkbox" name="nummers-{number}" value="ja">'
        fields.append(f"<label>{box} bij nieuw: verwijder de oude nummers</label>")
    if rij.open and (rij.dubbel or searched):
        box = f'<input type="checkbox" name="zeker-{number}" value="ja">'
        fields.append(f"<label>{box} zeker: als nieuw zijn het er twee, als bekende is het dezelfde</label>")
    if rij.soort == "leerkracht" and rij.keuze == "nieuw":
        value = escape(rij.gegevens.emailadres or "")
        name = f"emailadres-{number}"
        fields.append(f'<input type="email" name="{name}" value="{value}" aria-label="E-mailadres rij {number}">')
    return "".join(fields)


def _lines(rij: Rij, groups: Groups) -> Iterator[str]:
    if rij.keuze == "bestaand" and not rij.wijzigt and not rij.meldingen:
        return
    said = in_line(rij.gegevens, groups) if rij.open or rij.outside or rij.keuze == "nieuw" else ""
    more = f" [{said}]" if said else ""
    more += f": {why(rij)}"
    more += f"; wijzigt {', '.join(rij.wijzigt)}" if rij.wijzigt else ""
    more += f"; uit {' en '.join(rij.bronnen)}" if len(rij.bronnen) > 1 else ""
    yield one_line(f"{rij.nummer:4} {rij.keuze:15} {rij.gegevens.label}{more}")
    yield from (one_line(f"     kandidaat {k.id}: {who(k, groups)}") for k in rij.kandidaten)
