"""Packs cases that Assay computes into Tests/Goldens/formats, one file for each family.

    python pack.py ONNX_FOLDER PTE_FOLDER STATUS GOLDENS

STATUS has a line "close NAME" for each case whose floats are near but not equal, "skip NAME" for one
that is refused; all others are kept as exact.
"""
import numpy as np, glob, os, re, sys, io, zipfile
ok={"onnx":{},"pte":{}}
for line in open(sys.argv[3]):
    state,name=line.split(); kind,n=name.split("/"); ok[kind][n]=state
FAM={"onnx":[("convolution",r"conv|fused"),("pooling",r".*pool|gap|gmp"),("resize",r"resize|upsample"),("products",r"gemm|matmul|einsum"),("padding",r"pad"),("reduction",r"reduce|argm"),("quantized",r"q|dql|dynq|mmint"),("recurrent",r"lstm|gru|rnn"),("normalization",r"bn|in$|in1|ln|gn|lp|softmax|logsoftmax"),("functions",r"un_|gelu|ms|clip|pow"),("pairs",r"bin_|i64_|i32_|cmp|log_|var|mod"),("types",r"cast"),("movement",r".*")],
"pte":[("convolution",r"conv"),("pooling",r".*pool|adapt"),("normalization",r".*norm|bn"),("functions",r"un_|act_"),("pairs",r"bin_|sc_|cmp|int_|i32_|div|floor|add|rsub|rdiv|rpow|bit|bool|clamp|lerp"),("resize",r"up_|pad|pix|chan"),("products",r"linear|mm|bmm|matmul|mv|dot|einsum|baddbmm|bilinear"),("reduction",r"mean|sum|prod|amax|max|min|arg|var|std|any|all|logsum|cos|norm"),("networks",r"lstm|gru|rnn|mha|sdpa|trans|se$|multi"),("movement",r".*")]}
D=sys.argv[4]; FOLDER={"onnx":sys.argv[1],"pte":sys.argv[2]}; os.makedirs(D,exist_ok=True)
for f in glob.glob(D+"/*/*.npz"): os.remove(f)
tot=0
for kind in FAM:
    groups={}
    for f in sorted(glob.glob(f"{FOLDER[kind]}/*.npz")):
        n=os.path.basename(f)[:-4]
        if not os.path.exists(f"{FOLDER[kind]}/{n}.{kind}"): continue
        s=ok[kind].get(n,"exact")
        if s == "skip": continue
        fam=next(a for a,b in FAM[kind] if re.match(b,n))
        groups.setdefault(fam+("" if s=="exact" else ".close"),[]).append(n)
    os.makedirs(f"{D}/{kind}",exist_ok=True)
    for g,ns in groups.items():
        p=f"{D}/{kind}/{g}.npz"
        with zipfile.ZipFile(p,"w",zipfile.ZIP_DEFLATED,compresslevel=9) as zf:
            def put(name,a):
                b=io.BytesIO(); np.lib.format.write_array(b,np.asarray(a,order="C"),version=(1,0)); zi=zipfile.ZipInfo(name+".npy",(1980,1,1,0,0,0)); zi.compress_type=zipfile.ZIP_DEFLATED; zf.writestr(zi,b.getvalue())
            for n in ns:
                z=np.load(f"{FOLDER[kind]}/{n}.npz"); put(f"{n}.model",np.frombuffer(open(f"{FOLDER[kind]}/{n}.{kind}","rb").read(),np.uint8))
                for k in z.files: put(f"{n}.{k}",z[k][:2])
        tot+=os.path.getsize(p); print(kind,g,len(ns),os.path.getsize(p))
print(tot)
