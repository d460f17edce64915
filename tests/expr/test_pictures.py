"""Pictures: each distinct sub-expression once, in texts that other programs read back, whatever the names."""

import os
import re
import subprocess
import sys
import time
from collections import Counter
from html import unescape
from xml.etree import ElementTree as ET

import lark
import pytest
from expressions import WORDS, trees
from hypothesis import given
from hypothesis import strategies as st
from panels import random_panel, random_trees

import dfqgp as dq
from dfqgp.errors import ConfigError
from dfqgp.expr import Call, Constant, Field, Group, call, constant, field, parse
from dfqgp.expr.pictures import FORMS, draw

DOT = lark.Lark(r"""
    start: "digraph" ID "{" statement* "}"
    statement: "graph" attributes ";" | "node" attributes ";" | vertex ";" | edge ";"
    vertex: ID attributes
    edge: ID "->" ID attributes?
    attributes: "[" attribute ("," attribute)* "]"
    attribute: ID "=" (ID | NUMBER | STRING)
    ID: /[a-zA-Z_]\w*/
    NUMBER: /\d+/
    STRING: /"(\\.|[^"\\\n])*"/
    %ignore /\s+/
""")  # a part of https://graphviz.org/doc/info/lang.html
MERMAID = {
    "vertex": re.compile(r'(?P<name>\w+)(?:\["(?P<box>[^"]*)"\]|\(\["(?P<round>[^"]*)"\]\))'),
    "edge": re.compile(r"(?P<from>\w+) -->(?:\|(?P<label>\d+)\|)? (?P<to>\w+)"),
    "style": re.compile(r"style \w+ stroke-width:3px"),
}
ODD = [
    'a"b',
    "c\\",
    "\\n",
    "d\ne",
    "<b>&amp;",
    "收盘价",
    "_x_",
    "`m`",
    "end",
    "1. x",
    "- x",
    "#35;",
    "n0]",
    "%% c",
    "]; n0",
]
FORMULA = parse("cs_rank(ts_mean(close, 5)) - 2 * ts_mean(close, 5)", WORDS, typed=False)


def distinct(roots):
    """The sub-expressions that have a place of their own in a picture, found by walking every tree."""
    found = dict.fromkeys(roots)
    for root in roots:
        found.update(dict.fromkeys(node for node in root.walk() if not isinstance(node, Constant | Group)))
    return set(found)


def edges(roots):
    return Counter(
        (repr(node), repr(arg))
        for node in distinct(roots)
        for arg in node.args
        if not isinstance(arg, Constant | Group)
    )


def read_dot(text):
    labels, found = {}, []
    for statement in DOT.parse(text).find_data("statement"):
        for part in statement.find_data("vertex"):
            pairs = {str(a.children[0]): str(a.children[1]) for a in part.find_data("attribute")}
            written = re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], pairs["label"][1:-1])
            labels[str(part.children[0])] = written
        found += [(str(part.children[0]), str(part.children[1])) for part in statement.find_data("edge")]
    return labels, found


def read_mermaid(text):
    labels, found = {}, []
    head, *lines = text.splitlines()
    assert head == "flowchart TD"
    for line in map(str.strip, lines):
        kind, match = next((kind, m) for kind, p in MERMAID.items() if (m := p.fullmatch(line)))
        if kind == "vertex":
            written = match["box"] if match["box"] is not None else match["round"]
            codes = written.replace("<br/>", "\n")
            assert not set(codes) & set("<>&`*\\")
            labels[match["name"]] = re.sub(r"#(\d+);", lambda m: chr(int(m[1])), codes)
        elif kind == "edge":
            found.append((match["from"], match["to"]))
    return labels, found


def with_dots(node):
    """The label of a node, by pattern: its text with every drawn argument taken out."""
    if not isinstance(node, Call):
        return node.name if isinstance(node, Field) else repr(node)
    holes = [arg if isinstance(arg, Constant | Group) else field("·") for arg in node.args]
    return repr(call(node.op.name, tuple(holes), node.literals))


READERS = {"dot": read_dot, "mermaid": read_mermaid}


@pytest.mark.parametrize("form", READERS)
@given(roots=st.lists(trees, min_size=1, max_size=4))
def test_a_graph_has_each_distinct_part_once_and_each_edge(form, roots):
    labels, found = READERS[form](draw(roots, form=form, limit=10_000))
    names = {name: label.partition("\n")[0] for name, label in labels.items()}
    assert Counter(names.values()) == Counter(map(with_dots, distinct(roots)))
    assert len(found) == edges(roots).total()
    readers = Counter(to for _, to in set(found))
    for name, label in labels.items():
        assert label.partition("\n")[2] == (f"{readers[name]} readers" if readers[name] > 1 else "")


@given(roots=st.lists(trees, min_size=1, max_size=4))
def test_a_text_writes_each_distinct_call_out_once(roots):
    lines = draw(roots, limit=10_000).splitlines()
    written = [re.sub(r"^(\d+: )?[│├└─ ]*(#\d+ )?|  \(\d+ readers\)$", "", line) for line in lines]
    inner = (node for node in distinct(roots) if any(not isinstance(arg, Constant | Group) for arg in node.args))
    calls = Counter(map(with_dots, inner))
    shown = Counter(text for text in written if not re.match(r"#\d+, see above", text))
    assert {text: shown[text] for text in calls} == dict(calls)
    numbers = [int(line) for text in lines for line in re.findall(r"^(?:\d+: )?[│├└─ ]*#(\d+) ", text)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert {int(n) for text in written for n in re.findall(r"^#(\d+), see", text)} <= set(numbers)


@pytest.mark.parametrize("form", READERS)
@pytest.mark.parametrize("name", ODD)
def test_any_name_is_drawn_as_it_is(form, name):
    labels, found = READERS[form](draw(call("ts_delay", (field(name),), (5,)), form=form))
    assert list(labels.values()) == ["ts_delay(·, 5)", name]
    assert len(found) == 1


def test_a_label_is_no_list_of_markdown():
    assert '(["1#46; x"])' in draw(field("1. x"), form="mermaid")
    assert '(["#45; x"])' in draw(field("- x"), form="mermaid")


def test_order_is_told_where_it_matters():
    assert 'label="1"' in draw(parse("close / open", WORDS), form="dot")
    assert 'label="1"' not in draw(parse("close + open", WORDS), form="dot")
    assert 'label="1"' not in draw(parse("close / close", WORDS), form="dot")


def boxes(svg):
    """Left, right, top of every box, and where edges start and end."""
    root = ET.fromstring(svg)  # noqa: S314 -- our own text
    space = "{http://www.w3.org/2000/svg}"
    rects = [{k: float(r.get(k)) for k in ("x", "y", "width", "height")} for r in root.iter(f"{space}rect")]
    lines = [tuple(map(float, re.findall(r"[\d.]+", p.get("d")))) for p in root.iter(f"{space}path")]
    return root, rects, lines


@given(roots=st.lists(trees, min_size=1, max_size=4))
def test_no_two_boxes_overlap_and_edges_go_down(roots):
    root, rects, lines = boxes(draw(roots, form="svg", limit=10_000))
    assert len(rects) == len(distinct(roots))
    for number, one in enumerate(rects):
        assert one["x"] >= 0
        assert one["x"] + one["width"] <= float(root.get("width")) + 1
        assert one["y"] + one["height"] <= float(root.get("height"))
        for other in rects[number + 1 :]:
            apart = one["x"] + one["width"] <= other["x"] or other["x"] + other["width"] <= one["x"]
            assert apart or one["y"] != other["y"]
    assert all(start < end for _, start, _, end in lines)


@pytest.mark.parametrize("name", ODD)
def test_notebooks_show_the_formula_and_the_picture(name):
    node = call("neg", (field(name),))
    bundle = node._repr_mimebundle_()
    assert bundle["text/plain"] == repr(node)
    formula, _, picture = bundle["text/html"].partition("</code>")
    assert unescape(formula.removeprefix("<code>")) == repr(node)
    root, rects, _ = boxes(picture.removeprefix("<div>").removesuffix("</div>"))
    assert len(rects) == 2
    assert " ".join(name.split()) in [each.text for each in root.iter("{http://www.w3.org/2000/svg}text")]


def test_a_leaf_is_shown_by_its_name():
    assert field("close")._repr_mimebundle_() == {"text/plain": "close", "text/html": "<code>close</code>"}
    assert draw(field("close")) == "close"
    assert draw(constant(2)) == "2"


def test_pictures_offer_the_types_that_notebooks_draw():
    mermaid = draw(FORMULA, form="mermaid")._repr_mimebundle_()
    assert mermaid["text/vnd.mermaid"] in mermaid["text/markdown"]
    assert draw(FORMULA, form="svg")._repr_mimebundle_()["image/svg+xml"].startswith("<svg")
    assert (
        set(draw(FORMULA)._repr_mimebundle_()) == set(draw(FORMULA, form="dot")._repr_mimebundle_()) == {"text/plain"}
    )
    assert repr(draw(FORMULA)) == str(draw(FORMULA))


@pytest.mark.parametrize("form", FORMS)
def test_a_population_is_drawn_up_to_the_limit_and_the_rest_is_counted(form):
    roots = random_trees(random_panel(2, 2), 1000, max_depth=5)
    start = time.perf_counter()
    text = draw(roots, form=form, limit=80)
    assert time.perf_counter() - start < 5
    missing, of, parts, total = map(int, re.search(r"(\d+) of (\d+) expressions, (\d+) of (\d+) sub", text).groups())
    assert (of, total) == (1000, len(distinct(roots)))
    drawn = distinct(roots[: 1000 - missing])
    assert total - parts == len(drawn) <= 80
    assert len(distinct(roots[: 1001 - missing])) > 80
    assert len(text) < 40_000


@pytest.mark.parametrize("form", FORMS)
def test_one_large_expression_is_cut_far_from_its_root(form):
    text = draw(FORMULA, form=form, limit=3)
    assert "…" in text
    assert "left out: 2 of 5 sub-expressions (draw fewer expressions, or raise limit)" in text
    assert "left out" not in draw(FORMULA, form=form, limit=5)


@pytest.mark.parametrize("form", FORMS)
def test_sharing_keeps_a_tree_of_2_to_the_power_60_small(form):
    node = field("close")
    for _ in range(60):
        node = call("max2", (node, node))
    assert len(draw(node, form=form)) < 40_000


def test_the_same_trees_give_the_same_text_in_another_process():
    code = (
        "from dfqgp.expr import Vocabulary, parse\nfrom dfqgp.expr.pictures import FORMS, draw\n"
        "w = Vocabulary.named({'close': 'price', 'open': 'price'})\n"
        "t = [parse('open * close - ts_mean(open * close, 5)', w, typed=False), parse('close / open', w)]\n"
        "import sys\n"
        "t[0]._repr_mimebundle_()\n"
        "assert not {'numba', 'pandas', 'hydra', 'rich'} & set(sys.modules)\n"
        "print([str(draw(t, form=f)) for f in FORMS])"
    )
    environment = {"PYTHONPATH": os.pathsep.join(sys.path)}
    first, second = (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, check=True, env={**environment, **seed}
        ).stdout
        for seed in ({"PYTHONHASHSEED": "1"}, {"PYTHONHASHSEED": "2"})
    )
    assert first == second


def test_mistakes_are_answered():
    with pytest.raises(
        ConfigError, match="got 'mermaidd', expected one of text, dot, mermaid, svg; did you mean 'merm"
    ):
        draw(FORMULA, form="mermaidd")
    with pytest.raises(ConfigError, match="limit: got 0, expected a whole number from 1"):
        draw(FORMULA, limit=0)
    with pytest.raises(ConfigError, match="got none, expected one or more"):
        draw([])


def test_the_public_function_takes_texts_of_a_panel():
    panel = random_panel(3, 2)
    assert dq.draw("close / open", panel) == draw(parse("close / open", WORDS))
    assert dq.draw(["close", FORMULA], panel, form="dot") == draw([field("close"), FORMULA], form="dot")
    with pytest.raises(ConfigError, match="expected a panel"):
        dq.draw("close / open")
