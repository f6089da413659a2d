"""Writes the reference values of this folder with PyTorch.

    /usr/bin/python3 tests/engine/goldens/make-goldens.py

Needs torch and numpy. Everything is computed in double precision from float32 values, with fixed seeds: running the
script again writes the same files up to the last digits.

gradients.json    loss and every gradient of a small network
conventions.json  gradients where an operator has a kink: ties of a maximum, exactly 0, exactly at a bound
curves.json       weights, batches and the losses of 20 steps for several optimisers
"""

import base64
import json
import pathlib

import numpy
import torch
import torch.nn.functional as F

FOLDER = pathlib.Path(__file__).parent


def tensor(values):
    """A tensor as {dims, data}, with the nine digits that tell any two float32 numbers apart."""
    array = values.detach().numpy() if isinstance(values, torch.Tensor) else values
    return {"dims": list(array.shape), "data": [float(f"{value:.9g}") for value in array.reshape(-1)]}


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

    def case(name, op, values, run, attributes=None):
        x = torch.from_numpy(values.astype(numpy.float64)).requires_grad_()
        y = run(x)
        cotangent = float32_normal(random, *y.shape)
        y.backward(cotangent)
        cases.append(
            {
                "name": name,
                "opType": op,
                "attributes": attributes or {},
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
    write("conventions.json", cases)


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
curves()
