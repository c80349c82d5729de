"""Letters of other alphabets that look like Latin ones."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["FULL_WIDTH", "LATIN"]

FULL_WIDTH = 0xFF21
"""The number of the first letter of full width, which no text in a Latin alphabet has."""

LATIN: Mapping[int, str] = {
    **dict(
        zip(
            map(
                ord,
                "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u04bb\u0501\u051b\u051d",
            ),
            "aeopcyxijshdqw",
            strict=True,
        )
    ),  # Cyrillic, small
    **dict(
        zip(
            map(
                ord,
                "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0423\u0406\u0408\u0405",
            ),
            "ABEKMHOPCTXYIJS",
            strict=True,
        )
    ),  # Cyrillic, capital
    **dict(
        zip(map(ord, "\u03bf\u03bd\u03c1\u03b9"), "ovpi", strict=True)
    ),  # Greek, small
    **dict(
        zip(
            map(
                ord,
                "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7",
            ),
            "ABEZHIKMNOPTYX",
            strict=True,
        )
    ),  # Greek, capital
    **{FULL_WIDTH + n: chr(ord("A") + n) for n in range(26)},  # full width
    **{0xFF41 + n: chr(ord("a") + n) for n in range(26)},
}
"""By the number of the letter, the Latin letter that it looks like."""
