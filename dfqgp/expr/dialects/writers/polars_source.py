"""The small functions that written polars code brings along."""

POLARS = '''
def _grid(frame, *columns):
    """Every code on every date, so that a window counts dates; a row that was not there is outside the universe."""
    if "in_universe" not in frame.collect_schema().names():
        frame = frame.with_columns(in_universe=pl.lit(True))
    dates, codes = (frame.select(pl.col(name).unique().sort()) for name in ("date", "code"))
    rows = frame.select("date", "code", "in_universe", *columns)
    grid = dates.join(codes, how="cross").join(rows, on=["date", "code"], how="left", validate="1:1")
    return grid.sort("date", "code").with_columns(pl.col("in_universe").fill_null(False))

def _finite(x):
    """Missing where a number is not finite in single precision."""
    return pl.when(x.abs() <= np.finfo(np.float32).max).then(x)

def _feature(name):
    """A feature in double precision; what is not finite is missing."""
    return _finite(pl.col(name).cast(pl.Float64)).alias(name)

def _full(value):
    return pl.repeat(value, pl.len())

def _from_row(x, row):
    """Missing before the lookback."""
    return pl.when(pl.int_range(pl.len()).over("code") >= row).then(_finite(x.cast(pl.Float64)))

def _is_constant(x, w):
    return x.rolling_max(w, min_samples=1) == x.rolling_min(w, min_samples=1)

def _std(x, w, need):
    """Exactly 0 for a constant window."""
    std = x.rolling_std(w, min_samples=need)
    return pl.when(std.is_not_null()).then(pl.when(_is_constant(x, w)).then(0.0).otherwise(std))

def _windows(function, rows, need, *columns):
    """Apply a function of (rows, codes) windows; the frame holds every code on every date, in this order."""
    def apply(given):
        days = given[0].n_unique()
        panels = np.stack([each.to_numpy().reshape(days, -1) for each in given[1:]])
        return pl.Series(_over_windows(function, rows, need, panels).ravel()).fill_nan(None)
    return pl.map_batches([pl.col("date"), *columns], apply, return_dtype=pl.Float64)

def _inside(x, *groups):
    """Missing outside the universe and where a group is."""
    known = [pl.col(each).is_not_null() for each in groups]
    return pl.when(pl.all_horizontal(pl.col("in_universe"), *known)).then(x)

def _rank(x, *groups):
    x = _inside(x, *groups)
    return (x.rank("average") / x.count()).over("date", *groups)

def _mean(x):
    """Exactly the common value where all are equal."""
    return pl.when(x.min() < x.max()).then(x.mean()).otherwise(x.min())

def _deviation(x):
    return ((x - _mean(x)) ** 2).mean().sqrt()

def _demean(x, *groups):
    x = _inside(x, *groups)
    return (x - _mean(x)).over("date", *groups)

def _zscore(x, *groups):
    x = _inside(x, *groups)
    return _finite((x - _mean(x)) / _deviation(x)).over("date", *groups)

def _scale(x, *groups):
    x = _inside(x, *groups)
    return _finite(x / x.abs().sum()).over("date", *groups)

def _group_mean(x, *groups):
    x = _inside(x, *groups)
    return pl.when(x.is_not_null()).then(_mean(x)).over("date", *groups)

def _group_std(x, *groups):
    x = _inside(x, *groups)
    return pl.when(x.is_not_null()).then(_deviation(x)).over("date", *groups)

def _winsorize(x, p):
    x = _inside(x)
    return x.clip(x.quantile(p, "linear"), x.quantile(1 - p, "linear")).over("date")

def _bucket(x, k):
    x = _inside(x)
    return ((x.rank("average") * k / x.count()).ceil() - 1).over("date")

def _residual(y, x):
    known = y.is_not_null() & x.is_not_null()
    y, x = _inside(pl.when(known).then(y)), _inside(pl.when(known).then(x))
    y, x = y - _mean(y), x - _mean(x)
    return _finite(y - (y * x).sum() / (x**2).sum() * x).over("date")
'''
