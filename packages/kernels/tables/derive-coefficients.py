"""Derives every coefficient of the elementary functions and writes them to both twins.

Run: python3 packages/kernels/tables/derive-coefficients.py   (needs mpmath; a development tool, no part of the build)

It rewrites packages/core/src/elementary/coefficients.ts and the marked block of
packages/kernels/src/elementary.h, so TypeScript and C read the same numbers.

Method: each kernel is a smooth function on an interval; it is interpolated at the Chebyshev nodes of
that interval with 70 digits (Newton's divided differences), turned to powers, and each coefficient is
rounded to float64. Chebyshev interpolation is within a small factor of the best polynomial (Trefethen,
Approximation Theory and Approximation Practice, 2013, theorem 16.1), and one more degree costs less than
an exchange algorithm explains. The script prints the largest error of each rounded polynomial, as a
power of two, relative to the function that uses it.
"""

import os
import re

import mpmath as mp

mp.mp.dps = 70
HERE = os.path.dirname(os.path.abspath(__file__))
TYPESCRIPT = os.path.join(HERE, "..", "..", "core", "src", "elementary", "coefficients.ts")
HEADER = os.path.join(HERE, "..", "src", "elementary.h")
TINY = mp.mpf(10) ** -25


def interpolate(function, low, high, degree):
    """Coefficients, constant first, of the polynomial through the Chebyshev nodes of [low, high]."""
    count = degree + 1
    nodes = [
        (low + high) / 2 + (high - low) / 2 * mp.cos(mp.pi * (2 * k + 1) / (2 * count))
        for k in range(count)
    ]
    differences = [function(x) for x in nodes]
    for order in range(1, count):
        for i in range(count - 1, order - 1, -1):
            differences[i] = (differences[i] - differences[i - 1]) / (nodes[i] - nodes[i - order])
    powers = [differences[-1]]
    for i in range(count - 2, -1, -1):
        shifted = [mp.mpf(0)] + powers
        for k, value in enumerate(powers):
            shifted[k] -= value * nodes[i]
        shifted[0] += differences[i]
        powers = shifted
    return powers


def evaluate(powers, x):
    total = mp.mpf(0)
    for value in reversed(powers):
        total = total * x + value
    return total


def polynomial(name, meaning, function, low, high, degree, error):
    """Interpolates, rounds, and measures `error(rounded polynomial at x, x)` on a fine grid."""
    powers = [mp.mpf(float(c)) for c in interpolate(function, low, high, degree)]
    worst = mp.mpf(0)
    steps = 1000
    for i in range(steps):
        x = low + (high - low) * (i + mp.mpf("0.5")) / steps
        worst = max(worst, abs(error(evaluate(powers, x), x)))
    print(f"{name:8} degree {degree:2}  largest relative error 2^{mp.nstr(mp.log(worst, 2), 4)}")
    return [(meaning, None, None)] + [(None, f"{name}_{i}", float(c)) for i, c in enumerate(powers)]


def split(value, grid_bits):
    """value = high + low, high a multiple of 2^-grid_bits: integer multiples of high stay exact."""
    high = mp.mpf(int(mp.floor(value * 2**grid_bits))) / 2**grid_bits
    return float(high), float(value - high)


def scaled_erfc(x):
    return mp.exp(x * x) * mp.erfc(x)


def erfc_argument(t):
    return 4 * (1 + t) / (1 - t)


def tables():
    rows = []
    ln2_high, ln2_low = split(mp.log(2), 32)
    rows += [
        ("ln 2 = LN2_HIGH + LN2_LOW; n LN2_HIGH is exact for |n| < 2^21.", None, None),
        (None, "LN2_HIGH", ln2_high),
        (None, "LN2_LOW", ln2_low),
        (None, "LOG2_E", float(1 / mp.log(2))),
    ]
    reach = mp.log(2) / 2 * mp.mpf("1.0001")
    rows += polynomial(
        "EXP", "e^r = 1 + r + r^2 EXP(r), |r| <= ln 2 / 2.",
        lambda r: (mp.exp(r) - 1 - r) / (r * r), -reach, reach, 9,
        lambda q, r: (r + r * r * q) / mp.expm1(r) - 1)
    top = ((mp.sqrt(2) - 1) / (mp.sqrt(2) + 1)) ** 2 * mp.mpf("1.001")
    rows += polynomial(
        "LOG", "log((1 + s) / (1 - s)) = 2s + 2s z LOG(z), z = s^2 <= ((sqrt 2 - 1) / (sqrt 2 + 1))^2.",
        lambda z: (mp.atanh(mp.sqrt(z)) / mp.sqrt(z) - 1) / z, TINY, top, 6,
        lambda q, z: (1 + z * q) / (mp.atanh(mp.sqrt(z)) / mp.sqrt(z)) - 1)
    rows += polynomial(
        "ERFC", "(1 + 2x) e^(x^2) erfc(x) = 1 + (1 + t) ERFC(t), t = (x - 4) / (x + 4), 0 <= x <= 28.",
        lambda t: ((1 + 2 * erfc_argument(t)) * scaled_erfc(erfc_argument(t)) - 1) / (1 + t),
        -1 + TINY, mp.mpf(24) / 32, 22,
        lambda q, t: (1 + (1 + t) * q)
        / ((1 + 2 * erfc_argument(t)) * scaled_erfc(erfc_argument(t))) - 1)
    rows += polynomial(
        "ERF", "erf(x) = x ERF(x^2), |x| <= 1.",
        lambda z: mp.erf(mp.sqrt(z)) / mp.sqrt(z), TINY, mp.mpf(1), 11,
        lambda q, z: q / (mp.erf(mp.sqrt(z)) / mp.sqrt(z)) - 1)
    quarter = (mp.pi / 4) ** 2 * mp.mpf("1.001")
    rows += polynomial(
        "SIN", "sin r = r + r z SIN(z), z = r^2, |r| <= pi / 4.",
        lambda z: (mp.sin(mp.sqrt(z)) / mp.sqrt(z) - 1) / z, TINY, quarter, 6,
        lambda q, z: (1 + z * q) / (mp.sin(mp.sqrt(z)) / mp.sqrt(z)) - 1)
    rows += polynomial(
        "COS", "cos r = 1 - z/2 + z^2 COS(z), z = r^2, |r| <= pi / 4.",
        lambda z: (mp.cos(mp.sqrt(z)) - 1 + z / 2) / (z * z), TINY, quarter, 6,
        lambda q, z: (1 - z / 2 + z * z * q) / mp.cos(mp.sqrt(z)) - 1)
    return rows


def literal(value):
    """The shortest decimal that reads back as the same float64, as prettier spells it."""
    return re.sub(r"e-0", "e-", re.sub(r"\.0$", "", repr(value)))


def write_typescript(rows):
    lines = [
        "// The constants of the elementary functions. packages/kernels/tables/derive-coefficients.py",
        "// derives them, says how, and writes this file; packages/kernels/src/elementary.h holds the same",
        "// numbers, and a test compares the two. Do not edit by hand.",
    ]
    for meaning, name, value in rows:
        lines.append(f"\n// {meaning}" if meaning else f"export const {name} = {literal(value)};")
    with open(TYPESCRIPT, "w") as file:
        file.write("\n".join(lines) + "\n")


def write_header(rows):
    body = []
    for meaning, name, value in rows:
        if meaning:
            body.append(f"/* {meaning} */")
        else:
            text = repr(value)
            body.append(f"#define {name} {text}")
    block = "/* begin derived constants */\n" + "\n".join(body) + "\n/* end derived constants */"
    with open(HEADER) as file:
        text = file.read()
    pattern = r"/\* begin derived constants \*/.*?/\* end derived constants \*/"
    if not re.search(pattern, text, re.S):
        raise SystemExit("elementary.h: the markers of the derived constants are missing")
    with open(HEADER, "w") as file:
        file.write(re.sub(pattern, lambda match: block, text, flags=re.S))


if __name__ == "__main__":
    derived = tables()
    write_typescript(derived)
    write_header(derived)
