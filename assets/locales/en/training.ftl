### Training: jobs, algorithms, parameters, evaluation.

## Algorithms
algorithm-title-quick-image-classification = Quick image classifier
algorithm-title-resnet-v1-50 = ResNet-50
algorithm-title-yolo-v3 = YOLOv3
algorithm-title-quick-text-classification = Quick text classifier
algorithm-title-text-entity-crf = Text entities (CRF)
purpose-image-classification = Image classification
purpose-object-detection = Object detection
purpose-text-classification = Text classification
purpose-named-entity = Named entities

## States of a job
job-initializing = Initializing
job-deploying = Preparing
job-running = Running
job-succeeded = Succeeded
job-failed = Failed
job-cancelled = Stopped
job-interrupted = Interrupted
job-running-percent = Running, { $percent }

## The list
training-empty = Train a model on a published version, and see how good it is
training-new = Train…
training-search = Search jobs
training-nothing-found = No job matches “{ $text }”
column-state = State
column-dataset = Dataset
column-algorithm = Algorithm
column-started = Started
column-duration = Duration
actions-of = Actions of { $name }
job-open = Open
job-stop = Stop
job-again = Run again…
    .tip = Change parameters and run as the next version
job-delete = Delete…
job-deleted = { $name } was deleted
job-delete-title = Delete { $name }?
job-delete-confirm = Delete
job-delete-version = Version { $version } only
    .note = The other versions of the job stay
job-delete-all = The whole job { $name } with all its versions
    .note = Parameters, logs and curves of every version go
job-delete-stays = Trained models in the output location and in the list of models stay

## The form
form-title = Train
form-title-again = Run { $name } again
form-no-dataset = Training needs a dataset with a published version
    .button = Create dataset…
form-data = Data
form-dataset = Dataset
form-version = Version
form-no-version = This dataset has no published version yet
form-algorithm = Algorithm
form-result = Name and output
form-name = Name of the job
form-again-note = This becomes the next version of { $name }
form-output = Output location
form-output-note = Each version of the job gets a folder of its own here
form-parameters = Parameters
form-parameters-changed = { $count ->
    [0] all as usual
    [one] { $count } changed
   *[other] { $count } changed
}
form-parameters-reset = Reset all
form-parameters-search = Search parameters
form-parameters-nothing = No parameter matches
form-parameter-reset = Default of { $name }
form-no-effect = No effect here
    .meaning = Accepted so that settings from elsewhere can be used as they are; it changes nothing on this machine
form-default = Default: { $value }
form-default-chosen = Without a value the algorithm chooses
form-expects-integer = A whole number from { $min } to { $max }
form-expects-from = A whole number from { $min }
form-expects-number = A number from { $min } to { $max }
form-expects-boolean = TRUE or FALSE
form-expects-choice = One of: { $values }
form-expects-text = A value is needed
form-expects-split = A part such as 0.8, or train:0.8,eval:0.2, together at most 1
form-expects-strategy = A rate such as 0.002, or epochs and rates such as 10:0.001,20:0.0001
form-switch = Switch { $name }
form-on = On
form-choice-none = None
form-start = Start training
form-started = Training of { $name } { $version } has begun
form-done = { $name } is trained: { $measure } { $figure }
form-incomplete = Mend what is marked above to start
form-allow-mismatch = Train although files have changed since the version was published

## A job
tab-overview = Overview
tab-evaluation = Evaluation
tab-log = Log
tab-compare = Versions
job-configuration = Configuration
job-model = Model
log-follow = Follow new lines
log-copy = Copy
log-empty = Nothing has been written yet
curves-empty = Curves appear once the first figures are there
curves-loss = Loss
curves-accuracy = Accuracy
curves-map = mAP
curves-train = training
curves-eval = evaluation
curves-epoch = Epoch
compare-only-differences = Only what differs

## Evaluation
figure-accuracy = Accuracy
    .meaning = Part of the evaluated samples that is right
figure-first = Accuracy / mAP / F1
figure-map = mAP
    .meaning = Mean over labels of the average precision at an overlap (IoU) of 0.5
figure-span-f1 = F1
    .meaning = Precision and recall in one figure, over all entities; one is right if its label and both its ends are
figure-whole-texts = Texts right
    .meaning = Part of the evaluated texts in which every entity was found, and nothing else
figure-f1 = F1
    .meaning = Precision and recall in one figure, mean over labels
figure-precision = Precision
    .meaning = Of what is called a label, the part that is it; mean over labels, of entities over all
figure-recall = Recall
    .meaning = Of what carries a label, the part that is found; mean over labels, of entities over all
evaluation-later = The evaluation comes when training is done
evaluation-none = This version was not evaluated
evaluated-on = { $count ->
    [one] Evaluated on { $count } sample
   *[other] Evaluated on { $count } samples
}
trained-on = { $count ->
    [one] trained on { $count } sample
   *[other] trained on { $count } samples
}
left-out-several = { $count ->
    [one] { $count } with several labels left out
   *[other] { $count } with several labels left out
}
left-out-unlabeled = { $count ->
    [one] { $count } unlabeled left out
   *[other] { $count } unlabeled left out
}
left-out-unreadable = { $count ->
    [one] { $count } that cannot be read left out
   *[other] { $count } that cannot be read left out
}
by-label-title = By label
column-label = Label
column-misread = Misread
column-average-precision = AP
column-boxes = Boxes
column-count = Samples
column-entities = Entities
by-label-misread = { $count } misread
by-label-misread-of = { $count ->
    [one] Show { $count } sample misread as { $label }
   *[other] Show { $count } samples misread as { $label }
}
matrix-title = Confusion matrix
matrix-note = Rows are labels, columns predictions; choose a cell to see its samples
matrix-note-boxes = Rows are labels, columns what their boxes were taken for; the last row and column are where nothing is or was found
matrix-note-entities = Rows are labels, columns what their entities were found as; the last row and column are where nothing is or was found
matrix-nothing = Nothing
score-from = From score
    .tip = Found boxes below this score are left out of the figures, the matrix and the pictures; mAP looks at all of them
score-service = The service answers from { $score }
curve-title = Precision over recall
images-worst = Evaluated images, those with the most mistakes first: { $count }
images-legend = Dashed: labeled · solid: found
images-enlarge = Click to enlarge
images-smaller = Close the large picture
images-previous = Previous image
images-next = Next image
images-boxes = { $name }: { $truth } objects, { $found } found
matrix-cell-boxes = Boxes of { $label } found as { $predicted }: { $count }, { $percent } of the row
matrix-cell = { $label } predicted as { $predicted }: { $count }, { $percent } of the row
images-choose = Choose a cell of the matrix to see its samples
images-right = { $label }, recognised: { $count }
images-cell = { $label }, predicted as { $predicted }: { $count }
images-misread = Predicted as { $predicted }, but something else: { $count }
images-close = Close these samples
texts-worst = Texts with mistakes, those with the most first: { $count }
texts-all-right = Every evaluated text is right
texts-legend = Underlined: labeled · shaded: found
texts-missed = { $label }, not found
texts-misread = { $label }, found as { $predicted } { $confidence }
texts-false = nothing, found as { $predicted } { $confidence }
images-more = { $count ->
    [one] Show { $count } more
   *[other] Show { $count } more
}
images-tile = { $name }: { $label }, predicted as { $predicted } with { $confidence }
images-truth = is { $label }
