"""Single-operator ONNX models with the outputs of ONNX Runtime: python onnx_goldens.py FOLDER [PREFIX...]"""
import sys, os, numpy as np, onnx, onnxruntime as ort
from onnx import helper as h, TensorProto as T, numpy_helper as nh
ort.set_default_logger_severity(4)
OUT = sys.argv[1]; only = sys.argv[2:]; os.makedirs(OUT, exist_ok=True)
TY = {np.dtype("float32"): T.FLOAT, np.dtype("int64"): T.INT64, np.dtype("int32"): T.INT32, np.dtype("int8"): T.INT8, np.dtype("uint8"): T.UINT8, np.dtype("bool"): T.BOOL, np.dtype("float16"): T.FLOAT16, np.dtype("float64"): T.DOUBLE, np.dtype("int16"): T.INT16, np.dtype("uint16"): T.UINT16}
rng = np.random.default_rng(1)
def f(*s): return rng.standard_normal(s).astype(np.float32)
def u8(*s): return rng.integers(0, 256, s).astype(np.uint8)
def i8(*s): return rng.integers(-128, 128, s).astype(np.int8)
def i64(lo, hi, *s): return rng.integers(lo, hi, s).astype(np.int64)
def c(x, dt=np.int64): return ("const", np.asarray(x, dt))
def cf(x): return ("const", np.asarray(x, np.float32))
C = {}
def case(name, op, ins, n_out=1, opset=17, domain="", gen=None, **attrs): C[name] = ([(op, ins, n_out, domain, attrs)], opset)
N = 3
fails = []
def build(name, op, ins, n_out, opset, domain, attrs):
    feeds, inits, names, gins = {}, [], [], []
    for i, x in enumerate(ins):
        if x is None: names.append(""); continue
        if isinstance(x, tuple): inits.append(nh.from_array(x[1], f"c{i}")); names.append(f"c{i}"); continue
        names.append(f"x{i}"); feeds[f"x{i}"] = x; gins.append(h.make_tensor_value_info(f"x{i}", TY[x.dtype], x.shape))
    node = h.make_node(op, names, [f"y{i}" for i in range(n_out)], domain=domain, **{k: v for k, v in attrs.items()})
    g = h.make_graph([node], "g", gins, [h.make_value_info(f"y{i}", h.make_tensor_type_proto(T.FLOAT, None)) for i in range(n_out)], inits)
    ops = [h.make_opsetid("", opset)] + ([h.make_opsetid(domain, 1)] if domain else [])
    m = h.make_model(g, opset_imports=ops, ir_version=8 if opset < 21 else 10)
    for o in m.graph.output: o.ClearField("type")
    so = ort.SessionOptions(); so.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL; so.intra_op_num_threads = 1
    # ORT infers output types
    m2 = onnx.shape_inference.infer_shapes(m) if not domain else m
    s = ort.InferenceSession(m.SerializeToString(), so)
    rows = {}; outs0 = None
    for k in range(N):
        fd = {}
        for n, x in feeds.items():
            if k == 0: fd[n] = x
            elif x.dtype == np.float32: fd[n] = (np.abs(rng.standard_normal(x.shape)) + 0.5 if (x > 0).all() else rng.standard_normal(x.shape) * (1 + k)).astype(np.float32)
            elif x.dtype in (np.uint8, np.int8): fd[n] = rng.integers(np.iinfo(x.dtype).min, np.iinfo(x.dtype).max + 1, x.shape).astype(x.dtype)
            else: fd[n] = rng.permuted(x.reshape(-1)).reshape(x.shape)
        outs = s.run(None, fd); outs0 = outs
        for i, n in enumerate(feeds): rows.setdefault(f"in_{i}", []).append(fd[n])
        for i, o in enumerate(outs): rows.setdefault(f"out_{i}", []).append(o)
    for o, v in zip(m.graph.output, outs0): o.CopyFrom(h.make_tensor_value_info(o.name, TY[v.dtype], v.shape))
    return m.SerializeToString(), {k: np.stack(v) for k, v in rows.items()}
exec(open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "onnx_cases.py")).read())
for name, (nodes, opset) in C.items():
    if only and not any(name.startswith(o) for o in only): continue
    op, ins, n_out, domain, attrs = nodes[0]
    try:
        b, z = build(name, op, ins, n_out, opset, domain, attrs)
        open(f"{OUT}/{name}.onnx", "wb").write(b); np.savez(f"{OUT}/{name}.npz", **z)
    except Exception as e: print("FAIL", name, str(e).strip().split("\n")[0][:200])
print(len(C), "cases")
