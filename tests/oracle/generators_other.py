"""Strings, signals, detection, losses, control flow and the classical models of ai.onnx.ml."""

import numpy as np
from onnx import TensorProto, helper

from case import Case, Dice, node, simple, tensor_of

ML = "ai.onnx.ml"


def strings(d: Dice) -> Case:
    shape = d.shape(0, 3)
    if d.coin():
        return simple("StringConcat", [d.words(shape), d.words(d.broadcast_to(shape))], case={"only": "reference"})
    attributes = {"delimiter": d.choice([",", " ", "ab", ""])} if d.coin(0.7) else {}
    if d.coin():
        attributes["maxsplit"] = d.randint(0, 3)
    return simple("StringSplit", [d.words(d.shape(1, 3, 1))], ["y", "n"], case={"only": "reference"}, **attributes)


def normalizer(d: Dice) -> Case:
    x = d.words([d.dim(1)], ("monday", "Tuesday", "x", "WEDNESDAY"))
    return simple("StringNormalizer", [x], case_change_action=d.choice(["NONE", "LOWER", "UPPER"]), is_case_sensitive=d.randint(0, 1),
                  stopwords=["monday", "x"] if d.coin() else None, case={"only": "reference"})


def regex(d: Dice) -> Case:
    return simple("RegexFullMatch", [d.words(d.shape(1))], pattern=d.choice(["a*", "[ab]+", ".*", "(a|é)b?", "\\s*a.*"]), case={"only": "reference"})


def tf_idf(d: Dice) -> Case:
    pool = [d.randint(0, 4) for _ in range(6)]
    bigrams = list({(d.randint(0, 4), d.randint(0, 4)) for _ in range(5)})
    pool = list(dict.fromkeys(pool))
    n = len(pool) + len(bigrams)
    longest = d.randint(1, 2)
    return simple("TfIdfVectorizer", [d.array(d.shape(1, 2, 1), np.int64, 0, 5)], mode=d.choice(["TF", "IDF", "TFIDF"]),
                  min_gram_length=d.randint(1, longest), max_gram_length=longest, max_skip_count=d.randint(0, 3), ngram_counts=[0, len(pool)],
                  ngram_indexes=list(range(n)), pool_int64s=pool + [t for pair in bigrams for t in pair],
                  weights=[round(d.uniform(0.1, 2), 2) for _ in range(n)] if d.coin() else None)


def boxes(d: Dice) -> Case:
    b, n, c = d.randint(1, 2), d.randint(1, 8), d.randint(1, 3)
    scores = np.array(d.sample(range(1000), b * n * c), np.float32).reshape(b, c, n) / 1000
    arrays = [d.array([b, n, 4], low=0, high=10, special=0), scores, np.array([d.randint(0, n)], np.int64),
              d.array([1], low=0, high=1, special=0) if d.coin(0.8) else None, d.array([1], low=0, high=1, special=0) if d.coin() else None]
    center = d.randint(0, 1)
    return simple("NonMaxSuppression", arrays, center_point_box=center)


def losses(d: Dice) -> Case:
    n, c, rest = d.randint(1, 4), d.randint(1, 5), d.shape(0, 2, 1)
    x = d.array([n, c, *rest], special=0)
    target = d.array([n, *rest], d.choice([np.int32, np.int64]), 0, c - 1)
    weight = d.array([c], low=0.1, high=2, special=0) if d.coin() else None
    attributes = {"reduction": d.choice(["none", "sum", "mean"])}
    if d.coin(0.4) and target.size:
        attributes["ignore_index"] = int(target.ravel()[0]) if d.coin() and target.size > 1 else -5
    if attributes.get("ignore_index", 0) == -5 and target.size > 1:
        target.ravel()[0] = -5
    if attributes["reduction"] == "mean" and np.all(target == attributes.get("ignore_index", 99)):
        attributes["reduction"] = "sum"
    if d.coin():
        return simple("NegativeLogLikelihoodLoss", [x, target, weight], **attributes)
    return simple("SoftmaxCrossEntropyLoss", [x, target, weight], ["y", "p"] if d.coin() else ["y"], **attributes)


def signal(d: Dice) -> Case:
    kind = d.randint(0, 3)
    loose = {"rtol": 1e-3, "atol": 1e-3, "opset": 20}
    if kind == 0:
        op = d.choice(["HannWindow", "HammingWindow", "BlackmanWindow"])
        return simple(op, [np.array(d.randint(2, 40), np.int64)], periodic=d.randint(0, 1), case={"only": "reference", "atol": 1e-4})
    if kind == 1:
        length = d.randint(4, 24)
        frame = d.randint(2, length)
        window = d.array([frame], special=0) if d.coin() else None
        return simple("STFT", [d.array([d.randint(1, 2), length, 1], special=0), np.array(d.randint(1, 5), np.int64), window,
                               np.array(frame, np.int64)], onesided=d.randint(0, 1), case=loose)
    x = d.array([*d.shape(1, 3, 1), d.choice([1, 2])], special=0)
    axis = d.randint(-x.ndim, -2) if d.coin() else d.randint(0, x.ndim - 2)
    length = np.array(d.randint(1, 20), np.int64) if d.coin(0.4) else None
    inverse = d.randint(0, 1)
    onesided = d.randint(0, 1) if x.shape[-1] == 1 and not inverse else 0
    return simple("DFT", [x, length, np.array(axis, np.int64)], inverse=inverse, onesided=onesided, case={**loose, "only": "reference"})


def body(nodes, inputs, outputs, name="body"):
    info = lambda n, dtype, shape: helper.make_tensor_value_info(n, dtype, shape)
    return helper.make_graph(nodes, name, [info(*i) for i in inputs], [info(*o) for o in outputs])


def loop(d: Dice) -> Case:
    """Carries a tensor, reads one of the enclosing graph, stacks a result."""
    shape = d.shape(0, 2, 1)
    f, b, i = TensorProto.FLOAT, TensorProto.BOOL, TensorProto.INT64
    graph = body([node("Add", ["v", "x0"], ["w"]), node("Identity", ["c"], ["d"]), node("Mul", ["w", "w"], ["s"])],
                 [("i", i, []), ("c", b, []), ("v", f, shape)], [("d", b, []), ("w", f, shape), ("s", f, shape)])
    trips = np.array(d.randint(0, 4), np.int64)
    inputs = {"m": trips, "x0": d.array(shape, special=0), "x1": d.array(shape, special=0)}
    return Case([node("Loop", ["m", "", "x1"], ["v_out", "stack"], body=graph)], inputs, ["v_out", "stack"])


def scan(d: Dice) -> Case:
    shape = d.shape(1, 3, 1)
    axis = d.randrange(len(shape))
    element = shape[:axis] + shape[axis + 1:]
    out_axis = d.randint(0, len(element))
    f = TensorProto.FLOAT
    graph = body([node("Add", ["s", "e"], ["t"]), node("Identity", ["t"], ["u"])], [("s", f, element), ("e", f, element)],
                 [("t", f, element), ("u", f, element)])
    inputs = {"x0": d.array(element, special=0), "x1": d.array(shape, special=0)}
    return Case([node("Scan", ["x0", "x1"], ["t_out", "u_out"], body=graph, num_scan_inputs=1, scan_input_axes=[axis], scan_output_axes=[out_axis],
                      scan_input_directions=[d.randint(0, 1)], scan_output_directions=[d.randint(0, 1)])], inputs, ["t_out", "u_out"])


def branch(d: Dice) -> Case:
    shape = d.shape(1, 3)
    f = TensorProto.FLOAT
    yes = body([node("Relu", ["x0"], ["a"])], [], [("a", f, shape)], "yes")
    no = body([node("Neg", ["x0"], ["b"])], [], [("b", f, shape)], "no")
    return Case([node("If", ["c"], ["y"], then_branch=yes, else_branch=no)], {"c": np.array(d.coin()), "x0": d.array(shape)}, ["y"])


def sequences(d: Dice) -> Case:
    x = d.array(d.shape(1, 3, 1), special=0)
    axis = d.axis(x.ndim)
    nodes = [node("SplitToSequence", ["x0"], ["s"], axis=axis), node("SequenceInsert", ["s", "x1"], ["t"]),
             node("ConcatFromSequence", ["t"], ["y"], axis=axis)]
    return Case(nodes, {"x0": x, "x1": d.array(x.shape, special=0)}, ["y"])


# --- ai.onnx.ml


def features(d: Dice) -> Case:
    n, f = d.randint(1, 4), d.randint(1, 4)
    x = d.array([n, f], special=0)
    op = d.choice(["Scaler", "Normalizer", "Binarizer", "Imputer", "ArrayFeatureExtractor", "OneHotEncoder", "LabelEncoder"])
    floats = lambda count: [round(d.uniform(-2, 2), 2) for _ in range(count)]
    if op == "Scaler":
        return simple(op, [x], domain=ML, offset=floats(f), scale=floats(f))
    if op == "Normalizer":
        return simple(op, [np.abs(x)], domain=ML, norm=d.choice(["MAX", "L1", "L2"]))
    if op == "Binarizer":
        return simple(op, [x], domain=ML, threshold=0.5)
    if op == "Imputer":
        x.ravel()[0] = np.nan
        return simple(op, [x], domain=ML, imputed_value_floats=floats(d.choice([1, f])), replaced_value_float=float("nan"))
    if op == "ArrayFeatureExtractor":
        return simple(op, [x, d.array([1, d.randint(1, 3)], np.int64, 0, f - 1)], domain=ML)
    if op == "OneHotEncoder":
        return simple(op, [d.array([n], np.int64, 0, 4)], domain=ML, cats_int64s=[0, 1, 3], zeros=1)
    return simple(op, [d.array([n, f], np.int64, 0, 4)], domain=ML, keys_int64s=[0, 1, 3], values_floats=floats(3), default_float=9.5)


def linear(d: Dice) -> Case:
    n, f, k = d.randint(1, 4), d.randint(1, 4), d.randint(1, 3)
    coefficients = [round(d.uniform(-2, 2), 2) for _ in range(f * k)]
    intercepts = [round(d.uniform(-2, 2), 2) for _ in range(k)]
    if d.coin():
        return simple("LinearRegressor", [d.array([n, f], special=0)], domain=ML, coefficients=coefficients, intercepts=intercepts, targets=k)
    k = max(2, k)
    return simple("LinearClassifier", [d.array([n, f], special=0)], ["y", "z"], domain=ML, coefficients=(coefficients * 3)[: f * k],
                  intercepts=(intercepts * 3)[:k], classlabels_ints=list(range(3, 3 + k)), post_transform=d.choice(["NONE", "SOFTMAX", "LOGISTIC"]))


def grow(d: Dice, tree, nodes, depth, features):
    """Appends a random tree; children follow their parents."""
    at = len([n for n in nodes if n["tree"] == tree])
    entry = {"tree": tree, "id": at, "feature": d.randrange(features), "value": round(d.uniform(-3, 3), 2), "yes": 0, "no": 0, "mode": "LEAF"}
    nodes.append(entry)
    if depth > 0 and d.coin(0.8):
        entry["mode"] = d.choice(["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT"])
        entry["yes"] = grow(d, tree, nodes, depth - 1, features)
        entry["no"] = grow(d, tree, nodes, depth - 1, features)
    return at


def forest(d: Dice, features):
    """Nodes of one to three trees; all branches compare alike, as exporters write them."""
    nodes = []
    for tree in range(d.randint(1, 3)):
        grow(d, tree, nodes, 3, features)
    mode = d.choice(["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ"])
    for entry in nodes:
        if entry["mode"] != "LEAF":
            entry["mode"] = mode
    return nodes


def rows(d: Dice) -> int:
    """Now and then more rows than go down a tree together."""
    return d.randint(60, 140) if d.extent >= 7 and d.coin(0.3) else d.randint(1, 6)


def trees(d: Dice) -> Case:
    n, f, targets = rows(d), d.randint(1, 4), d.randint(1, 4)
    nodes = forest(d, f)
    leaves = [e for e in nodes if e["mode"] == "LEAF"]
    classifier = d.coin()
    targets = max(2, targets) if classifier else targets
    low = 0.05 if d.coin() else -2
    one_sided = classifier and targets == 2  # with votes for both of two classes ONNX Runtime does not name the top class
    votes = [(e, 0 if one_sided else d.randrange(targets), round(d.uniform(low, 2), 2)) for e in leaves]
    column = lambda key: [e[key] for e in nodes]
    prefix = "class" if classifier else "target"
    attributes = {
        "nodes_treeids": column("tree"), "nodes_nodeids": column("id"), "nodes_featureids": column("feature"), "nodes_modes": column("mode"),
        "nodes_values": column("value"), "nodes_truenodeids": column("yes"), "nodes_falsenodeids": column("no"),
        f"{prefix}_treeids": [v[0]["tree"] for v in votes], f"{prefix}_nodeids": [v[0]["id"] for v in votes],
        f"{prefix}_ids": [v[1] for v in votes], f"{prefix}_weights": [v[2] for v in votes],
    }
    if d.coin(0.3) and (targets == 1 or classifier and not one_sided):
        attributes["base_values"] = [round(d.uniform(-1, 1), 2) for _ in range(targets)]
    if d.coin(0.3):
        attributes["nodes_missing_value_tracks_true"] = [d.randint(0, 1) for _ in nodes]
    x = d.array([n, f], special=0.3)
    if classifier:
        return simple("TreeEnsembleClassifier", [x], ["y", "z"], domain=ML, classlabels_int64s=list(range(targets)),
                      post_transform=d.choice(["NONE", "SOFTMAX", "LOGISTIC"]), case={"only": "ort"}, **attributes)
    return simple("TreeEnsembleRegressor", [x], domain=ML, n_targets=targets, aggregate_function=d.choice(["SUM", "AVERAGE", "MIN", "MAX"]),
                  case={"only": "ort"}, **attributes)


def modern_trees(d: Dice) -> Case:
    """The same kind of trees as TreeEnsemble writes them: branches and leaves apart."""
    n, f, targets = rows(d), d.randint(1, 4), d.randint(1, 4)
    nodes = [e for e in forest(d, f)]
    place, counts = {}, {"branch": 0, "leaf": 0}
    for e in nodes:
        kind = "leaf" if e["mode"] == "LEAF" else "branch"
        place[e["tree"], e["id"]] = (kind, counts[kind])
        counts[kind] += 1
    branches = [e for e in nodes if e["mode"] != "LEAF"]
    roots = [e for e in nodes if e["id"] == 0]
    if any(e["mode"] == "LEAF" for e in roots) or not branches:
        return trees(d)
    modes = ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ"]
    child = lambda e, side: place[e["tree"], e[side]]
    floats = lambda name, v: tensor_of(np.array(v, np.float32), name)
    attributes = {
        "tree_roots": [place[e["tree"], 0][1] for e in roots], "nodes_featureids": [e["feature"] for e in branches],
        "nodes_modes": tensor_of(np.array([modes.index(e["mode"]) for e in branches], np.uint8), "modes"),
        "nodes_splits": floats("splits", [e["value"] for e in branches]),
        "nodes_truenodeids": [child(e, "yes")[1] for e in branches], "nodes_falsenodeids": [child(e, "no")[1] for e in branches],
        "nodes_trueleafs": [int(child(e, "yes")[0] == "leaf") for e in branches],
        "nodes_falseleafs": [int(child(e, "no")[0] == "leaf") for e in branches],
        "leaf_targetids": [d.randrange(targets) for _ in range(counts["leaf"])],
        "leaf_weights": floats("weights", [round(d.uniform(-2, 2), 2) for _ in range(counts["leaf"])]),
    }
    return simple("TreeEnsemble", [d.array([n, f], special=0.3)], domain=ML, n_targets=targets, aggregate_function=d.randint(0, 3),
                  post_transform=0, case={"only": "ort", "ml_opset": 5}, **attributes)


def support_vectors(d: Dice) -> Case:
    n, f, count = d.randint(1, 4), d.randint(1, 4), d.randint(1, 4)
    floats = lambda k: [round(d.uniform(-1, 1), 2) for _ in range(k)]
    kernel = d.choice(["LINEAR", "POLY", "RBF", "SIGMOID"])
    params = [0.5, 0.1, 2.0]
    if d.coin():
        return simple("SVMRegressor", [d.array([n, f], low=-1, high=1, special=0)], domain=ML, n_supports=count, coefficients=floats(count),
                      support_vectors=floats(count * f), rho=floats(1), kernel_type=kernel, kernel_params=params, case={"only": "ort"})
    classes = d.randint(2, 4)
    per_class = [d.randint(1, 3) for _ in range(classes)]
    total, pairs = sum(per_class), classes * (classes - 1) // 2
    probabilities = {"prob_a": floats(pairs), "prob_b": floats(pairs)} if d.coin() else {}
    return simple("SVMClassifier", [d.array([n, f], low=-1, high=1, special=0)], ["y", "z"], domain=ML, vectors_per_class=per_class,
                  coefficients=floats((classes - 1) * total), support_vectors=floats(total * f), rho=floats(pairs), kernel_type=kernel,
                  kernel_params=params, classlabels_ints=list(range(classes)), case={"only": "ort", "rtol": 1e-2, "atol": 1e-3}, **probabilities)


GENERATORS = [strings, normalizer, regex, tf_idf, boxes, losses, signal, loop, scan, branch, sequences, features, linear, trees,
              modern_trees, support_vectors]
