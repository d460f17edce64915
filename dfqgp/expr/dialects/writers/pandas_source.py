"""The small functions that written pandas code brings along."""

PANDAS = '''
def _feature(frames, name):
    """A feature in double precision; what is not finite is missing."""
    return _finite(frames[name].astype(float))

def _universe(frames):
    """The cells that a day's ranks and means look at: all of them, unless frames holds in_universe."""
    if "in_universe" in frames:
        return frames["in_universe"].eq(True)
    some = next(iter(frames.values()))
    return some.isna() | some.notna()

def _finite(x):
    """Missing where a number is not finite in single precision."""
    return x.where(x.abs() <= np.finfo(np.float32).max)

def _full(value, like):
    return pd.DataFrame(value, index=like.index, columns=like.columns)

def _from_row(x, row):
    """Missing before the lookback."""
    out = _finite(x.astype(float))
    out.iloc[:row] = np.nan
    return out

def _truth(holds, known):
    """1 for true, 0 for false, missing for unknown."""
    return holds.astype(float).where(known.notna())

def _sigmoid(x):
    """Without the overflow of exp."""
    small = np.exp(-x.abs())
    return (1 / (1 + small)).where(x >= 0, small / (1 + small))

def _std(x, w, need):
    """Exactly 0 for a constant window."""
    windows = x.rolling(w, min_periods=need)
    return windows.std().mask(windows.max() == windows.min(), 0.0)

def _windows(function, rows, need, *frames):
    values = _over_windows(function, rows, need, np.stack([each.to_numpy() for each in frames]))
    return pd.DataFrame(values, index=frames[0].index, columns=frames[0].columns)

def _rank(x):
    return x.rank(axis=1, pct=True)

def _mean(x):
    """The day's mean, exactly the common value where all are equal."""
    low, high = x.min(axis=1), x.max(axis=1)
    return x.mean(axis=1).where(low < high, low)

def _demean(x):
    return x.sub(_mean(x), axis=0)

def _deviation(x):
    return (_demean(x) ** 2).mean(axis=1) ** 0.5

def _zscore(x):
    return _finite(_demean(x).div(_deviation(x), axis=0))

def _scale(x):
    return _finite(x.div(x.abs().sum(axis=1), axis=0))

def _winsorize(x, p):
    return x.clip(x.quantile(p, axis=1), x.quantile(1 - p, axis=1), axis=0)

def _bucket(x, k):
    return np.ceil(x.rank(axis=1).mul(k).div(x.count(axis=1), axis=0)) - 1

def _residual(y, x):
    known = y.notna() & x.notna()
    y, x = _demean(y.where(known)), _demean(x.where(known))
    return _finite(y - x.mul((y * x).sum(axis=1) / (x**2).sum(axis=1), axis=0))

def _filled(x, values):
    return x.mul(0).add(values, axis=0)

def _group_mean(x):
    return _filled(x, _mean(x))

def _group_std(x):
    return _filled(x, _deviation(x))

def _in_groups(function, x, groups):
    """Apply a function of a day's cells to each group; missing where the group is."""
    out = x * np.nan
    for label in pd.unique(groups.to_numpy().ravel()):
        inside = groups == label
        out = out.where(~inside, function(x.where(inside)))
    return out
'''
