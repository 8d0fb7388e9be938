"""Small ExecuTorch programs for the tests: several methods, and shapes below their bound.

    python Tests/Goldens/programs/make.py    with the packages of tools/export/requirements.txt

Writes `methods.pte` (`forward` doubles and clamps, `score` sums), `dynamic.bpte` (a dense layer over 1 to 4 rows, with cases
at the bound and below), each with weights drawn from a fixed seed.
"""

from pathlib import Path

import torch
from executorch.devtools import BundledProgram
from executorch.devtools.bundled_program.config import MethodTestCase, MethodTestSuite
from executorch.devtools.bundled_program.serialize import serialize_from_bundled_program_to_flatbuffer
from executorch.exir import EdgeCompileConfig, to_edge
from torch.export import Dim, export

HERE = Path(__file__).resolve().parent


class Doubling(torch.nn.Module):
    def forward(self, x):
        return torch.clamp(x + x, -1.0, 1.0)


class Score(torch.nn.Module):
    def forward(self, x):
        return x.sum(1, keepdim=True)


class Rows(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.dense = torch.nn.Linear(6, 3)

    def forward(self, x):
        return torch.relu(self.dense(x))


def methods() -> bytes:
    sample = (torch.zeros(1, 6),)
    programs = {"forward": export(Doubling(), sample), "score": export(Score(), sample)}
    return to_edge(programs, compile_config=EdgeCompileConfig(_check_ir_validity=False)).to_executorch().buffer


def dynamic() -> bytes:
    module = Rows().eval()
    rows = Dim("rows", min=1, max=4)
    program = to_edge(export(module, (torch.zeros(4, 6),), dynamic_shapes={"x": {0: rows}})).to_executorch()
    cases = []
    for count in (4, 1, 3):
        x = torch.randn(count, 6)
        cases.append(MethodTestCase(inputs=(x,), expected_outputs=(module(x),)))
    bundle = BundledProgram(program, [MethodTestSuite(method_name="forward", test_cases=cases)])
    return serialize_from_bundled_program_to_flatbuffer(bundle)


if __name__ == "__main__":
    torch.manual_seed(7)
    (HERE / "methods.pte").write_bytes(methods())
    (HERE / "dynamic.bpte").write_bytes(dynamic())
