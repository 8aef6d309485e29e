"""The OpenAPI document of the control API, generated from its table of routes."""

from __future__ import annotations

import re
from importlib.metadata import version
from typing import Any, get_args

import msgspec

from mock_las import vendors
from mock_las.routes import CONTROL, ROUTES, Route
from mock_las.verbs import Action
from uwlr.soap.operations import OPERATIONS

_PARAMETER = re.compile(r"{(\w+)}")


def document() -> dict[str, Any]:
    """Make the document, OpenAPI 3.1."""
    kinds = [kind for route in ROUTES for kind in (route.body, route.answer) if kind not in {None, bytes}]
    schemas, components = msgspec.json.schema_components(kinds, ref_template="#/components/schemas/{name}")
    by_kind = dict(zip(map(repr, kinds), schemas, strict=True))
    paths: dict[str, Any] = {f"{CONTROL}/ready": {"get": _ready()}}
    for route in ROUTES:
        paths.setdefault(CONTROL + route.path, {})[route.method.lower()] = _operation(route, by_kind)
    return {
        "openapi": "3.1.0",
        "info": {"title": "mock-las control API", "version": version("uwlr")},
        "paths": paths,
        "components": {"schemas": {**components, "Error": _ERROR}},
    }


_ERROR = {"type": "object", "properties": {"error": {"type": "string"}}, "required": ["error"]}


def _operation(route: Route, by_kind: dict[str, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": route.verb,
        "summary": route.summary,
        "parameters": [*_path_parameters(route), *_query_parameters(route)],
        "responses": {str(route.status): _answer(route, by_kind)},
    }
    if route.body is bytes:
        content: dict[str, Any] = {"application/xml": {"schema": {"type": "string"}}}
        described["requestBody"] = {"required": True, "content": content}
    elif route.body is not None:
        content = {"application/json": {"schema": by_kind[repr(route.body)]}}
        described["requestBody"] = {"content": content}
    refusals = {
        404: bool(_PARAMETER.search(route.path)) or "vendor" in route.query,
        415: route.body is not None,
        422: route.body is not None,
        502: route.asks,
    }
    for status, possible in refusals.items():
        if possible:
            described["responses"][str(status)] = _error()
    if route.method != "GET":
        described["responses"]["403"] = _error()
    return described


def _path_parameters(route: Route) -> list[dict[str, Any]]:
    kinds: dict[str, dict[str, Any]] = {
        "vendor": {"enum": list(vendors.NAMES)},
        "action": {"enum": list(get_args(Action))},
        "number": {"type": "integer", "minimum": 1},
    }
    return [
        {"name": name, "in": "path", "required": True, "schema": kinds[name]} for name in _PARAMETER.findall(route.path)
    ]


def _query_parameters(route: Route) -> list[dict[str, Any]]:
    kinds: dict[str, dict[str, Any]] = {
        "vendor": {"enum": list(vendors.NAMES)},
        "operation": {"enum": [operation.name for operation in OPERATIONS]},
    }
    return [{"name": name, "in": "query", "schema": kinds.get(name, {"type": "string"})} for name in route.query]


def _answer(route: Route, by_kind: dict[str, Any]) -> dict[str, Any]:
    if route.answer is None:
        return {"description": "Done."}
    schema = by_kind[repr(route.answer)]
    return {"description": route.summary, "content": {"application/json": {"schema": schema}}}


def _error() -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Error"}
    return {"description": "Refused; the text says why.", "content": {"application/json": {"schema": schema}}}


def _ready() -> dict[str, Any]:
    return {
        "operationId": "ready",
        "summary": "Tell that the fakes answer.",
        "responses": {"200": {"description": "They do.", "content": {"text/plain": {"schema": {"type": "string"}}}}},
    }
