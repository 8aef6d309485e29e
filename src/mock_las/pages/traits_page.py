"""The page of a vendor's behaviour: its variants, and single traits."""

from __future__ import annotations

import json
from typing import Any

import flask
import msgspec

from mock_las import vendors
from mock_las.pages.actions import Problem, attempt, verbs
from mock_las.variants import FIXED, Change
from mock_las.vendors import Traits
from uwlr.errors import ConfigurationError

pages = flask.Blueprint("traits", __name__)

_REFUSED = (
    "Dit gedrag kan niet worden ingesteld: een naam of waarde klopt niet. "
    "Schrijf op elke regel een naam uit de lijst, = en een waarde in JSON."
)


@pages.get("/gedrag/<vendor>")
def index(vendor: str) -> str:
    """How a vendor behaves now."""
    return _page(vendor, None)


@pages.post("/gedrag/<vendor>")
def change(vendor: str) -> Any:
    """Switch on a variant of a vendor, and change single traits."""
    form = flask.request.form

    def action() -> str:
        verbs().set_traits(vendor, Change(variant=form.get("variant") or None, traits=_read(form.get("kenmerken", ""))))
        return "traits"

    where = flask.url_for("traits.index", vendor=vendor)
    return attempt(
        action,
        where,
        _REFUSED,
        lambda problem: _page(vendor, problem),
    )


def _page(vendor: str, problem: Problem | None) -> str:
    found = verbs().traits(vendor)
    typed = flask.request.form
    in_force = {name: _value(value) for name, value in found["in_force"].items() if name not in FIXED}
    norm = {name: _value(value) for name, value in msgspec.to_builtins(Traits()).items()}
    return flask.render_template(
        "gedrag.html",
        vendor=vendors.load(vendor),
        traits=verbs().traits_in_force(vendor),
        variants=vendors.load(vendor).variant,
        variant=typed.get("variant", found["variant"] or ""),
        kenmerken=typed.get("kenmerken", _written(found["traits"])),
        rows=max(len(found["traits"]) + 1, 3),
        deviating={name: value for name, value in in_force.items() if value != norm[name]},
        others={name: value for name, value in in_force.items() if value == norm[name]},
        problem=problem,
    )


def _read(text: str) -> dict[str, Any]:
    """Traits as people type them: one on each line, a name and a JSON value."""
    found: dict[str, Any] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, _, value = line.partition("=")
        try:
            found[name.strip()] = json.loads(value)
        except ValueError:
            raise ConfigurationError(f'{name.strip()!r} needs a JSON value, such as 300, true, "hold" or []') from None
    return found


def _written(traits: dict[str, Any]) -> str:
    return "\n".join(f"{name} = {_value(value)}" for name, value in traits.items())


def _value(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
