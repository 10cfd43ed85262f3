### Models and services: deploy, test, calls.
