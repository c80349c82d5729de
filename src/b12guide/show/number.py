"""Numbers as people and programs read them: exact where they can be, in no locale."""

from __future__ import annotations

from fractions import Fraction

__all__ = ["number_json", "number_text", "range_text"]


def number_text(number: Fraction) -> str:
    """The number in decimals; four significant digits where decimals do not end.

    >>> number_text(Fraction(1000)), number_text(Fraction(1, 2)), number_text(Fraction(1, 3))
    ('1000', '0.5', '0.3333')
    """
    if number.denominator == 1:
        return str(number.numerator)
    places = _decimal_places(number.denominator)
    if places is None:
        return f"{float(number):.4g}"
    digits = str(abs(number) * 10**places).rjust(places + 1, "0")
    sign = "-" if number < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


def _decimal_places(denominator: int) -> int | None:
    """How many decimals a fraction with this denominator has, if few enough to print."""
    return next((n for n in range(1, 10) if 10**n % denominator == 0), None)


def range_text(low: Fraction, high: Fraction) -> str:
    """One number, or the two ends of a range."""
    if low == high:
        return number_text(low)
    return f"{number_text(low)} to {number_text(high)}"


def number_json(number: Fraction) -> int | float:
    """An integer where the number is one, a float otherwise."""
    if number.denominator == 1:
        return number.numerator
    return float(number)
