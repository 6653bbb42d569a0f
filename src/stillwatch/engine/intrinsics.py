"""Machine operations that numba does not offer: wide loads and stores, bits of 64 bytes at once, 128-bit products."""
# mypy: disable-error-code="no-untyped-def,no-untyped-call"
# ruff: noqa: ARG001 - the arguments of an intrinsic are types, and their names are what a reader needs

from typing import Any

import numba.extending
from llvmlite import ir
from numba import types

intrinsic: Any = numba.extending.intrinsic
WIDE = 64
PLANES = 5
NOT_LETTERS, WORDS, HIGH, QUOTES, LATIN = range(PLANES)
_BIT, _BYTE, _LONG = ir.IntType(1), ir.IntType(8), ir.IntType(64)
_BYTES = ir.VectorType(_BYTE, WIDE)
_CLASSES = (('"', 1), ("`", 2), ("\n", 3), ("\r", 3), (":", 4), ("_", ord("_")))


def data_of(context, builder, call, at):
    """Return the pointer to the first value of the array that is argument `at`."""
    signature, arguments = call
    return context.make_array(signature.args[at])(context, builder, arguments[at]).data


def pointer_to(context, builder, call, at, kind):
    """Return a pointer to `kind` values in the array that is argument `at`, at the index that follows it."""
    data = data_of(context, builder, call, at)
    return builder.bitcast(builder.gep(data, [call[1][at + 1]]), kind.as_pointer())


def load(builder, pointer):
    """Return what stands at a pointer, wherever it points."""
    value = builder.load(pointer)
    value.align = 1
    return value


def store(context, builder, value, pointer):
    """Write a value at a pointer, wherever it points."""
    builder.store(value, pointer).align = 1
    return context.get_dummy_value()


def splat(builder, value, kind):
    """Return a vector of one value in all places."""
    first = builder.insert_element(ir.Constant(kind, ir.Undefined), value, ir.Constant(ir.IntType(32), 0))
    places = ir.Constant(ir.VectorType(ir.IntType(32), kind.count), [0] * kind.count)
    return builder.shuffle_vector(first, ir.Constant(kind, ir.Undefined), places)


def _all(value):
    return ir.Constant(_BYTES, [value] * WIDE)


def _within(builder, vector, first, count):
    return builder.icmp_unsigned("<", builder.sub(vector, _all(first)), _all(count))


def _equal(builder, vector, byte):
    return builder.icmp_unsigned("==", vector, _all(ord(byte)))


def _any_of(builder, *masks):
    found = masks[0]
    for mask in masks[1:]:
        found = builder.or_(found, mask)
    return found


def _reach(context, builder, call):
    """Return the 64 bytes at `data[index]`; those near the end of `data` are read from its `tail`."""
    signature, arguments = call
    data = context.make_array(signature.args[0])(context, builder, arguments[0])
    after = builder.add(arguments[2], ir.Constant(_LONG, WIDE))
    inside = builder.icmp_signed("<=", after, data.nitems)
    beyond = builder.gep(data_of(context, builder, call, 1), [builder.sub(after, data.nitems)])
    pointer = builder.select(inside, builder.gep(data.data, [arguments[2]]), beyond)
    return load(builder, builder.bitcast(pointer, _BYTES.as_pointer()))


def _only_first(builder, vector, left):
    """Return a vector of bytes with zeros from place `left` on."""
    most = ir.Constant(_LONG, WIDE)
    bound = builder.select(builder.icmp_signed("<", left, most), left, most)
    places = ir.Constant(_BYTES, list(range(WIDE)))
    kept = builder.icmp_unsigned("<", places, splat(builder, builder.trunc(bound, _BYTE), _BYTES))
    return builder.select(kept, vector, _all(0))


@intrinsic
def load8(_typing, data, index):
    """Return `data[index:index + 8]` as one little-endian uint64."""

    def code(context, builder, signature, arguments):
        return load(builder, pointer_to(context, builder, (signature, arguments), 0, _LONG))

    return types.uint64(data, index), code


@intrinsic
def take(_typing, data, index):
    """Return `data[index]`, without the question whether the index is negative."""

    def code(context, builder, signature, arguments):
        kind = context.get_value_type(data.dtype)
        return load(builder, pointer_to(context, builder, (signature, arguments), 0, kind))

    return data.dtype(data, types.int64), code


@intrinsic
def put(_typing, data, index, value):
    """Write `data[index]`, without the question whether the index is negative."""

    def code(context, builder, signature, arguments):
        kind = context.get_value_type(data.dtype)
        return store(context, builder, arguments[2], pointer_to(context, builder, (signature, arguments), 0, kind))

    return types.void(data, types.int64, data.dtype), code


@intrinsic
def store8(_typing, data, index, value):
    """Write a uint64 to `data[index:index + 8]`, little-endian."""

    def code(context, builder, signature, arguments):
        return store(context, builder, arguments[2], pointer_to(context, builder, (signature, arguments), 0, _LONG))

    return types.void(data, index, value), code


@intrinsic
def fetch(_typing, data, index):
    """Ask for the cache line of `data[index]`, which will be read soon."""

    def code(context, builder, signature, arguments):
        pointer = pointer_to(context, builder, (signature, arguments), 0, _BYTE)
        flag = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [pointer.type, flag, flag, flag])
        ask = builder.module.declare_intrinsic("llvm.prefetch.p0", (), kind)
        builder.call(ask, [pointer, *(ir.Constant(flag, value) for value in (0, 3, 1))])
        return context.get_dummy_value()

    return types.void(data, index), code


@intrinsic
def lowest_bit(_typing, _value):
    """Return the position of the lowest bit set, 64 where none is."""

    def code(_context, builder, _signature, arguments):
        return builder.cttz(arguments[0], ir.Constant(_BIT, 0))

    return types.int64(types.uint64), code


@intrinsic
def count_ones(_typing, _value):
    """Return how many bits are set."""

    def code(_context, builder, _signature, arguments):
        return builder.ctpop(arguments[0])

    return types.int64(types.uint64), code


@intrinsic
def slide(_typing, _low, _high, _bits):
    """Return the 64 bits from place `bits`, 0 to 63, of 128 bits given as two halves."""

    def code(_context, builder, _signature, arguments):
        kind = ir.FunctionType(_LONG, [_LONG, _LONG, _LONG])
        shift = builder.module.declare_intrinsic("llvm.fshr", [_LONG], kind)
        return builder.call(shift, [arguments[1], arguments[0], arguments[2]])

    return types.uint64(types.uint64, types.uint64, types.int64), code


@intrinsic
def fold_product(_typing, _a, _b):
    """Return the upper half of the 128-bit product xor its lower half."""

    def code(_context, builder, _signature, arguments):
        double = ir.IntType(128)
        product = builder.mul(builder.zext(arguments[0], double), builder.zext(arguments[1], double))
        upper = builder.trunc(builder.lshr(product, ir.Constant(double, 64)), _LONG)
        return builder.xor(builder.trunc(product, _LONG), upper)

    return types.uint64(types.uint64, types.uint64), code


def _planes(builder, raw):
    """Return the classes of bytes (`tokeniser.CLASSES`), and a mask for each plane."""
    lower = builder.or_(raw, _all(32))
    high, digits = builder.icmp_unsigned(">=", raw, _all(128)), _within(builder, raw, ord("0"), 10)
    latin, underscores = _within(builder, lower, ord("a"), 26), _equal(builder, raw, "_")
    classes = builder.select(high, raw, _all(0))
    for byte, given in _CLASSES:
        classes = builder.select(_equal(builder, raw, byte), _all(given), classes)
    classes = builder.select(digits, _all(5), classes)
    classes = builder.select(latin, lower, classes)
    letters = builder.or_(latin, underscores)
    quotes = _any_of(builder, _equal(builder, raw, '"'), _equal(builder, raw, "`"))
    return classes, (builder.not_(letters), _any_of(builder, letters, digits, high), high, quotes, latin)


@intrinsic
def classify64(_typing, data, tail, index, left, low, to, bits, place):  # noqa: PLR0913, PLR0917
    """Write the classes of 64 bytes to `low[to:]` and `PLANES` times 64 bits about them to `bits[place:]`.

    Bytes from place `left` on are read as zeros. The planes: is no ASCII letter or underscore; is part of a word; is
    from 128; is a quotation mark; is an ASCII letter.
    """

    def code(context, builder, signature, arguments):
        call = (signature, arguments)
        raw = _only_first(builder, _reach(context, builder, call), arguments[3])
        classes, masks = _planes(builder, raw)
        target = pointer_to(context, builder, call, 6, _LONG)
        for plane, mask in enumerate(masks):
            to_plane = builder.gep(target, [ir.Constant(_LONG, plane)])
            store(context, builder, builder.bitcast(mask, _LONG), to_plane)
        return store(context, builder, classes, pointer_to(context, builder, call, 4, _BYTES))

    return types.void(data, tail, types.int64, types.int64, low, types.int64, bits, types.int64), code


@intrinsic
def fold64(_typing, data, tail, index, low, to):
    """Write 64 bytes with ASCII letters lower-cased and ASCII white space as blanks; return a bit for each blank."""

    def code(context, builder, signature, arguments):
        raw = _reach(context, builder, (signature, arguments))
        spaces = _within(builder, raw, ord("\t"), 5)
        result = builder.select(_within(builder, raw, ord("A"), 26), builder.or_(raw, _all(32)), raw)
        result = builder.select(spaces, _all(ord(" ")), result)
        store(context, builder, result, pointer_to(context, builder, (signature, arguments), 3, _BYTES))
        return builder.bitcast(builder.or_(spaces, _equal(builder, raw, " ")), _LONG)

    return types.uint64(data, tail, types.int64, low, types.int64), code


@intrinsic
def equal64(_typing, data, tail, index, byte):
    """Return a bit for each of 64 bytes: whether it is the one that is asked for."""

    def code(context, builder, signature, arguments):
        raw = _reach(context, builder, (signature, arguments))
        return builder.bitcast(builder.icmp_unsigned("==", raw, splat(builder, arguments[3], _BYTES)), _LONG)

    return types.uint64(data, tail, types.int64, types.uint8), code


@intrinsic
def ends64(_typing, low, index, mark):
    """Return a bit for each of 64 classes: whether it is `mark` or that of a line's end."""

    def code(context, builder, signature, arguments):
        raw = load(builder, pointer_to(context, builder, (signature, arguments), 0, _BYTES))
        found = builder.icmp_unsigned("==", raw, splat(builder, arguments[2], _BYTES))
        return builder.bitcast(builder.or_(found, builder.icmp_unsigned("==", raw, _all(3))), _LONG)

    return types.uint64(low, types.int64, types.uint8), code
