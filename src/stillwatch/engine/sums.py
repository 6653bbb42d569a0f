"""Sums over vectors that numba does not make of loops: rows of weights, signs, hashes of eight words at a time."""
# mypy: disable-error-code="no-untyped-def,no-untyped-call"
# ruff: noqa: ARG001 - the arguments of an intrinsic are types, and their names are what a reader needs

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils

from stillwatch.engine.intrinsics import data_of, intrinsic, load, pointer_to, splat, store

EIGHT = 8
BYTE, SHORT, INTEGER, LONG, REAL = ir.IntType(8), ir.IntType(16), ir.IntType(32), ir.IntType(64), ir.DoubleType()
_LONGS = ir.VectorType(LONG, EIGHT)


def _zeros(kind):
    return ir.Constant(kind, [0] * kind.count)


def same(kind, value):
    """Return a constant vector of one value."""
    return ir.Constant(kind, [value] * kind.count)


def _row(builder, data, place, size, kind):
    """Return row `place` of a matrix of bytes `size` wide, in `kind` values."""
    start = builder.gep(data, [builder.mul(place, ir.Constant(place.type, size))])
    return builder.sext(load(builder, builder.bitcast(start, ir.VectorType(BYTE, size).as_pointer())), kind)


def _summed(builder, count, kind, addend):
    """Return the sum over `addend(place)` for the places before `count`."""
    total = cgutils.alloca_once(builder, kind)
    builder.store(_zeros(kind), total)
    with cgutils.for_range(builder, count, intp=LONG) as loop:
        builder.store(builder.add(builder.load(total), addend(loop.index)), total)
    return builder.load(total)


@intrinsic
def mix8(_typing, words, at, one, two, seed, factor, spread, mixed, to):  # noqa: PLR0913, PLR0917
    """Write eight hashes, of the words from `at` and the two before each.

    `((words[at] + words[at - 1] * one + words[at - 2] * two) ^ seed) * factor`, its bits then scattered as by
    `characters.mix`, of which `spread` is the factor.
    """

    def code(context, builder, signature, arguments):
        call = (signature, arguments)
        start = pointer_to(context, builder, call, 0, LONG)
        one, two, seed, factor, spread = (splat(builder, value, _LONGS) for value in arguments[2:7])

        def before(places):
            return load(builder, builder.bitcast(builder.gep(start, [ir.Constant(LONG, -places)]), _LONGS.as_pointer()))

        value = builder.add(before(0), builder.mul(before(1), one))
        value = builder.mul(builder.xor(builder.add(value, builder.mul(before(2), two)), seed), factor)
        value = builder.mul(builder.xor(value, builder.lshr(value, same(_LONGS, 32))), spread)
        value = builder.xor(value, builder.lshr(value, same(_LONGS, 29)))
        return store(context, builder, value, pointer_to(context, builder, call, 7, _LONGS))

    long = types.uint64
    return types.void(words, types.int64, long, long, long, long, long, mixed, types.int64), code


@intrinsic
def mix_alone8(_typing, words, at, seed, spread, mixed, to):  # noqa: PLR0913, PLR0917
    """Write eight hashes, of the words from `at` xor a seed, their bits scattered as by `characters.mix`."""

    def code(context, builder, signature, arguments):
        call = (signature, arguments)
        value = load(builder, pointer_to(context, builder, call, 0, _LONGS))
        seed, spread = (splat(builder, value, _LONGS) for value in arguments[2:4])
        value = builder.xor(value, seed)
        value = builder.mul(builder.xor(value, builder.lshr(value, same(_LONGS, 32))), spread)
        value = builder.xor(value, builder.lshr(value, same(_LONGS, 29)))
        return store(context, builder, value, pointer_to(context, builder, call, 4, _LONGS))

    return types.void(words, types.int64, types.uint64, types.uint64, mixed, types.int64), code


@intrinsic
def count_bits32(_typing, sums, values, count):
    """Add how many of the first values, at most 255, have each of their lower 32 bits set to 32 int32 sums."""

    def code(context, builder, signature, arguments):
        call = (signature, arguments)
        counts, wide = ir.VectorType(BYTE, 32), ir.VectorType(INTEGER, 32)
        values = data_of(context, builder, call, 1)

        def bits(place):
            value = builder.trunc(builder.load(builder.gep(values, [place])), INTEGER)
            return builder.zext(builder.bitcast(value, ir.VectorType(ir.IntType(1), 32)), counts)

        found = builder.zext(_summed(builder, arguments[2], counts, bits), wide)
        pointer = builder.bitcast(data_of(context, builder, call, 0), wide.as_pointer())
        return store(context, builder, builder.add(load(builder, pointer), found), pointer)

    return types.void(sums, values, types.int64), code


@intrinsic
def sum_rows64(_typing, totals, vectors, hashes, count, shift):
    """Write the sum of rows of 64 int8, as int16: of the row `hash >> shift` of each of the first hashes."""

    def code(context, builder, signature, arguments):
        call = (signature, arguments)
        kind = ir.VectorType(SHORT, 64)
        vectors, hashes = data_of(context, builder, call, 1), data_of(context, builder, call, 2)

        def row(place):
            found = builder.lshr(builder.load(builder.gep(hashes, [place])), arguments[4])
            return _row(builder, vectors, found, 64, kind)

        pointer = builder.bitcast(data_of(context, builder, call, 0), kind.as_pointer())
        return store(context, builder, _summed(builder, arguments[3], kind, row), pointer)

    return types.void(totals, vectors, hashes, types.int64, types.uint64), code


@intrinsic
def sum_rows16(_typing, totals, weights, rows, start, count):
    """Add rows of 16 int8 to 16 int32 totals: those that `count` of `rows`, at most 255 from `start`, name."""

    def code(context, builder, signature, arguments):
        call = (signature, arguments)
        kind, wide = ir.VectorType(SHORT, 16), ir.VectorType(INTEGER, 16)
        weights, rows = data_of(context, builder, call, 1), pointer_to(context, builder, call, 2, SHORT)

        def row(place):
            found = builder.zext(builder.load(builder.gep(rows, [place])), LONG)
            return _row(builder, weights, found, 16, kind)

        total = builder.sext(_summed(builder, arguments[4], kind, row), wide)
        pointer = builder.bitcast(data_of(context, builder, call, 0), wide.as_pointer())
        return store(context, builder, builder.add(load(builder, pointer), total), pointer)

    return types.void(totals, weights, rows, types.int64, types.int64), code


@intrinsic
def lean16(_typing, totals, vector, matrix, count):
    """Write the product of a vector of int8 and a matrix of as many rows of 16 int8, as 16 int32."""

    def code(context, builder, signature, arguments):
        call = (signature, arguments)
        kind = ir.VectorType(INTEGER, 16)
        vector, matrix = data_of(context, builder, call, 1), data_of(context, builder, call, 2)

        def row(place):
            part = builder.sext(builder.load(builder.gep(vector, [place])), INTEGER)
            return builder.mul(splat(builder, part, kind), _row(builder, matrix, place, 16, kind))

        pointer = builder.bitcast(data_of(context, builder, call, 0), kind.as_pointer())
        return store(context, builder, _summed(builder, arguments[3], kind, row), pointer)

    return types.void(totals, vector, matrix, types.int64), code


def _vector_of(array, count):
    kinds = {types.int16: SHORT, types.int32: INTEGER}
    return ir.VectorType(kinds[array.dtype], count)


def square_sum_of(count: int) -> Any:
    """Return an operation that gives the sum of the squares of `count` integers, as int64."""

    @intrinsic
    def square_sum(_typing, parts):
        def code(context, builder, signature, arguments):
            kind, wide = _vector_of(parts, count), ir.VectorType(LONG, count)
            pointer = builder.bitcast(data_of(context, builder, (signature, arguments), 0), kind.as_pointer())
            values = builder.sext(load(builder, pointer), wide)
            add = builder.module.declare_intrinsic(
                f"llvm.vector.reduce.add.v{count}i64", (), ir.FunctionType(LONG, [wide])
            )
            return builder.call(add, [builder.mul(values, values)])

        return types.int64(parts), code

    return square_sum


def scale_of(count: int) -> Any:
    """Return an operation that writes `count` integers times `factor`, over `length`, as int8.

    Halves are rounded away from zero and 127 is the most; below 2^52 the arithmetic in floats is exact. The length must
    not be 0.
    """

    @intrinsic
    def scale(_typing, parts, factor, length, scaled):
        def code(context, builder, signature, arguments):
            call = (signature, arguments)
            kind, reals = _vector_of(parts, count), ir.VectorType(REAL, count)
            integers = ir.VectorType(INTEGER, count)
            values = load(builder, builder.bitcast(data_of(context, builder, call, 0), kind.as_pointer()))
            factor, length = (
                builder.sitofp(splat(builder, value, ir.VectorType(LONG, count)), reals) for value in arguments[1:3]
            )
            half = builder.sitofp(
                splat(builder, builder.lshr(arguments[2], ir.Constant(LONG, 1)), ir.VectorType(LONG, count)), reals
            )
            negative = builder.icmp_signed("<", values, _zeros(kind))
            size = builder.sitofp(builder.select(negative, builder.neg(values), values), reals)
            found = builder.fptosi(builder.fdiv(builder.fadd(builder.fmul(size, factor), half), length), integers)
            most = same(integers, 127)
            found = builder.select(builder.icmp_signed("<", found, most), found, most)
            found = builder.trunc(found, ir.VectorType(BYTE, count))
            found = builder.select(negative, builder.neg(found), found)
            pointer = builder.bitcast(data_of(context, builder, call, 3), found.type.as_pointer())
            return store(context, builder, found, pointer)

        return types.void(parts, types.int64, types.int64, scaled), code

    return scale


@intrinsic
def cut64(_typing, values, cut):
    """Write 8 bits of each of 64 uint32, hashed again."""

    def code(context, builder, signature, arguments):
        call = (signature, arguments)
        kind = ir.VectorType(INTEGER, 64)
        value = load(builder, builder.bitcast(data_of(context, builder, call, 0), kind.as_pointer()))
        for shift, factor in ((16, 0x45D9F3B), (15, 0x2C1B3C6D)):
            value = builder.mul(builder.xor(value, builder.lshr(value, same(kind, shift))), same(kind, factor))
        found = builder.trunc(builder.lshr(value, same(kind, 24)), ir.VectorType(BYTE, 64))
        pointer = builder.bitcast(data_of(context, builder, call, 1), found.type.as_pointer())
        return store(context, builder, found, pointer)

    return types.void(values, cut), code


@intrinsic
def equal64(_typing, rows, one, other):
    """Return in how many places two rows of a matrix of uint8, 64 wide and laid out row by row, are equal."""
    kind = ir.VectorType(BYTE, 64)

    def code(context, builder, signature, arguments):
        data = data_of(context, builder, (signature, arguments), 0)

        def row(number):
            start = builder.gep(data, [builder.mul(number, ir.Constant(number.type, kind.count))])
            return load(builder, builder.bitcast(start, kind.as_pointer()))

        found = builder.bitcast(builder.icmp_unsigned("==", row(arguments[1]), row(arguments[2])), LONG)
        return builder.ctpop(found)

    return types.int64(rows, types.int64, types.int64), code
