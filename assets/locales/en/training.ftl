### Training: jobs, algorithms, parameters, evaluation.
