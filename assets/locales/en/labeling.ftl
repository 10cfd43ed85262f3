### Labeling: grid, preview, inspector, labels.
