"""What written pandas and polars code brings along for windows that the libraries have no function for."""

NUMPY = '''
def _over_windows(function, rows, need, panels):
    """Apply a function of (rows, codes) windows to every date; missing where fewer than need rows are complete."""
    missing = np.isnan(panels).any(axis=0)
    panels = np.where(missing, np.nan, panels)
    out = np.full(missing.shape, np.nan)
    with np.errstate(all="ignore"):
        for t in range(rows - 1, len(out)):
            window = slice(t - rows + 1, t + 1)
            enough = (~missing[window]).sum(axis=0) >= need
            out[t] = np.where(enough, function(*panels[:, window]), np.nan)
    return np.where(np.abs(out) <= np.finfo(np.float32).max, out, np.nan)

def _count(v):
    return np.isfinite(v).sum(axis=0).astype(float)

def _average(v):
    return np.nansum(v, axis=0) / _count(v)

def _is_flat(v):
    return np.fmax.reduce(v, axis=0) == np.fmin.reduce(v, axis=0)

def _deviations(v):
    return np.where(np.isnan(v), np.nan, np.where(_is_flat(v), 0.0, v - _average(v)))

def _products(u, v):
    """Sum of products of deviations, exactly 0 where either is constant."""
    return np.nansum(_deviations(u) * _deviations(v), axis=0)

def _day_numbers(v):
    return np.where(np.isnan(v), np.nan, np.arange(float(len(v)))[:, None])

def _skew(v):
    n, d = _count(v), _deviations(v)
    m2, m3 = np.nansum(d**2, axis=0) / n, np.nansum(d**3, axis=0) / n
    return np.sqrt(n * (n - 1)) / (n - 2) * m3 / m2**1.5

def _kurtosis(v):
    n, d = _count(v), _deviations(v)
    m2, m4 = np.nansum(d**2, axis=0) / n, np.nansum(d**4, axis=0) / n
    return (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * m4 / m2**2 - 3 * (n - 1))

def _days_since_max(v):
    """Days since the greatest value, 0 for today; of equal ones the most recent."""
    return np.argmax(np.where(np.isnan(v), -np.inf, v)[::-1], axis=0).astype(float)

def _last_rank(v):
    """Average-tie rank of the last row over the number of rows that there are."""
    below, equal = (v < v[-1]).sum(axis=0), (v == v[-1]).sum(axis=0)
    return np.where(np.isnan(v[-1]), np.nan, (below + (equal + 1) / 2) / _count(v))

def _product(v):
    return np.nanprod(v, axis=0)

def _mean_distance(v):
    return np.nansum(np.abs(_deviations(v)), axis=0) / _count(v)

def _weighted_mean(v, weights):
    weights = np.where(np.isnan(v), 0.0, weights[:, None])
    return np.nansum(weights * v, axis=0) / weights.sum(axis=0)

def _covariance(u, v):
    return _products(u, v) / (_count(u) - 1)

def _correlation(u, v):
    u, v = _deviations(u), _deviations(v)
    scale = np.sqrt(np.nansum(u**2, axis=0)) * np.sqrt(np.nansum(v**2, axis=0))
    return np.clip(np.nansum(u * v, axis=0) / scale, -1, 1)

def _beta(y, x):
    return _products(y, x) / _products(x, x)

def _alpha(y, x):
    return _average(y) - _beta(y, x) * _average(x)

def _residuals(y, x):
    return _deviations(y) - _beta(y, x) * _deviations(x)

def _trend(v):
    return _beta(v, _day_numbers(v))

def _trend_share(v):
    return _trend(v) * _products(v, _day_numbers(v)) / _products(v, v)

def _trend_residual(v):
    return _residuals(v, _day_numbers(v))[-1]

def _partial_correlation(x, y, z):
    """Correlation of what z leaves of x and y; missing where it leaves nothing but rounding."""
    flat = _is_flat(z)
    u, v = (np.where(flat, _deviations(each), _residuals(each, z)) for each in (x, y))
    uu, vv = np.nansum(u**2, axis=0), np.nansum(v**2, axis=0)
    enough = (uu > 1e-10 * _products(x, x)) & (vv > 1e-10 * _products(y, y))
    return np.where(enough, np.clip(np.nansum(u * v, axis=0) / np.sqrt(uu) / np.sqrt(vv), -1, 1), np.nan)

def _entropy(v, bins):
    """Entropy of equal bins between the least and the greatest value over log(bins), 0 for a constant window."""
    low, high = np.fmin.reduce(v, axis=0), np.fmax.reduce(v, axis=0)
    place = np.minimum(np.floor((v - low) / (high - low) * bins), bins - 1)
    shares = np.stack([(place == each).sum(axis=0) for each in range(bins)]) / _count(v)
    entropy = -(shares * np.log(np.where(shares > 0, shares, 1.0))).sum(axis=0) / np.log(bins)
    return np.where(_is_flat(v), 0.0, entropy)

def _top_mean(x, by, days):
    """Mean of x over the days with the largest by; of equal ones the most recent come first."""
    order = np.argsort(-by[::-1], axis=0, kind="stable")[:days]
    return np.take_along_axis(x[::-1], order, axis=0).sum(axis=0) / days
'''
"""Functions of (rows, codes) windows with NaN for missing cells, and what applies them to every date."""

WINDOWS = {
    "ts_skew": "_windows(_skew, {w}, {need}, {x})",
    "ts_kurt": "_windows(_kurtosis, {w}, {need}, {x})",
    "ts_argmax": "_windows(_days_since_max, {w}, {need}, {x})",
    "ts_argmin": "_windows(_days_since_max, {w}, {need}, -{x})",
    "ts_product": "_windows(_product, {w}, {need}, {x})",
    "ts_mad": "_windows(_mean_distance, {w}, {need}, {x})",
    "ts_decay_linear": "_windows(lambda v: _weighted_mean(v, np.arange(1.0, {w} + 1)), {w}, {need}, {x})",
    "ts_ema": (
        "_windows(lambda v: _weighted_mean(v, (1 - 2 / ({w} + 1)) ** np.arange({rows}.0, -1, -1)), "
        "{rows} + 1, {need}, {x})"
    ),
    "ts_cov": "_windows(_covariance, {w}, {need}, {x}, {y})",
    "ts_corr": "_windows(_correlation, {w}, {need}, {x}, {y})",
    "ts_beta": "_windows(_beta, {w}, {need}, {y}, {x})",
    "ts_alpha": "_windows(_alpha, {w}, {need}, {y}, {x})",
    "ts_resid": "_windows(lambda y, x: _residuals(y, x)[-1], {w}, {need}, {y}, {x})",
    "ts_partial_corr": "_windows(_partial_correlation, {w}, {need}, {x}, {y}, {z})",
    "ts_slope": "_windows(_trend, {w}, {need}, {x})",
    "ts_rsquare": "_windows(_trend_share, {w}, {need}, {x})",
    "ts_detrend": "_windows(_trend_residual, {w}, {need}, {x})",
    "ts_top_mean": "_windows(lambda x, by: _top_mean(x, by, {k}), {w}, {need}, {x}, {by})",
    "ts_bottom_mean": "_windows(lambda x, by: _top_mean(x, by, {k}), {w}, {need}, {x}, -{by})",
    "ts_entropy": "_windows(lambda v: _entropy(v, {k}), {w}, {need}, {x})",
}
"""Operators that both libraries leave to NumPy; ``_windows`` is each target's own."""
