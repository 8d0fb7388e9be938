"""Resizing of images."""

import numpy as np

from draw import Draw
from graph import Case, Graph
from quantizing import activation, recorded

SIZES = (1, 2, 3, 5, 8, 13)


def resize(draw: Draw) -> Case:
    name, table = draw.pick((("RESIZE_NEAREST_NEIGHBOR", "ResizeNearestNeighborOptions"), ("RESIZE_BILINEAR", "ResizeBilinearOptions")))
    dtype = draw.pick(("float32", "int8", "int16") if name == "RESIZE_NEAREST_NEIGHBOR" else ("float32", "int8"))
    batch, channels = draw.pick((1, 2)), draw.pick((1, 3, 8))
    image, target = [draw.pick(SIZES), draw.pick(SIZES)], [draw.pick(SIZES), draw.pick(SIZES)]
    aligned, centred = draw.pick(((False, False), (True, False), (False, True)))
    graph = Graph()
    quantization = activation(draw, dtype)
    source = graph.input([batch, *image, channels], dtype, quantization)
    size = graph.constant(np.array(target, np.int32))
    result = graph.activation([batch, *target, channels], dtype, quantization)
    graph.operator(name, [source, size], [result], (table, {"AlignCorners": aligned, "HalfPixelCenters": centred}))
    return Case("resize", [graph.returning(result)], recorded(draw, graph))


FAMILIES = (resize,)
