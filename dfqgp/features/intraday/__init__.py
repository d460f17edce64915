"""Minute bars, streamed a day at a time, become daily features of a panel; docs/intraday.md."""

from dfqgp.features.intraday import daily_fields, prices, returns, volumes
from dfqgp.features.intraday.days import daily_frame, day_table, days_of_frame
from dfqgp.features.intraday.join import join
from dfqgp.features.intraday.lake import IntradayLake, Update
from dfqgp.features.intraday.settings import IntradaySettings
from dfqgp.features.intraday.spec import INTRADAY, IntradayFeature, IntradayRegistry, columns_for, intraday_feature
from dfqgp.features.intraday.stream import days_of_files

__all__ = [
    "INTRADAY",
    "IntradayFeature",
    "IntradayLake",
    "IntradayRegistry",
    "IntradaySettings",
    "Update",
    "columns_for",
    "daily_fields",
    "daily_frame",
    "day_table",
    "days_of_files",
    "days_of_frame",
    "intraday_feature",
    "join",
    "prices",
    "returns",
    "volumes",
]
