"""Writes the reference values of how training sees its pictures and weighs their classes, with PyTorch.

    /usr/bin/python3 tests/engine/goldens/make-training-goldens.py

Needs torch and numpy. Everything is computed in double precision from values that float32 holds, with fixed seeds.

warped-pictures.json   pictures that are flipped, enlarged, turned and shifted, sampled by grid_sample
weighted-losses.json   losses and gradients with weighted classes and with mixed labels, by CrossEntropyLoss
"""

import json
import pathlib

import numpy
import torch
import torch.nn.functional as F

FOLDER = pathlib.Path(__file__).parent


def write(name, content):
    path = FOLDER / name
    path.write_text(json.dumps(content, separators=(",", ":")) + "\n")
    print(f"{name}: {path.stat().st_size} bytes")


def rounded(values, digits=9):
    return [float(f"{value:.{digits}g}") for value in values.detach().reshape(-1)]


def translation(x, y):
    return numpy.array([[1, 0, x], [0, 1, y], [0, 0, 1]], dtype=float)


def placed(picture, placement):
    """The picture [H, W, C] after flip, scale and counter-clockwise rotation about its middle, and shift."""
    height, width, _ = picture.shape
    middle = translation((width - 1) / 2, (height - 1) / 2)
    angle = numpy.deg2rad(placement["rotation"])
    turn = numpy.array([[numpy.cos(angle), numpy.sin(angle), 0], [-numpy.sin(angle), numpy.cos(angle), 0], [0, 0, 1]])
    flip = numpy.diag([-1 if placement["flipX"] else 1, -1 if placement["flipY"] else 1, 1])
    scale = numpy.diag([placement["scale"], placement["scale"], 1])
    shift = translation(placement["shiftX"], placement["shiftY"])
    source_of = numpy.linalg.inv(shift @ middle @ turn @ scale @ flip @ numpy.linalg.inv(middle))
    y, x = numpy.mgrid[0:height, 0:width]
    points = source_of @ numpy.stack([x.ravel(), y.ravel(), numpy.ones(x.size)])
    # grid_sample counts from -1 to 1 between the middles of the outermost pixels.
    grid = numpy.stack([2 * points[0] / (width - 1) - 1, 2 * points[1] / (height - 1) - 1], axis=1)
    grid = torch.from_numpy(grid.reshape(1, height, width, 2))
    planes = torch.from_numpy(picture.astype(float)).permute(2, 0, 1).unsqueeze(0)
    sampled = F.grid_sample(planes, grid, mode="bilinear", padding_mode="border", align_corners=True)
    return sampled[0].permute(1, 2, 0)


def warped_pictures():
    random = numpy.random.RandomState(11)
    keys = ["flipX", "flipY", "shiftX", "shiftY", "rotation", "scale"]
    cases = [
        ([6, 5, 1], [True, False, 1, 0, 0, 1.0]),
        ([5, 7, 3], [False, True, -2, 1, 0, 1.0]),
        ([9, 9, 1], [False, False, 0, 0, 30, 1.0]),
        ([8, 6, 3], [True, False, 1, -2, -17.5, 1.2]),
        ([7, 8, 1], [True, True, 0, 3, 145, 0.7]),
    ]
    written = []
    for (height, width, channels), values in cases:
        picture = random.randint(0, 256, (height, width, channels)).astype(numpy.uint8)
        placement = dict(zip(keys, values))
        written.append(
            {
                "size": {"width": width, "height": height, "channels": channels},
                "placement": placement,
                "pixels": picture.reshape(-1).tolist(),
                "expected": rounded(placed(picture, placement), 6),
            }
        )
    write("warped-pictures.json", written)


def weighted_losses():
    random = numpy.random.RandomState(12)
    samples, classes = 6, 4
    logits = torch.from_numpy(random.standard_normal((samples, classes)).astype(numpy.float32).astype(float))
    labels = torch.tensor([0, 0, 0, 1, 1, 3])
    order = torch.tensor([3, 2, 5, 0, 4, 1])
    shares = torch.tensor([0.5, 0.625, 0.75, 0.875, 1.0, 0.53125], dtype=torch.double)
    weights = torch.tensor([0.5, 0.75, 2.0, 1.5], dtype=torch.double)

    def one_hot(which):
        return F.one_hot(which, classes).double()

    mixed = shares[:, None] * one_hot(labels) + (1 - shares[:, None]) * one_hot(labels[order])

    def weighted_squares(values, target):
        of_sample = (target * weights).sum(1)
        return (of_sample * ((values - target) ** 2).mean(1)).sum() / of_sample.sum()

    def mixed_criterion(values, share):
        """As Zhang et al. (2018) train: the two losses mixed, each with its own weighted mean."""
        criterion = torch.nn.CrossEntropyLoss(weight=weights)
        return share * criterion(values, labels) + (1 - share) * criterion(values, labels[order])

    criteria = {
        "crossEntropy": {
            "weighted": lambda values: torch.nn.CrossEntropyLoss(weight=weights)(values, labels),
            "mixed": lambda values: torch.nn.CrossEntropyLoss()(values, mixed),
            "evenlyMixedAndWeighted": lambda values: mixed_criterion(values, 0.625),
        },
        "meanSquaredError": {
            "weighted": lambda values: weighted_squares(values, one_hot(labels)),
            "mixed": lambda values: F.mse_loss(values, mixed),
            "evenlyMixedAndWeighted": lambda values: weighted_squares(
                values, 0.625 * one_hot(labels) + 0.375 * one_hot(labels[order])
            ),
        },
    }
    cases = []
    for kind, variants in criteria.items():
        for variant, criterion in variants.items():
            values = logits.clone().requires_grad_()
            loss = criterion(values)
            loss.backward()
            cases.append({"kind": kind, "variant": variant, "loss": loss.item(), "gradient": rounded(values.grad)})
    write(
        "weighted-losses.json",
        {
            "classes": classes,
            "logits": rounded(logits),
            "labels": labels.tolist(),
            "otherLabels": labels[order].tolist(),
            "shares": shares.tolist(),
            "classWeights": weights.tolist(),
            "cases": cases,
        },
    )


warped_pictures()
weighted_losses()
