"""Classes as attrs makes them, of which each method is written when it is first needed.

attrs writes the methods of a class as text, which Python compiles while the module is imported.
Behind one answer stand a hundred and sixty classes, of most of which nothing is compared or hashed
and of many nothing is made at all: writing their methods took as long as the rest of a command.
So the rooms that an answer opens take `frozen`, `define`, `field` and `evolve` from here.

What is different is the moment. `__init__`, comparisons and the hash stand in a class as a
promise, which Python fulfils when it looks them up, and which the method then replaces. The fields
say the same as those of attrs, and attrs finds them where it looks for them, so that
`attrs.fields`, `attrs.evolve` and `attrs.asdict` take these classes for its own, as type checkers
do. What nobody here uses is left out, and asking for it is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, cached_property
from importlib import import_module
from types import FunctionType, MappingProxyType, MemberDescriptorType
from typing import TYPE_CHECKING, Any

__all__ = [
    "AttrsInstance",
    "define",
    "evolve",
    "field",
    "fields",
    "frozen",
    "has",
    "refuse",
]


class _Nothing:
    """That nothing was given."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "NOTHING"


_NOTHING = _Nothing()


class _Factory:
    """A default that is made anew for each instance."""

    __slots__ = ("factory",)

    def __init__(self, factory: Callable[[], Any]) -> None:
        self.factory = factory


class _Field:
    """One field of a class; the names are those of `attrs.Attribute`."""

    __slots__ = ("kw_only", "name", "options", "type")

    def __init__(
        self, name: str, type_: Any, options: Mapping[str, Any], *, kw_only: bool
    ) -> None:
        self.name = name
        self.type = type_
        self.options = options
        self.kw_only = kw_only or options.get("kw_only", False)

    @property
    def default(self) -> Any:
        """The value that it has otherwise, or what makes one."""
        make = self.options.get("factory") or self.options.get("made_by")
        return _Factory(make) if make else self.options.get("default", _NOTHING)

    @property
    def repr(self) -> bool:
        """Whether it is shown."""
        return bool(self.options.get("repr", True))

    @property
    def eq(self) -> bool:
        """Whether it is compared."""
        return bool(self.options.get("eq", True))

    @property
    def init(self) -> bool:
        """Whether it is given."""
        return bool(self.options.get("init", True))

    @property
    def argument(self) -> str:
        """The name under which it is given."""
        return self.name.lstrip("_")


class _Given(dict[str, Any]):
    """What `field` was called with."""

    def default(self, method: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """Let a method say what the field has otherwise, by the fields before it."""
        self["made_by"] = method
        return method


_OPTIONS = {"converter", "default", "eq", "factory", "init", "kw_only", "repr"} | {
    "validator"
}


def _field(**options: Any) -> _Given:
    if not options.keys() <= _OPTIONS:
        message = f"no class here needs {sorted(options.keys() - _OPTIONS)}"
        raise TypeError(message)
    return _Given(options)


# --------------------------------------------------------------------- what is written


class _Promise:
    """A method that is written when Python first looks it up, and then stands in its place."""

    __slots__ = ("name", "owner", "write")

    def __init__(self, write: Callable[[type[Any], str], Any]) -> None:
        self.write = write

    def __set_name__(self, owner: type[Any], name: str) -> None:
        self.owner = owner
        self.name = name

    def __get__(self, instance: Any, _: type[Any] | None = None) -> Any:
        made = self.write(self.owner, self.name)
        # Two threads may come here at once: both write the same.
        type.__setattr__(self.owner, self.name, made)
        return made if instance is None else made.__get__(instance)


def _method(kind: type[Any], name: str, lines: list[str], names: dict[str, Any]) -> Any:
    place = f"<methods of {kind.__module__}.{kind.__qualname__}>"
    # What is run stands in this module, but for the names of fields.
    exec(compile("\n".join(lines), place, "exec"), names)  # noqa: S102
    made: FunctionType = names[name]
    made.__module__ = kind.__module__
    made.__qualname__ = f"{kind.__qualname__}.{name}"
    return made


def _init(kind: type[Any], name: str) -> Any:
    names: dict[str, Any] = {"NOTHING": _NOTHING}
    told: dict[str, Any] = {"return": None}
    positional, named = ["self"], list[str]()
    body, checks = list[str](), list[str]()
    for number, one in enumerate(_fields_of(kind).values()):
        value, options = one.argument, one.options
        otherwise = f"default_{number}"
        is_made = True
        if "factory" in options:
            names[otherwise], otherwise = options["factory"], f"{otherwise}()"
        elif "made_by" in options:
            names[otherwise], otherwise = options["made_by"], f"{otherwise}(self)"
        elif "default" in options:
            names[otherwise], is_made = options["default"], False
        else:
            otherwise = ""
        if one.init:
            parameter = value
            if otherwise:
                parameter += "=NOTHING" if is_made else f"={otherwise}"
                if is_made:
                    body.append(f" if {value} is NOTHING: {value} = {otherwise}")
            (named if one.kw_only else positional).append(parameter)
            told[value] = one.type
        elif otherwise:
            value = otherwise
        else:
            continue
        if "converter" in options:
            convert = names[f"convert_{number}"] = options["converter"]
            hints = getattr(convert, "__annotations__", {})
            told[one.argument] = next(iter(hints.values()), Any)
            value = f"convert_{number}({value})"
        slot: Any = getattr(kind, one.name, None)
        if isinstance(slot, MemberDescriptorType):  # of a class with slots
            names[f"set_{number}"] = slot.__set__
            body.append(f" set_{number}(self, {value})")
        else:
            body.append(f" self.__dict__[{one.name!r}] = {value}")
        if "validator" in options:
            names[f"check_{number}"] = options["validator"]
            names[f"field_{number}"] = one
            checks.append(f" check_{number}(self, field_{number}, self.{one.name})")
    if hasattr(kind, "__attrs_post_init__"):
        checks.append(" self.__attrs_post_init__()")
    parameters = ", ".join([*positional, *(["*"] if named else []), *named])
    head = f"def __init__({parameters}):"
    made = _method(kind, name, [head, *(body + checks or [" pass"])], names)
    made.__annotations__ = told
    return made


def _compared(kind: type[Any], names: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What is compared, of `self` and of `other`."""
    for number, one in enumerate(_fields_of(kind).values()):
        by = one.options.get("eq", True)
        mine, its = f"self.{one.name}", f"other.{one.name}"
        if callable(by):
            names[f"by_{number}"] = by
            yield f"by_{number}({mine})", f"by_{number}({its})"
        elif by:
            yield mine, its


_OTHER_KIND = " if other.__class__ is not self.__class__: return NotImplemented"


def _eq(kind: type[Any], name: str) -> Any:
    names: dict[str, Any] = {}
    said = " and ".join(f"{mine} == {its}" for mine, its in _compared(kind, names))
    lines = ["def __eq__(self, other):", _OTHER_KIND, f" return {said or True}"]
    return _method(kind, name, lines, names)


_ORDERS = {"__lt__": "<", "__le__": "<=", "__gt__": ">", "__ge__": ">="}


def _order(kind: type[Any], name: str) -> Any:
    names: dict[str, Any] = {}
    mine, its = zip(*_compared(kind, names), strict=True)
    said = f"({', '.join(mine)},) {_ORDERS[name]} ({', '.join(its)},)"
    lines = [f"def {name}(self, other):", _OTHER_KIND, f" return {said}"]
    return _method(kind, name, lines, names)


def _hash(kind: type[Any], name: str) -> Any:
    names: dict[str, Any] = {}
    parts = [repr(kind.__qualname__), *(mine for mine, _ in _compared(kind, names))]
    lines = ["def __hash__(self):", f" return hash(({', '.join(parts)},))"]
    return _method(kind, name, lines, names)


_KEPT_HASH = "_kept_hash"


def _hash_once(kind: type[Any], name: str) -> Any:
    """A hash that is kept; an instance that was not hashed yet has none."""
    work_out = _hash(kind, name)
    keep = getattr(kind, _KEPT_HASH).__set__

    def __hash__(self: Any) -> int:  # noqa: N807 -- it is that of the class
        try:
            found: int = getattr(self, _KEPT_HASH)
        except AttributeError:
            found = work_out(self)
            keep(self, found)
        return found

    return __hash__


# -------------------------------------------------------------------- what is the same


def refuse(*_: Any) -> None:
    """Let nothing be changed.

    Raises:
        FrozenInstanceError: Always.
    """
    error: type[Exception] = import_module("attrs.exceptions").FrozenInstanceError
    raise error


def _getstate(self: Any) -> dict[str, Any]:
    return {name: getattr(self, name) for name in _fields_of(type(self))}


def _setstate(self: Any, state: Mapping[str, Any]) -> None:
    for name, value in state.items():
        object.__setattr__(self, name, value)


def _repr(self: Any) -> str:
    shown = (one.name for one in _fields_of(type(self)).values() if one.repr)
    told = ", ".join(f"{name}={getattr(self, name)!r}" for name in shown)
    return f"{type(self).__qualname__.rpartition('>.')[2]}({told})"


class _AsAttrs:
    """The fields of a class as attrs has them, made when attrs asks for them."""

    def __get__(self, _: Any, kind: type[Any]) -> Any:
        attrs = import_module("attrs")
        given = {}
        for one in _fields_of(kind).values():
            options = {**one.options, "kw_only": one.kw_only, "type": one.type}
            if "made_by" in options:
                maker = options.pop("made_by")
                options["default"] = attrs.Factory(maker, takes_self=True)
            given[one.name] = attrs.field(**options)
        made = attrs.make_class(kind.__name__, given, frozen=True, slots=False)
        type.__setattr__(kind, "__attrs_attrs__", made.__attrs_attrs__)
        return made.__attrs_attrs__


_AS_ATTRS = _AsAttrs()


# ------------------------------------------------------------------------- the classes

_OWN = "__b12guide_fields__"


def _fields_of(kind: type[Any]) -> Mapping[str, _Field]:
    found: Mapping[str, _Field] = getattr(kind, _OWN)
    return found


def _frozen(kind: type[Any] | None = None, /, **options: Any) -> Any:
    return _define(kind, may_change=False, **options)


def _define(  # noqa: PLR0913 -- as attrs has them
    kind: type[Any] | None = None,
    /,
    *,
    kw_only: bool = False,
    repr: bool = True,  # noqa: A002 -- as attrs calls it
    eq: bool = True,
    order: bool = False,
    slots: bool = True,
    cache_hash: bool = False,
    may_change: bool = True,
) -> Any:
    """A class, or what makes one of a class; what a class defines itself is left as it is."""

    def made(kind: type[Any]) -> type[Any]:
        own = _own_fields(kind, kw_only=kw_only)
        given = _collected(kind, own)
        added: dict[str, Any] = {
            _OWN: MappingProxyType(given),
            "__attrs_attrs__": _AS_ATTRS,
            "__init__": _Promise(_init),
            "__replace__": _evolve,  # for `copy.replace`
            "__match_args__": tuple(
                [one.name for one in given.values() if one.init and not one.kw_only]
            ),
        }
        if repr:
            added["__repr__"] = _repr
        if eq and "__eq__" not in vars(kind):
            added["__eq__"] = _Promise(_eq)
            hashed = _Promise(_hash_once if cache_hash else _hash)
            added["__hash__"] = None if may_change else hashed
        if order:
            added.update({name: _Promise(_order) for name in _ORDERS})
        if not may_change:
            added["__setattr__"] = added["__delattr__"] = refuse
        elif any(one.options.keys() & _CHECKS for one in own.values()):
            message = f"`{kind.__name__}` would have to look at what is set"
            raise TypeError(message)
        added = {name: each for name, each in added.items() if name not in vars(kind)}
        if slots:
            return _slotted(kind, own, added, (_KEPT_HASH,) if cache_hash else ())
        for name in own.keys() & vars(kind).keys():
            delattr(kind, name)  # a default is no value of the class
        for name, each in added.items():
            setattr(kind, name, each)
            if isinstance(each, _Promise):
                each.__set_name__(kind, name)
        return kind

    return made if kind is None else made(kind)


_CHECKS = {"converter", "validator"}


def _own_fields(kind: type[Any], *, kw_only: bool) -> dict[str, _Field]:
    """The fields that a class declares itself."""
    found = {}
    for name, type_ in kind.__annotations__.items():
        if not str(type_).startswith("ClassVar"):
            value = vars(kind).get(name, _NOTHING)
            given = value if isinstance(value, _Given) else {"default": value}
            options = {} if value is _NOTHING else given
            found[name] = _Field(name, type_, options, kw_only=kw_only)
    return found


def _collected(kind: type[Any], own: Mapping[str, _Field]) -> dict[str, _Field]:
    """All fields: those of the classes above first, each where it was declared last."""
    found: dict[str, _Field] = {}
    for base in reversed(kind.__mro__[1:-1]):
        above = vars(base).get(_OWN)
        if above is None and "__attrs_attrs__" in vars(base):
            message = f"`{kind.__name__}` stands on `{base.__name__}`, made by attrs"
            raise TypeError(message)
        for name, one in (above or {}).items():
            if name not in found or name in base.__annotations__:
                found.pop(name, None)
                found[name] = one
    for name in own:
        found.pop(name, None)
    return {**found, **own}


def _slotted(
    kind: type[Any],
    own: Mapping[str, _Field],
    added: Mapping[str, Any],
    kept: tuple[str, ...],
) -> type[Any]:
    """The class with slots: made anew, since no class gets any later."""
    body = {**vars(kind), **added}
    if any(isinstance(each, cached_property) for each in body.values()):
        message = f"`{kind.__name__}` needs `slots=False` to keep what it works out"
        raise TypeError(message)
    if "__getstate__" not in body:
        body.update(__getstate__=_getstate, __setstate__=_setstate)
    above = kind.__mro__[1:-1]
    taken = {name for base in above for name in getattr(base, "__slots__", ())}
    weak = () if any("__weakref__" in vars(b) for b in above) else ("__weakref__",)
    for name in ("__dict__", "__weakref__", *own):
        body.pop(name, None)
    body["__slots__"] = (*(n for n in own if n not in taken), *weak, *kept)
    body["__qualname__"] = kind.__qualname__
    metaclass: Any = type(kind)
    new: type[Any] = metaclass(kind.__name__, kind.__bases__, body)
    # `super()` and `__class__` in a method mean the class in which they were written.
    for each in body.values():
        for method in (each, getattr(each, "__func__", getattr(each, "fget", None))):
            for cell in getattr(method, "__closure__", None) or ():
                if cell.cell_contents is kind:
                    cell.cell_contents = new
    return new


# ------------------------------------------------------------------------ what is asked


def _fields(kind: type[Any]) -> Any:
    """The fields of a class, made here or by attrs."""
    own = getattr(kind, _OWN, None)
    return import_module("attrs").fields(kind) if own is None else tuple(own.values())


def _has(kind: type[Any]) -> bool:
    """Whether a class was made here or by attrs."""
    return hasattr(kind, _OWN) or getattr(kind, "__attrs_attrs__", None) is not None


@cache
def _arguments(kind: Any) -> tuple[tuple[str, str], ...]:
    return tuple((f.argument, f.name) for f in _fields_of(kind).values() if f.init)


def _evolve(value: Any, /, **changes: Any) -> Any:
    """A value like this one, but for some fields."""
    kind: Any = type(value)
    if not hasattr(kind, _OWN):
        return import_module("attrs").evolve(value, **changes)
    for argument, name in _arguments(kind):
        if argument not in changes:
            changes[argument] = getattr(value, name)
    return kind(**changes)


if TYPE_CHECKING:
    from attrs import AttrsInstance, define, evolve, field, fields, frozen, has
else:

    class AttrsInstance:
        """An instance of a class that attrs made."""

    define, evolve, field, fields = _define, _evolve, _field, _fields
    frozen, has = _frozen, _has
