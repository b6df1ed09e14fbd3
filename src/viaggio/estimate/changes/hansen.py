"""P-values of the supF statistic for one parameter.

Hansen, Approximate asymptotic p values for structural-change tests, Journal of Business and Economic
Statistics 15 (1997) 60-67: the chance of a larger statistic is that of a chi-square variable with
`freedom` degrees beyond `constant + slope * statistic`, with coefficients fitted to simulated quantiles for
trimmings of 0.49, 0.47, ... 0.01; between two trimmings the chances are interpolated.
"""

from math import floor, sqrt

_TABLE = (  # constant, slope, freedom for one parameter (his supplement; as R's strucchange has them)
    (-0.0648467, 0.99671156, 1.2573241),
    (-0.15305667, 0.96757645, 1.43651315),
    (-0.23071675, 0.95825013, 1.56531261),
    (-0.29247661, 0.95715782, 1.68851898),
    (-0.35706588, 0.95237505, 1.77889686),
    (-0.40514715, 0.96055795, 1.89761322),
    (-0.45248386, 0.95810999, 1.98370422),
    (-0.50458517, 0.96149538, 2.07086519),
    (-0.55009159, 0.96684273, 2.17244338),
    (-0.60241623, 0.96518399, 2.23509053),
    (-0.64308746, 0.97354902, 2.33722161),
    (-0.68833676, 0.97829106, 2.42776524),
    (-0.73136161, 0.9820687, 2.50833918),
    (-0.78078198, 0.99475319, 2.6209551),
    (-0.82894221, 1.00023473, 2.70286643),
    (-0.88430133, 1.00162529, 2.77835798),
    (-0.9499265, 1.00384268, 2.84325795),
    (-0.98828874, 1.01604712, 2.96752918),
    (-1.04892713, 1.02570939, 3.08442682),
    (-1.11527783, 1.03526033, 3.19770394),
    (-1.14992644, 1.06643436, 3.44739573),
    (-1.24010871, 1.06929468, 3.54993605),
    (-1.38522113, 1.06808543, 3.61667211),
    (-1.48296473, 1.1283969, 4.07202473),
    (-1.78738608, 1.17220925, 4.4726701),
)


def sup_f_p_value(statistic: float, ratio: float, n: int) -> float:
    """Chance of a larger supF under no change, for splits between shares a and b of the series.

    `ratio` = b (1 - a) / (a (1 - b)); 1 means a single date, whose F has 1 and `n` - 2 degrees of freedom.
    """
    from scipy.special import fdtrc

    if ratio == 1:
        return float(fdtrc(1, n - 2, statistic))
    trim = 1 / (1 + sqrt(ratio))
    if trim <= 0.01:
        return _at_trim(24, statistic)
    if trim >= 0.49:
        return 100 * ((0.5 - trim) * _at_trim(0, statistic) + (trim - 0.49) * _chi_square(statistic, 1))
    place = (0.51 - trim) * 50
    row = floor(place)
    return (row + 1 - place) * _at_trim(row - 1, statistic) + (place - row) * _at_trim(row, statistic)


def _at_trim(row: int, statistic: float) -> float:
    constant, slope, freedom = _TABLE[row]
    return _chi_square(max(constant + slope * statistic, 0.0), freedom)


def _chi_square(statistic: float, freedom: float) -> float:
    from scipy.special import chdtrc

    return float(chdtrc(freedom, statistic))
