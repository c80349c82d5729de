"""Classes of `b12guide.classes` are what attrs makes of the same text."""

from __future__ import annotations

import copy
import inspect
import pickle
import subprocess
import sys
import weakref
from threading import Barrier, Thread
from types import ModuleType
from typing import Any

import attrs
import pytest
from attrs.exceptions import FrozenInstanceError

from b12guide import classes

TEXT = """
from __future__ import annotations
from functools import cached_property
from typing import ClassVar, Generic, TypeVar
from {home} import define, evolve, field, frozen

T = TypeVar("T")

def doubled(value: int) -> int:
    return value * 2

def positive(instance, attribute, value):
    if value <= 0:
        raise ValueError(attribute.name)

def size(value):
    return len(value)

@frozen
class Plain:
    a: int
    b: str = "b"

@frozen(kw_only=True)
class Named:
    z: int
    y: tuple[int, ...] = ()
    x: int = field(default=3, eq=False, repr=False)
    w: dict[str, int] = field(factory=dict)
    shared: ClassVar[int] = 7

@frozen(kw_only=True)
class Child(Named):
    a: int = 1
    y: tuple[int, ...] = (9,)

@frozen
class Converted:
    one: int = field(converter=doubled)
    two: int = field(default=2, converter=doubled, validator=positive)
    three: str = field(default="ccc", eq=size)

@frozen
class Private:
    _hidden: int
    shown: int = field(default=1, kw_only=True)

@frozen(order=True)
class Ordered:
    a: int
    b: int = 0

@frozen(cache_hash=True)
class Hashed:
    a: int
    b: str = "b"

@frozen
class Worked(Generic[T]):
    a: int
    double: int = field(init=False)
    triple: int = field(default=0, init=False, repr=False)
    made: tuple[int, ...] = field(init=False, factory=tuple)
    late: int = field()

    @double.default
    def _double(self) -> int:
        return 2 * self.a

    @late.default
    def _late(self) -> int:
        return self.double + 1

@frozen(slots=False)
class Open:
    a: int
    b: int = 5
    c: list[int] = field(factory=list)

    @cached_property
    def total(self) -> int:
        return self.a + self.b

@frozen(eq=False)
class Alone:
    a: int

@frozen
class Empty:
    pass

@frozen
class Own:
    a: int
    b: int = 0

    def __eq__(self, other):
        return isinstance(other, Own) and self.a == other.a

    def __hash__(self):
        return hash(self.a)

    def __repr__(self):
        return "own"

@frozen
class Checked:
    a: int

    def __attrs_post_init__(self):
        if self.a < 0:
            raise ValueError("a")

@frozen
class Above:
    a: int = 1

    def said(self):
        return f"above {{self.a}}"

@frozen
class Below(Above):
    b: int = 2

    def said(self):
        return f"{{super().said()}} below {{__class__.__name__}}"

    @classmethod
    def made(cls):
        return super().__new__(cls).__class__.__name__

    @property
    def title(self):
        return super().said()

@define
class Changing:
    a: int
    b: list[int] = field(factory=list)

@define(eq=False)
class Counter:
    count: int = 0
"""
MADE: dict[str, list[tuple[tuple[Any, ...], dict[str, Any]]]] = {
    "Plain": [((1,), {}), ((1, "c"), {}), ((1,), {"b": "b"}), ((2,), {})],
    "Named": [((), {"z": 1}), ((), {"z": 1, "x": 4}), ((), {"z": 1, "w": {"a": 1}})],
    "Child": [((), {"z": 1}), ((), {"z": 1, "a": 2, "y": ()})],
    "Converted": [((1,), {}), ((1, 4), {}), ((1, 4, "abc"), {}), ((1, 4, "ab"), {})],
    "Private": [((1,), {}), ((), {"hidden": 1, "shown": 2})],
    "Ordered": [((1,), {}), ((1, 2), {}), ((0, 9), {})],
    "Hashed": [((1,), {}), ((1, "b"), {}), ((2,), {})],
    "Worked": [((1,), {}), ((1, 8), {}), ((2,), {})],
    "Open": [((1,), {}), ((1, 2, [3]), {})],
    "Alone": [((1,), {}), ((1,), {})],
    "Empty": [((), {}), ((), {})],
    "Own": [((1,), {}), ((1, 3), {}), ((2,), {})],
    "Checked": [((1,), {})],
    "Above": [((), {}), ((2,), {})],
    "Below": [((), {}), ((1, 3), {})],
    "Changing": [((1,), {}), ((1, [2]), {})],
    "Counter": [((), {}), ((1,), {})],
}


def made_by(home: str) -> ModuleType:
    module = ModuleType(f"made_by_{home.replace('.', '_')}")
    sys.modules[module.__name__] = module
    exec(TEXT.format(home=home), vars(module))  # noqa: S102 -- the text above
    return module


OURS, THEIRS = made_by("b12guide.classes"), made_by("attrs")


def pairs(name: str) -> list[tuple[Any, Any]]:
    return [
        tuple(getattr(home, name)(*given, **named) for home in (OURS, THEIRS))
        for given, named in MADE[name]
    ]


def hashed(value: Any) -> Any:
    try:
        return hash(value)
    except TypeError:
        return "unhashable"


@pytest.mark.parametrize("name", MADE)
def test_they_hold_and_show_the_same(name: str) -> None:
    for ours, theirs in pairs(name):
        assert attrs.asdict(ours) == attrs.asdict(theirs)
        if name not in {"Alone", "Counter"} or "object at" not in repr(theirs):
            assert repr(ours) == repr(theirs)


@pytest.mark.parametrize("name", MADE)
def test_they_are_equal_ordered_and_hashed_alike(name: str) -> None:
    made = pairs(name)
    for ours, theirs in made:
        assert (ours == 1, ours != 1, ours is None) == (False, True, False)
        assert (hashed(ours) == "unhashable") == (hashed(theirs) == "unhashable")
        for its, other in made:
            assert (ours == its) == (theirs == other)
            assert (ours != its) == (theirs != other)
            if ours == its:
                assert hashed(ours) == hashed(its)
            if name == "Ordered":
                assert (ours < its, ours <= its) == (theirs < other, theirs <= other)
                assert (ours > its, ours >= its) == (theirs > other, theirs >= other)
                with pytest.raises(TypeError):
                    assert ours < 1


@pytest.mark.parametrize("name", MADE)
def test_they_are_declared_the_same(name: str) -> None:
    ours: Any = getattr(OURS, name)
    theirs: Any = getattr(THEIRS, name)
    told = ("name", "eq", "repr", "init", "kw_only", "type", "alias")
    fields = [
        [
            *(getattr(one, each) for one in attrs.fields(kind) for each in told),
            *(type(one.default) for one in attrs.fields(kind)),
            *(one.eq_key is None for one in attrs.fields(kind)),
            *(one.converter is None for one in attrs.fields(kind)),
        ]
        for kind in (ours, theirs)
    ]

    assert fields[0] == fields[1]
    assert [f.name for f in classes.fields(ours)] == [
        f.name for f in attrs.fields(ours)
    ]
    assert attrs.has(ours)
    assert classes.has(ours)
    assert classes.has(theirs)
    assert not classes.has(int)
    assert str(inspect.signature(ours)) == str(inspect.signature(theirs))
    for name_ in ("__match_args__", "__qualname__"):
        assert getattr(ours, name_) == getattr(theirs, name_)
    assert ours.__init__.__annotations__ == theirs.__init__.__annotations__
    assert set(getattr(theirs, "__slots__", ())) - {"_attrs_cached_hash"} <= set(
        getattr(ours, "__slots__", ())
    )


@pytest.mark.parametrize("name", MADE)
def test_they_travel_and_are_copied(name: str) -> None:
    for ours, theirs in pairs(name):
        hash(ours) if hashed(ours) != "unhashable" else None
        for arrived in (
            pickle.loads(pickle.dumps(ours)),  # noqa: S301 -- our own
            copy.copy(ours),
            copy.deepcopy(ours),
            classes.evolve(ours),
            attrs.evolve(ours),
        ):
            if name == "Converted":  # as with attrs, they are converted once more
                continue
            assert attrs.asdict(arrived) == attrs.asdict(theirs)
            assert (arrived == ours) is (name not in {"Alone", "Counter"})
        assert weakref.ref(ours)() is ours


@pytest.mark.parametrize("name", MADE)
def test_nobody_changes_what_is_frozen(name: str) -> None:
    for ours, theirs in pairs(name):
        for one in (ours, theirs):
            if name in {"Changing", "Counter"}:
                one.__setattr__(attrs.fields(type(one))[0].name, 5)
                assert getattr(one, attrs.fields(type(one))[0].name) == 5
            else:
                with pytest.raises(FrozenInstanceError):
                    one.a = 5
                with pytest.raises(FrozenInstanceError):
                    del one.a
            if hasattr(theirs, "__slots__") and not hasattr(theirs, "__dict__"):
                assert not hasattr(one, "__dict__")


@pytest.mark.parametrize("home", [OURS, THEIRS], ids=["ours", "theirs"])
def test_what_is_wrong_is_refused(home: Any) -> None:
    for wrong in (
        home.Plain,
        lambda: home.Plain(1, "b", 3),
        lambda: home.Named(1),
        lambda: home.Plain(a=1, c=2),
        lambda: home.Worked(1, double=2),
    ):
        with pytest.raises(TypeError):
            wrong()
    with pytest.raises(ValueError, match="two"):
        home.Converted(1, -2)
    with pytest.raises(ValueError, match="a"):
        home.Checked(-1)


@pytest.mark.parametrize("home", [OURS, THEIRS], ids=["ours", "theirs"])
def test_methods_know_the_class_in_which_they_were_written(home: Any) -> None:
    assert home.Below(4).said() == "above 4 below Below"
    assert home.Below.made() == "Below"
    assert home.Below(4).title == "above 4"
    assert home.Open(1).total == 6
    assert home.Named.shared == 7
    match home.Plain(1):
        case home.Plain(a, b):
            assert (a, b) == (1, "b")
        case _:
            pytest.fail("positions are told")


def test_attrs_builds_on_them() -> None:
    @attrs.frozen
    class Further(OURS.Plain):  # type: ignore[misc, name-defined]
        c: int = 3

    made: Any = Further(1)

    assert attrs.asdict(made) == {"a": 1, "b": "b", "c": 3}
    assert attrs.asdict(classes.evolve(made, c=4)) == {"a": 1, "b": "b", "c": 4}
    with pytest.raises(FrozenInstanceError):
        made.c = 5


def test_what_nobody_needs_is_refused() -> None:
    ours: Any = classes
    with pytest.raises(TypeError, match="metadata"):
        ours.field(metadata={})
    with pytest.raises(TypeError, match="slots=False"):
        ours.frozen(type("Kept", (), {"total": OURS.Open.total, "__annotations__": {}}))
    with pytest.raises(TypeError, match="made by attrs"):
        ours.frozen(type("On", (THEIRS.Plain,), {"__annotations__": {}}))
    given = {"a": ours.field(converter=int), "__annotations__": {"a": "int"}}
    with pytest.raises(TypeError, match="look at what is set"):
        ours.define(type("Set", (), given))


def test_threads_may_be_the_first_together() -> None:
    home: Any = made_by("b12guide.classes")
    barrier, found = Barrier(8), []

    def make() -> None:
        barrier.wait()
        found.append(hash(home.Plain(1)) == hash(home.Plain(1)))

    threads = [Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [True] * 8


def test_a_command_does_without_attrs() -> None:
    """It would take longer to import than everything else together."""
    program = (
        "import sys\n"
        "from b12guide.cli.command import main\n"
        "main(['recommend', 'examples/neuropathy.json'])\n"
        "print([name for name in ('attr', 'attrs', 'lark') if name in sys.modules])\n"
    )
    for _ in range(2):  # the first compiles the guideline, if nobody did it before
        answer = subprocess.run(
            [sys.executable, "-c", program], check=True, capture_output=True, text=True
        )

    assert answer.stdout.splitlines()[-1] == "[]"
