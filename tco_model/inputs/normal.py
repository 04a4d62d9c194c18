"""Turns probabilities into standard normal deviates and back, without the import of scipy, which costs more than a first answer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]

Z05 = -1.6448536269514726
"""The 5% point of the standard normal; an interval is read as P5 to P95."""

_BLOCK = 16_384
_SMALLEST = 5e-324
_Polynomial = tuple[FloatArray, ...]
_Rational = tuple[_Polynomial, _Polynomial]


def _rational(numerator: tuple[float, ...], denominator: tuple[float, ...]) -> _Rational:
    # Arrays without dimensions: converting a Python float in each step costs as much as the step on 1,000 draws.
    return tuple(map(np.array, numerator)), tuple(map(np.array, denominator))


# Wichura, M. J. (1988), Algorithm AS 241: The percentage points of the normal distribution, Applied Statistics 37(3),
# 477-484, routine PPND16. Numerator and denominator of each region, highest power first.
_CENTRE = 0.425**2
_CENTRAL = _rational(
    (2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4,
     1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.3871328727963666080e0),
    (5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4, 2.1213794301586595867e4,
     5.3941960214247511077e3, 6.8718700749205790830e2, 4.2313330701600911252e1, 1.0),
)  # fmt: skip
_NEAR_SPLIT, _NEAR_CENTRE = 5.0, 1.6
_NEAR = _rational(
    (7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258e0,
     3.64784832476320460504e0, 5.76949722146069140550e0, 4.63033784615654529590e0, 1.42343711074968357734e0),
    (1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1,
     6.89767334985100004550e-1, 1.67638483018380384940e0, 2.05319162663775882187e0, 1.0),
)  # fmt: skip
_FAR = _rational(
    (2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.65321895265761230930e-2,
     2.96560571828504891230e-1, 1.78482653991729133580e0, 5.46378491116411436990e0, 6.65790464350110377720e0),
    (2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4,
     1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1.0),
)  # fmt: skip
# Cody, W. J. (1969), Rational Chebyshev approximations for the error function, Mathematics of Computation 23(107), 631-637; coefficients of
# its routine CALERF. By x = |z| / sqrt(2): erf(x) / x in x^2 near 0, erfc(x) exp(x^2) in x, and beyond 4 in 1 / x^2. Highest power first.
_ERF_UNTIL, _ERFC_UNTIL = 0.46875, 4.0
_ERF = _rational(
    (1.85777706184603153e-1, 3.16112374387056560e0, 1.13864154151050156e2, 3.77485237685302021e2, 3.20937758913846947e3),
    (1.0, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3),
)  # fmt: skip
_ERFC = _rational(
    (2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594e0, 6.61191906371416295e1, 2.98635138197400131e2,
     8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3, 1.23033935479799725e3),
    (1.0, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3, 3.29079923573345963e3,
     4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3),
)  # fmt: skip
_ERFC_FAR = _rational(
    (1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1, 1.60837851487422766e-2,
     6.58749161529837803e-4),
    (1.0, 2.56852019228982242e0, 1.87295284992346725e0, 5.27905102951428412e-1, 6.05183413124413191e-2, 2.33520497626869185e-3),
)  # fmt: skip
_ROOT_HALF, _ONE_OVER_ROOT_PI = 0.5**0.5, 0.5641895835477563


def ndtri(u: ArrayLike) -> FloatArray:
    """Return the standard normal quantile, to about 1e-15 relative (Wichura's AS 241, PPND16).

    Args:
        u: probabilities in 0..1, any shape. Each value is computed alone: the result does not depend on the block.

    Returns:
        Deviates of the same shape; 0 gives -inf and 1 gives +inf.
    """
    return in_blocks(_deviates, np.asarray(u, dtype=np.float64))


def ndtr(z: ArrayLike) -> FloatArray:
    """Return the standard normal distribution function, to about 1e-14 relative from -5 upwards and 4e-13 at -37 (Cody's rationals).

    Args:
        z: deviates, any shape. Each value is computed alone: the result does not depend on the block.

    Returns:
        Probabilities of the same shape; -inf gives 0 and +inf gives 1.
    """
    return in_blocks(_probabilities, np.asarray(z, dtype=np.float64))


def in_blocks(function: Callable[[FloatArray], FloatArray], values: FloatArray) -> FloatArray:
    """Apply an elementwise function to `values`, any shape, in flat blocks whose temporaries stay in the cache."""
    flat = np.ravel(values)
    if flat.size <= _BLOCK:
        return function(flat).reshape(values.shape)
    results = np.empty_like(flat)
    for start in range(0, flat.size, _BLOCK):
        results[start : start + _BLOCK] = function(flat[start : start + _BLOCK])
    return results.reshape(values.shape)


def _deviates(u: FloatArray) -> FloatArray:
    centred = u - 0.5
    argument = centred * centred
    np.subtract(_CENTRE, argument, out=argument)
    deviates = _ratio(_CENTRAL, argument)
    deviates *= centred
    # Outside |u - 1/2| <= 0.425 the central ratio is finite but wrong, and is replaced.
    outside = np.flatnonzero(argument < 0.0)
    if outside.size:
        deviates[outside] = _tails(u[outside])
    return deviates


def _tails(u: FloatArray) -> FloatArray:
    upper = u > 0.5
    smaller = np.where(upper, 1.0 - u, u)
    root = np.sqrt(-np.log(np.maximum(smaller, _SMALLEST)))
    deviates = _ratio(_NEAR, np.minimum(root, _NEAR_SPLIT) - _NEAR_CENTRE)
    far = np.flatnonzero(root > _NEAR_SPLIT)
    if far.size:
        deviates[far] = np.where(smaller[far] > 0.0, _ratio(_FAR, root[far] - _NEAR_SPLIT), np.inf)
    return np.where(upper, deviates, -deviates)


def _probabilities(z: FloatArray) -> FloatArray:
    x: FloatArray = np.abs(z) * _ROOT_HALF
    smaller = _ratio(_ERFC, np.minimum(x, _ERFC_UNTIL))
    far = np.flatnonzero(x > _ERFC_UNTIL)
    if far.size:
        smaller[far] = _far(x[far])
    smaller *= np.exp(-(x * x))
    near = np.flatnonzero(x <= _ERF_UNTIL)
    smaller[near] = 1.0 - x[near] * _ratio(_ERF, x[near] ** 2)
    smaller *= 0.5
    return np.where(z > 0.0, 1.0 - smaller, smaller)


def _far(x: FloatArray) -> FloatArray:
    inverse = 1.0 / (x * x)
    return (_ONE_OVER_ROOT_PI - inverse * _ratio(_ERFC_FAR, inverse)) / x


def _ratio(rational: _Rational, argument: FloatArray) -> FloatArray:
    numerator, denominator = (_horner(row, argument) for row in rational)
    return np.divide(numerator, denominator, out=numerator)


def _horner(coefficients: _Polynomial, argument: FloatArray) -> FloatArray:
    total = argument * coefficients[0]
    for coefficient in coefficients[1:-1]:
        np.add(total, coefficient, out=total)
        np.multiply(total, argument, out=total)
    return np.add(total, coefficients[-1], out=total)
