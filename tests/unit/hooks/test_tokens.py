"""Which tokens of clients are taken, and which are not."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from b12guide import SettingsError, hooks
from b12guide.hooks import HookError

jwt = pytest.importorskip("jwt")
ec = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.ec")
rsa = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.rsa")

NOW = 1_790_000_000
AUDIENCE = "https://cds.example.org/cds-services/x"
NAME = "https://ehr.example.com"
CURVE = ec.generate_private_key(ec.SECP384R1())
OTHER = ec.generate_private_key(ec.SECP384R1())
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
SHORT = rsa.generate_private_key(public_exponent=65537, key_size=1024)
ADDRESS = "https://ehr.example.com/jwks"


def public(key: Any, kid: str, **more: Any) -> dict[str, Any]:
    name = "ES384" if isinstance(key, ec.EllipticCurvePrivateKey) else "RS384"
    algorithm = jwt.get_algorithm_by_name(name)
    written = json.loads(algorithm.to_jwk(key.public_key()))
    return {**written, "kid": kid, "use": "sig", **more}


CLIENT = hooks.Issuer.of(
    NAME,
    {
        "keys": [
            public(CURVE, "curve"),
            public(RSA, "rsa"),
            public(SHORT, "short"),
            public(CURVE, "for-encryption", use="enc"),
        ]
    },
    addresses=(ADDRESS,),
)
CLAIMS: dict[str, Any] = {
    "iss": NAME,
    "aud": AUDIENCE,
    "iat": NOW - 10,
    "exp": NOW + 290,
    "jti": "one",
}


def token(
    key: Any = CURVE, algorithm: str = "ES384", headers: Any = None, **claims: Any
) -> str:
    head = {"kid": "curve", "typ": "JWT", **(headers or {})}
    said = {k: v for k, v in {**CLAIMS, **claims}.items() if v is not None}
    return f"Bearer {jwt.encode(said, key, algorithm=algorithm, headers=head)}"


def checked(header: str | None, seen: Any = None, now: float = NOW) -> hooks.Caller:
    return hooks.check_token(
        header,
        audience=AUDIENCE,
        issuers=(CLIENT,),
        now=now,
        seen={} if seen is None else seen,
    )


def refused(header: str | None, seen: Any = None, now: float = NOW) -> str:
    with pytest.raises(HookError) as caught:
        checked(header, seen, now)
    assert caught.value.status == 401
    (issue,) = caught.value.issues
    assert issue.kind == "login"
    return issue.code


def test_a_token_of_a_trusted_client_is_taken() -> None:
    found = checked(token(tenant="a-hospital"))

    assert (found.issuer, found.tenant) == (NAME, "a-hospital")
    assert checked(token(RSA, "RS384", {"kid": "rsa"})).tenant is None
    assert checked(token(aud=[AUDIENCE, "https://elsewhere"])).issuer == NAME
    assert checked(token(headers={"jku": ADDRESS})).issuer == NAME


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer x",
        "Basic eA==",
        "Bearer a.b.c d",
        "Bearer " + "a" * 20_000 + ".b.c",
    ],
)
def test_without_a_bearer_token_nothing_is_answered(header: str | None) -> None:
    assert refused(header) == "token-missing"


def test_what_nobody_signed_is_refused() -> None:
    unsigned = jwt.encode(CLAIMS, None, algorithm="none", headers={"kid": "curve"})

    assert refused(f"Bearer {unsigned}") == "token-algorithm"


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_a_shared_key_is_refused(algorithm: str) -> None:
    secret = "x" * 64

    assert refused(token(secret, algorithm)) == "token-algorithm"


def test_the_public_key_is_no_shared_key() -> None:
    """What is signed by HMAC with the public key of a client, and says ES384, is not valid."""
    header, body, _ = token().removeprefix("Bearer ").split(".")
    forged = base64.urlsafe_b64encode(b"x" * 96).decode().rstrip("=")

    assert refused(f"Bearer {header}.{body}.{forged}") == "token-signature"
    assert refused(f"Bearer {header}.{body}.") == "token-signature"


@pytest.mark.parametrize(
    ("key", "algorithm", "headers"),
    [
        (OTHER, "ES384", {"kid": "unknown"}),
        (CURVE, "ES384", {"kid": "rsa"}),
        (CURVE, "ES384", {"kid": "for-encryption"}),
        (RSA, "RS384", {"kid": "short"}),
        (CURVE, "ES384", {"jku": "https://evil.example/jwks"}),
    ],
)
def test_a_key_that_the_client_does_not_have_is_refused(
    key: Any, algorithm: str, headers: Any
) -> None:
    assert refused(token(key, algorithm, headers)) == "token-stranger"


def test_a_signature_of_another_is_refused() -> None:
    assert refused(token(OTHER)) == "token-signature"
    assert refused(token(iss="https://other.example")) == "token-stranger"
    assert refused(token(iss=None)) == "token-stranger"


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"aud": "https://cds.example.org/cds-services"}, "token-audience"),
        ({"aud": None}, "token-audience"),
        ({"aud": []}, "token-audience"),
        ({"exp": None}, "token-untimed"),
        ({"iat": None}, "token-untimed"),
        ({"exp": NOW - 61}, "token-over"),
        ({"iat": NOW - 4000}, "token-over"),
        ({"iat": NOW + 61}, "token-early"),
        ({"nbf": NOW + 61}, "token-early"),
        ({"jti": None}, "token-nameless"),
        ({"jti": ""}, "token-nameless"),
    ],
)
def test_what_a_token_says_is_held_against_the_request(
    claims: dict[str, Any], code: str
) -> None:
    assert refused(token(**claims)) == code


def test_a_token_counts_once() -> None:
    seen: dict[tuple[str, str], float] = {}
    checked(token(), seen)

    assert refused(token(), seen) == "token-replayed"
    checked(token(jti="two"), seen)
    assert len(seen) == 2


def test_what_is_over_is_not_remembered() -> None:
    seen: dict[tuple[str, str], float] = {}
    checked(token(), seen)
    checked(token(jti="two", iat=NOW + 900, exp=NOW + 1000), seen, now=NOW + 950)

    assert list(seen) == [(NAME, "two")]


def test_a_token_that_was_refused_is_not_remembered() -> None:
    seen: dict[tuple[str, str], float] = {}
    refused(token(OTHER), seen)

    assert seen == {}


def test_a_token_that_asks_for_more_than_is_known_is_refused() -> None:
    assert refused(token(headers={"crit": ["b64"], "b64": True})) in {
        "token-critical",
        "token-unreadable",
    }


@pytest.mark.parametrize(
    "keys",
    [
        None,
        {},
        {"keys": []},
        {"keys": [5]},
        {"keys": [{"kty": "EC"}]},
        {"keys": [public(CURVE, "a"), public(RSA, "a")]},
        {"keys": [{"kty": "oct", "k": "eA", "kid": "a"}]},
        {"keys": [{**public(CURVE, "a"), "d": "secret"}]},
    ],
)
def test_a_set_of_keys_is_of_public_keys_with_names(keys: Any) -> None:
    with pytest.raises(SettingsError):
        hooks.Issuer.of(NAME, keys)


def test_a_broken_key_trusts_nobody() -> None:
    broken = hooks.Issuer.of(NAME, {"keys": [{**public(CURVE, "curve"), "x": "AA"}]})
    with pytest.raises(HookError):
        hooks.check_token(
            token(), audience=AUDIENCE, issuers={NAME: broken}, now=NOW, seen={}
        )
