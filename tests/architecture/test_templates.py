"""Templates lead to pages that exist, are used, and hold nothing the content security policy would block."""

from __future__ import annotations

import ast
import re

from flask import Flask
from jinja2 import nodes

from tests.architecture.source import constant, sources, templates

INLINE = re.compile(r"""\sstyle=["'{]|\son\w+=["']|<style|<script(?![^>]*\b(?:src=|type="application/json"))""")
JINJA = re.compile(r"{{.*?}}|{%.*?%}|{#.*?#}", re.DOTALL)
ENTRIES = {"base.html", "error.html"}


def test_templates_hold_no_inline_style_or_script() -> None:
    plain = ((name, JINJA.sub("", text)) for name, text in templates())
    found = [f"{name}: {match.group()}" for name, text in plain if (match := INLINE.search(text))]
    assert not found, found


def test_every_address_in_a_template_exists(app: Flask) -> None:
    missing = [
        f"{name}:{call.lineno} {endpoint}"
        for name, text in templates()
        for call in app.jinja_env.parse(text).find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name == "url_for"
        if (endpoint := _first(call)) and endpoint not in app.view_functions
    ]
    assert not missing, "\n".join(missing)


def _first(call: nodes.Call) -> str | None:
    first = call.args[0] if call.args else None
    return str(first.value) if isinstance(first, nodes.Const) else None


def test_every_address_in_the_source_exists(app: Flask) -> None:
    missing = [
        f"{each.name}:{call.lineno} {endpoint}"
        for each in sources()
        for name, call in each.calls()
        if name == "url_for" and (endpoint := constant(call)) and endpoint not in app.view_functions
    ]
    assert not missing, "\n".join(missing)


def test_every_template_is_used_and_every_used_one_exists(app: Flask) -> None:
    asked = {
        node.value
        for each in sources()
        for node in ast.walk(each.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.endswith(".html")
    }
    for _, text in templates():
        tree = app.jinja_env.parse(text)
        for node in tree.find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
            if isinstance(node.template, nodes.Const):
                asked.add(str(node.template.value))
    there = {name for name, _ in templates()}
    assert not there - asked - ENTRIES, f"nobody uses {sorted(there - asked - ENTRIES)}"
    own = {name for name in asked if not name.startswith("bootstrap")}
    assert not own - there, f"missing: {sorted(own - there)}"
