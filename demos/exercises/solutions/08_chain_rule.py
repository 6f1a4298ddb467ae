"""Each gradient is the upstream gradient times the local derivative; two paths lead to x, and add up."""

TABLE = {
    "v1": -2 * 3,
    "v2": -6 + 11,
    "v3": 5**2,
    "y": 25 * 3,
    "dy/dy": 1,
    "dy/dv3": 1 * 3,
    "dy/dv2": 3 * (2 * 5),
    "dy/dv1": 30 * 1,
    "dy/db": 30 * 1,
    "dy/dw": 30 * 3,
    "dy/dx": 1 * 25 + 30 * -2,
}
