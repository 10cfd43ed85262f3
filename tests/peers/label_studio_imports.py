"""How long Label Studio takes to bring in a CSV of reviews by its import address, called without a network, into a
database of its own in a new folder: `label_studio_imports.py REVIEWS_CSV`. Labels stay a column beside the text there.
Prints the texts, the seconds by the clock and of processor time, without Python's own start and the making of the
database. Used by benches/texts.rs.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

folder = tempfile.TemporaryDirectory()
os.environ.update(
    LABEL_STUDIO_BASE_DATA_DIR=folder.name,
    DJANGO_SETTINGS_MODULE="label_studio.core.settings.label_studio",
    SECRET_KEY="bench",
    COLLECT_ANALYTICS="False",
    LATEST_VERSION_CHECK="False",
    LOG_LEVEL="ERROR",
)
import label_studio  # noqa: E402

sys.path.insert(0, str(Path(label_studio.__file__).parent))
import django  # noqa: E402

django.setup()
from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: E402
from django.core.management import call_command  # noqa: E402

call_command("migrate", verbosity=0)
from organizations.models import Organization  # noqa: E402
from projects.models import Project  # noqa: E402
from rest_framework.test import APIClient  # noqa: E402
from tasks.models import Task  # noqa: E402
from users.models import User  # noqa: E402

user = User.objects.create_user("bench@localhost", "bench")
user.active_organization = Organization.create_organization(created_by=user, title="bench")
user.save()
config = (
    '<View><Text name="text" value="$review"/><Choices name="label" toName="text">'
    '<Choice value="0"/><Choice value="1"/></Choices></View>'
)
project = Project.objects.create(
    title="reviews", label_config=config, organization=user.active_organization, created_by=user
)
client = APIClient()
client.force_authenticate(user)
begin, cpu = time.perf_counter(), time.process_time()
file = SimpleUploadedFile("reviews.csv", Path(sys.argv[1]).read_bytes(), content_type="text/csv")
answer = client.post(f"/api/projects/{project.id}/import", {"file": file}, format="multipart")
took = time.perf_counter() - begin, time.process_time() - cpu
assert answer.status_code == 201, answer.content
print(Task.objects.filter(project=project).count(), *took)
