"""Where R's `psych::fa(fm = "ml")` stops: a bounded quasi-Newton search that ends at a gain of 2e-9.

Its loadings are right to five digits only, so the rest is found again only from its start with its search
(L-BFGS-B, Byrd et al. 1995). The product itself fits to the maximum (`viaggio.estimate.factor`).
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

LEAST, MOST = 0.005, 1.0
SCALE = 0.01
GAIN = 1e7 * float(np.finfo(float).eps)


def one_factor_loadings(correlation: Floats) -> Floats:
    """Loadings (k,) of one factor, turned so that their sum is positive."""
    from scipy.optimize import minimize

    def lost(scaled: Floats) -> float:
        rest = np.linalg.eigvalsh(_standardised(correlation, SCALE * scaled))[:-1]
        return float((rest - np.log(rest)).sum() + 1 - len(correlation))

    def slope(scaled: Floats) -> Floats:
        unique = SCALE * scaled
        loading = _loadings(correlation, unique)
        return SCALE * (loading**2 + unique - np.diagonal(correlation)) / unique**2

    found = minimize(
        lost,
        1 / np.diagonal(np.linalg.inv(correlation)) / SCALE,
        jac=slope,
        method="L-BFGS-B",
        bounds=[(LEAST / SCALE, MOST / SCALE)] * len(correlation),
        options={"maxcor": 5, "ftol": GAIN, "gtol": 0},
    )
    return _loadings(correlation, SCALE * found.x)


def _standardised(correlation: Floats, unique: Floats) -> Floats:
    return np.asarray(correlation / np.sqrt(np.outer(unique, unique)))


def _loadings(correlation: Floats, unique: Floats) -> Floats:
    values, vectors = np.linalg.eigh(_standardised(correlation, unique))
    loading = vectors[:, -1] * np.sqrt(max(values[-1] - 1, 0.0)) * np.sqrt(unique)
    return np.asarray(loading * np.sign(loading.sum()))
