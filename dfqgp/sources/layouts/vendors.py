"""The layouts: one declaration per vendor, of what its daily interface returns.

docs/sources.md says for each how such a table is exported. A vendor is added here, in ``LayoutName``, and as a file of
conf/source/ that names it.
"""

from __future__ import annotations

from typing import Literal

from dfqgp.sources.layouts.layout import Layout

LayoutName = Literal["none", "ashare_daily", "tushare", "baostock", "akshare", "joinquant"]

PERCENT = 0.01
LOT = 100.0
THOUSAND = 1e3
TEN_THOUSAND = 1e4

_PLAIN = {name: name for name in ("date", "code", "open", "high", "low", "close", "volume", "amount")}

NONE = Layout(columns={}, standard_codes=False)

ASHARE_DAILY = Layout(
    columns={"turnover": "turnover_pct"},
    scales={"turnover": PERCENT},
    ready=("pe_ttm", "pb_mrq", "ps_ttm", "pcf_ttm"),
    standard_codes=False,
    limits_from_preclose=True,
    needs={"preclose": "set source.columns.preclose, or use source=files, which derives nothing"},
)
"""Codes as 000001.SZ, raw prices with the exchange's previous close, shares, CNY, and turnover in percent."""

TUSHARE = Layout(
    columns=_PLAIN
    | {
        "date": "trade_date",
        "code": "ts_code",
        "preclose": "pre_close",
        "volume": "vol",
        "turnover": "turnover_rate",
        "mktcap": "total_mv",
        "float_mktcap": "circ_mv",
        "limit_up": "up_limit",
        "limit_down": "down_limit",
        "pe_ttm": "pe_ttm",
        "pb": "pb",
        "ps_ttm": "ps_ttm",
    },
    scales={
        "volume": LOT,
        "amount": THOUSAND,
        "turnover": PERCENT,
        "mktcap": TEN_THOUSAND,
        "float_mktcap": TEN_THOUSAND,
    },
    ready=("pe_ttm", "pb", "ps_ttm"),
    factor_from_preclose=True,
)
"""``pro.daily``, best joined with ``adj_factor``, ``daily_basic`` and ``stk_limit``; prices are raw."""

BAOSTOCK = Layout(
    columns=_PLAIN
    | {
        "preclose": "preclose",
        "turnover": "turn",
        "is_trading": "tradestatus",
        "is_st": "isST",
        "pe_ttm": "peTTM",
        "pb_mrq": "pbMRQ",
        "ps_ttm": "psTTM",
        "pcf_ttm": "pcfNcfTTM",
    },
    scales={"turnover": PERCENT},
    ready=("pe_ttm", "pb_mrq", "ps_ttm", "pcf_ttm"),
    marks={"adjustflag": 3},
    factor_from_preclose=True,
    limits_from_preclose=True,
    needs={"preclose": "export the field preclose too, from which the factor and the price limits follow"},
)
"""``query_history_k_data_plus`` with frequency "d" and adjustflag "3", which is raw."""

AKSHARE = Layout(
    columns={
        "date": "日期",
        "code": "股票代码",
        "open": "开盘",
        "high": "最高",
        "low": "最低",
        "close": "收盘",
        "volume": "成交量",
        "amount": "成交额",
        "turnover": "换手率",
    },
    scales={"volume": LOT, "turnover": PERCENT},
    needs={"adj_factor": "add it: the close of adjust='hfq' over the close of adjust='', see docs/sources.md"},
)
"""``stock_zh_a_hist`` with adjust="", which is raw; codes are six digits without their exchange."""

JOINQUANT = Layout(
    columns=_PLAIN
    | {
        "date": "time",
        "amount": "money",
        "adj_factor": "factor",
        "preclose": "pre_close",
        "limit_up": "high_limit",
        "limit_down": "low_limit",
        "is_trading": "paused",
    },
    negated=frozenset({"is_trading"}),
    adjusted=True,
    needs={"adj_factor": "export the field factor too, with fq='post' and round=False"},
)
"""``get_price`` with panel=False; its factor takes prices and volume back to raw ones, whatever fq was."""

LAYOUTS: dict[LayoutName, Layout] = {
    "none": NONE,
    "ashare_daily": ASHARE_DAILY,
    "tushare": TUSHARE,
    "baostock": BAOSTOCK,
    "akshare": AKSHARE,
    "joinquant": JOINQUANT,
}
