"""Trains the LeNet of the comparison with PyTorch and prints {"imagesPerSecond", "version"} as JSON.

Arguments: folder of the IDX files, seconds, threads.
"""

import json
import sys
import time

import torch
from torch import nn

folder, seconds, threads = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
torch.set_num_threads(threads)
torch.manual_seed(0)
batch = 64


def read(name, header):
    with open(f"{folder}/{name}", "rb") as file:
        return torch.frombuffer(bytearray(file.read()[header:]), dtype=torch.uint8)


def load(prefix):
    pictures = read(f"{prefix}-images-idx3-ubyte", 16).view(-1, 1, 28, 28)
    return pictures, read(f"{prefix}-labels-idx1-ubyte", 8).long()


def prepare(pictures):
    return (pictures.float() - mean) / deviation


train_pictures, train_labels = load("train")
test_pictures, test_labels = load("t10k")
sample = train_pictures[:2000].float()
mean, deviation = sample.mean(), sample.std()
del sample
model = nn.Sequential(
    nn.Conv2d(1, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(32, 64, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
    nn.Flatten(), nn.Linear(64 * 7 * 7, 128), nn.ReLU(), nn.Linear(128, 10),
)
optimizer = torch.optim.Adam(model.parameters(), 1e-3)
loss_of = nn.CrossEntropyLoss()
order, position, steps, begin = torch.randperm(len(train_labels)), 0, 0, None
while True:
    if position + batch > len(order):
        order, position = torch.randperm(len(train_labels)), 0
    chosen = order[position : position + batch]
    position += batch
    optimizer.zero_grad()
    loss = loss_of(model(prepare(train_pictures[chosen])), train_labels[chosen])
    loss.backward()
    optimizer.step()
    loss.item()
    steps += 1
    if steps == 40:
        begin = time.perf_counter()
    if begin is not None and time.perf_counter() - begin >= seconds:
        break
elapsed = time.perf_counter() - begin
with torch.no_grad():
    for start in range(0, len(test_labels), 256):
        model(prepare(test_pictures[start : start + 256])).argmax(1)
print(json.dumps({"imagesPerSecond": (steps - 40) * batch / elapsed, "version": torch.__version__}))
