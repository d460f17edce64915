"""Pictures of expressions: the graph of one or many trees as a text tree, Graphviz, Mermaid or SVG."""

from dfqgp.expr.pictures.draw import FORMS, Form, Picture, draw, notebook_html

__all__ = ["FORMS", "Form", "Picture", "draw", "notebook_html"]
