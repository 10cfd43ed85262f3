### Datasets: list, create, import, publish, versions.
