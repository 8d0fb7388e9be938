"""Small ExecuTorch programs with the outputs of its own runtime: python pte_cases.py FOLDER [PREFIX...]"""
import sys, os, warnings, logging; warnings.filterwarnings("ignore"); logging.disable(logging.WARNING)
import torch, numpy as np
from torch import nn
import torch.nn.functional as F
from executorch.exir import to_edge, EdgeCompileConfig
from executorch.runtime import Runtime
RT = Runtime.get()
OUT = sys.argv[1]; only = sys.argv[2:] 
class L(nn.Module):
    def __init__(s, f, **mods):
        super().__init__(); s.f = f
        for k, v in mods.items(): setattr(s, k, v)
    def forward(s, *a): return s.f(s, *a)
def r(*sh): return torch.randn(*sh)
def I(lo, hi, *sh): return torch.randint(lo, hi, sh)
C = {}
def case(name, f, *inputs, **mods): C[name] = (f, inputs, mods)
# convolution
case("conv1d", lambda s, x: s.m(x), r(1, 3, 20), m=nn.Conv1d(3, 4, 5, stride=2, padding=2, dilation=2))
case("conv1d_groups", lambda s, x: s.m(x), r(2, 4, 11), m=nn.Conv1d(4, 8, 3, groups=2, bias=False))
case("conv2d_dil", lambda s, x: s.m(x), r(1, 3, 9, 11), m=nn.Conv2d(3, 4, (3, 2), stride=(2, 1), padding=(1, 2), dilation=(2, 3)))
case("conv2d_dw", lambda s, x: s.m(x), r(1, 4, 8, 8), m=nn.Conv2d(4, 8, 3, groups=4, padding=1))
case("conv2d_same", lambda s, x: s.m(x), r(1, 2, 7, 8), m=nn.Conv2d(2, 3, 4, padding="same"))
case("convt2d", lambda s, x: s.m(x), r(1, 3, 5, 4), m=nn.ConvTranspose2d(3, 4, 3, stride=2, padding=1, output_padding=1))
case("convt2d_g", lambda s, x: s.m(x), r(2, 4, 5, 4), m=nn.ConvTranspose2d(4, 6, (2, 3), stride=(2, 3), groups=2, dilation=(2, 1)))
case("convt1d", lambda s, x: s.m(x), r(1, 3, 7), m=nn.ConvTranspose1d(3, 4, 4, stride=2, padding=1))
case("bn2d", lambda s, x: s.m(x), r(2, 3, 4, 5), m=nn.BatchNorm2d(3))
case("bn1d", lambda s, x: s.m(x), r(2, 3, 9), m=nn.BatchNorm1d(3))
case("bn1d_flat", lambda s, x: s.m(x), r(4, 6), m=nn.BatchNorm1d(6))
case("bn_notrack", lambda s, x: s.m(x), r(2, 3, 4, 5), m=nn.BatchNorm2d(3, track_running_stats=False))
case("instancenorm", lambda s, x: s.m(x), r(2, 3, 4, 5), m=nn.InstanceNorm2d(3, affine=True))
case("instancenorm1d", lambda s, x: s.m(x), r(2, 3, 9), m=nn.InstanceNorm1d(3))
case("layernorm", lambda s, x: s.m(x), r(2, 5, 8), m=nn.LayerNorm(8))
case("layernorm2", lambda s, x: s.m(x), r(2, 3, 5, 4), m=nn.LayerNorm([5, 4], elementwise_affine=False))
case("groupnorm", lambda s, x: s.m(x), r(2, 6, 4, 5), m=nn.GroupNorm(3, 6))
case("groupnorm1d", lambda s, x: s.m(x), r(2, 4, 7), m=nn.GroupNorm(1, 4, affine=False))
case("rmsnorm", lambda s, x: s.m(x), r(2, 5, 8), m=nn.RMSNorm(8))
# activations
for n, m in dict(gelu=nn.GELU(), gelu_tanh=nn.GELU("tanh"), hardswish=nn.Hardswish(), hardsigmoid=nn.Hardsigmoid(), silu=nn.SiLU(), mish=nn.Mish(),
                 softplus=nn.Softplus(), elu=nn.ELU(0.7), celu=nn.CELU(0.7), selu=nn.SELU(), leaky=nn.LeakyReLU(0.2), prelu=nn.PReLU(4), prelu1=nn.PReLU(),
                 relu6=nn.ReLU6(), hardtanh=nn.Hardtanh(-2, 1), logsigmoid=nn.LogSigmoid(), softsign=nn.Softsign(), tanhshrink=nn.Tanhshrink(), softshrink=nn.Softshrink(),
                 hardshrink=nn.Hardshrink(), threshold=nn.Threshold(0.1, 2.0), softmax=nn.Softmax(1), logsoftmax=nn.LogSoftmax(2), softmin=nn.Softmin(-1), glu=nn.GLU(1)).items():
    case("act_" + n, lambda s, x: s.m(x), r(2, 4, 3, 5) * 3, m=m)
for n in "abs ceil cos erf exp floor neg reciprocal relu round sigmoid sin tanh sign tan sinh cosh atan asinh expm1 trunc isnan isinf logical_not square frac".split():
    f = getattr(torch, n); case("un_" + n, lambda s, x, f=f: f(x), r(3, 7) * 4)
for n in "log sqrt rsqrt log2 log10 log1p acosh".split():
    f = getattr(torch, n); case("un_" + n, lambda s, x, f=f: f(x), r(3, 7).abs() * 4 + 1)
for n in "acos asin atanh logit erfinv".split():
    f = getattr(torch, n); case("un_" + n, lambda s, x, f=f: f(x), torch.rand(3, 7) * 0.9 + 0.02)
# pools
case("maxpool", lambda s, x: s.m(x), r(1, 3, 9, 8), m=nn.MaxPool2d(3, 2, 1))
case("maxpool_ceil", lambda s, x: s.m(x), r(1, 3, 8, 7), m=nn.MaxPool2d((3, 2), 2, (1, 0), dilation=(2, 1), ceil_mode=True))
case("maxpool1d", lambda s, x: s.m(x), r(1, 3, 12), m=nn.MaxPool1d(3, 2, 1))
case("maxpool_ret", lambda s, x: F.max_pool2d(x, 2, return_indices=True), r(1, 2, 6, 6))
case("avgpool", lambda s, x: s.m(x), r(1, 3, 9, 8), m=nn.AvgPool2d(3, 2, 1))
case("avgpool_nopad", lambda s, x: s.m(x), r(1, 3, 8, 7), m=nn.AvgPool2d(3, 2, 1, ceil_mode=True, count_include_pad=False))
case("avgpool_div", lambda s, x: s.m(x), r(1, 3, 8, 7), m=nn.AvgPool2d((2, 3), divisor_override=5))
case("avgpool1d", lambda s, x: s.m(x), r(1, 3, 12), m=nn.AvgPool1d(4, 3, 1))
case("adapt1", lambda s, x: s.m(x), r(1, 3, 9, 8), m=nn.AdaptiveAvgPool2d(1))
case("adapt_32", lambda s, x: s.m(x), r(1, 3, 9, 8), m=nn.AdaptiveAvgPool2d((3, 5)))
case("adapt1d", lambda s, x: s.m(x), r(1, 3, 9), m=nn.AdaptiveAvgPool1d(2))
case("adaptmax", lambda s, x: s.m(x), r(1, 3, 8, 8), m=nn.AdaptiveMaxPool2d(2))
# resize, pads
case("up_nearest", lambda s, x: F.interpolate(x, scale_factor=2, mode="nearest"), r(1, 2, 4, 5))
case("up_nearest_sz", lambda s, x: F.interpolate(x, size=(7, 9), mode="nearest"), r(1, 2, 4, 5))
case("up_bilinear", lambda s, x: F.interpolate(x, scale_factor=2, mode="bilinear"), r(1, 2, 4, 5))
case("up_bilinear_ac", lambda s, x: F.interpolate(x, size=(7, 9), mode="bilinear", align_corners=True), r(1, 2, 4, 5))
case("up_bilinear_aa", lambda s, x: F.interpolate(x, size=(3, 3), mode="bilinear", antialias=True), r(1, 2, 7, 6))
case("up_nearest1d", lambda s, x: F.interpolate(x, scale_factor=2, mode="nearest"), r(1, 2, 5))
case("up_linear1d", lambda s, x: F.interpolate(x, scale_factor=2, mode="linear"), r(1, 2, 5))
case("up_bicubic", lambda s, x: F.interpolate(x, scale_factor=2, mode="bicubic"), r(1, 2, 5, 5))
case("pad_const", lambda s, x: F.pad(x, (1, 2, 0, 3), value=1.5), r(1, 2, 4, 5))
case("pad_neg", lambda s, x: F.pad(x, (-1, 2, 1, -2)), r(1, 2, 4, 5))
case("pad_reflect", lambda s, x: F.pad(x, (1, 2, 2, 1), mode="reflect"), r(1, 2, 4, 5))
case("pad_replicate", lambda s, x: F.pad(x, (1, 2, 2, 1), mode="replicate"), r(1, 2, 4, 5))
case("pad_reflect1", lambda s, x: F.pad(x, (1, 2), mode="reflect"), r(1, 2, 5))
case("pad_replicate1", lambda s, x: F.pad(x, (3, 2), mode="replicate"), r(1, 2, 5))
case("pad_circular", lambda s, x: F.pad(x, (1, 2, 1, 1), mode="circular"), r(1, 2, 4, 5))
case("pixshuf", lambda s, x: F.pixel_shuffle(x, 2), r(1, 8, 3, 4))
case("pixunshuf", lambda s, x: F.pixel_unshuffle(x, 2), r(1, 2, 4, 6))
case("chanshuf", lambda s, x: F.channel_shuffle(x, 2), r(1, 6, 3, 4))
case("grid_sample", lambda s, x, g: F.grid_sample(x, g, align_corners=False), r(1, 2, 5, 6), torch.rand(1, 3, 4, 2) * 2.4 - 1.2)
# movement
case("cat", lambda s, x, y: torch.cat([x, y, x], 1), r(1, 2, 4), r(1, 3, 4))
case("split", lambda s, x: torch.split(x, 2, 1), r(1, 5, 3))
case("split_sizes", lambda s, x: torch.split(x, [1, 3, 1], 1), r(1, 5, 3))
case("chunk", lambda s, x: torch.chunk(x, 3, -1), r(1, 5, 7))
case("slice", lambda s, x: x[:, 1:-1:2, ::3], r(1, 7, 8))
case("select", lambda s, x: x[:, -1], r(1, 7, 8))
case("stack", lambda s, x, y: torch.stack([x, y], -1), r(2, 3), r(2, 3))
case("unbind", lambda s, x: torch.unbind(x, 1), r(2, 3, 4))
case("expand", lambda s, x: x.expand(3, 2, 4) + 0, r(1, 2, 1))
case("permute", lambda s, x: x.permute(2, 0, 3, 1), r(1, 2, 3, 4))
case("transpose", lambda s, x: x.transpose(1, 2).reshape(-1, 3), r(2, 3, 4))
case("t", lambda s, x: x.t(), r(3, 4))
case("squeeze", lambda s, x: x.squeeze(1).unsqueeze(0), r(3, 1, 4))
case("flip", lambda s, x: torch.flip(x, [1, 2]), r(1, 3, 4))
case("roll", lambda s, x: torch.roll(x, (1, -2), (1, 2)), r(1, 3, 4))
case("repeat", lambda s, x: x.repeat(2, 1, 3), r(2, 3))
case("repint", lambda s, x: torch.repeat_interleave(x, 2, 1), r(2, 3))
case("tile", lambda s, x: torch.tile(x, (2, 2)), r(2, 3))
case("where", lambda s, x, y: torch.where(x > y, x, y * 2), r(2, 3), r(2, 3))
case("where_bc", lambda s, x, y: torch.where(x > 0, x, y), r(2, 3), r(3))
case("where_sc", lambda s, x: torch.where(x > 0, x, torch.tensor(0.5)), r(2, 3))
case("masked_fill", lambda s, x: x.masked_fill(x < 0, -1.0), r(2, 3))
case("masked_fill_bc", lambda s, x, m: x.masked_fill(m, float("-inf")), r(2, 3, 4), I(0, 2, 3, 4).bool())
case("tril", lambda s, x: torch.tril(x), r(2, 4, 4))
case("triu", lambda s, x: torch.triu(x, 1), r(4, 5))
case("gather", lambda s, x, i: torch.gather(x, 1, i), r(3, 5), I(0, 5, 3, 4))
case("scatter", lambda s, x, i, v: torch.scatter(x, 1, i, v), r(3, 5), torch.stack([torch.randperm(5)[:4] for _ in range(3)]), r(3, 4))
case("scatter_val", lambda s, x, i: torch.scatter(x, 1, i, 2.5), r(3, 5), I(0, 5, 3, 4))
case("scatter_add", lambda s, x, i, v: torch.scatter_add(x, 1, i, v), r(3, 5), I(0, 5, 3, 4), r(3, 4))
case("index", lambda s, x, i: x[i], r(6, 3), I(-6, 6, 4))
case("index2", lambda s, x, i: x[:, i], r(2, 6, 3), I(0, 6, 4))
case("index3", lambda s, x, i, j: x[i, j], r(5, 6, 3), I(0, 5, 4), I(0, 6, 4))
case("index_put", lambda s, x, i, v: x.index_put((i,), v), r(6, 3), torch.tensor([1, 4]), r(2, 3))
case("index_select", lambda s, x, i: torch.index_select(x, 1, i), r(2, 6, 3), I(0, 6, 4))
case("slice_scatter", lambda s, x, v: torch.slice_scatter(x, v, 1, 1, 5, 2), r(2, 6), r(2, 2))
case("select_scatter", lambda s, x, v: torch.select_scatter(x, v, 1, 3), r(2, 6), r(2))
case("embedding", lambda s, i: s.m(i), I(0, 10, 2, 5), m=nn.Embedding(10, 4, padding_idx=1))
case("topk", lambda s, x: tuple(torch.topk(x, 3)), r(2, 7))
case("topk_dim", lambda s, x: tuple(torch.topk(x, 2, 1, largest=False)), r(2, 5, 3))
case("sort", lambda s, x: tuple(torch.sort(x, -1)), r(2, 5))
case("cumsum", lambda s, x: torch.cumsum(x, 1), r(2, 5, 3))
case("unfold", lambda s, x: x.unfold(1, 3, 2), r(2, 9))
case("im2col", lambda s, x: F.unfold(x, 2), r(1, 2, 4, 4))
case("diag", lambda s, x: torch.diagonal(x, 1, 0, 1), r(4, 5))
case("narrow", lambda s, x: torch.narrow(x, 1, 2, 3), r(2, 7))
case("one_hot", lambda s, i: F.one_hot(i, 6), I(0, 6, 4))
case("arange", lambda s, x: x + torch.arange(5), r(2, 5))
case("full", lambda s, x: x + torch.full((2, 3), 1.5), r(2, 3))
case("cast_int", lambda s, x: x.to(torch.int32), r(2, 3) * 5)
case("cast_bool", lambda s, x: (x > 0).to(torch.float32), r(2, 3))
case("cast_i64", lambda s, x: x.to(torch.int64) * 2, r(2, 3) * 5)
case("cast_half", lambda s, x: x.to(torch.float16).to(torch.float32), r(2, 3) * 5)
# reductions
case("mean", lambda s, x: x.mean((2, 3)), r(1, 3, 4, 5))
case("mean_keep", lambda s, x: x.mean(1, keepdim=True), r(2, 3, 4))
case("mean_all", lambda s, x: x.mean(), r(2, 3, 4))
case("sum", lambda s, x: x.sum(-1), r(2, 3, 4))
case("sum_all", lambda s, x: x.sum(), r(2, 3, 4))
case("sum_int", lambda s, x: x.sum(1), I(-5, 5, 2, 3))
case("prod", lambda s, x: x.prod(1), r(2, 3))
case("amax", lambda s, x: x.amax((1, 2)), r(2, 3, 4))
case("max_dim", lambda s, x: tuple(x.max(1)), r(2, 3, 4))
case("min_dim", lambda s, x: tuple(x.min(1, keepdim=True)), r(2, 3, 4))
case("max_all", lambda s, x: x.max(), r(2, 3, 4))
case("argmax", lambda s, x: x.argmax(1), r(2, 3, 4))
case("argmax_all", lambda s, x: x.argmax(), r(2, 3))
case("argmin", lambda s, x: x.argmin(-1, keepdim=True), r(2, 3, 4))
case("var", lambda s, x: x.var(1), r(2, 7))
case("var0", lambda s, x: x.var((1, 2), unbiased=False, keepdim=True), r(2, 3, 4))
case("std", lambda s, x: x.std(1), r(2, 7))
case("norm", lambda s, x: x.norm(dim=1), r(2, 7))
case("normalize", lambda s, x: F.normalize(x), r(2, 7))
case("any", lambda s, x: (x > 1).any(1), r(2, 7))
case("any_all", lambda s, x: (x > 1).any(), r(2, 7))
case("all", lambda s, x: (x > -5).all(1), r(2, 7))
case("logsumexp", lambda s, x: torch.logsumexp(x, 1), r(2, 7))
case("cossim", lambda s, x, y: F.cosine_similarity(x, y), r(2, 7), r(2, 7))
case("cdist", lambda s, x, y: torch.cdist(x, y), r(2, 3, 4), r(2, 5, 4))
# binary
for n in "add sub mul div maximum minimum pow fmod remainder atan2".split():
    f = getattr(torch, n); case("bin_" + n, lambda s, x, y, f=f: f(x, y), r(2, 3, 4).abs() + 0.5, r(3, 1).abs() + 0.3)
    if n not in ("maximum", "minimum", "atan2"): case("sc_" + n, lambda s, x, f=f: f(x, 2.5), r(2, 3, 4).abs() + 0.5)
for n in "eq ne lt le gt ge logical_and logical_or logical_xor".split():
    f = getattr(torch, n); case("cmp_" + n, lambda s, x, y, f=f: f(x, y), r(2, 3).round(), r(3).round())
    if not n.startswith("log"): case("cmpsc_" + n, lambda s, x, f=f: f(x, 0.0), r(2, 3).round())
for n in "add sub mul".split():
    f = getattr(torch, n); case("int_" + n, lambda s, x, y, f=f: f(x, y), I(-9, 9, 2, 3), I(-9, 9, 3)); case("i32_" + n, lambda s, x, y, f=f: f(x, y), I(-9, 9, 2, 3).int(), I(-9, 9, 3).int())
case("int_div_floor", lambda s, x: torch.div(x, 2, rounding_mode="floor"), I(-9, 9, 2, 3))
case("div_trunc", lambda s, x, y: torch.div(x, y, rounding_mode="trunc"), r(2, 3) * 9, r(2, 3) + 3)
case("floor_div", lambda s, x, y: x // y, r(2, 3) * 9, r(2, 3) + 3)
case("int_float", lambda s, x, y: x * y, I(-9, 9, 2, 3), r(2, 3))
case("add_alpha", lambda s, x, y: torch.add(x, y, alpha=0.3), r(2, 3), r(2, 3))
case("rsub", lambda s, x: 1.0 - x, r(2, 3))
case("rdiv", lambda s, x: 1.0 / x, r(2, 3))
case("rpow", lambda s, x: 2.0 ** x, r(2, 3))
case("bit_and", lambda s, x, y: torch.bitwise_and(x, y), I(0, 99, 2, 3), I(0, 99, 2, 3))
case("bool_and", lambda s, x, y: (x > 0) & (y > 0), r(2, 3), r(2, 3))
case("bool_not", lambda s, x: ~(x > 0), r(2, 3))
case("clamp_t", lambda s, x, a, b: torch.clamp(x, a, b), r(2, 3), -r(3).abs(), r(3).abs())
case("clamp", lambda s, x: torch.clamp(x, max=0.3), r(2, 3))
case("clamp_int", lambda s, x: torch.clamp(x, -3, 4), I(-9, 9, 2, 3))
case("addcmul", lambda s, x, y, z: torch.addcmul(x, y, z, value=0.5), r(2, 3), r(2, 3), r(2, 3))
case("lerp", lambda s, x, y: torch.lerp(x, y, 0.3), r(2, 3), r(2, 3))
# products
case("linear", lambda s, x: s.m(x), r(2, 5), m=nn.Linear(5, 3))
case("linear3", lambda s, x: s.m(x), r(2, 4, 5), m=nn.Linear(5, 3))
case("linear_nb", lambda s, x: s.m(x), r(2, 4, 5), m=nn.Linear(5, 3, bias=False))
case("bilinear", lambda s, x, y: s.m(x, y), r(2, 4), r(2, 5), m=nn.Bilinear(4, 5, 3))
case("mm", lambda s, x, y: x @ y, r(3, 4), r(4, 5))
case("bmm", lambda s, x, y: x @ y, r(2, 3, 4), r(2, 4, 5))
case("matmul4", lambda s, x, y: x @ y, r(2, 3, 3, 4), r(2, 3, 4, 5))
case("matmul_bc", lambda s, x, y: x @ y, r(2, 3, 4), r(4, 5))
case("mv", lambda s, x, y: x @ y, r(3, 4), r(4))
case("dot", lambda s, x, y: x.dot(y), r(4), r(4))
case("einsum", lambda s, x, y: torch.einsum("bij,bkj->bik", x, y), r(2, 3, 4), r(2, 5, 4))
case("baddbmm", lambda s, b, x, y: torch.baddbmm(b, x, y), r(2, 3, 5), r(2, 3, 4), r(2, 4, 5))
# composites
class LastOut(nn.Module):
    def __init__(s, m): super().__init__(); s.m = m
    def forward(s, x): return s.m(x)[0]
case("lstm", lambda s, x: s.m(x)[0], r(1, 6, 4), m=nn.LSTM(4, 5, batch_first=True))
case("lstm_bi", lambda s, x: s.m(x)[0], r(1, 4, 4), m=nn.LSTM(4, 3, 2, batch_first=True, bidirectional=True))
case("gru", lambda s, x: s.m(x)[0], r(1, 5, 4), m=nn.GRU(4, 5, batch_first=True))
case("rnn", lambda s, x: s.m(x)[0], r(1, 5, 4), m=nn.RNN(4, 5, batch_first=True))
case("lstmcell", lambda s, x, h, c: s.m(x, (h, c)), r(1, 4), r(1, 5), r(1, 5), m=nn.LSTMCell(4, 5))
case("mha", lambda s, x: s.m(x, x, x)[0], r(1, 5, 8), m=nn.MultiheadAttention(8, 2, batch_first=True))
case("sdpa", lambda s, q, k, v: F.scaled_dot_product_attention(q, k, v), r(1, 2, 5, 4), r(1, 2, 5, 4), r(1, 2, 5, 4))
case("sdpa_causal", lambda s, q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True), r(1, 2, 5, 4), r(1, 2, 5, 4), r(1, 2, 5, 4))
case("transformer", lambda s, x: s.m(x), r(1, 5, 8), m=nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, activation="gelu"))
class SE(nn.Module):
    def __init__(s): super().__init__(); s.a = nn.Linear(4, 2); s.b = nn.Linear(2, 4)
    def forward(s, x): return x * F.hardsigmoid(s.b(F.relu(s.a(x.mean((2, 3))))))[:, :, None, None]
case("se", lambda s, x: s.m(x), r(1, 4, 5, 5), m=SE())
class State(nn.Module):
    def __init__(s): super().__init__(); s.register_buffer("h", torch.zeros(1, 3))
    def forward(s, x): s.h.mul_(0.5).add_(x); return s.h + 0
case("state", lambda s, x: s.m(x), r(1, 3), m=State())
class Ring(nn.Module):
    def __init__(s): super().__init__(); s.register_buffer("b", torch.zeros(1, 4, 3))
    def forward(s, x):
        s.b.copy_(torch.cat([s.b[:, 1:], x[:, None]], 1)); return s.b.mean(1)
case("ring", lambda s, x: s.m(x), r(1, 3), m=Ring())
case("chlast", lambda s, x: s.m(x).to(memory_format=torch.channels_last), r(1, 3, 8, 8), m=nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2)).to(memory_format=torch.channels_last))
case("multi_out", lambda s, x: (x + 1, x * 2, x.sum()), r(2, 3))
case("stft", lambda s, x: torch.stft(x, 16, 8, window=torch.hann_window(16), return_complex=False), r(1, 64))
def npy(t):
    t = t.detach().contiguous()
    return t.numpy()
os.makedirs(OUT, exist_ok=True)
bad = []
for name, (f, ins, mods) in C.items():
    if only and not any(name.startswith(o) for o in only): continue
    torch.manual_seed(sum(map(ord, name)))
    try:
        m = L(f, **mods).eval()
        for p in m.modules():
            if isinstance(p, nn.BatchNorm1d) or isinstance(p, nn.BatchNorm2d):
                if p.running_mean is not None: p.running_mean.normal_(); p.running_var.uniform_(0.5, 2); p.weight.data.normal_(); p.bias.data.normal_()
        with torch.no_grad():
            ep = torch.export.export(m, tuple(ins))
            et = to_edge(ep, compile_config=EdgeCompileConfig(_check_ir_validity=False)).to_executorch()
        buf = et.buffer
        prog = RT.load_program(buf); meth = prog.load_method("forward")
        N = 3; rows = {}
        for k in range(N):
            xs = [x if k == 0 else (x[torch.randperm(x.shape[0])] if x.dtype in (torch.int64, torch.int32, torch.bool) else torch.rand_like(x) if name in ("un_acos", "un_asin", "un_atanh", "un_logit") else (torch.randn_like(x).abs() + 1 if (x > 0).all() else torch.randn_like(x) * (1 + k))) for x in ins]
            outs = meth.execute(xs)
            for i, x in enumerate(xs): rows.setdefault(f"in_{i}", []).append(npy(x))
            for i, o in enumerate(outs): rows.setdefault(f"out_{i}", []).append(npy(o))
        open(f"{OUT}/{name}.pte", "wb").write(buf)
        np.savez(f"{OUT}/{name}.npz", **{k: np.stack(v) for k, v in rows.items()})
        print("ok", name, len(buf), flush=True)
    except Exception as e:
        print("FAIL", name, type(e).__name__, str(e).strip().split("\n")[0][:150], flush=True)
