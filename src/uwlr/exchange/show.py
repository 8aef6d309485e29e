"""A plan for people to look at: as text, and as one page with a tab per kind that works without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Final

from uwlr.exchange.leden import SOORTEN, Soort
from uwlr.exchange.plan import KEUZES, Plan, Rij, Telling

TABS: Final[dict[Soort, str]] = {"groep": "Groepen", "leerkracht": "Leerkrachten", "leerling": "Leerlingen"}

_STYLE: Final = """
body{font:15px/1.4 system-ui,sans-serif;margin:2rem;max-width:75rem}
table{border-collapse:collapse;width:100%}
td,th{border-bottom:1px solid #ccc;padding:.3rem .6rem;text-align:left;vertical-align:top}
.tab{position:absolute;opacity:0}
label.kop{display:inline-block;padding:.5rem 1rem;border:1px solid #888;border-bottom:0;cursor:pointer}
section{display:none;border-top:1px solid #888;padding-top:1rem}
.tab:checked+label.kop{background:#e5eef7;font-weight:600}
.tab:focus-visible+label.kop{outline:3px solid #0057b8}
.conflict,.open{background:#fff3cd}
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
_KOPPEN: Final = ("Nr", "Naam", "Keuze", "Reden", "Wijzigt", "Uit")


def counted(telling: Telling) -> str:
    """Say in words how many rows there are of each kind (R10)."""
    parts = [f"{telling.nieuw} nieuw", f"{telling.te_wijzigen} te wijzigen", f"{telling.ongewijzigd} ongewijzigd"]
    more = {
        "niet importeren": telling.niet_importeren,
        "conflict": telling.conflict,
        "te deactiveren": telling.deactiveren,
    }
    return ", ".join(parts + [f"{count} {word}" for word, count in more.items() if count])


def as_text(plan: Plan) -> str:
    """Show the counts, and the rows that a person should look at; it holds names."""
    lines = [f"Plan {plan.id}, koppeling {plan.koppeling_id}, schooljaar {plan.schooljaar}"]
    for soort in SOORTEN:
        lines += ["", f"{TABS[soort]}: {counted(plan.telling(soort))}"]
        lines += [f"  {line}" for rij in plan.of(soort) if (line := _line(rij))]
    if gone := plan.deactiveren:
        lines += ["", "Te deactiveren:"]
        lines += [f"  {weg.label} ({weg.groepsnaam})" for weg in gone]
    return "\n".join([*lines, "", verdict(plan), ""])


def rows(count: int) -> str:
    """Say how many rows."""
    return "1 rij" if count == 1 else f"{count} rijen"


def verdict(plan: Plan) -> str:
    """Say whether the plan can be applied."""
    if plan.open_rows:
        return f"Nog te beslissen of aan te vullen: {rows(len(plan.open_rows))}."
    if plan.guarded:
        return (
            f"Tegengehouden: {len(plan.deactiveren)} van {plan.leerlingen_actief} leerlingen zouden gedeactiveerd "
            "worden."
        )
    return "Klaar om toe te passen." if plan.changes else "Er verandert niets."


def as_html(plan: Plan, *, action: str | None = None) -> str:
    """Show the plan as one page with three tabs; it holds names.

    Args:
        plan: the plan.
        action: address that the decisions are posted to, as `keuze-N`, `lid-N` and `emailadres-N` for row N; None
            shows the plan without a form.
    """
    return "".join(_page(plan, action))


def tabs(plan: Plan, *, form: bool) -> Iterator[str]:
    """Give the three tabs, to put into a page of one's own together with `style`."""
    for soort in SOORTEN:
        checked = " checked" if soort == SOORTEN[0] else ""
        yield f'<input class="tab" type="radio" name="tab" id="tab-{soort}"{checked}>'
        yield f'<label class="kop" for="tab-{soort}">{TABS[soort]} ({len(plan.of(soort))})</label>'
    for soort in SOORTEN:
        yield f'<section id="{soort}"><p>{counted(plan.telling(soort))}</p><table><thead><tr>'
        yield from (f"<th>{kop}</th>" for kop in _KOPPEN)
        yield "</tr></thead><tbody>"
        for rij in plan.of(soort):
            yield _row(rij, form=form)
        yield "</tbody></table>"
        if soort == "leerling" and plan.deactiveren:
            yield "<h2>Te deactiveren</h2><ul>"
            yield from (f"<li>{escape(weg.label)} ({escape(weg.groepsnaam)})</li>" for weg in plan.deactiveren)
            yield "</ul>"
        yield "</section>"


def style() -> str:
    """Give the style sheet that makes the tabs work."""
    return _STYLE + "".join(f"#tab-{soort}:checked~#{soort}{{display:block}}" for soort in SOORTEN)


def _page(plan: Plan, action: str | None) -> Iterator[str]:
    yield '<!doctype html><html lang="nl"><meta charset="utf-8">'
    yield f'<meta name="viewport" content="width=device-width"><title>Import {plan.id}</title>'
    yield f"<style>{style()}</style><h1>Import {plan.id}, schooljaar {escape(plan.schooljaar)}</h1>"
    yield f"<p>{verdict(plan)}</p>"
    if action is not None:
        yield f'<form method="post" action="{escape(action)}">'
    yield from tabs(plan, form=action is not None)
    if action is not None:
        yield '<p><button name="doel" value="bewaren">Bewaren</button></p></form>'
    yield "</html>\n"


def _row(rij: Rij, *, form: bool) -> str:
    classes = "conflict" if rij.keuze == "conflict" else "open" if rij.incomplete else ""
    keuze = _choice(rij) if form else escape(rij.keuze)
    reden = rij.reden + ("; e-mailadres ontbreekt" if rij.incomplete else "")
    if rij.kandidaten and not form:
        reden += ": " + ", ".join(f"{k.id} {k.label} ({k.waarom})" for k in rij.kandidaten)
    cells = [str(rij.nummer), escape(rij.gegevens.label), keuze, escape(reden)]
    cells += [escape(", ".join(rij.wijzigt)), escape(", ".join(rij.bronnen))]
    shown = (f'<td data-kop="{kop}">{cell}</td>' for kop, cell in zip(_KOPPEN, cells, strict=True))
    return f'<tr class="{classes}">' + "".join(shown) + "</tr>"


def _choice(rij: Rij) -> str:
    fields = [f'<select name="keuze-{rij.nummer}" aria-label="Keuze voor rij {rij.nummer}">']
    for keuze in KEUZES:
        if (keuze == "bestaand" and not (rij.lid or rij.kandidaten)) or (keuze == "conflict" and rij.keuze != keuze):
            continue
        fields.append(f"<option{' selected' if keuze == rij.keuze else ''}>{keuze}</option>")
    fields.append("</select>")
    if rij.kandidaten:
        fields.append(f'<select name="lid-{rij.nummer}" aria-label="Wie is rij {rij.nummer}">')
        for kandidaat in rij.kandidaten:
            text = escape(f"{kandidaat.label} ({kandidaat.waarom})")
            fields.append(f'<option value="{escape(kandidaat.id)}">{text}</option>')
        fields.append("</select>")
    if rij.soort == "leerkracht" and rij.keuze == "nieuw":
        value = escape(rij.gegevens.emailadres or "")
        name = f"emailadres-{rij.nummer}"
        fields.append(f'<input type="email" name="{name}" value="{value}" aria-label="E-mailadres rij {rij.nummer}">')
    return "".join(fields)


def _line(rij: Rij) -> str:
    if rij.keuze == "bestaand" and not rij.wijzigt:
        return ""
    more = f"; wijzigt {', '.join(rij.wijzigt)}" if rij.wijzigt else ""
    more += "; e-mailadres ontbreekt" if rij.incomplete else ""
    more += f"; uit {' en '.join(rij.bronnen)}" if len(rij.bronnen) > 1 else ""
    found = "".join(f"\n       kandidaat {k.id}: {k.label} ({k.waarom})" for k in rij.kandidaten)
    return f"{rij.nummer:4} {rij.keuze:15} {rij.gegevens.label}: {rij.reden}{more}{found}"
