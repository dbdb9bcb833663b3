"""Takes nodes out of a failing model for as long as it fails."""

from __future__ import annotations

import dataclasses

import numpy as np

from case import Case


def fewer_nodes(failure, check, evaluate):
    """`failure` is (generator, seed, case, line), `check` returns the failing ones of a list of (generator, seed, case)."""
    best = failure
    while len(best[2].nodes) > 1:
        failing = check([(best[0], best[1], c) for c in [*with_one_output(best[2]), *without_a_node(best[2], evaluate)]])
        if not failing:
            break
        best = min(failing, key=lambda f: (len(f[2].nodes), f[2].size()))
    return best


def with_one_output(case: Case):
    """For each value: the model that computes it alone."""
    for n in case.nodes:
        for value in n.output:
            smaller = living(case, case.nodes, [value]) if value else None
            if smaller and (len(smaller.nodes) < len(case.nodes) or len(smaller.outputs) < len(case.outputs)):
                yield smaller


def without_a_node(case: Case, evaluate):
    """For each node: the model in which its results are inputs."""
    names = [v for n in case.nodes for v in n.output if v]
    try:
        values = dict(zip(names, evaluate(dataclasses.replace(case, outputs=names))))
    except Exception:  # noqa: BLE001: the evaluator lacks an operator
        return
    for n in case.nodes:
        rest = [m for m in case.nodes if m is not n]
        if not any(o in m.input for m in rest for o in n.output):
            continue
        given = {o: np.asarray(values[o]) for o in n.output if o}
        outputs = [o for o in case.outputs if o not in given]
        if outputs and all(a.size == 0 or a.dtype != object for a in given.values()):
            yield living(dataclasses.replace(case, inputs={**case.inputs, **given}), rest, outputs)


def living(case: Case, nodes, outputs) -> Case:
    """The part of a model that the outputs need."""
    needed, kept = set(outputs), []
    for n in reversed(nodes):
        if needed.intersection(n.output):
            kept.insert(0, n)
            needed |= set(n.input)
            needed |= {v for a in n.attribute if a.HasField("g") for m in a.g.node for v in m.input}  # captured
    return dataclasses.replace(case, nodes=kept, outputs=list(outputs), inputs={k: v for k, v in case.inputs.items() if k in needed},
                               constants={k: v for k, v in case.constants.items() if k in needed})
