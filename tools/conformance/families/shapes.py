"""Operators that only move elements."""

import numpy as np
import tflite

from draw import Draw
from graph import Case, Graph
from quantizing import activation, recorded, values

MOVED = ("float32", "int8", "int16", "int32")
#: Where any bytes are moved, whatever they mean.
ANY = (*MOVED, "int64", "uint8", "bool")


def reshape(draw: Draw) -> Case:
    dtype, shape = draw.pick(ANY), draw.shape(3, 6)
    target = draw.pick(([int(np.prod(shape))], [shape[0] * shape[1], shape[2]], [1, *shape, 1], list(reversed(shape))))
    wanted = [-1 if at == 0 else size for at, size in enumerate(target)] if draw.flag() else target
    return _moved(draw, "reshape", "RESHAPE", dtype, shape, target, ("ReshapeOptions", {"NewShape": wanted}), [wanted])


def transpose(draw: Draw) -> Case:
    dtype, shape = draw.pick(("float32", "int8", "int16")), draw.shape(draw.integer(1, 4), 6)
    order = [int(axis) for axis in draw.data().permutation(len(shape))]
    target = [shape[axis] for axis in order]
    return _moved(draw, "transpose", "TRANSPOSE", dtype, shape, target, ("TransposeOptions", {}), [order])


def expand_dims(draw: Draw) -> Case:
    dtype, shape = draw.pick(("float32", "int8", "int16")), draw.shape(draw.integer(1, 3), 6)
    axis = draw.integer(0, len(shape))
    target = [*shape[:axis], 1, *shape[axis:]]
    written = axis - len(target) if draw.flag() else axis
    return _moved(draw, "expand_dims", "EXPAND_DIMS", dtype, shape, target, ("ExpandDimsOptions", {}), [[written]])


def squeeze(draw: Draw) -> Case:
    dtype, shape = draw.pick(ANY), [1, *draw.shape(2, 5), 1]
    axes = draw.pick(([0], [3], [0, 3], [-1], []))
    gone = {axis % 4 for axis in axes} or {axis for axis in range(4) if shape[axis] == 1}
    target = [size for axis, size in enumerate(shape) if axis not in gone]
    return _moved(draw, "squeeze", "SQUEEZE", dtype, shape, target, ("SqueezeOptions", {"SqueezeDims": axes}), [])


def pad(draw: Draw) -> Case:
    name = draw.pick(("PAD", "PADV2"))
    dtype, shape = draw.pick(MOVED), draw.shape(draw.integer(1, 4), 5)
    paddings = [[draw.integer(0, 3), draw.integer(0, 3)] for _ in shape]
    target = [size + before + after for size, (before, after) in zip(shape, paddings)]
    graph = Graph()
    quantization = activation(draw, dtype)
    source = graph.input(shape, dtype, quantization)
    inputs = [source, graph.constant(np.array(paddings, np.int32))]
    if name == "PADV2":
        inputs.append(graph.constant(values(draw, [1], dtype), quantization))
    result = graph.activation(target, dtype, quantization)
    graph.operator(name, inputs, [result], ("PadOptions" if name == "PAD" else "PadV2Options", {}))
    return Case("pad", [graph.returning(result)], recorded(draw, graph))


def mirror_pad(draw: Draw) -> Case:
    dtype, shape = draw.pick(("float32", "int8")), [size + 1 for size in draw.shape(draw.integer(1, 4), 4)]
    reflect = draw.flag()
    paddings = [[draw.integer(0, size - reflect), draw.integer(0, size - reflect)] for size in shape]
    target = [size + before + after for size, (before, after) in zip(shape, paddings)]
    mode = tflite.MirrorPadMode.REFLECT if reflect else tflite.MirrorPadMode.SYMMETRIC
    return _moved(draw, "mirror_pad", "MIRROR_PAD", dtype, shape, target, ("MirrorPadOptions", {"Mode": mode}), [paddings])


def concatenation(draw: Draw) -> Case:
    dtype, shape = draw.pick((*MOVED, "int64", "bool")), draw.shape(draw.integer(1, 4), 5)
    axis, count = draw.integer(0, len(shape) - 1), draw.integer(1, 4)
    graph = Graph()
    quantization = activation(draw, dtype) if dtype != "int32" else None
    parts, total = [], 0
    for _ in range(count):
        part = [draw.integer(1, 5) if at == axis else size for at, size in enumerate(shape)]
        total += part[axis]
        parts.append(graph.input(part, dtype, quantization))
    target = [total if at == axis else size for at, size in enumerate(shape)]
    result = graph.activation(target, dtype, quantization)
    written = axis - len(shape) if draw.flag() else axis
    graph.operator("CONCATENATION", parts, [result], ("ConcatenationOptions", {"Axis": written}))
    return Case("concatenation", [graph.returning(result)], recorded(draw, graph))


def split(draw: Draw) -> Case:
    dtype, count = draw.pick(MOVED), draw.integer(1, 4)
    shape = draw.shape(draw.integer(1, 4), 4)
    axis = draw.integer(0, len(shape) - 1)
    sizes = [shape[axis]] * count if draw.flag() else [draw.integer(1, 4) for _ in range(count)]
    even = len(set(sizes)) == 1
    shape[axis] = sum(sizes)
    graph = Graph()
    quantization = activation(draw, dtype)
    source = graph.input(shape, dtype, quantization)
    results = [graph.activation([size if at == axis else n for at, n in enumerate(shape)], dtype, quantization) for size in sizes]
    dimension = graph.constant(np.array([axis], np.int32))
    if even:
        graph.operator("SPLIT", [dimension, source], results, ("SplitOptions", {"NumSplits": count}))
    else:
        lengths = graph.constant(np.array(sizes, np.int32))
        graph.operator("SPLIT_V", [source, lengths, dimension], results, ("SplitVOptions", {"NumSplits": count}))
    return Case("split", [graph.returning(*results)], recorded(draw, graph))


def pack(draw: Draw) -> Case:
    dtype, shape = draw.pick((*MOVED, "int64")), draw.shape(draw.integer(1, 3), 5)
    axis, count = draw.integer(0, len(shape)), draw.integer(1, 4)
    graph = Graph()
    quantization = activation(draw, dtype) if dtype != "int32" else None
    parts = [graph.input(shape, dtype, quantization) for _ in range(count)]
    result = graph.activation([*shape[:axis], count, *shape[axis:]], dtype, quantization)
    graph.operator("PACK", parts, [result], ("PackOptions", {"ValuesCount": count, "Axis": axis}))
    return Case("pack", [graph.returning(result)], recorded(draw, graph))


def unpack(draw: Draw) -> Case:
    dtype, shape = draw.pick(MOVED), draw.shape(draw.integer(1, 4), 4)
    axis = draw.integer(0, len(shape) - 1)
    graph = Graph()
    quantization = activation(draw, dtype) if dtype != "int32" else None
    source = graph.input(shape, dtype, quantization)
    rest = [size for at, size in enumerate(shape) if at != axis]
    results = [graph.activation(rest, dtype, quantization) for _ in range(shape[axis])]
    graph.operator("UNPACK", [source], results, ("UnpackOptions", {"Num": shape[axis], "Axis": axis}))
    return Case("unpack", [graph.returning(*results)], recorded(draw, graph))


def strided_slice(draw: Draw) -> Case:
    """Begin, end and stride of every sign, the masks, and shrunk axes; at least one element stays."""
    dtype, shape = draw.pick((*MOVED, "bool")), draw.shape(draw.integer(1, 4), 6)
    begins, ends, strides, masks, target = [], [], [], {"BeginMask": 0, "EndMask": 0, "ShrinkAxisMask": 0}, []
    for axis, size in enumerate(shape):
        begin, end, stride, marks = _axis_slice(draw, size)
        begins, ends, strides = [*begins, begin], [*ends, end], [*strides, stride]
        for name in marks:
            masks[name] |= 1 << axis
        if "ShrinkAxisMask" not in marks:
            bounds = slice(None if "BeginMask" in marks else begin, None if "EndMask" in marks else end, stride)
            target.append(len(range(*bounds.indices(size))))
    if 0 in target:
        begins, ends, strides, masks, target = [0] * len(shape), list(shape), [1] * len(shape), {}, list(shape)
    constants = [begins, ends, strides]
    return _moved(draw, "strided_slice", "STRIDED_SLICE", dtype, shape, target, ("StridedSliceOptions", masks), constants)


def _axis_slice(draw: Draw, size: int) -> tuple[int, int, int, tuple[str, ...]]:
    kind = draw.pick(("all", "some", "reverse", "one", "masked"))
    if kind == "all":
        return 0, size, 1, ()
    if kind == "some":
        begin = draw.integer(0, size - 1)
        return begin, draw.integer(begin + 1, size), draw.pick((1, 2, 3)), ()
    if kind == "reverse":
        return draw.pick((size - 1, -1)), 0, draw.pick((-1, -2)), ("EndMask",)
    if kind == "one":
        begin = draw.integer(0, size - 1)
        return begin - size if draw.flag() else begin, begin + 1, 1, ("ShrinkAxisMask",)
    return draw.integer(0, size - 1), draw.integer(0, size), draw.pick((1, 2)), ("BeginMask", "EndMask")


def slice_(draw: Draw) -> Case:
    dtype, shape = draw.pick((*MOVED, "bool")), draw.shape(draw.integer(1, 4), 6)
    begins = [draw.integer(0, size - 1) for size in shape]
    target = [draw.integer(1, size - begin) for size, begin in zip(shape, begins)]
    sizes = [-1 if size == full - begin and draw.flag() else size for size, full, begin in zip(target, shape, begins)]
    return _moved(draw, "slice", "SLICE", dtype, shape, target, ("SliceOptions", {}), [begins, sizes])


def gather(draw: Draw) -> Case:
    dtype, shape = draw.pick(("float32", "int8")), draw.shape(draw.integer(1, 4), 5)
    axis, count = draw.integer(0, len(shape) - 1), draw.integer(1, 4)
    indices = draw.data().integers(0, shape[axis], count).astype(np.int32)
    target = [count if at == axis else size for at, size in enumerate(shape)]
    written = axis - len(shape) if draw.flag() else axis
    return _moved(draw, "gather", "GATHER", dtype, shape, target, ("GatherOptions", {"Axis": written}), [indices])


def gather_nd(draw: Draw) -> Case:
    dtype, shape = draw.pick(("float32", "int8")), draw.shape(draw.integer(1, 4), 5)
    depth, count = draw.integer(1, len(shape)), draw.integer(1, 4)
    random = draw.data()
    indices = np.stack([random.integers(0, shape[at], count) for at in range(depth)], -1).astype(np.int32)
    return _moved(draw, "gather_nd", "GATHER_ND", dtype, shape, [count, *shape[depth:]], ("GatherNdOptions", {}), [indices])


def depth_and_space(draw: Draw) -> Case:
    dtype, block = draw.pick(("float32", "int8")), draw.integer(1, 3)
    batch, height, width, channels = draw.shape(4, 4)
    small, large = [batch, height, width, channels * block * block], [batch, height * block, width * block, channels]
    name, shape, target = draw.pick((("SPACE_TO_DEPTH", large, small), ("DEPTH_TO_SPACE", small, large)))
    table = {"SPACE_TO_DEPTH": "SpaceToDepthOptions", "DEPTH_TO_SPACE": "DepthToSpaceOptions"}[name]
    return _moved(draw, "depth_and_space", name, dtype, shape, target, (table, {"BlockSize": block}), [])


def batch_and_space(draw: Draw) -> Case:
    dtype, block = draw.pick(("float32", "int8")), [draw.integer(1, 3), draw.integer(1, 3)]
    batch, height, width, channels = draw.shape(4, 4)
    small, large = [batch * block[0] * block[1], height, width, channels], [batch, height * block[0], width * block[1], channels]
    name, shape, target = draw.pick((("SPACE_TO_BATCH_ND", large, small), ("BATCH_TO_SPACE_ND", small, large)))
    table = {"SPACE_TO_BATCH_ND": "SpaceToBatchNDOptions", "BATCH_TO_SPACE_ND": "BatchToSpaceNDOptions"}[name]
    return _moved(draw, "batch_and_space", name, dtype, shape, target, (table, {}), [block, [[0, 0], [0, 0]]])


def broadcast_to(draw: Draw) -> Case:
    dtype, target = draw.pick(ANY), draw.shape(draw.integer(1, 4), 5)
    shape = [draw.pick((size, 1)) for size in target]
    return _moved(draw, "broadcast_to", "BROADCAST_TO", dtype, shape, target, ("BroadcastToOptions", {}), [target])


def reverse(draw: Draw) -> Case:
    dtype, shape = draw.pick(ANY), draw.shape(draw.integer(1, 4), 5)
    axis = draw.integer(0, len(shape) - 1)
    return _moved(draw, "reverse", "REVERSE_V2", dtype, shape, shape, ("ReverseV2Options", {}), [[axis]])


def update_slice(draw: Draw) -> Case:
    dtype, shape = draw.pick(MOVED), draw.shape(draw.integer(1, 4), 5)
    graph = Graph()
    quantization = activation(draw, dtype)
    whole = graph.input(shape, dtype, quantization)
    part = graph.input([draw.integer(1, size) for size in shape], dtype, quantization)
    # Starts outside are moved inside.
    start = graph.constant(draw.data().integers(-2, 7, len(shape)).astype(np.int32))
    result = graph.activation(shape, dtype, quantization)
    graph.operator("DYNAMIC_UPDATE_SLICE", [whole, part, start], [result], None)
    return Case("update_slice", [graph.returning(result)], recorded(draw, graph))


def select(draw: Draw) -> Case:
    dtype, shape = draw.pick(("float32", "int8", "int16")), draw.shape(draw.integer(1, 4), 5)
    graph = Graph()
    quantization = activation(draw, dtype)
    condition = graph.input([draw.pick((size, 1)) for size in shape], "bool")
    options = [graph.input(shape, dtype, quantization), graph.input(shape, dtype, quantization)]
    result = graph.activation(shape, dtype, quantization)
    graph.operator("SELECT_V2", [condition, *options], [result], ("SelectV2Options", {}))
    return Case("select", [graph.returning(result)], recorded(draw, graph))


def zeros_and_shape(draw: Draw) -> Case:
    name = draw.pick(("ZEROS_LIKE", "SHAPE"))
    shape = draw.shape(draw.integer(1, 4), 5)
    if name == "SHAPE":
        graph = Graph()
        dtype = draw.pick(ANY)
        source = graph.input(shape, dtype, activation(draw, dtype))
        result = graph.activation([len(shape)], "int32")
        graph.operator(name, [source], [result], ("ShapeOptions", {"OutType": tflite.TensorType.INT32}))
        return Case("zeros_and_shape", [graph.returning(result)], recorded(draw, graph))
    return _moved(draw, "zeros_and_shape", name, draw.pick(("float32", "int8", "int32", "int64")), shape, shape, ("ZerosLikeOptions", {}), [])


def _moved(draw: Draw, family: str, name: str, dtype: str, shape, target, options, constants: list) -> Case:
    """One input, int32 constants after it, one output of the same quantisation."""
    graph = Graph()
    quantization = activation(draw, dtype) if dtype != "int32" else None
    source = graph.input(shape, dtype, quantization)
    others = [graph.constant(np.array(constant, np.int32)) for constant in constants]
    result = graph.activation(target, dtype, quantization)
    graph.operator(name, [source, *others], [result], options)
    return Case(family, [graph.returning(result)], recorded(draw, graph))


FAMILIES = (
    reshape, transpose, expand_dims, squeeze, pad, mirror_pad, concatenation, split, pack, unpack, strided_slice, slice_,
    gather, gather_nd, depth_and_space, batch_and_space, broadcast_to, reverse, select, update_slice, zeros_and_shape,
)
