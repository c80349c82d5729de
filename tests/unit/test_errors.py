"""What an error says of itself is enough to mend what caused it."""

from __future__ import annotations

import pytest

from b12guide import PatientError, load


def test_the_text_of_an_error_has_its_remedies() -> None:
    with pytest.raises(PatientError, match=r"help: did you mean `egfr`\?"):
        load("mecobalamin_im").recommend({"egfrr": 35})
