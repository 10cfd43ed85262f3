"""How long doccano takes to bring in a CSV of reviews with their labels, by the code that its upload runs, into a
database of its own in a new folder: `doccano_imports.py REVIEWS_CSV`. Prints the texts, the seconds by the clock and of
processor time, without Python's own start and the making of the database. Used by benches/texts.rs.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

folder = tempfile.TemporaryDirectory()
os.environ["DATABASE_URL"] = f"sqlite:///{folder.name}/doccano.sqlite"
os.environ.update(DJANGO_SETTINGS_MODULE="config.settings.production", SECRET_KEY="bench", DEBUG="False")
import backend  # noqa: E402

sys.path.insert(0, str(Path(backend.__file__).parent))
import django  # noqa: E402

django.setup()
from django.conf import settings  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402

call_command("migrate", verbosity=0)
call_command("create_roles", verbosity=0) if "create_roles" in django.core.management.get_commands() else None
from data_import.datasets import load_dataset  # noqa: E402
from data_import.pipeline.catalog import create_file_format  # noqa: E402
from data_import.pipeline.readers import FileName  # noqa: E402
from examples.models import Example  # noqa: E402
from projects.models import TextClassificationProject  # noqa: E402

user = get_user_model().objects.create_superuser("bench", "bench@localhost", "bench")
project = TextClassificationProject.objects.create(
    name="reviews", project_type="DocumentClassification", created_by=user, single_class_classification=True
)
begin, cpu = time.perf_counter(), time.process_time()
path = sys.argv[1]
files = [FileName(full_path=path, generated_name=Path(path).name, upload_name=Path(path).name)]
columns = {"column_data": "review", "column_label": "label", "delimiter": ",", "encoding": "utf_8"}
dataset = load_dataset("DocumentClassification", create_file_format("CSV"), files, project, **columns)
dataset.save(user, batch_size=settings.IMPORT_BATCH_SIZE)
took = time.perf_counter() - begin, time.process_time() - cpu
assert not dataset.errors, dataset.errors[:3]
print(Example.objects.filter(project=project).count(), *took)
