"""Ways in which a table of market data is wrong, and what becomes of each: the page docs/damages.md."""
