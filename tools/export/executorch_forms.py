"""`.pte` and `.bpte`: float with portable operators, int8 in quantized_decomposed form, int8 with cortex_m operators."""

import numpy as np
import torch
from executorch.backends.cortex_m.edge_compile_config import cortex_m_edge_compile_config
from executorch.backends.cortex_m.passes.cortex_m_pass_manager import CortexMPassManager
from executorch.backends.cortex_m.quantizer.quantizer import CortexMQuantizer
from executorch.backends.cortex_m.target_config import CortexM, CortexMTargetConfig
from executorch.backends.xnnpack.quantizer.xnnpack_quantizer import XNNPACKQuantizer, get_symmetric_quantization_config
from executorch.devtools import BundledProgram
from executorch.devtools.bundled_program.config import MethodTestCase, MethodTestSuite
from executorch.devtools.bundled_program.serialize import serialize_from_bundled_program_to_flatbuffer
from executorch.exir import to_edge
from executorch.kernels import quantized  # noqa: F401  registers the out variants of quantized_decomposed
from executorch.runtime import Runtime
from torch.export import export
from torchao.quantization.pt2e.quantize_pt2e import convert_pt2e, prepare_pt2e

from recipe import Recipe

#: Plain C kernels without vector instructions: the only ones a chip that is not from Arm can run.
SCALAR_TARGET = CortexMTargetConfig(CortexM.M4)
BUNDLED_SAMPLES = 20


def float_program(recipe: Recipe):
    return to_edge(_exported(recipe.module, recipe)).to_executorch()


def decomposed_program(recipe: Recipe):
    """int8 weights per channel, every operator between dequantize and quantize."""
    quantizer = XNNPACKQuantizer()
    quantizer.set_global(get_symmetric_quantization_config(is_per_channel=True))
    module = _quantized(_exported(recipe.module, recipe).module(check_guards=False), quantizer, recipe)
    return to_edge(_exported(module, recipe)).to_executorch()


def cortex_m_program(recipe: Recipe):
    """The small one: int8 kernels, tensors channels last."""
    layout = torch.channels_last if len(recipe.input_shape) == 4 else torch.contiguous_format
    module = recipe.module.to(memory_format=layout)
    graph = _quantized(_exported(module, recipe, layout).module(check_guards=False), CortexMQuantizer(), recipe, layout)
    edge = to_edge(_exported(graph, recipe, layout), compile_config=cortex_m_edge_compile_config())
    lowered = CortexMPassManager(edge.exported_program(), target_config=SCALAR_TARGET).transform()
    edge._edge_programs["forward"] = lowered  # the exporter has no public way to run passes that need the program
    return edge.to_executorch()


def bundled(recipe: Recipe, program) -> bytes:
    """The float program with its first recorded inputs and what eager PyTorch answers to them."""
    samples = [torch.from_numpy(sample).unsqueeze(0) for sample in recipe.recordings[:BUNDLED_SAMPLES]]
    with torch.no_grad():
        cases = [MethodTestCase(inputs=(sample,), expected_outputs=(recipe.module(sample),)) for sample in samples]
    suite = MethodTestSuite(method_name="forward", test_cases=cases)
    return bytes(serialize_from_bundled_program_to_flatbuffer(BundledProgram(program, [suite])))


def predictions(content: bytes, samples: np.ndarray) -> np.ndarray:
    """The class of each sample on ExecuTorch's own runtime (portable and quantized kernels)."""
    method = Runtime.get().load_program(content).load_method("forward")
    answers = [method.execute([torch.from_numpy(sample).unsqueeze(0)])[0] for sample in samples]
    return np.array([int(answer.flatten().argmax()) for answer in answers])


def _exported(module, recipe: Recipe, layout=torch.contiguous_format):
    return export(module, (_sample(recipe.recordings[0], layout),), strict=True)


def _quantized(module, quantizer, recipe: Recipe, layout=torch.contiguous_format):
    prepared = prepare_pt2e(module, quantizer)
    for sample in recipe.calibration:
        prepared(_sample(sample, layout))
    return convert_pt2e(prepared)


def _sample(values: np.ndarray, layout) -> torch.Tensor:
    tensor = torch.from_numpy(values).unsqueeze(0)
    return tensor.to(memory_format=layout) if tensor.dim() == 4 else tensor
