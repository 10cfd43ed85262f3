"""How long Datumaro takes from a folder of Pascal VOC to COCO, without the images:
`datumaro_converts.py VOC_FOLDER COCO_FOLDER`. Prints the seconds by the clock and of
processor time, without Python's own start. Used by benches/formats.rs.
"""

import sys
import time

from datumaro.components.dataset import Dataset

begin, cpu = time.perf_counter(), time.process_time()
dataset = Dataset.import_from(sys.argv[1], "voc_detection")
dataset.export(sys.argv[2], "coco_instances", save_media=False)
print(time.perf_counter() - begin, time.process_time() - cpu)
