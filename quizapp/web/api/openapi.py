"""The description of the interface (OpenAPI 3.1), made from what the views declare."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from quizapp.core.api import REQUESTS
from quizapp.core.api import WINDOW
from quizapp.core.api import Scope
from quizapp.core.labels import label
from quizapp.web.api.parameters import Parameter
from quizapp.web.api.problems import MEDIA_TYPE
from quizapp.web.api.schema import schema_of

ROOT = "/api/v1"
REF = "$ref"
PROBLEM = {
    "type": "object",
    "description": "RFC 9457",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "incident": {"type": "string", "description": "编号，出错时请告诉管理员"},
        "parameters": {
            "type": "array",
            "description": "不正确的参数",
            "items": {
                "type": "object",
                "properties": {"name": {"type": "string"}, "reason": {"type": "string"}},
                "required": ["name", "reason"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["type", "title", "status", "detail"],
    "additionalProperties": False,
}
FAULTS = {
    "400": "参数不正确，parameters 里逐个写明",
    "401": "没有令牌，或令牌不正确、已过期、已停用",
    "403": "令牌没有这项权限",
    "404": "没有这个对象",
    "409": "场次还没有结束",
    "429": "读取太频繁，Retry-After 是要等的秒数",
    "503": "系统正忙，请稍后再试",
}


@dataclass(frozen=True)
class Declared:
    """What a view says of itself: in words, the class of its objects, its parameters, and whether it is a list."""

    words: str
    item: Any
    parameters: tuple[Parameter, ...]
    paged: bool


def document(app: Flask) -> dict[str, Any]:
    """The whole description."""
    components: dict[str, Any] = {"Problem": PROBLEM}
    paths = {path: {"get": _operation(rule, view, components)} for path, rule, view in sorted(_views(app), key=_path)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "每周学测对外接口",
            "version": "1",
            "description": (
                "只读。列表按 next 逐页读到 null 为止：读取期间新增的排在后面，已有的不重复、不遗漏。"
                f"时间为 UTC，比率为 0 至 1。每个令牌 {int(WINDOW.total_seconds())} 秒内最多 {REQUESTS} 次。"
                "以后可能增加字段和地址，已有的不改变含义。"
            ),
        },
        "servers": [{"url": ROOT}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "由管理员在“对外接口”生成。" + "；".join(f"{s.value} {label(s)}" for s in Scope),
                }
            },
        },
    }


def _path(found: tuple[str, Rule, Any]) -> str:
    return found[0]


def _views(app: Flask) -> Iterator[tuple[str, Rule, Any]]:
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if rule.rule.startswith(f"{ROOT}/") and hasattr(view, "declared"):
            yield re.sub(r"<string:([a-z_]+)>", r"{\1}", rule.rule.removeprefix(ROOT)), rule, view


def _operation(rule: Rule, view: Any, components: dict[str, Any]) -> dict[str, Any]:
    declared: Declared = view.declared
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}, "description": "编号"}
        for name in sorted(rule.arguments)
    ]
    in_query = [
        {"name": p.name, "in": "query", "required": p.required, "schema": dict(p.schema), "description": p.words}
        for p in declared.parameters
    ]
    schema = schema_of(declared.item, components)
    return {
        "operationId": rule.endpoint.partition(".")[2],
        "summary": declared.words,
        "security": [{"token": [view.scope.value]}],
        "parameters": in_path + in_query,
        "responses": {
            "200": {
                "description": declared.words,
                "content": {"application/json": {"schema": _page_of(schema) if declared.paged else schema}},
            },
            "304": {"description": "与 If-None-Match 里的 ETag 相同，没有变化"},
            **{status: _fault(words) for status, words in FAULTS.items()},
        },
    }


def _page_of(schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            "items": {"type": "array", "items": schema},
            "next": {"type": ["string", "null"], "description": "下一页的地址；没有下一页时为 null"},
        },
        "required": ["items", "next"],
        "additionalProperties": False,
    }


def _fault(words: str) -> dict[str, Any]:
    return {"description": words, "content": {MEDIA_TYPE: {"schema": {REF: "#/components/schemas/Problem"}}}}
