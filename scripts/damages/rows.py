"""Damages of dates, of codes and of which rows there are."""

from __future__ import annotations

import numpy as np
import pandas as pd

from damages.damage import Damage, Frame, days_of, of_one, one_row, put


def _stray(day: str):
    def edit(frame: Frame) -> Frame:
        return pd.concat([frame, frame[one_row(frame)].assign(date=pd.Timestamp(day))], ignore_index=True)

    return edit


def _saturday(frame: Frame) -> Frame:
    days = pd.DatetimeIndex(days_of(frame))
    friday = days[days.day_of_week == 4][10]
    return _stray(str(friday + pd.Timedelta(days=1)))(frame)


def _utc(frame: Frame):
    return frame["date"].dt.tz_localize("Asia/Shanghai").dt.tz_convert("UTC")


def _text(frame: Frame, form: str):
    return frame["date"].dt.strftime(form)


def _without_days(first: int, stop: int):
    return lambda frame: frame[~frame["date"].isin(days_of(frame)[first:stop])].reset_index(drop=True)


def _thin_days(frame: Frame) -> Frame:
    days = days_of(frame)[100:105]
    kept = frame["code"].isin(sorted(frame["code"].unique())[::4])
    return frame[~frame["date"].isin(days) | kept].reset_index(drop=True)


def _thin_stock(frame: Frame) -> Frame:
    return frame[~of_one(frame) | (np.arange(len(frame)) % 4 == 0)].reset_index(drop=True)


DATES = (
    Damage("dates as aware UTC of a Shanghai midnight", lambda frame: frame.assign(date=_utc(frame)), "harmless"),
    Damage("dates as ISO text with +08:00", lambda frame: frame.assign(date=_text(frame, "%Y-%m-%dT00:00:00+08:00")), "harmless"),
    Damage("dates as ISO text in UTC", lambda frame: frame.assign(date=_utc(frame).dt.strftime("%Y-%m-%dT%H:%M:%SZ")), "harmless"),
    Damage("dates as numbers, YYYYMMDD", lambda frame: frame.assign(date=_text(frame, "%Y%m%d").astype(int)), "harmless"),
    Damage("UTC without its zone", lambda frame: frame.assign(date=_utc(frame).dt.tz_localize(None)), "refused", "UTC"),
    Damage("UTC without its zone, dates only", lambda frame: frame.assign(date=_utc(frame).dt.strftime("%Y-%m-%d")), "refused", "UTC"),
    Damage("dates as day/month/year", lambda frame: frame.assign(date=_text(frame, "%d/%m/%Y")), "refused", "date is not a date"),
    Damage("dates as nanoseconds since 1970", lambda frame: frame.assign(date=frame["date"].astype("datetime64[ns]").astype("int64")),
           "refused", "date is not a date"),
    Damage("a missing date", put("date", None), "refused", "missing date"),
    Damage("one stray row on a Saturday", _saturday, "refused", "stray"),
    Damage("one stray row in 2261", _stray("2261-01-04"), "refused", "stray"),
    Damage("one stray row in 1970", _stray("1970-01-01"), "refused", "stray"),
    Damage("a month without any row", _without_days(100, 122), "refused", "price_jumps"),
    Damage("five days with a quarter of the stocks", _thin_days, "reported", "thin_days"),
    Damage("one stock with a quarter of its rows", _thin_stock, "reported", "thin_stocks"),
    Damage("rows in any order", lambda frame: frame.sample(frac=1.0, random_state=1), "harmless"),
    Damage("a row twice", lambda frame: pd.concat([frame, frame[one_row(frame)]], ignore_index=True), "refused", "duplicate (date, code)"),
    Damage("a row twice, with other prices", lambda frame: pd.concat(
        [frame, frame[one_row(frame)].assign(close=lambda row: row["low"])], ignore_index=True), "refused", "duplicate (date, code)"),
)  # fmt: skip


def _half(frame: Frame):
    return np.arange(len(frame)) % 2 == 0


def _first_half(frame: Frame):
    days = days_of(frame)
    return frame["date"] < days[len(days) // 2]


CODES = (
    Damage("a space after every other row's code", lambda frame: frame.assign(code=frame["code"].where(_half(frame), frame["code"] + " ")),
           "repaired", "space"),
    Damage("a space after the codes of the first half", lambda frame: frame.assign(
        code=frame["code"].where(_first_half(frame), frame["code"] + " ")), "repaired", "space"),
    Damage("codes in lower case in the second half", lambda frame: frame.assign(
        code=frame["code"].where(_first_half(frame), frame["code"].str.lower())), "refused", "case"),
    Damage("codes as numbers", lambda frame: frame.assign(code=frame["code"].str.slice(0, 6).astype(int)), "refused", "code is not text"),
    Damage("a missing code", put("code", None), "refused", "missing code"),
    Damage("a code of spaces", put("code", "  "), "refused", "missing code"),
)  # fmt: skip
