### Datasets: list, create, import, publish, versions.

## Types
scene-image = Image
scene-sound = Sound
scene-text = Text
type-image-classification = Image classification
    .about = One or several labels for a whole image
type-object-detection = Object detection
    .about = Boxes around things in an image
type-sound-classification = Sound classification
    .about = Labels for a whole recording
type-speech-content = Speech content
    .about = The words of a recording
type-speech-segmentation = Speech segmentation
    .about = Who speaks when
type-text-classification = Text classification
    .about = Labels for a piece of text
type-named-entity = Named entities
    .about = Names of things within a text
type-later = Comes in a later release

## List
datasets-search = Search datasets
datasets-nothing-found = No dataset matches “{ $text }”
column-name = Name
column-progress = Progress
column-samples = Samples
column-version = Version
column-created = Created
column-source = Source
progress-labeled = { $labeled } of { $total } labeled

## Create and modify
create-title = Create a dataset
create-confirm = Create
create-input = Input location
create-input-hint = A folder, e.g. /home/ada/photos
create-input-note = Files stay where they are; only references are kept
create-output = Output location
create-output-note = Published versions are written here
create-kind = What is labeled
create-folders-are-labels = Take the names of sub-folders as labels
create-labels = Labels, more can be added while labeling
create-label-name = Name of label { $number }
create-label-hint = Label
create-label-add = Add a label
create-label-remove = Remove this label
create-label-twice = This name stands above already
dataset-name = Name
dataset-name-rule = Letters, digits, Chinese, _ and -
modify-title = Modify the dataset
modify-note = Folders of published versions keep the name they were made with

## Sync and import
sync-done = { $name }: { $what }
sync-nothing-new = nothing new
sync-added = { $count } added
sync-changed = { $count } changed
sync-renamed = { $count } renamed
sync-vanished = { $count } no longer there
sync-reappeared = { $count } back again
sync-kept-deleted = { $count } deleted ones left out
import-title = Import into { $name }
import-confirm = Import
import-folder = Folder per label
import-folder-path = Folder
import-folder-note = Each sub-folder’s name becomes the label of the images in it
import-manifest = Manifest
import-manifest-path = Manifest file
import-manifest-note = A .manifest file with one JSON object a line
import-labels = Labels to import: { $taken } of { $total }
import-label-more = Another label
import-label-filter = Filter labels
import-label-none = No label contains “{ $text }”
import-with-labels = Import labels too
import-only-hard = Only hard examples
import-copy = Copy the files into the input location
import-done = { $name }: { $imported ->
    [one] { $imported } sample imported
   *[other] { $imported } samples imported
}, { $skipped } left out

## Publish
publish-title = Publish { $name }
publish-confirm = Publish
publish-what = { $labeled } labeled and { $unlabeled } other samples go into this version; it becomes the current one
publish-version = Version
publish-version-note = Letters, digits, - and _; a name is never used twice
publish-done = { $name } { $version } is published: { $files } samples, { $labeled } labeled

## Delete
delete-title = Delete { $name }?
delete-confirm = Delete the dataset
delete-confirm-files = Delete the dataset and its files
delete-done = { $name } was deleted
delete-dataset-only = The dataset only
delete-dataset-only-note = It leaves this workspace; all files stay where they are
delete-also-files = Also its files
delete-also-files-note = { $count ->
    [one] { $count } file
   *[other] { $count } files
}, { $size }, move to the workspace’s trash
delete-what-goes = What goes
delete-samples = { $count ->
    [one] { $count } sample
   *[other] { $count } samples
}, { $labeled } labeled
delete-versions = { $count ->
    [one] { $count } version
   *[other] { $count } versions
}: { $names }
delete-jobs = { $count ->
    [one] { $count } training job used it and keeps its results
   *[other] { $count } training jobs used it and keep their results
}: { $names }
delete-folder = Moves to the trash: { $folder }
delete-files-stay = Files and published versions stay on the disk

## Versions
versions-title = Versions
versions-empty = No version has been published yet
versions-timeline = Evolution
versions-compare = Compare
version-normal = Normal
version-publishing = Publishing
version-failed = Failed
version-current = Current
version-files = { $count } files
version-labeled = { $count } labeled
version-added = +{ $count } added
version-removed = −{ $count } removed
version-set-current = Set as current
version-compare = Compare { $version } with the one before
version-train = Train on { $version }
version-copy-path = Copy the path of { $version }’s manifest
version-delete = Delete { $version }
set-current-title = Set { $version } as current?
set-current-text = The samples and labels you work on become those of { $version }. You can undo this in one step; published versions do not change.
set-current-done = { $version } is the current version now
delete-version-title = Delete { $version }?
delete-version-text = The entry of { $version } goes. Its files stay on the disk, and its name is never used again.
delete-version-confirm = Delete the version
compare-before = From
compare-after = to
compare-same = Choose two different versions
compare-needs-two = Publish a second version to compare
compare-changed = Changed
compare-added = Added
compare-removed = Removed
compare-labels = Labels
compare-nothing = Nothing differs here
compare-no-label = no label

## Exchange formats
publish-include-media = Include media: copy the images into the version
import-objects = Folder with annotations
import-objects-note = Images with annotation files beside them or in the format’s own folders; without images, those of the dataset are labeled
import-format-recognise = Recognise by its files
import-format-found = Recognised: { $format }
import-format-several = Recognised: { $format }; it also looks like { $others }
import-format-none-texts = No format of another tool found: the texts come in unlabeled
import-format-none = No annotations found: the images come in unlabeled
import-buckets = Files in buckets
import-buckets-note = The manifest names files in buckets. Say where a copy of them is on this machine; without one they come in as missing
import-warnings = What the import will tell
import-warning-count = { $text } (× { $count })
import-warnings-more = { $count ->
        [one] and one more kind of warning
       *[other] and { $count } more kinds of warnings
    }
import-bucket = { $prefix } is here
export-title = Export { $name }
export-confirm = Export
export-of = What
export-working-state = Working state
export-folder = Into the folder
export-folder-note = A new or an empty folder
export-with-images = Copy the images too
export-what = { $images } images with { $objects } objects
export-losses = What this format cannot carry
export-no-losses = This format carries everything
export-done = { $name } is exported: { $images } images; { $differences ->
        [0] reading it again found no difference
        [one] reading it again found one difference
       *[other] reading it again found { $differences } differences
    }

shape-rule = Kind of shape
shape-rule-any = Any
    .note = Each image may have shapes of every kind
shape-rule-one = One kind
    .note = Other tools are off; what is there already stays as it is
format = Format
format-voc = Pascal VOC
format-coco = COCO
format-labelme = LabelMe
format-label-studio = Label Studio
format-cvat = CVAT for images
format-csv = CSV table
format-yolo = YOLO, rectangles
format-yolo-segment = YOLO, segments
format-yolo-obb = YOLO, oriented boxes
list-separator = {", "}

## What of a text file is one sample
text-split = A sample is
text-split-line = A line
    .note = Each line that is not empty is one text; of a table (.csv), each row
text-split-paragraph = A paragraph
    .note = Lines up to an empty line are one text
text-split-file = A whole file
    .note = Each file is one text

## Import and export of texts
import-texts = Texts with labels
import-texts-path = Folder or file
import-texts-note = Files of .txt or .csv, or what another tool has exported; a table with a column of labels comes in with them
export-what-texts = { $images } texts with { $objects } labels
export-what-entities = { $images } texts with { $objects } entities
export-done-texts = { $name } is exported: { $images } texts; { $differences ->
        [0] reading it again found no difference
        [one] reading it again found one difference
       *[other] reading it again found { $differences } differences
    }
format-result-pairs = Texts and _result files
format-brat = brat standoff
format-conll = CoNLL columns
format-conll-iob1 = CoNLL columns, IOB1
format-conll-bioes = CoNLL columns, BIOES
format-spacy = spaCy JSON
format-doccano = doccano
format-doccano-relations = doccano, with relations
format-jsonl = JSON lines
