"""What the generators never drew: the support matrix of `assay operators` less the graphs of a run."""

import json
import subprocess

from graph import Case

#: The input that carries an operator's data, where it is not the first.
DATA = {"SPLIT": 1, "SELECT_V2": 1, "FILL": 1, "EMBEDDING_LOOKUP": 1, "TRANSPOSE_CONV": 2}


def drawn(case: Case) -> frozenset[tuple[str, str]]:
    """Operators of a graph, each with the type of its data."""
    found = set()
    for graph in case.subgraphs:
        for operator in graph.operators:
            if operator.inputs:
                found.add((operator.name, graph.tensors[operator.inputs[DATA.get(operator.name, 0)]].dtype))
    return frozenset(found)


def report(program: str, found: frozenset[tuple[str, str]]) -> None:
    """Says which operators and types of TensorFlow Lite Micro no graph had: more graphs, or a wider generator."""
    done = subprocess.run([program, "operators", "--format", "json"], capture_output=True, text=True)
    if done.returncode != 0:
        return
    rows = json.loads(done.stdout)["operators"]
    wanted = {(row["name"], row["dtype"]) for row in rows if row["tflm"]}
    never = sorted(wanted - found)
    print(f"generated graphs had {len(wanted) - len(never)} of {len(wanted)} operators and types")
    for name, dtype in never:
        print(f"    never drawn: {name} on {dtype}")
