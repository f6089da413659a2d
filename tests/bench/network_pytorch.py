"""Trains a network of the comparison with PyTorch.

Arguments: network, folder with weights.safetensors, pixels.bin and workload.json, threads. For each line «K» of stdin
it takes K steps and prints {"elapsedMs", "losses"} as JSON.
"""

import json
import struct
import sys
import time

import torch
from torch import nn

name, folder, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
torch.set_num_threads(threads)


class NormalizedConv(nn.Module):
    def __init__(self, channels, filters, kernel, stride):
        super().__init__()
        self.conv = nn.Conv2d(channels, filters, kernel, stride, kernel // 2, bias=False)
        self.norm = nn.BatchNorm2d(filters)

    def forward(self, x):
        return self.norm(self.conv(x))


class Block(nn.Module):
    def __init__(self, channels, filters):
        super().__init__()
        stride = 1 if channels == filters else 2
        self.first = NormalizedConv(channels, filters, 3, stride)
        self.second = NormalizedConv(filters, filters, 3, 1)
        self.projection = None if stride == 1 else NormalizedConv(channels, filters, 1, stride)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        shortcut = x if self.projection is None else self.projection(x)
        return self.relu(self.second(self.relu(self.first(x))) + shortcut)


def resnet20():
    stages, channels = {}, 16
    for stage, width in enumerate((16, 32, 64)):
        blocks = nn.Sequential()
        for block in range(3):
            blocks.add_module(f"block{block + 1}", Block(channels, width))
            channels = width
        stages[f"stage{stage + 1}"] = blocks
    net = nn.Sequential()
    net.add_module("stem", NormalizedConv(3, 16, 3, 1))
    net.add_module("relu", nn.ReLU(inplace=True))
    for stage, blocks in stages.items():
        net.add_module(stage, blocks)
    net.add_module("pool", nn.AdaptiveAvgPool2d(1))
    net.add_module("flat", nn.Flatten())
    net.add_module("head", nn.Linear(64, 10))
    return net


class Fire(nn.Module):
    def __init__(self, channels, squeezed, expanded):
        super().__init__()
        self.squeeze = nn.Conv2d(channels, squeezed, 1)
        self.expand1x1 = nn.Conv2d(squeezed, expanded, 1)
        self.expand3x3 = nn.Conv2d(squeezed, expanded, 3, padding=1)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        narrow = self.relu(self.squeeze(x))
        return torch.cat([self.relu(self.expand1x1(narrow)), self.relu(self.expand3x3(narrow))], 1)


def squeezenet():
    net = nn.Sequential()
    net.add_module("stem", nn.Conv2d(3, 64, 3, 2))
    net.add_module("stem_relu", nn.ReLU(inplace=True))
    net.add_module("stem_pool", nn.MaxPool2d(3, 2, ceil_mode=True))
    channels = 64
    for index, (squeezed, expanded) in enumerate([(16, 64)] * 2 + [(32, 128)] * 2 + [(48, 192)] * 2 + [(64, 256)] * 2):
        net.add_module(f"fire{index + 2}", Fire(channels, squeezed, expanded))
        channels = 2 * expanded
        if index in (1, 3):
            net.add_module(f"pool{index}", nn.MaxPool2d(3, 2, ceil_mode=True))
    net.add_module("classifier", nn.Conv2d(channels, 1000, 1))
    net.add_module("relu", nn.ReLU(inplace=True))
    net.add_module("pool", nn.AdaptiveAvgPool2d(1))
    net.add_module("flat", nn.Flatten())
    return net


def read_weights(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = bytearray(file.read())
    header.pop("__metadata__", None)
    return {
        tensor: torch.frombuffer(data, dtype=torch.float32, offset=entry["data_offsets"][0],
                                 count=torch.Size(entry["shape"]).numel()).view(entry["shape"])
        for tensor, entry in header.items()
    }


with open(f"{folder}/workload.json") as file:
    workload = json.load(file)
model = {"resnet20": resnet20, "squeezenet": squeezenet}[name]()
missing, unexpected = model.load_state_dict(read_weights(f"{folder}/weights.safetensors"), strict=False)
assert not unexpected and all(key.endswith("num_batches_tracked") for key in missing), (missing, unexpected)
batch, side = workload["batchSize"], workload["side"]
labels = torch.tensor(workload["labels"]).view(-1, batch)
with open(f"{folder}/pixels.bin", "rb") as file:
    pixels = torch.frombuffer(bytearray(file.read()), dtype=torch.uint8).view(len(labels), batch, side, side, 3)
optimizer = torch.optim.SGD(model.parameters(), workload["learningRate"], workload["momentum"])
loss_of = nn.CrossEntropyLoss()
position = 0
for line in sys.stdin:
    losses, begin = [], time.perf_counter()
    for _ in range(int(line)):
        index = position % len(labels)
        position += 1
        optimizer.zero_grad()
        pictures = (pixels[index].permute(0, 3, 1, 2).float() - 128) / 64
        loss = loss_of(model(pictures), labels[index])
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    print(json.dumps({"elapsedMs": 1000 * (time.perf_counter() - begin), "losses": losses}), flush=True)
