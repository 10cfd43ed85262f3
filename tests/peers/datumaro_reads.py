"""What Datumaro, another project's converter, reads in folders: `datumaro_reads.py FORMAT=FOLDER …`.

Prints one line of JSON a folder: the number of images, and for each image by its name (without its ending) its boxes as
[label, left, top, right, bottom]. Used by tests/detection_formats.rs; see docs/formats.md for how to set it up.
"""

import json
import sys

from datumaro.components.annotation import AnnotationType
from datumaro.components.dataset import Dataset


def read(name, folder):
    dataset = Dataset.import_from(folder, name)
    labels = dataset.categories()[AnnotationType.label]
    images = {}
    for item in dataset:
        boxes = images.setdefault(item.id, [])
        for annotation in item.annotations:
            if annotation.type == AnnotationType.bbox:
                left, top, width, height = annotation.get_bbox()
                boxes.append([labels[annotation.label].name, left, top, left + width, top + height])
            else:
                raise SystemExit(f"{name}: {item.id} has a {annotation.type.name}")
    return images


for argument in sys.argv[1:]:
    name, folder = argument.split("=", 1)
    print(json.dumps({"format": name, "images": read(name, folder)}, default=float))
