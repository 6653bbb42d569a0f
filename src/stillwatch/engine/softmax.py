"""Probabilities from log odds: the softmax of 16 floats, all at once."""
# mypy: disable-error-code="no-untyped-def,no-untyped-call"
# ruff: noqa: ARG001 - the arguments of an intrinsic are types, and their names are what a reader needs

from math import factorial

from llvmlite import ir
from numba import types

from stillwatch.engine.intrinsics import data_of, intrinsic, load, splat, store
from stillwatch.engine.sums import BYTE, INTEGER, LONG, REAL, SHORT, same

_ROUNDER = 6755399441055744.0  # 1.5 x 2^52: adding and taking it away again rounds to a whole number
_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10


def _polynomial(builder, value, factors):
    """Return the sum of factors times the powers of a value, by halves: so fewer steps wait for another."""
    while len(factors) > 1:
        pairs = list(zip(factors[::2], factors[1::2], strict=False))
        summed = [builder.fadd(low, builder.fmul(high, value)) for low, high in pairs]
        factors = summed + factors[2 * len(pairs) :]
        value = builder.fmul(value, value)
    return factors[0]


def _exponential(builder, value, kind):
    """Return e to the power of floats from -700 to 0, to the last bit or two."""
    count, whole = kind.count, ir.VectorType(LONG, kind.count)
    near = builder.fadd(builder.fmul(value, same(kind, 1.4426950408889634)), same(kind, _ROUNDER))
    steps = builder.fsub(near, same(kind, _ROUNDER))
    rest = builder.fsub(value, builder.fmul(steps, same(kind, _LN2_HIGH)))
    rest = builder.fsub(rest, builder.fmul(steps, same(kind, _LN2_LOW)))
    total = _polynomial(builder, rest, [same(kind, 1 / factorial(power)) for power in range(14)])
    exponent = builder.add(builder.fptosi(steps, whole), same(whole, 1023))
    return builder.fmul(total, builder.bitcast(builder.shl(exponent, same(whole, 52)), ir.VectorType(REAL, count)))


def _reduced(builder, name, value, *start):
    kinds = [*(given.type for given in start), value.type]
    call = ir.FunctionType(value.type.element, kinds)
    operation = builder.module.declare_intrinsic(f"llvm.vector.reduce.{name}.v{value.type.count}f64", (), call)
    return builder.call(operation, [*start, value], fastmath=("reassoc",) if start else ())


@intrinsic
def weigh16(_typing, odds, bias, totals, scale):
    """Write `bias + totals * scale`, for 16 int32 totals, as float64."""

    def code(context, builder, signature, arguments):
        call, kind = (signature, arguments), ir.VectorType(REAL, 16)
        odds, bias = (builder.bitcast(data_of(context, builder, call, at), kind.as_pointer()) for at in (0, 1))
        totals = builder.bitcast(data_of(context, builder, call, 2), ir.VectorType(INTEGER, 16).as_pointer())
        added = builder.fmul(builder.sitofp(load(builder, totals), kind), splat(builder, arguments[3], kind))
        return store(context, builder, builder.fadd(load(builder, bias), added), odds)

    return types.void(odds, bias, totals, types.float64), code


@intrinsic
def soften16(_typing, odds, scores):
    """Write the softmax of 16 float64 log odds in 255ths, as uint8; return which is highest, the first of equals."""

    def code(context, builder, signature, arguments):
        call = (signature, arguments)
        kind, bytes_ = ir.VectorType(REAL, 16), ir.VectorType(BYTE, 16)
        given = load(builder, builder.bitcast(data_of(context, builder, call, 0), kind.as_pointer()))
        highest = splat(builder, _reduced(builder, "fmax", given), kind)
        below = builder.fsub(given, highest)
        least = same(kind, -700.0)
        parts = _exponential(builder, builder.select(builder.fcmp_ordered("<", below, least), least, below), kind)
        whole = splat(builder, _reduced(builder, "fadd", parts, ir.Constant(REAL, -0.0)), kind)
        shares = builder.fmul(builder.fdiv(parts, whole), same(kind, 255.0))
        found = builder.fptoui(builder.fadd(shares, same(kind, 0.5)), ir.VectorType(INTEGER, 16))
        store(
            context,
            builder,
            builder.trunc(found, bytes_),
            builder.bitcast(data_of(context, builder, call, 1), bytes_.as_pointer()),
        )
        best = builder.bitcast(builder.fcmp_ordered("==", given, highest), SHORT)
        return builder.zext(builder.cttz(best, ir.Constant(ir.IntType(1), 1)), LONG)

    return types.int64(odds, scores), code
