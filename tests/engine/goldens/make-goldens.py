"""Writes the reference values of this folder with PyTorch.

    /usr/bin/python3 tests/engine/goldens/make-goldens.py

Needs torch and numpy. Everything is computed in double precision from float32 values, with fixed seeds: running the
script again writes the same files up to the last digits.

gradients.json    loss and every gradient of a small network
conventions.json  gradients where an operator has a kink: ties of a maximum, exactly 0, exactly at a bound
blocks.json       output and every gradient of the blocks that families of networks are made of
curves.json       weights, batches and the losses of 20 steps for several optimisers
"""

import base64
import json
import pathlib

import numpy
import torch
import torch.nn.functional as F

FOLDER = pathlib.Path(__file__).parent


def tensor(values, digits=9):
    """A tensor as {dims, data}; nine digits tell any two float32 numbers apart, six are enough for what is compared."""
    array = values.detach().numpy() if isinstance(values, torch.Tensor) else values
    return {"dims": list(array.shape), "data": [float(f"{value:.{digits}g}") for value in array.reshape(-1)]}


def float32_normal(random, *dims, scale=1.0):
    """Normal values that float32 holds exactly, as a double tensor."""
    return torch.from_numpy((scale * random.standard_normal(dims)).astype(numpy.float32).astype(numpy.float64))


def write(name, content):
    path = FOLDER / name
    path.write_text(json.dumps(content, separators=(",", ":")) + "\n")
    print(f"{name}: {path.stat().st_size} bytes")


def gradients():
    random = numpy.random.RandomState(1)
    image = float32_normal(random, 4, 2, 16, 16)
    labels = random.randint(0, 5, 4)
    weights = {
        "conv1.weight": float32_normal(random, 8, 2, 3, 3, scale=0.4),
        "conv1.bias": float32_normal(random, 8, scale=0.2),
        "norm.scale": 1 + float32_normal(random, 8, scale=0.25),
        "norm.bias": float32_normal(random, 8, scale=0.25),
        "conv2.weight": float32_normal(random, 12, 4, 3, 3, scale=0.3),
        "conv2.bias": float32_normal(random, 12, scale=0.2),
        "fc.weight": float32_normal(random, 5, 48, scale=0.3),
        "fc.bias": float32_normal(random, 5, scale=0.2),
    }
    weights["norm.scale"] = weights["norm.scale"].float().double()
    for value in [image, *weights.values()]:
        value.requires_grad_()
    x = F.conv2d(image, weights["conv1.weight"], weights["conv1.bias"], stride=2, padding=1)
    x = F.batch_norm(x, None, None, weights["norm.scale"], weights["norm.bias"], training=True, eps=1e-5)
    x = F.max_pool2d(F.relu(x), 2)
    x = F.relu(F.conv2d(x, weights["conv2.weight"], weights["conv2.bias"], padding=1, groups=2))
    x = F.avg_pool2d(x, 2).flatten(1)
    logits = F.linear(x, weights["fc.weight"], weights["fc.bias"])
    loss = F.cross_entropy(logits, torch.from_numpy(labels))
    loss.backward()
    write(
        "gradients.json",
        {
            "image": tensor(image),
            "labels": [int(label) for label in labels],
            "weights": {name: tensor(value) for name, value in weights.items()},
            "loss": loss.item(),
            "gradients": {name: tensor(value.grad) for name, value in {"image": image, **weights}.items()},
        },
    )


def conventions():
    random = numpy.random.RandomState(2)
    cases = []

    def case(name, op, values, run, attributes=None, constants=()):
        x = torch.from_numpy(values.astype(numpy.float64)).requires_grad_()
        y = run(x)
        cotangent = float32_normal(random, *y.shape)
        y.backward(cotangent)
        cases.append(
            {
                "name": name,
                "opType": op,
                "attributes": attributes or {},
                "constants": list(constants),
                "input": tensor(x),
                "output": tensor(y),
                "cotangent": tensor(cotangent),
                "gradient": tensor(x.grad),
            }
        )

    tied = random.randint(0, 3, (2, 2, 7, 7))
    case("2x2 maxima with ties", "MaxPool", tied[:, :, :6, :6], lambda x: F.max_pool2d(x, 2),
         {"kernel_shape": [2, 2], "strides": [2, 2]})
    case("overlapping maxima with ties", "MaxPool", tied, lambda x: F.max_pool2d(x, 3, 2, 1),
         {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]})
    case("overlapping maxima with ties in ceil mode", "MaxPool", tied[:, :, :6, :], lambda x: F.max_pool2d(x, 3, 2, ceil_mode=True),
         {"kernel_shape": [3, 3], "strides": [2, 2], "ceil_mode": 1})
    case("means in ceil mode, padding counted", "AveragePool", tied[:, :, :6, :], lambda x: F.avg_pool2d(x, 3, 2, 1, ceil_mode=True),
         {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1], "ceil_mode": 1, "count_include_pad": 1})
    case("means in ceil mode, padding not counted", "AveragePool", tied[:, :, :6, :],
         lambda x: F.avg_pool2d(x, 3, 2, 1, ceil_mode=True, count_include_pad=False),
         {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1], "ceil_mode": 1})
    around_zero = numpy.array([-2.0, -0.0, 0.0, 1.0, 0.0, 3.0])
    case("at 0", "Relu", around_zero, F.relu)
    case("at 0", "LeakyRelu", around_zero, lambda x: F.leaky_relu(x, 0.25), {"alpha": 0.25})
    case("at 0", "Abs", around_zero, torch.abs)

    def constant(values, data_type="float32"):
        array = numpy.array(values)
        return {"dataType": data_type, "dims": list(array.shape), "data": array.reshape(-1).tolist()}

    axes = constant([1], "int64")
    around_three = numpy.array([-4.0, -3.0, -2.0, 0.0, 2.0, 3.0, 4.0])
    case("at 0", "PRelu", around_zero, lambda x: F.prelu(x.view(1, -1), torch.tensor([0.25]).double()).view(-1),
         constants=[constant([0.25])])
    case("at 0", "Elu", around_zero, lambda x: F.elu(x, 0.5), {"alpha": 0.5})
    case("at 0", "Selu", around_zero, F.selu)
    case("at 0", "Celu", around_zero, lambda x: F.celu(x, 0.5), {"alpha": 0.5})
    case("at its threshold", "ThresholdedRelu", around_zero, lambda x: F.threshold(x, 1, 0), {"alpha": 1.0})
    case("at its bounds", "HardSigmoid", around_three, F.hardsigmoid, {"alpha": 1 / 6, "beta": 0.5})
    case("at its bounds", "HardSwish", around_three, F.hardswish)
    case("at its bounds", "Clip", around_three, lambda x: x.clamp(-3, 3), constants=[constant(-3.0), constant(3.0)])
    case("of equals", "Max", around_three, lambda x: torch.maximum(x, torch.full_like(x, 2)), constants=[constant(2.0)])
    case("of equals", "Min", around_three, lambda x: torch.minimum(x, torch.full_like(x, 2)), constants=[constant(2.0)])
    rows = random.randint(-1, 2, (4, 6))
    rows[0] = 0
    case("ties", "ReduceMax", rows, lambda x: x.amax(1, keepdim=True), constants=[axes])
    case("ties", "ReduceMin", rows, lambda x: x.amin(1, keepdim=True), constants=[axes])
    case("at 0", "ReduceL1", rows, lambda x: x.norm(1, 1, keepdim=True), constants=[axes])
    case("a row of zeros", "ReduceL2", rows, lambda x: x.norm(2, 1, keepdim=True), constants=[axes])
    factors = numpy.array([[2.0, 3.0, -1.5, 0.5], [2.0, 0.0, -1.5, 0.5], [0.0, 3.0, 0.0, 0.5]])
    case("rows with one zero and with two", "ReduceProd", factors, lambda x: x.prod(1, keepdim=True), constants=[axes])
    case("ties", "GlobalMaxPool", tied, lambda x: F.adaptive_max_pool2d(x, 1))
    write("conventions.json", cases)


def blocks():
    random = numpy.random.RandomState(4)
    result = {}

    def normal(*dims, scale):
        return float32_normal(random, *dims, scale=scale)

    def conv(filters, channels, *kernel):
        return normal(filters, channels, *kernel, scale=1.4 / numpy.sqrt(channels * numpy.prod(kernel)))

    def norm(name, channels):
        return {f"{name}.scale": (1 + normal(channels, scale=0.25)).float().double(), f"{name}.bias": normal(channels, scale=0.25)}

    def statistics(name, channels):
        variance = torch.from_numpy(random.uniform(0.5, 2, channels).astype(numpy.float32).astype(numpy.float64))
        return {f"{name}.mean": normal(channels, scale=0.3), f"{name}.variance": variance}

    def block(name, image_dims, weights, run, constants=None):
        image = normal(*image_dims, scale=1)
        constants = constants or {}
        for value in weights.values():
            value.requires_grad_()
        output = run(image, {**weights, **constants})
        cotangent = float32_normal(random, *output.shape)
        output.backward(cotangent)
        result[name] = {
            "image": tensor(image),
            "weights": {key: tensor(value) for key, value in weights.items()},
            "constants": {key: tensor(value) for key, value in constants.items()},
            "output": tensor(output, 6),
            "cotangent": tensor(cotangent),
            "gradients": {key: tensor(value.grad, 6) for key, value in weights.items()},
        }

    def trained_norm(x, w, name):
        return F.batch_norm(x, None, None, w[f"{name}.scale"], w[f"{name}.bias"], training=True)

    def frozen_norm(x, w, name):
        return F.batch_norm(x, w[f"{name}.mean"], w[f"{name}.variance"], w[f"{name}.scale"], w[f"{name}.bias"])

    def residual(normalize):
        def run(x, w):
            y = F.relu(normalize(F.conv2d(x, w["conv1"], stride=2, padding=1), w, "norm1"))
            y = normalize(F.conv2d(y, w["conv2"], padding=1), w, "norm2")
            return F.relu(y + normalize(F.conv2d(x, w["shortcut"], stride=2), w, "norm3"))

        return run

    def residual_weights():
        return {
            "conv1": conv(4, 3, 3, 3), **norm("norm1", 4), "conv2": conv(4, 4, 3, 3), **norm("norm2", 4),
            "shortcut": conv(4, 3, 1, 1), **norm("norm3", 4),
        }

    block("residual", (2, 3, 8, 8), residual_weights(), residual(trained_norm))
    block("residual, frozen statistics", (2, 3, 8, 8), residual_weights(), residual(frozen_norm),
          {**statistics("norm1", 4), **statistics("norm2", 4), **statistics("norm3", 4)})

    def separable(x, w):
        y = F.relu6(frozen_norm(F.conv2d(x, w["expand"]), w, "norm1"))
        y = F.relu6(frozen_norm(F.conv2d(y, w["depthwise"], padding=1, groups=8), w, "norm2"))
        return x + frozen_norm(F.conv2d(y, w["project"]), w, "norm3")

    block("depthwise-separable", (2, 4, 6, 6),
          {"expand": conv(8, 4, 1, 1), **norm("norm1", 8), "depthwise": conv(8, 1, 3, 3), **norm("norm2", 8),
           "project": conv(4, 8, 1, 1), **norm("norm3", 4)},
          separable, {**statistics("norm1", 8), **statistics("norm2", 8), **statistics("norm3", 4)})

    def inception(x, w):
        one = F.conv2d(x, w["one"])
        three = F.conv2d(F.relu(F.conv2d(x, w["three.reduce"])), w["three"], padding=1)
        five = F.conv2d(F.relu(F.conv2d(x, w["five.reduce"])), w["five"], padding=2)
        pool = F.conv2d(F.max_pool2d(x, 3, 1, 1), w["pool.project"])
        return F.relu(torch.cat([one, three, five, pool], 1) + w["bias"].view(1, -1, 1, 1))

    block("inception", (2, 5, 6, 6),
          {"one": conv(3, 5, 1, 1), "three.reduce": conv(3, 5, 1, 1), "three": conv(4, 3, 3, 3), "five.reduce": conv(2, 5, 1, 1),
           "five": conv(2, 2, 5, 5), "pool.project": conv(2, 5, 1, 1), "bias": normal(11, scale=0.2)}, inception)

    def squeeze_and_excite(x, w):
        y = F.hardswish(F.conv2d(x, w["conv"], padding=1))
        gate = F.relu(F.conv2d(F.adaptive_avg_pool2d(y, 1), w["squeeze"], w["squeeze.bias"]))
        gate = F.hardsigmoid(F.conv2d(gate, w["excite"], w["excite.bias"]))
        return y * gate

    block("squeeze-and-excite", (2, 3, 6, 6),
          {"conv": conv(6, 3, 3, 3), "squeeze": conv(3, 6, 1, 1), "squeeze.bias": normal(3, scale=0.3) + 0.5,
           "excite": conv(6, 3, 1, 1), "excite.bias": normal(6, scale=0.2)}, squeeze_and_excite)

    def alexnet(x, w):
        y = F.relu(F.conv2d(x, w["conv1"], w["conv1.bias"], stride=2, padding=2))
        y = F.max_pool2d(F.local_response_norm(y, 5, 0.8, 0.75, 2), 3, 2)
        y = F.relu(F.conv2d(y, w["conv2"], w["conv2.bias"], padding=1, groups=2))
        y = F.max_pool2d(F.local_response_norm(y, 5, 0.8, 0.75, 2), 3, 1)
        return F.log_softmax(F.linear(y.flatten(1), w["fc"], w["fc.bias"]), 1)

    block("alexnet head", (2, 3, 18, 18),
          {"conv1": conv(6, 3, 5, 5), "conv1.bias": normal(6, scale=0.2), "conv2": conv(8, 3, 3, 3), "conv2.bias": normal(8, scale=0.2),
           "fc": conv(4, 32), "fc.bias": normal(4, scale=0.2)}, alexnet)

    def decoder(x, w):
        y = F.instance_norm(F.conv_transpose2d(x, w["up1"], stride=2, padding=1, output_padding=1),
                            weight=w["norm.scale"], bias=w["norm.bias"])
        y = F.prelu(y, w["slope"])
        up = F.conv_transpose2d(y, w["up2"], w["up2.bias"], stride=2, padding=1, groups=2)
        skip = F.interpolate(F.conv2d(y, w["skip"]), scale_factor=2, mode="bilinear", align_corners=False)
        nearest = F.interpolate(y[:, :2], scale_factor=2, mode="nearest")
        y = torch.cat([up + skip, nearest], 1)
        return torch.tanh(F.conv2d(F.pad(y, (1, 1, 1, 1), "reflect"), w["out"]))

    block("transposed-convolution decoder", (2, 3, 3, 4),
          {"up1": conv(3, 4, 3, 3), **norm("norm", 4), "slope": normal(4, scale=0.2), "up2": conv(4, 2, 4, 4), "up2.bias": normal(4, scale=0.2),
           "skip": conv(4, 4, 1, 1), "out": conv(2, 6, 3, 3)}, decoder)

    def attention(x, w):
        y = F.layer_norm(x, (8,), w["norm1.scale"], w["norm1.bias"])
        q, k, v = (y @ w["qkv"]).view(2, 5, 3, 2, 4).permute(2, 0, 3, 1, 4)
        weights = torch.softmax(torch.einsum("bhqd,bhkd->bhqk", q, k) / 2, -1)
        x = x + torch.einsum("bhqk,bhkd->bqhd", weights, v).reshape(2, 5, 8) @ w["projection"]
        y = F.layer_norm(x, (8,), w["norm2.scale"], w["norm2.bias"])
        return x + F.gelu(y @ w["wide"] + w["wide.bias"]) @ w["narrow"]

    block("attention", (2, 5, 8),
          {**norm("norm1", 8), "qkv": conv(8, 24), "projection": conv(8, 8), **norm("norm2", 8), "wide": conv(8, 12), "wide.bias": normal(12, scale=0.2),
           "narrow": conv(12, 8)}, attention)

    def pixel_shuffle(x, w):
        y = F.group_norm(F.conv2d(x, w["conv"], padding=1), 2, w["norm.scale"], w["norm.bias"])
        return F.pixel_shuffle(F.conv2d(F.mish(y), w["out"]), 2)

    block("pixel shuffle", (2, 2, 5, 4), {"conv": conv(4, 2, 3, 3), **norm("norm", 4), "out": conv(8, 4, 1, 1)}, pixel_shuffle)
    write("blocks.json", result)


CURVE_OPTIMIZERS = {
    "sgd": dict(kind="sgd", momentum=0, nesterov=False, weightDecay=0, decay="l2", learningRate=0.05),
    "sgd-momentum": dict(kind="sgd", momentum=0.9, nesterov=False, weightDecay=0, decay="l2", learningRate=0.02),
    "sgd-nesterov-l2": dict(kind="sgd", momentum=0.9, nesterov=True, weightDecay=0.01, decay="l2", learningRate=0.02),
    "adam": dict(kind="adam", beta1=0.9, beta2=0.999, epsilon=1e-8, weightDecay=0, decay="l2", learningRate=0.01),
    "adam-l2": dict(kind="adam", beta1=0.9, beta2=0.999, epsilon=1e-8, weightDecay=0.01, decay="l2", learningRate=0.01),
    "adamw": dict(kind="adam", beta1=0.9, beta2=0.999, epsilon=1e-8, weightDecay=0.05, decay="decoupled", learningRate=0.01),
}


def optimizer_for(settings, parameters):
    rate, decay = settings["learningRate"], settings["weightDecay"]
    if settings["kind"] == "sgd":
        return torch.optim.SGD(
            parameters, lr=rate, momentum=settings["momentum"], nesterov=settings["nesterov"], weight_decay=decay
        )
    make = torch.optim.AdamW if settings["decay"] == "decoupled" else torch.optim.Adam
    betas = (settings["beta1"], settings["beta2"])
    return make(parameters, lr=rate, betas=betas, eps=settings["epsilon"], weight_decay=decay)


def curves():
    random = numpy.random.RandomState(3)
    steps, batch, size, classes = 20, 8, 12, 4
    labels = random.randint(0, classes, (steps, batch))
    # A bright bar whose place tells the class, on noise: something that 20 steps can begin to learn.
    pixels = random.randint(0, 90, (steps, batch, size, size, 1)).astype(numpy.uint8)
    for step in range(steps):
        for sample in range(batch):
            start = 1 + 2 * int(labels[step, sample])
            pixels[step, sample, start : start + 3, 2:10, 0] += 140
    mean, deviation = 0.3, 0.25
    initial = {
        "conv1.weight": float32_normal(random, 4, 1, 3, 3, scale=0.4),
        "conv1.bias": float32_normal(random, 4, scale=0.1),
        "conv2.weight": float32_normal(random, 6, 4, 3, 3, scale=0.25),
        "conv2.bias": float32_normal(random, 6, scale=0.1),
        "fc.weight": float32_normal(random, classes, 54, scale=0.15),
        "fc.bias": float32_normal(random, classes, scale=0.1),
    }

    def run(settings):
        weights = {name: value.clone().requires_grad_() for name, value in initial.items()}
        optimizer = optimizer_for(settings, list(weights.values()))
        losses = []
        for step in range(steps):
            image = torch.from_numpy(pixels[step].astype(numpy.float64)).permute(0, 3, 1, 2)
            x = (image / 255 - mean) / deviation
            x = F.max_pool2d(F.relu(F.conv2d(x, weights["conv1.weight"], weights["conv1.bias"], padding=1)), 2)
            x = F.max_pool2d(F.relu(F.conv2d(x, weights["conv2.weight"], weights["conv2.bias"], padding=1)), 2)
            logits = F.linear(x.flatten(1), weights["fc.weight"], weights["fc.bias"])
            loss = F.cross_entropy(logits, torch.from_numpy(labels[step]))
            losses.append(loss.item())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        return {"losses": losses, "finalWeights": {name: tensor(weights[name]) for name in ("conv1.weight", "fc.bias")}}

    window = {"stride": [1, 1], "padding": [1, 1]}
    pool = {"kind": "maxPool", "kernel": [2, 2], "stride": [2, 2], "padding": [0, 0]}
    write(
        "curves.json",
        {
            "architecture": {
                "name": "golden",
                "layers": [
                    {"kind": "conv", "name": "conv1", "filters": 4, "kernel": [3, 3], **window},
                    {"kind": "relu", "name": "relu1"},
                    {**pool, "name": "pool1"},
                    {"kind": "conv", "name": "conv2", "filters": 6, "kernel": [3, 3], **window},
                    {"kind": "relu", "name": "relu2"},
                    {**pool, "name": "pool2"},
                    {"kind": "fullyConnected", "name": "fc", "units": "classes"},
                ],
            },
            "input": {"channels": 1, "height": size, "width": size, "classes": classes},
            "normalization": {"mean": [mean], "standardDeviation": [deviation]},
            "initialWeights": {name: tensor(value) for name, value in initial.items()},
            "batchSize": batch,
            "steps": steps,
            "pixelsBase64": base64.b64encode(pixels.tobytes()).decode(),
            "labels": labels.tolist(),
            "curves": [
                {"name": name, "optimizer": {key: value for key, value in settings.items() if key != "learningRate"},
                 "learningRate": settings["learningRate"], **run(settings)}
                for name, settings in CURVE_OPTIMIZERS.items()
            ],
        },
    )


gradients()
conventions()
blocks()
curves()
