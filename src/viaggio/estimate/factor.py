"""One factor behind a scale, by maximum likelihood: loadings, omega, average variance extracted, fit."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viaggio.estimate.errors import NotConverged, TooFew
from viaggio.estimate.reliability import Floats, complete_scale, correlations

PLACE = "one-factor model"
ROUNDS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """How well the model's covariances meet those seen.

    Chi-square is n times the discrepancy, with its degrees of freedom and p (None without degrees), and the
    usual indices. With three items the model fits exactly and says nothing.
    """

    chi_square: float
    freedom: int
    p: float | None
    cfi: float
    tli: float
    rmsea: float
    srmr: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OneFactor:
    """One factor of variance 1.

    `loadings` and `residuals` (variances) are in the items' units,
    `standardised` are loadings at item variance 1; each has one number per item.

    `omega` is the share of the summed scale's variance that the factor explains (McDonald 1999), `ave` the
    mean squared standardised loading, `composite` omega of the standardised items (Fornell and Larcker
    1981). `proper` is False when a residual variance came out negative: then the numbers mean little.
    """

    items: tuple[str, ...]
    n: int
    loadings: Floats
    residuals: Floats
    standardised: Floats
    omega: float
    ave: float
    composite: float
    fit: Fit
    proper: bool


def one_factor(rows: npt.ArrayLike, names: Sequence[str]) -> OneFactor:
    """Fit one common factor to the columns of `rows` (n, k), k >= 3, by normal maximum likelihood.

    Covariances have divisor n (as in R's `lavaan`). Loadings are turned so that their sum is positive.
    Rows with a missing answer are left out. Raises `TooFew`, `Constant` or `Collinear`; `NotConverged`
    when the search does not settle.
    """
    table = complete_scale(rows, names, PLACE)
    n, k = table.shape
    if k < 3:
        raise TooFew(f"{k} items do not identify a factor", place=PLACE, hint="Three at least.")
    correlation = correlations(table)
    loading, residual = fit_correlations(correlation)
    deviation = table.std(axis=0)
    raw = loading * deviation
    rest = residual * deviation**2
    return OneFactor(
        items=tuple(names),
        n=n,
        loadings=raw,
        residuals=rest,
        standardised=loading,
        omega=float(raw.sum() ** 2 / (raw.sum() ** 2 + rest.sum())),
        ave=float((loading**2).mean()),
        composite=float(loading.sum() ** 2 / (loading.sum() ** 2 + residual.sum())),
        fit=_fit(correlation, loading, residual, n),
        proper=bool((residual >= 0).all()),
    )


def fit_correlations(correlation: Floats) -> tuple[Floats, Floats]:
    """Loadings and residual variances (k,) of one factor, from correlations (k, k), by Fisher scoring."""
    values, vectors = np.linalg.eigh(correlation)
    loading = vectors[:, -1] * np.sqrt(np.clip(values[-1] * 0.8, 0.1, None))
    loading = np.clip(loading * (np.sign(loading.sum()) or 1), -0.9, 0.9)
    parameters = np.concatenate([loading, 1 - loading**2])
    k = len(correlation)
    reached = _discrepancy(correlation, parameters)
    for _ in range(ROUNDS):
        slope, information = _scoring(correlation, parameters)
        try:
            step = -np.linalg.solve(information, slope)
        except np.linalg.LinAlgError:
            break
        size = 1.0
        while (
            after := _discrepancy(correlation, parameters + size * step)
        ) > reached + 1e-15 and size > 1e-8:
            size /= 2
        parameters, reached = parameters + size * step, min(after, reached)
        if np.abs(step).max() < 1e-11:
            loading = parameters[:k]
            return loading * (np.sign(loading.sum()) or 1), parameters[k:]
    raise NotConverged(
        "The search for one factor did not settle",
        place=PLACE,
        hint="Items that hardly correlate have no common factor.",
    )


def _discrepancy(correlation: Floats, parameters: Floats) -> float:
    """log|M| + tr(C M^-1) - log|C| - k of the model's matrix M; endless where M is no covariance matrix."""
    k = len(correlation)
    model = np.outer(parameters[:k], parameters[:k]) + np.diag(parameters[k:])
    try:
        np.linalg.cholesky(model)
    except np.linalg.LinAlgError:
        return float("inf")
    logarithms = np.linalg.slogdet(model)[1] - np.linalg.slogdet(correlation)[1]
    return float(logarithms + np.trace(np.linalg.solve(model, correlation)) - k)


def _scoring(correlation: Floats, parameters: Floats) -> tuple[Floats, Floats]:
    """Slope of the discrepancy and its expected curvature, in loadings and residual variances."""
    k = len(correlation)
    loading = parameters[:k]
    model = np.outer(loading, loading) + np.diag(parameters[k:])
    inverse = np.linalg.inv(model)
    misfit = inverse @ (model - correlation) @ inverse
    towards = inverse @ loading
    mixed = 2 * inverse * towards[None, :]
    both = 2 * (float(loading @ towards) * inverse + np.outer(towards, towards))
    curvature = np.block([[both, mixed], [mixed.T, inverse**2]])
    return np.concatenate([2 * misfit @ loading, np.diagonal(misfit)]), curvature


def _fit(correlation: Floats, loading: Floats, residual: Floats, n: int) -> Fit:
    from scipy.stats import chi2

    k = len(correlation)
    freedom, alone_freedom = k * (k - 3) // 2, k * (k - 1) // 2
    statistic = max(n * _discrepancy(correlation, np.concatenate([loading, residual])), 0.0)
    alone = float(-n * np.linalg.slogdet(correlation)[1])
    over, alone_over = max(statistic - freedom, 0.0), max(alone - alone_freedom, 0.0)
    lower = np.tril_indices(k)
    gap = (correlation - np.outer(loading, loading) - np.diag(residual))[lower]
    worst = max(over, alone_over)
    return Fit(
        chi_square=statistic,
        freedom=freedom,
        p=float(chi2.sf(statistic, freedom)) if freedom else None,
        cfi=1 - over / worst if worst else 1.0,
        tli=(alone / alone_freedom - statistic / freedom) / (alone / alone_freedom - 1) if freedom else 1.0,
        rmsea=(over / (freedom * n)) ** 0.5 if freedom else 0.0,
        srmr=float(np.sqrt((gap**2).mean())),
    )
