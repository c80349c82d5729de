"""Parquet files that were written apart, joined into one without a row being decoded.

Encoding takes as long as answering, and several processes can encode at once; but one file has one
footer, which tells where each column of each row group begins. So every process writes a small file
of its own, of which the pages are copied as they are, and the footers become one: all that moves
are places. Arrow can append footers too (`FileMetaData.append_row_groups`), but leaves the places.

A footer is a struct in the compact protocol of Thrift, of which nothing has to be known but how
long each value is (https://github.com/apache/thrift, doc/specs/thrift-compact-protocol.md). The
numbers of the fields are those of https://github.com/apache/parquet-format, `parquet.thrift`. What
is not named below is copied, known or not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO, Literal, TypeAlias

from attrs import define, field, frozen

_MAGIC = b"PAR1"

_Shape: TypeAlias = Mapping[int, "_Shape | Literal['place', 'ordinal']"]

_COLUMN_META: _Shape = {9: "place", 10: "place", 11: "place", 14: "place"}
_COLUMN: _Shape = {2: "place", 3: _COLUMN_META, 4: "place", 6: "place"}
_ROW_GROUP: _Shape = {1: _COLUMN, 5: "place", 7: "ordinal"}
_ROWS, _ROW_GROUPS = 3, 4
_LIST_OF_STRUCTS, _STRUCT = 9, 12
_LONG_LIST = 15
"""From so many elements on, the length of a list stands behind its first byte."""


@contextmanager
def joined(sink: BinaryIO) -> Iterator[Callable[[Any], None]]:
    """How a whole Parquet file is added to the one in `sink`, which is ended with the block.

    All that are added have the columns and the metadata of the first.

    Raises:
        ValueError: They have not.
    """
    place = sink.write(_MAGIC)
    footers: list[_Footer] = []
    groups = 0

    def add(part: Any) -> None:
        nonlocal place, groups
        view = memoryview(part)
        size = int.from_bytes(view[-8:-4], "little")
        end = len(view) - size - 8
        found = _footer(bytes(view[end:-8]), place - len(_MAGIC), groups)
        if footers and (found.before, found.after) != (
            footers[0].before,
            footers[0].after,
        ):
            message = "a part of a Parquet file has other columns than the first"
            raise ValueError(message)
        sink.write(view[len(_MAGIC) : end])
        place, groups = place + end - len(_MAGIC), groups + len(found.groups)
        footers.append(found)

    yield add
    footer = b"".join(
        [
            footers[0].before,
            _zigzag(sum(one.rows for one in footers)),
            _list_of_structs(groups),
            *(group for one in footers for group in one.groups),
            footers[0].after,
        ]
    )
    sink.write(footer + len(footer).to_bytes(4, "little") + _MAGIC)


@frozen
class _Footer:
    """A footer: what stands before the number of rows, the row groups, and what comes after."""

    before: bytes
    rows: int
    groups: tuple[bytes, ...]
    after: bytes


def _footer(data: bytes, by: int, groups: int) -> _Footer:
    """A footer whose places are so many bytes further on, behind so many row groups."""
    walk = _Walk(data, by, groups)
    rows = end = 0
    found: list[bytes] = []
    before = b""
    for number, kind in walk.fields():
        start = walk.at
        if number == _ROWS:
            before = data[:start]
            rows = walk.number()
        elif number == _ROW_GROUPS:
            for _ in range(walk.length()):
                found.append(walk.moved(_ROW_GROUP))
                walk.ordinal += 1
            end = walk.at
        else:
            walk.skip(kind)
    # Between the rows and the row groups there is nothing but what announces these.
    return _Footer(before, rows, tuple(found), data[end:])


@define
class _Walk:
    """A walk through values of the compact protocol.

    Attributes:
        at: The next byte.
        by: How far places move.
        ordinal: The number of the row group under way.
        pieces: What has been seen of it, with what moves; `copied` says up to where.
    """

    data: bytes
    by: int
    ordinal: int
    at: int = 0
    copied: int = 0
    pieces: list[bytes] = field(factory=list)

    def moved(self, shape: _Shape) -> bytes:
        """The struct that begins here, with its places moved."""
        self.copied, self.pieces = self.at, []
        self.skip(_STRUCT, shape)
        self.pieces.append(self.data[self.copied : self.at])
        return b"".join(self.pieces)

    def fields(self) -> Iterator[tuple[int, int]]:
        """The number and the kind of each field of a struct; its value is for the caller."""
        number = 0
        while head := self._byte():
            step = head >> 4
            number = number + step if step else self.number()
            yield number, head & 15

    def number(self) -> int:
        """A number, of which the last bit is the sign."""
        found = self._varint()
        return (found >> 1) ^ -(found & 1)

    def length(self) -> int:
        """How many elements the list has that begins here, whatever they are."""
        found = self._byte() >> 4
        return self._varint() if found == _LONG_LIST else found

    def skip(self, kind: int, shape: Any = None) -> None:
        """Go past a value; what moves in it is seen to."""
        match kind:
            case 1 | 2:  # a truth, which the kind tells
                pass
            case 3:
                self.at += 1
            case 4 | 5 | 6:
                start, found = self.at, self.number()
                if shape is not None and (found or shape == "ordinal"):
                    new = self.ordinal if shape == "ordinal" else found + self.by
                    self.pieces += (self.data[self.copied : start], _zigzag(new))
                    self.copied = self.at
            case 7:
                self.at += 8
            case 8:
                size = self._varint()
                self.at += size
            case 9 | 10:
                of = self.data[self.at] & 15
                for _ in range(self.length()):
                    self.skip(3 if of in {1, 2} else of, shape)
            case 12:
                for number, inner in self.fields():
                    self.skip(inner, (shape or {}).get(number))
            case _:
                message = f"a Parquet footer holds a value of the unknown kind {kind}"
                raise ValueError(message)

    def _byte(self) -> int:
        self.at += 1
        return self.data[self.at - 1]

    def _varint(self) -> int:
        found = shift = 0
        while True:
            byte = self._byte()
            found |= (byte & 127) << shift
            if byte < 128:
                return found
            shift += 7


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    found.append(number)
    return bytes(found)


def _zigzag(number: int) -> bytes:
    return _varint(number << 1 if number >= 0 else (-number << 1) - 1)


def _list_of_structs(length: int) -> bytes:
    """What announces a list of so many structs, as the next field."""
    head = (1 << 4 | _LIST_OF_STRUCTS).to_bytes(1, "little")
    if length < _LONG_LIST:
        return head + bytes([length << 4 | _STRUCT])
    return head + bytes([_LONG_LIST << 4 | _STRUCT]) + _varint(length)
