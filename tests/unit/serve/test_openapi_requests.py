"""Requests of all kinds, which Schemathesis makes up, are answered as the OpenAPI document says.

`B12GUIDE_REQUESTS=300` makes up so many of each kind, and goes through what each member may be as
well; a check makes do with a few.
"""

from __future__ import annotations

import os
import warnings
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

pytest.importorskip("starlette", reason="the extra serve is not installed")
pytest.importorskip("schemathesis", reason="the extra test is not installed")

import schemathesis

from b12guide.serve import Policy, asgi

pytestmark = pytest.mark.filterwarnings(
    "ignore:Using `httpx` with `starlette:DeprecationWarning", "ignore::ResourceWarning"
)
ASKED_FOR = os.environ.get("B12GUIDE_REQUESTS")
CHECKED = f"""\
request-timeout = 120
generation.database = "none"
phases.coverage.enabled = {str(ASKED_FOR is not None).lower()}
checks.positive_data_acceptance.expected-statuses = ["2xx", "400", "404", "412", "422"]
checks.negative_data_rejection.expected-statuses = ["4xx"]
"""
"""What a schema cannot say, such as which facts contradict each other, is refused: with 422, and
400 or 412 where CDS Hooks says so."""


def described() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        app = asgi(["mecobalamin_im"], Policy(log=lambda _: None))
        config = schemathesis.Config.from_str(CHECKED)
        return schemathesis.openapi.from_asgi("/openapi.json", app, config=config)


SCHEMA = described()


@SCHEMA.parametrize()  # type: ignore[untyped-decorator]
@settings(
    max_examples=int(ASKED_FOR or 12),
    deadline=None,
    derandomize=ASKED_FOR is None,
    suppress_health_check=list(HealthCheck),
)
def test_a_request_is_answered_as_the_document_says(case: Any) -> None:
    case.call_and_validate()
