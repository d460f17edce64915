"""One market as several vendors' interfaces return it, and as a plain table with the same content."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dfqgp.sources import SyntheticSettings, open_source

PRICES = ["open", "high", "low", "close"]
EXCHANGES = ("600", "SH"), ("000", "SZ"), ("300", "SZ"), ("688", "SH"), ("920", "BJ")
RATIOS = ["pe_ttm", "pb", "ps_ttm", "pcf_ttm"]


def make_table(assets: int = 12, days: int = 120, seed: int = 5) -> pd.DataFrame:
    """A normalised table of several exchanges, with suspended rows, dividends, the previous close and ratios."""
    settings = SyntheticSettings(assets=assets, days=days, seed=seed, suspension_rate=0.02, listed_later=0.3)
    frame = open_source(settings).load().frame
    numbers, _ = pd.factorize(frame["code"])
    starts = [EXCHANGES[number % len(EXCHANGES)] for number in numbers]
    frame["code"] = [f"{start}{number:03d}.{where}" for number, (start, where) in zip(numbers, starts, strict=True)]
    frame = frame.sort_values(["code", "date"], ignore_index=True)
    before = frame.groupby("code")[["close", "adj_factor"]].shift()
    ex_rights = (before["close"] * before["adj_factor"] / frame["adj_factor"]).round(2)
    frame["preclose"] = ex_rights.fillna(frame["open"])
    rng = np.random.default_rng(seed)
    frame[RATIOS] = rng.uniform(5, 50, (len(frame), len(RATIOS))).round(4)
    frame["turnover"] = frame["turnover"].round(8)
    frame["amount"], frame["mktcap"] = frame["amount"].round(2), frame["mktcap"].round(2)
    return frame.drop(columns=["list_date", "limit_up", "limit_down", "in_universe"])


def tushare(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """``pro.daily`` with ``adj_factor``, ``daily_basic`` and ``stk_limit``; suspended days are not there."""
    traded = _with_limits(table[table["is_trading"]])
    export = pd.DataFrame(
        {
            "ts_code": traded["code"],
            "trade_date": traded["date"].dt.strftime("%Y%m%d").astype(int),
            **traded[PRICES],
            "pre_close": traded["preclose"],
            "change": traded["close"] - traded["preclose"],
            "pct_chg": 100 * (traded["close"] / traded["preclose"] - 1),
            "vol": traded["volume"] / 100,
            "amount": traded["amount"] / 1000,
            "adj_factor": traded["adj_factor"],
            "turnover_rate": traded["turnover"] * 100,
            "total_mv": traded["mktcap"] / 1e4,
            "circ_mv": traded["mktcap"] / 2e4,
            "up_limit": traded["limit_up"],
            "down_limit": traded["limit_down"],
            "pe_ttm": traded["pe_ttm"],
            "pb": traded["pb"],
            "ps_ttm": traded["ps_ttm"],
            "industry": traded["industry"],
        }
    )
    return export, traded.drop(columns=["preclose", "pcf_ttm", "is_st", "is_trading"])


def baostock(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """``query_history_k_data_plus``; everything is text, and suspended days have empty volumes."""
    suspended = ~table["is_trading"]
    export = pd.DataFrame(
        {
            "date": table["date"].dt.strftime("%Y-%m-%d"),
            "code": table["code"].str[7:].str.lower() + "." + table["code"].str[:6],
            **table[[*PRICES, "preclose"]],
            "volume": table["volume"].astype("int64").astype(str).mask(suspended, ""),
            "amount": table["amount"].map("{:.4f}".format).mask(suspended, ""),
            "adjustflag": "3",
            "turn": (table["turnover"] * 100).map("{:.6f}".format).mask(suspended, ""),
            "tradestatus": table["is_trading"].astype(int).astype(str),
            "pctChg": 100 * (table["close"] / table["preclose"] - 1),
            "isST": table["is_st"].astype(int).astype(str),
            "peTTM": table["pe_ttm"],
            "pbMRQ": table["pb"],
            "psTTM": table["ps_ttm"],
            "pcfNcfTTM": table["pcf_ttm"],
            "adj_factor": table["adj_factor"],
            "mktcap": table["mktcap"],
            "industry": table["industry"],
        }
    )
    plain = _with_limits(table).drop(columns="preclose").rename(columns={"pb": "pb_mrq"})
    plain["turnover"] = plain["turnover"].mask(suspended)
    plain["amount"] = plain["amount"].mask(suspended)
    return export, plain


def akshare(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """``stock_zh_a_hist`` with adjust="" and the factor; bare codes, no suspended days, no limits."""
    traded = table[table["is_trading"]]
    export = pd.DataFrame(
        {
            "日期": traded["date"].dt.strftime("%Y-%m-%d"),
            "股票代码": traded["code"].str[:6],
            "开盘": traded["open"],
            "收盘": traded["close"],
            "最高": traded["high"],
            "最低": traded["low"],
            "成交量": (traded["volume"] / 100).astype("int64"),
            "成交额": traded["amount"],
            "涨跌幅": 100 * (traded["close"] / traded["preclose"] - 1),
            "换手率": traded["turnover"] * 100,
            "adj_factor": traded["adj_factor"],
            "industry": traded["industry"],
        }
    )
    return export, traded.drop(columns=["preclose", "mktcap", "is_st", "is_trading", *RATIOS])


def joinquant(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """``get_price`` with fq="post" and panel=False; suspended days hold the last close."""
    plain = _with_limits(table)
    factor, known = table["adj_factor"], {"SH": "XSHG", "SZ": "XSHE", "BJ": "BJ"}
    last = plain["close"].where(plain["is_trading"]).groupby(plain["code"]).ffill().fillna(plain["preclose"])
    filled = {name: plain[name].where(plain["is_trading"], last) * factor for name in PRICES}
    export = pd.DataFrame(
        {
            "time": plain["date"].dt.strftime("%Y-%m-%d 00:00:00"),
            "code": plain["code"].str[:7] + plain["code"].str[7:].map(known),
            **filled,
            "volume": plain["volume"].where(plain["is_trading"], 0.0) / factor,
            "money": plain["amount"].where(plain["is_trading"], 0.0),
            "factor": factor,
            "high_limit": plain["limit_up"] * factor,
            "low_limit": plain["limit_down"] * factor,
            "avg": plain["amount"] / plain["volume"].where(plain["volume"] > 0) * factor,
            "pre_close": plain["preclose"] * factor,
            "paused": (~plain["is_trading"]).astype(float),
            "industry": plain["industry"],
        }
    )
    plain["amount"] = plain["amount"].where(plain["is_trading"], 0.0)
    return export, plain.drop(columns=["preclose", "turnover", "mktcap", "is_st", *RATIOS])


VENDORS = {each.__name__: each for each in (tushare, baostock, akshare, joinquant)}


def _with_limits(table: pd.DataFrame) -> pd.DataFrame:
    """Limits by the exchanges' percents, in decimal arithmetic; none where the day's prices broke them."""
    growth = table["code"].str.startswith("688") | (
        table["code"].str.startswith("30") & (table["date"] >= pd.Timestamp("2020-08-24"))
    )
    percent = np.select([table["code"].str.endswith("BJ"), growth], [30, 20], np.where(table["is_st"], 5, 10))
    cents = (table["preclose"] * 100).round().astype("int64")
    up, down = (((cents * (100 + side * percent)) + 50) // 100 / 100 for side in (1, -1))
    broken = ((table["high"] > up + 0.005) | (table["low"] < down - 0.005)) & table["is_trading"]
    return table.assign(limit_up=up.mask(broken), limit_down=down.mask(broken))
