"""Machine operations that numba does not offer: wide loads and stores, vectors of bytes, 128-bit products."""
# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from typing import Any

import numba.extending
from llvmlite import ir
from numba import types

intrinsic: Any = numba.extending.intrinsic
WIDE = 32
_BYTE, _LONG = ir.IntType(8), ir.IntType(64)
_BYTES = ir.VectorType(_BYTE, WIDE)
_CLASSES = (('"', 1), ("`", 2), ("\n", 3), ("\r", 3), (":", 4), ("_", ord("_")))


def _pointer(context, builder, call, at, kind):
    """Return a pointer to `kind` values in the array that is argument `at`, at the index that follows it."""
    signature, arguments = call
    data = context.make_array(signature.args[at])(context, builder, arguments[at]).data
    return builder.bitcast(builder.gep(data, [arguments[at + 1]]), kind.as_pointer())


def _load(builder, pointer):
    value = builder.load(pointer)
    value.align = 1
    return value


def _store(context, builder, value, pointer):
    builder.store(value, pointer).align = 1
    return context.get_dummy_value()


def _all(value):
    return ir.Constant(_BYTES, [value] * WIDE)


def _within(builder, vector, first, count):
    return builder.icmp_unsigned("<", builder.sub(vector, _all(first)), _all(count))


def _equal(builder, vector, byte):
    return builder.icmp_unsigned("==", vector, _all(ord(byte)))


@intrinsic
def load8(_typing, data, index):
    """Return `data[index:index + 8]` as one little-endian uint64."""

    def code(context, builder, signature, arguments):
        return _load(builder, _pointer(context, builder, (signature, arguments), 0, _LONG))

    return types.uint64(data, index), code


@intrinsic
def store8(_typing, data, index, value):
    """Write a uint64 to `data[index:index + 8]`, little-endian."""

    def code(context, builder, signature, arguments):
        return _store(context, builder, arguments[2], _pointer(context, builder, (signature, arguments), 0, _LONG))

    return types.void(data, index, value), code


@intrinsic
def lowest_bit(_typing, _value):
    """Return the position of the lowest bit set; the value must not be 0."""

    def code(_context, builder, _signature, arguments):
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.uint64), code


@intrinsic
def fold_product(_typing, _a, _b):
    """Return the upper half of the 128-bit product xor its lower half."""

    def code(_context, builder, _signature, arguments):
        double = ir.IntType(128)
        product = builder.mul(builder.zext(arguments[0], double), builder.zext(arguments[1], double))
        upper = builder.trunc(builder.lshr(product, ir.Constant(double, 64)), _LONG)
        return builder.xor(builder.trunc(product, _LONG), upper)

    return types.uint64(types.uint64, types.uint64), code


@intrinsic
def class32(_typing, source, index, target, to):
    """Write the classes of 32 bytes (`tokeniser.CLASSES`): letters lower-cased, bytes from 128 kept, rest below 16."""

    def code(context, builder, signature, arguments):
        raw = _load(builder, _pointer(context, builder, (signature, arguments), 0, _BYTES))
        lower = builder.or_(raw, _all(32))
        result = builder.select(builder.icmp_unsigned(">=", raw, _all(128)), raw, _all(0))
        for byte, given in _CLASSES:
            result = builder.select(_equal(builder, raw, byte), _all(given), result)
        result = builder.select(_within(builder, raw, ord("0"), 10), _all(5), result)
        result = builder.select(_within(builder, lower, ord("a"), 26), lower, result)
        return _store(context, builder, result, _pointer(context, builder, (signature, arguments), 2, _BYTES))

    return types.void(source, index, target, to), code


@intrinsic
def fold32(_typing, source, index, target, to):
    """Write 32 bytes with ASCII letters lower-cased and ASCII white space as blanks."""

    def code(context, builder, signature, arguments):
        raw = _load(builder, _pointer(context, builder, (signature, arguments), 0, _BYTES))
        result = builder.select(_within(builder, raw, ord("A"), 26), builder.or_(raw, _all(32)), raw)
        result = builder.select(_within(builder, raw, ord("\t"), 5), _all(ord(" ")), result)
        return _store(context, builder, result, _pointer(context, builder, (signature, arguments), 2, _BYTES))

    return types.void(source, index, target, to), code


@intrinsic
def slashes32(_typing, data, index):
    """Return a bit for each of 32 bytes: whether it is a slash or a backslash."""

    def code(context, builder, signature, arguments):
        raw = _load(builder, _pointer(context, builder, (signature, arguments), 0, _BYTES))
        found = builder.or_(_equal(builder, raw, "/"), _equal(builder, raw, "\\"))
        return builder.zext(builder.bitcast(found, ir.IntType(WIDE)), _LONG)

    return types.uint64(data, index), code


@intrinsic
def count_bits32(_typing, counts, index, _bits):
    """Add the lower 32 bits of a uint64 to 32 counts of one byte each."""

    def code(context, builder, signature, arguments):
        pointer = _pointer(context, builder, (signature, arguments), 0, _BYTES)
        bits = builder.bitcast(builder.trunc(arguments[2], ir.IntType(WIDE)), ir.VectorType(ir.IntType(1), WIDE))
        return _store(context, builder, builder.add(_load(builder, pointer), builder.zext(bits, _BYTES)), pointer)

    return types.void(counts, index, types.uint64), code


@intrinsic
def add16(_typing, totals, to, weights, one, two, three, four):  # noqa: PLR0913, PLR0917
    """Add four times 16 int8 weights, from four places, to 16 int32 totals."""

    def code(context, builder, signature, arguments):
        shorts, integers = ir.VectorType(ir.IntType(16), 16), ir.VectorType(ir.IntType(32), 16)
        pointer = _pointer(context, builder, (signature, arguments), 0, integers)
        data = context.make_array(signature.args[2])(context, builder, arguments[2]).data
        total = ir.Constant(shorts, [0] * 16)
        for index in arguments[3:]:
            row = builder.bitcast(builder.gep(data, [index]), ir.VectorType(_BYTE, 16).as_pointer())
            total = builder.add(total, builder.sext(_load(builder, row), shorts))
        return _store(context, builder, builder.add(_load(builder, pointer), builder.sext(total, integers)), pointer)

    return types.void(totals, to, weights, one, two, three, four), code


@intrinsic
def add64(_typing, totals, to, weights, one, two, three, four):  # noqa: PLR0913, PLR0917
    """Add four times 64 int8 weights, from four places, to 64 int16 totals."""

    def code(context, builder, signature, arguments):
        shorts = ir.VectorType(ir.IntType(16), 64)
        pointer = _pointer(context, builder, (signature, arguments), 0, shorts)
        data = context.make_array(signature.args[2])(context, builder, arguments[2]).data
        total = _load(builder, pointer)
        for index in arguments[3:]:
            row = builder.bitcast(builder.gep(data, [index]), ir.VectorType(_BYTE, 64).as_pointer())
            total = builder.add(total, builder.sext(_load(builder, row), shorts))
        return _store(context, builder, total, pointer)

    return types.void(totals, to, weights, one, two, three, four), code
