"""Notations of other tools: what reads them, in ``readers``, and what writes them, in ``writers``."""
