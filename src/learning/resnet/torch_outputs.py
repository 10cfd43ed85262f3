"""Prints what PyTorch answers with a weights file: torch_outputs.py WEIGHTS INPUT BATCH SIDE.

Defines torchvision's resnet50 (version 1.5, as torchvision publishes it) by hand, because Debian has no torchvision,
and loads the weights strictly, so that a name or shape too many or too few is an error.
"""

import json
import struct
import sys

import numpy
import torch
from torch import nn


class Bottleneck(nn.Module):
    def __init__(self, inplanes, planes, stride, downsample):
        super().__init__()
        self.conv1 = nn.Conv2d(inplanes, planes, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(planes, planes, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.conv3 = nn.Conv2d(planes, planes * 4, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(planes * 4)
        self.relu = nn.ReLU()
        self.downsample = downsample

    def forward(self, x):
        identity = x if self.downsample is None else self.downsample(x)
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.relu(self.bn2(self.conv2(out)))
        return self.relu(self.bn3(self.conv3(out)) + identity)


class ResNet50(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU()
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        inplanes = 64
        for number, (blocks, planes) in enumerate([(3, 64), (4, 128), (6, 256), (3, 512)], 1):
            layer = []
            for block in range(blocks):
                stride = 2 if number > 1 and block == 0 else 1
                downsample = None
                if block == 0:
                    convolution = nn.Conv2d(inplanes, planes * 4, 1, stride, bias=False)
                    downsample = nn.Sequential(convolution, nn.BatchNorm2d(planes * 4))
                layer.append(Bottleneck(inplanes, planes, stride, downsample))
                inplanes = planes * 4
            setattr(self, f"layer{number}", nn.Sequential(*layer))
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(2048, classes)

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(torch.flatten(self.avgpool(x), 1))


def read_safetensors(path):
    with open(path, "rb") as file:
        content = file.read()
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    header.pop("__metadata__", None)
    types = {"F32": numpy.float32, "I64": numpy.int64}
    state = {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        values = numpy.frombuffer(content[8 + length + start : 8 + length + end], types[entry["dtype"]])
        state[name] = torch.from_numpy(values.copy().reshape(entry["shape"]))
    return state


weights, images, batch, side = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
state = read_safetensors(weights)
network = ResNet50(state["fc.weight"].shape[0])
network.load_state_dict(state, strict=True)
network.eval()
values = numpy.fromfile(images, numpy.float32).reshape(batch, 3, side, side)
with torch.no_grad():
    print(json.dumps(network(torch.from_numpy(values)).flatten().tolist()))
