"""Whether a request comes from a client that is trusted: its JSON Web Token, checked.

The one who runs the service says whom to trust: each issuer with its public keys, as a JWK Set. No
key is fetched from anywhere, and an address in the token (`jku`) is only held against those that
the issuer may name. Two algorithms are taken, ES384 and RS384: neither `none`, which signs nothing,
nor one whose key both sides share. The time is an argument.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping
from enum import Enum
from typing import Any

import jwt
from attrs import field, frozen

from b12guide.errors import SettingsError
from b12guide.frozen import Record, freeze, frozen_map
from b12guide.hooks.refused import HookError, Issue

__all__ = ["ALGORITHMS", "Caller", "Issuer", "check_token"]

ALGORITHMS = ("ES384", "RS384")
_KEYS = {"ES384": "EC", "RS384": "RSA"}
_LEAST_RSA_BITS = 2048
_LONGEST_TOKEN = 16_384
_LONGEST_LIFE = 3_600
"""Seconds after which no token counts, whatever it says of itself."""
_EARLY = 60
"""Seconds by which the clocks of two machines may differ."""
_BEARER = "`Authorization: Bearer` and a JWT that ES384 or RS384 signs"


@frozen(kw_only=True, repr=False)
class Issuer(Record):
    """A client that is trusted.

    Attributes:
        name: What its tokens have as `iss`.
        keys: Its public keys as a JWK Set, by the `kid` of each.
        addresses: The addresses of its JWK Set that its tokens may name as `jku`.
    """

    name: str
    keys: Mapping[str, Any] = field(converter=frozen_map, eq=False, repr=False)
    addresses: tuple[str, ...] = ()

    @classmethod
    def of(cls, name: str, jwks: Any, addresses: tuple[str, ...] = ()) -> Issuer:
        """A client with the public keys of a JWK Set.

        Raises:
            SettingsError: The set has no key that can be used, one without `kid`, or a private
                or symmetric key.
        """
        found = jwks.get("keys") if isinstance(jwks, Mapping) else None
        keys: dict[str, Any] = {}
        for key in found if isinstance(found, list | tuple) else ():
            kid = key.get("kid") if isinstance(key, Mapping) else None
            if not isinstance(kid, str) or not kid or kid in keys:
                message = f"a key of `{name}` has no `kid` of its own"
                raise SettingsError(message)
            _refuse_secret(key, name)
            keys[kid] = freeze(dict(key))
        if not keys:
            message = f"the JWK Set of `{name}` has no key"
            raise SettingsError(message)
        return cls(name=name, keys=keys, addresses=addresses)


def _refuse_secret(key: Mapping[str, Any], name: str) -> None:
    if key.get("kty") not in _KEYS.values() or "d" in key:
        message = f"a key of `{name}` is not the public half of an EC or RSA key"
        raise SettingsError(message)


@frozen(kw_only=True, repr=False)
class Caller(Record):
    """Who sent a request.

    Attributes:
        issuer: The `iss` of the token.
        tenant: The organization on whose behalf it asks, where the token names one.
    """

    issuer: str
    tenant: str | None = None


def check_token(
    authorization: str | None,
    *,
    audience: str,
    issuers: Mapping[str, Issuer] | tuple[Issuer, ...],
    now: float,
    seen: MutableMapping[tuple[str, str], float],
) -> Caller:
    """Who sent a request, by the header `Authorization` of it.

    Args:
        authorization: The header: `Bearer` and the token.
        audience: The address that is called, such as `https://cds.example.org/cds-services`.
        issuers: The clients that are trusted.
        now: The time, in seconds since 1970-01-01 in UTC.
        seen: The tokens that were used, with the second until which they have to be remembered.
            This one is added, and those that are over are removed. One thread at a time may use
            it, and processes that serve together have to share it.

    Raises:
        HookError: There is no token, or it is not to be trusted (401). The text does not say more
            than a client needs to mend it, and holds nothing of the token.
    """
    trusted = issuers if isinstance(issuers, Mapping) else {i.name: i for i in issuers}
    token = _token(authorization)
    head = _head(token)
    unchecked = _claims(token, None, "")
    issuer = trusted.get(str(unchecked.get("iss")))
    key = _key(head, issuer)
    if issuer is None or key is None:
        raise _refused(_Flaw.STRANGER)
    claims = _claims(token, key, str(head.get("alg")))
    _refuse_wrong(claims, audience, now)
    _refuse_replayed(claims, issuer, now, seen)
    tenant = claims.get("tenant")
    return Caller(
        issuer=issuer.name, tenant=tenant if isinstance(tenant, str) else None
    )


class _Flaw(Enum):
    """Why a token is not taken, and what the client is to do."""

    MISSING = "there is no bearer token", f"send {_BEARER}"
    UNREADABLE = "the token cannot be read", f"send {_BEARER}"
    ALGORITHM = "the token is not signed by ES384 or RS384", f"send {_BEARER}"
    CRITICAL = "the token asks for extensions that are not known", f"send {_BEARER}"
    SIGNATURE = "the token or its signature is not valid", f"send {_BEARER}"
    STRANGER = "the issuer or its key is not known", "register the client and its key"
    AUDIENCE = "the token is not for this address", "name the address as `aud`"
    UNTIMED = "the token lacks `iat` or `exp`", "send both, in seconds since 1970"
    OVER = "the token is over", "send a new token with each request"
    EARLY = "the token does not count yet", "set the clock of the client"
    NAMELESS = "the token lacks `jti`", "send a word that no other token has"
    REPLAYED = "the token was used before", "send a new token with each request"


def _refused(flaw: _Flaw) -> HookError:
    text, remedy = flaw.value
    issue = Issue(
        code=f"token-{flaw.name.lower()}",
        kind="login",
        text=text,
        remedy=remedy,
        place="Authorization",
    )
    return HookError(401, [issue])


def _token(authorization: str | None) -> str:
    found = re.fullmatch(
        r"[Bb]earer +([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*)",
        authorization or "",
    )
    if found is None or len(found[1]) > _LONGEST_TOKEN:
        raise _refused(_Flaw.MISSING)
    return found[1]


def _head(token: str) -> Mapping[str, Any]:
    try:
        head: Mapping[str, Any] = jwt.get_unverified_header(token)
    except jwt.PyJWTError as error:
        raise _refused(_Flaw.UNREADABLE) from error
    if head.get("alg") not in ALGORITHMS:
        raise _refused(_Flaw.ALGORITHM)
    if "crit" in head:
        raise _refused(_Flaw.CRITICAL)
    return head


def _key(head: Mapping[str, Any], issuer: Issuer | None) -> jwt.PyJWK | None:
    """The key that the token names, if the issuer has it and may name where it is."""
    if issuer is None:
        return None
    address = head.get("jku")
    if address is not None and address not in issuer.addresses:
        return None
    written = issuer.keys.get(str(head.get("kid")))
    algorithm = str(head.get("alg"))
    if written is None or written.get("kty") != _KEYS[algorithm]:
        return None
    if written.get("alg", algorithm) != algorithm or written.get("use", "sig") != "sig":
        return None
    if algorithm == "ES384" and written.get("crv") != "P-384":
        return None
    try:
        key = jwt.PyJWK(dict(written), algorithm)
    except (jwt.PyJWTError, ValueError):
        return None
    bits = getattr(key.key, "key_size", _LEAST_RSA_BITS)
    return key if algorithm == "ES384" or bits >= _LEAST_RSA_BITS else None


_CHECKED_HERE = tuple(
    f"verify_{name}" for name in ("exp", "iat", "nbf", "aud", "iss", "sub", "jti")
)


def _claims(token: str, key: jwt.PyJWK | None, algorithm: str) -> Mapping[str, Any]:
    """What the token says; its signature is checked where there is a key."""
    # Times are held against an argument below; PyJWT would ask a clock.
    options: Any = dict.fromkeys(_CHECKED_HERE, False)
    try:
        if key is None:
            options["verify_signature"] = False
            found: Mapping[str, Any] = jwt.decode(token, options=options)
        else:
            found = jwt.decode(token, key, algorithms=[algorithm], options=options)
    except (jwt.PyJWTError, ValueError) as error:
        raise _refused(_Flaw.SIGNATURE) from error
    return found


def _refuse_wrong(claims: Mapping[str, Any], audience: str, now: float) -> None:
    named = claims.get("aud")
    audiences = named if isinstance(named, list) else [named]
    if audience not in audiences:
        raise _refused(_Flaw.AUDIENCE)
    begins, ends = claims.get("iat"), claims.get("exp")
    if begins is None or ends is None or not (_is_time(begins) and _is_time(ends)):
        raise _refused(_Flaw.UNTIMED)
    if ends <= now - _EARLY or begins <= now - _LONGEST_LIFE:
        raise _refused(_Flaw.OVER)
    if begins > now + _EARLY:
        raise _refused(_Flaw.EARLY)
    before = claims.get("nbf")
    if before is not None and (not _is_time(before) or before > now + _EARLY):
        raise _refused(_Flaw.EARLY)


def _is_time(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _refuse_replayed(
    claims: Mapping[str, Any],
    issuer: Issuer,
    now: float,
    seen: MutableMapping[tuple[str, str], float],
) -> None:
    """Refuse a token that was used, and remember this one for as long as it could be again."""
    named = claims.get("jti")
    if not isinstance(named, str) or not named:
        raise _refused(_Flaw.NAMELESS)
    for old in [one for one, until in seen.items() if until < now]:
        del seen[old]
    if (issuer.name, named) in seen:
        raise _refused(_Flaw.REPLAYED)
    seen[issuer.name, named] = (
        min(claims["exp"], claims["iat"] + _LONGEST_LIFE) + _EARLY
    )
