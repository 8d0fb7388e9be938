"""Operators on two tensors of one shape, or of shapes that broadcast."""

from draw import Draw
from families.windows import ACTIVATIONS
from graph import Case, Graph
from quantizing import activation, recorded, values

FUSED = {"ADD": "AddOptions", "SUB": "SubOptions", "MUL": "MulOptions", "DIV": "DivOptions"}
COMPARISONS = ("EQUAL", "NOT_EQUAL", "GREATER", "GREATER_EQUAL", "LESS", "LESS_EQUAL")


def arithmetic(draw: Draw) -> Case:
    name = draw.pick(("ADD", "SUB", "MUL", "DIV"))
    dtypes = {"ADD": ("float32", "int8", "int16", "int32"), "SUB": ("float32", "int8", "int16", "int32"),
              "MUL": ("float32", "int8", "int16", "int32"), "DIV": ("float32", "int8", "int32")}
    dtype = draw.pick(dtypes[name])
    fused = {"FusedActivationFunction": draw.pick(ACTIVATIONS) if dtype != "int32" else 0}
    case = _binary(draw, "arithmetic", name, dtype, dtype, (FUSED[name], fused))
    return _with_divisors(case) if name == "DIV" and dtype != "float32" else case


def _with_divisors(case: Case) -> Case:
    """No code of a divisor means zero: the device's runtime aborts there, and Assay names a model defect."""
    graph = case.main
    divisor = graph.operators[0].inputs[1]
    tensor = graph.tensors[divisor]
    zero = tensor.quantization.zero_point if tensor.quantization else 0
    filled = [tensor.data] if tensor.data is not None else [case.inputs[graph.inputs.index(divisor)]]
    for array in filled:
        array[array == zero] = zero + 1 if zero < 100 else zero - 1
    return case


def extremum(draw: Draw) -> Case:
    name = draw.pick(("MAXIMUM", "MINIMUM"))
    dtype = draw.pick(("float32", "int8", "int16", "int32", "int64"))
    return _binary(draw, "extremum", name, dtype, dtype, ("MaximumMinimumOptions", {}), same=True)


def squared_difference(draw: Draw) -> Case:
    dtype = draw.pick(("float32", "int8", "int32", "int16"))
    return _binary(draw, "squared_difference", "SQUARED_DIFFERENCE", dtype, dtype, ("SquaredDifferenceOptions", {}))


def comparison(draw: Draw) -> Case:
    name = draw.pick(COMPARISONS)
    table = {"EQUAL": "EqualOptions", "NOT_EQUAL": "NotEqualOptions", "GREATER": "GreaterOptions",
             "GREATER_EQUAL": "GreaterEqualOptions", "LESS": "LessOptions", "LESS_EQUAL": "LessEqualOptions"}
    dtype = draw.pick(("float32", "int8", "int32", "int64", *(("bool",) if name in ("EQUAL", "NOT_EQUAL") else ())))
    return _binary(draw, "comparison", name, dtype, "bool", (table[name], {}))


def floor_division(draw: Draw) -> Case:
    name = draw.pick(("FLOOR_DIV", "FLOOR_MOD"))
    table = {"FLOOR_DIV": "FloorDivOptions", "FLOOR_MOD": "FloorModOptions"}[name]
    graph = Graph()
    shape = draw.shape(2, 6)
    first, second = graph.input(shape, "float32"), graph.input(shape, "float32")
    result = graph.activation(shape, "float32")
    graph.operator(name, [first, second], [result], (table, {}))
    inputs = recorded(draw, graph)
    inputs[1][inputs[1] == 0] = 0.5
    return Case("floor_division", [graph.returning(result)], inputs)


def logical(draw: Draw) -> Case:
    name = draw.pick(("LOGICAL_AND", "LOGICAL_OR"))
    table = {"LOGICAL_AND": "LogicalAndOptions", "LOGICAL_OR": "LogicalOrOptions"}[name]
    return _binary(draw, "logical", name, "bool", "bool", (table, {}))


def _binary(draw: Draw, family: str, name: str, dtype: str, result_dtype: str, options, same: bool = False) -> Case:
    """`same`: the operator has one quantisation for all three tensors."""
    shape = draw.shape(draw.integer(1, 4), 5)
    other = _broadcastable(draw, shape)
    quantized = dtype in ("int8", "int16")
    first_quantization = activation(draw, dtype) if quantized else None
    second_quantization = first_quantization if same or not quantized else activation(draw, dtype)
    graph = Graph()
    first = graph.input(shape, dtype, first_quantization)
    constant = draw.flag()
    second = graph.constant(values(draw, [1, *other], dtype)[0], second_quantization) if constant else graph.input(other, dtype, second_quantization)
    operands = [first, second] if draw.integer(0, 3) or name in ("DIV",) else [second, first]
    result_quantization = first_quantization if same else activation(draw, dtype) if quantized and result_dtype == dtype else None
    result = graph.activation(shape, result_dtype, result_quantization)
    graph.operator(name, operands, [result], options)
    return Case(family, [graph.returning(result)], recorded(draw, graph))


def _broadcastable(draw: Draw, shape: list[int]) -> list[int]:
    kind = draw.pick(("same", "same", "ones", "scalar-like", "shorter"))
    if kind == "ones":
        return [draw.pick((size, 1)) for size in shape]
    if kind == "scalar-like":
        return [1]
    return shape[draw.integer(0, len(shape) - 1):] if kind == "shorter" else list(shape)


def add_n(draw: Draw) -> Case:
    """Any number of tensors of one shape; codes share scale and zero point."""
    dtype, shape = draw.pick(("float32", "int8")), draw.shape(draw.integer(1, 4), 5)
    graph = Graph()
    quantization = activation(draw, dtype)
    sources = [graph.input(shape, dtype, quantization) for _ in range(draw.integer(2, 5))]
    result = graph.activation(shape, dtype, activation(draw, dtype))
    graph.operator("ADD_N", sources, [result], ("AddNOptions", {}))
    return Case("add_n", [graph.returning(result)], recorded(draw, graph))


FAMILIES = (arithmetic, extremum, squared_difference, comparison, floor_division, logical, add_n)
