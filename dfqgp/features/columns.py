"""Columns of the long table, as far as building features has to tell them apart."""

TRADED = ("open", "high", "low", "close", "volume", "amount", "turnover")
"""What only trading makes. Market capitalisation, industry and the factor are known on suspended days too."""

TRADED_UNITS = ("price", "shares")
"""A further column in one of these units is made by trading as well, and is adjusted as prices and volume are."""

CONTRACT_NUMBERS = (*TRADED, "adj_factor", "mktcap", "limit_up", "limit_down")
"""Numeric columns that the data contract names; any other one is a further column."""
