"""Times fine-tuning steps of an ONNX file in PyTorch, its nodes one by one as PyTorch's functions.

Needs PyTorch and the onnx package.

Arguments: file, batch size, steps, threads. Prints {"elapsedMs": [...]} as JSON, or ends with code 3 and a sentence on
stderr where the file has an operator that is not written here.
Pictures and labels are random: only the time counts. Adam trains every float weight; statistics stay as in the file.
"""

import json
import sys
import time

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch.nn import functional as F

path, batch, steps, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
torch.set_num_threads(threads)
torch.manual_seed(0)
model = onnx.load(path)
graph = model.graph
opset = next(entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx"))


class Missing(Exception):
    pass


def tensor_of(proto):
    value = torch.from_numpy(np.array(numpy_helper.to_array(proto)))
    return value.float() if value.is_floating_point() else value


def attributes(node):
    values = {entry.name: onnx.helper.get_attribute_value(entry) for entry in node.attribute}
    return {name: value.decode() if isinstance(value, bytes) else value for name, value in values.items()}


def windows(x, attrs, kernel, value):
    """The input padded by hand, as ONNX may pad each side on its own."""
    stride = list(attrs.get("strides", [1, 1]))
    dilation = list(attrs.get("dilations", [1, 1]))
    pads = list(attrs.get("pads", [0, 0, 0, 0]))
    mode = attrs.get("auto_pad", "NOTSET")
    if mode.startswith("SAME"):
        for axis in (0, 1):
            size, extent = x.shape[2 + axis], (kernel[axis] - 1) * dilation[axis] + 1
            total = max(0, (-(-size // stride[axis]) - 1) * stride[axis] + extent - size)
            small, large = total // 2, total - total // 2
            pads[axis], pads[axis + 2] = (small, large) if mode == "SAME_UPPER" else (large, small)
    symmetric = pads[0] == pads[2] and pads[1] == pads[3]
    fits = value == 0.0 or (pads[0] <= kernel[0] // 2 and pads[1] <= kernel[1] // 2)
    if symmetric and fits:
        return x, stride, dilation, [pads[0], pads[1]]
    return F.pad(x, (pads[1], pads[3], pads[0], pads[2]), value=value), stride, dilation, [0, 0]


def conv(x, w, b, attrs):
    x, stride, dilation, padding = windows(x, attrs, w.shape[2:], 0.0)
    return F.conv2d(x, w, b, stride, padding, dilation, attrs.get("group", 1))


def max_pool(x, attrs):
    kernel = attrs["kernel_shape"]
    x, stride, dilation, padding = windows(x, attrs, kernel, -np.inf)
    return F.max_pool2d(x, kernel, stride, padding, dilation, bool(attrs.get("ceil_mode", 0)))


def average_pool(x, attrs):
    kernel = attrs["kernel_shape"]
    x, stride, _, padding = windows(x, attrs, kernel, 0.0)
    return F.avg_pool2d(x, kernel, stride, padding, bool(attrs.get("ceil_mode", 0)), bool(attrs.get("count_include_pad", 0)))


def gemm(a, b, c, attrs):
    a = a.t() if attrs.get("transA", 0) else a
    b = b.t() if attrs.get("transB", 0) else b
    result = attrs.get("alpha", 1.0) * (a @ b)
    return result if c is None else result + attrs.get("beta", 1.0) * c


def reshape(x, shape):
    sizes = [x.shape[axis] if size == 0 else int(size) for axis, size in enumerate(shape)]
    # A file for one picture names its batch of one.
    if -1 not in sizes and int(np.prod(sizes)) != x.numel():
        sizes[0] = -1
    elif sizes[0] == 1 and batch > 1:
        sizes[0] = batch
    return x.reshape(sizes)


def along(name, x, inputs, attrs):
    axes = attrs.get("axes")
    if axes is None and len(inputs) > 1 and inputs[1] is not None:
        axes = inputs[1].tolist()
    if name == "Unsqueeze":
        for axis in sorted(axes):
            x = x.unsqueeze(axis)
        return x
    if name == "Squeeze":
        axes = [axis for axis, size in enumerate(x.shape) if size == 1] if axes is None else axes
        for axis in sorted((axis % x.dim() for axis in axes), reverse=True):
            x = x.squeeze(axis)
        return x
    return x.mean(list(range(x.dim())) if axes is None else list(axes), keepdim=bool(attrs.get("keepdims", 1)))


def softmax(name, x, attrs):
    axis = attrs.get("axis", 1 if opset < 13 else -1)
    if opset < 13:
        x = x.flatten(axis)
    return F.softmax(x, axis) if name == "Softmax" else F.log_softmax(x, axis)


def shuffle_sizes(x, perm):
    return x.permute(perm) if perm else x.t()


def run(node, inputs):
    attrs, name = attributes(node), node.op_type
    x = inputs[0] if inputs else None
    second = inputs[1] if len(inputs) > 1 else None
    third = inputs[2] if len(inputs) > 2 else None
    table = {
        "Conv": lambda: conv(x, second, third, attrs),
        "BatchNormalization": lambda: F.batch_norm(x, inputs[3], inputs[4], second, third, eps=attrs.get("epsilon", 1e-5)),
        "Relu": lambda: F.relu(x),
        "Clip": lambda: torch.clamp(x, attrs.get("min", second), attrs.get("max", third)),
        "MaxPool": lambda: max_pool(x, attrs),
        "AveragePool": lambda: average_pool(x, attrs),
        "GlobalAveragePool": lambda: x.mean((2, 3), keepdim=True),
        "LRN": lambda: F.local_response_norm(x, attrs["size"], attrs.get("alpha", 1e-4), attrs.get("beta", 0.75), attrs.get("bias", 1.0)),
        "Gemm": lambda: gemm(x, second, third, attrs),
        "MatMul": lambda: x @ second,
        "Add": lambda: x + second,
        "Sub": lambda: x - second,
        "Mul": lambda: x * second,
        "Div": lambda: x / second,
        "Sum": lambda: sum(inputs[1:], x),
        "Flatten": lambda: x.flatten(attrs.get("axis", 1)),
        "Reshape": lambda: reshape(x, attrs["shape"] if "shape" in attrs else second.tolist()),
        "Transpose": lambda: shuffle_sizes(x, attrs.get("perm")),
        "Concat": lambda: torch.cat(inputs, attrs["axis"]),
        "Dropout": lambda: F.dropout(x, attrs.get("ratio", 0.5)),
        "Identity": lambda: x,
        "Shape": lambda: torch.tensor(x.shape[attrs.get("start", 0) : attrs.get("end")]),
        "Gather": lambda: x.index_select(attrs.get("axis", 0), second.reshape(-1)).reshape(second.shape) if x.dim() == 1 else None,
        "Unsqueeze": lambda: along(name, x, inputs, attrs),
        "Squeeze": lambda: along(name, x, inputs, attrs),
        "ReduceMean": lambda: along(name, x, inputs, attrs),
        "Softmax": lambda: softmax(name, x, attrs),
        "LogSoftmax": lambda: softmax(name, x, attrs),
        "Constant": lambda: tensor_of(attrs["value"]),
        "ConstantOfShape": lambda: torch.full(x.tolist(), float(numpy_helper.to_array(attrs["value"])[0])),
    }
    result = table[name]() if name in table else None
    if result is None:
        raise Missing(f"{name} is not written for the comparison.")
    return result


weights = {entry.name: tensor_of(entry) for entry in graph.initializer}
# Files made for speed alone fill their weights by nodes; they are weights all the same.
nodes = []
for node in graph.node:
    if node.op_type == "ConstantOfShape" and node.input[0] in weights:
        weights[node.output[0]] = run(node, [weights[node.input[0]]])
    else:
        nodes.append(node)
statistics = {name for node in nodes if node.op_type == "BatchNormalization" for name in node.input[3:5]}
trained = [w.requires_grad_() for name, w in weights.items() if w.is_floating_point() and name not in statistics]
source = next(entry for entry in graph.input if entry.name not in weights)
sizes = [entry.dim_value for entry in source.type.tensor_type.shape.dim]
picture = [size if size > 0 else 64 for size in sizes[1:]]
optimizer = torch.optim.Adam(trained, lr=1e-4)


def forward(pictures):
    values = {**weights, source.name: pictures}
    for node in nodes:
        result = run(node, [values[name] if name else None for name in node.input])
        values[node.output[0]] = result
    return values[graph.output[0].name].reshape(batch, -1)


elapsed = []
try:
    for _ in range(steps):
        pictures = torch.rand([batch, *picture])
        begin = time.perf_counter()
        scores = forward(pictures)
        loss = F.cross_entropy(scores, torch.randint(scores.shape[1], (batch,)))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        elapsed.append((time.perf_counter() - begin) * 1000)
except Missing as error:
    print(error, file=sys.stderr)
    sys.exit(3)
print(json.dumps({"elapsedMs": elapsed}))
