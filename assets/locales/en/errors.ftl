### What went wrong, by code: `error-CODE` says what failed and why, its attribute `.next` what to do.
### An argument whose value is a word of the program is shown as `argument-NAME-VALUE`, if that message exists.

## Names and parameters
argument-kind-dataset-name = The dataset name
argument-kind-version-name = The version name
argument-kind-label-name = The label name
argument-kind-job-name = The job name
argument-kind-model-name = The model name
argument-kind-service-name = The service name
argument-kind-description = The description
argument-expected-whole-number = a whole number
argument-expected-whole-number-or-none = a whole number or None
argument-expected-number = a number
argument-expected-number-or-none = a number or None
argument-expected-growing-epochs = growing epochs as 10,15
argument-expected-boolean = TRUE or FALSE
argument-expected-split-spec = 0.8 or train:0.8,eval:0.2, together at most 1
argument-expected-learning-rate-strategy = a learning rate as 0.002, or epochs and rates as 10:0.001,20:0.0001

error-name-empty = { $kind } is empty
    .next = Type a name
error-name-too-long = { $kind } has { $length } characters, the limit is { $limit }: { $name }
    .next = Shorten it
error-name-character = { $kind } may not contain “{ $character }”: { $name }
    .next = Use letters, digits, - and _ (Chinese too, except in version names)
error-name-first-character = { $kind } must begin with a letter or a Chinese character: { $name }
    .next = Put a letter first
error-parameter-unknown = { $algorithm } has no parameter { $name }
    .next = Use one of { $known }
error-parameter-classes = { $name } is { $value }, but { $version } has { $count ->
        [one] one label
       *[other] { $count } labels
    }: that number is taken
    .next = Leave { $name } empty
error-parameter-value = { $name } is “{ $value }”, but takes { $expected }
    .next = Change the value
error-parameter-integer = { $name } is “{ $value }”, but takes a whole number from { $min } to { $max }
    .next = Change the value
error-parameter-number = { $name } is “{ $value }”, but takes a number from { $min } to { $max }
    .next = Change the value

# Engines, workers and services
error-job-file-newer = { $file } was written by a newer release: it is of schema { $found }, this release reads up to { $known }
    .next = Use the newer release for this job
error-job-file-malformed = { $file } of the job cannot be understood: { $reason }
    .next = Run the job again; its folder was changed by something else
error-job-folder-io = Could not { $action } a file of the job: { $reason }: { $path }
    .next = Check that the folder is there, can be written and has space left
error-job-already-running = This is running already: { $path }
    .next = Stop it first, or wait until it ends
error-worker-start = The worker process could not be started: { $reason }: { $path }
    .next = Check that the program is still where it was
error-worker-kill = The worker could not be ended: { $reason }: { $path }
    .next = Try again in some seconds
error-worker-interrupted = The worker is gone: it was killed, or the machine went down
    .next = Run it again
error-worker-killed = The worker was ended by signal { $signal }; signal 9 often means that memory ran out
    .next = Close other programs or choose smaller parameters, then run it again
error-worker-ended = The worker ended unexpectedly with exit code { $exit_code }
    .next = Read the end of its log
error-worker-panic = A fault in the program ended the work: { $message }
    .next = Read the end of its log; please report this fault
error-service-port-taken = The port is taken by another program: { $address }
    .next = Choose another port, or none to get a free one
error-service-listen = Nothing can be listened to there: { $reason }: { $address }
    .next = Choose another address or port
error-service-token-hash = The stored token of the service is damaged
    .next = Renew the token
error-service-runtime = The service could not be run: { $reason }
    .next = Close other programs, then start it again
error-service-unreachable = The service does not answer: { $reason }: { $address }
    .next = Start the service, or read its log
error-service-refused = The service refused the call with { $status } { $code }: { $reason }
    .next = Change what was sent, or read the service’s log
error-service-answer = What answers there is not a service of Modelier: { $reason }: { $address }
    .next = Check the address
error-worker-algorithm = There is no algorithm { $name }
    .next = Choose one of those that “train algorithms” lists
error-worker-version = “{ $name }” cannot name a folder of a job version
    .next = Use a name like V001
error-version-mismatch = { $mismatched } of { $total } files no longer match { $dataset }: { $names }
    .next = Publish a new version, or allow mismatches to train all the same
error-worker-media-missing = The file is missing: { $reason }
    .next = Put it back, or publish a new version without it
error-worker-media-changed = The file changed since the version was published: it { $reason }
    .next = Publish a new version
error-worker-output-filled = There is something already, and it is never overwritten: { $location }
    .next = Choose another output location
error-worker-output = The result could not be written: { $reason }: { $location }
    .next = Check the space and permissions there, then run the job again
error-worker-secrets = The credentials did not reach the worker: { $reason }
    .next = Run it again

## Places and files
error-cancelled = It was cancelled
    .next = Start it again when you like; what was done until then is kept
error-location-invalid = This names no folder or file ({ $reason }): { $text }
    .next = Type a path, or a URI such as file:///photos
error-location-scheme = Buckets ({ $scheme }://) cannot be used yet; they come later: { $location }
    .next = Copy the files into a folder on this machine and name that folder
error-location-scheme-unknown = { $scheme }:// is not a kind of location that Modelier knows: { $location }
    .next = Use a path, or a URI that begins with file://
error-location-not-found = There is nothing at this place: { $location }
    .next = Check the spelling, or whether the disk is connected
error-location-not-readable = You may not read this ({ $cause }): { $location }
    .next = Change its permissions, or choose another place
error-location-not-writable = Nothing can be written there ({ $cause }): { $location }
    .next = Change its permissions, or choose another folder
error-location-not-a-folder = This is not a folder: { $location }
    .next = Choose a folder
error-location-not-a-file = This is not a file: { $location }
    .next = Choose a file
error-location-exists = Something of this name is there already and was left alone: { $location }
    .next = Choose another name, or move what is there
error-location-too-large = The file has { $size } bytes, more than the { $limit } that are allowed here: { $location }
    .next = Make it smaller, or leave it out
error-disk-full = The disk is full: { $location }
    .next = Free some space, then try again; nothing half-written is left
error-location-io = Reading or writing failed ({ $cause }): { $location }
    .next = Check the disk and its connection, then try again
error-location-damaged = A file of Modelier is damaged ({ $reason }): { $location }
    .next = Bring it back from a backup, or remove it
error-location-newer = A newer release of Modelier wrote this (form { $found }; this release knows { $known }): { $location }
    .next = Update Modelier
error-trash-unknown = The trash has no entry { $id }
    .next = Look at what is in the trash; it may have been restored or emptied
error-listing-folder-unreadable = The folder could not be read and was left out ({ $cause })
    .next = Change its permissions, then sync again
error-listing-file-unreadable = The file could not be looked at and was left out ({ $cause })
    .next = Change its permissions, then sync again
error-listing-broken-link = The link leads nowhere and was left out ({ $cause })
    .next = Mend or remove the link
error-listing-link-back = The link leads to a folder that is listed anyway and was not followed: { $target }
    .next = Nothing to do
error-listing-not-a-file = Neither a file nor a folder (a pipe or a device, say); it was left out
    .next = Nothing to do
error-listing-too-deep = More than { $limit } folders within each other; what lies deeper was left out
    .next = Move the files further up

## Command line
error-dataset-type-unknown = There is no dataset type { $type }
    .next = Use one of { $known }
error-color-form = This is not a colour: { $color }
    .next = Type six hexadecimal digits, such as #4c8dff
error-import-source-missing = Nothing to import was named
    .next = Add --dir FOLDER or --manifest FILE
error-input-unreadable = The standard input cannot be read: { $cause }
    .next = Try again with UTF-8 lines; what was confirmed is kept
error-assign-partly = { $count ->
    [one] { $count } sample was not changed, its reason is above
   *[other] { $count } samples were not changed, their reasons are above
}
    .next = Correct these lines and run them again; the others are saved
error-nothing-to-undo = There is no edit of yours to take back
    .next = Nothing to do
error-nothing-to-redo = There is no edit to do again
    .next = Nothing to do
error-model-source-missing = Nothing to make a model of was named
    .next = Add --job NAME@V001 or --folder FOLDER
error-state-unknown = There is no sample state { $state }
    .next = Use one of { $known }
error-sample-unknown = There is no sample { $sample }
    .next = List its samples to see their ids and sources
error-data-no-json = --data is not JSON: { $reason }
    .next = Put the whole of it in quotes
error-service-takes-file = { $service } answers for files
    .next = Add --file FILE, or --data JSON where it takes texts
error-file-unreadable = The file cannot be read ({ $cause }): { $path }
    .next = Check its name and permissions
error-algorithm-unknown = There is no algorithm { $name }
    .next = Use one of { $known }
error-dataset-unpublished = { $dataset } has no published version
    .next = Publish it first
error-parameter-form = This is not a parameter: { $parameter }
    .next = Write it as NAME=VALUE
error-job-ended = The job ended without a result: { $state }
    .next = Read its log for the cause
error-job-unknown = There is no training job { $name }
    .next = List the jobs to see their names
error-evaluation-missing = { $job } has no evaluation
    .next = Wait until it has succeeded

## Window
error-window = The window cannot be opened: { $cause }
    .next = Use the command line instead, or install the graphics libraries that the README names
error-no-thread = The system gives no more threads: { $cause }
    .next = Close other programs, then start Modelier again
error-internal = Something in Modelier went wrong: { $cause }
    .next = Your work is saved; try again, and report it if it comes back
# Catalog
error-catalog-newer = The workspace was written by a newer Modelier (schema { $found }, this one knows { $known }): { $path }
    .next = Update Modelier, or open another workspace
error-catalog-network = The workspace lies on a network file system ({ $file-system }), where the catalog could be damaged: { $path }
    .next = Choose a folder on a disk of this machine; data and results may stay on the network
error-catalog-corrupt = The catalog is damaged ({ $reason }): { $path }
    .next = Put a backup in its place, or open another workspace; published versions and files are not affected
error-catalog-foreign = This file is not a catalog of Modelier: { $path }
    .next = Choose another folder as the workspace
error-catalog-busy = Another Modelier is using the catalog and did not finish in time: { $path }
    .next = Wait until it has finished, or close it, then try again
error-catalog-read-only = The catalog cannot be written, it or its folder is read-only: { $path }
    .next = Change the permissions, or choose another workspace
error-catalog-unopenable = The catalog cannot be opened ({ $reason }): { $path }
    .next = Check that its folder is there and may be used
error-catalog-failed = The catalog cannot be read or written ({ $reason }): { $path }
    .next = Try again; if it goes on, check the disk
error-catalog-value = The catalog holds something that cannot be read: { $reason }
    .next = Put a backup of the catalog in its place
error-dataset-unknown = There is no dataset { $name }
    .next = List the datasets to see their names
error-dataset-name-taken = There is a dataset { $name } already
    .next = Choose another name
error-label-unknown = There is no label { $label }
    .next = List the labels, or add this one first
error-label-name-taken = There is a label { $name } already
    .next = Choose another name, or merge the two labels
error-sample-taken = The dataset has a sample { $name } already
    .next = Sync the dataset, then try again
error-version-name-taken = The dataset has, or had, a version { $name }: a version’s name is never used again
    .next = Choose another name, or leave it out to get the next one
error-version-unknown = There is no version { $name }
    .next = List the dataset’s versions
error-version-not-normal = Version { $name } is not published, so it cannot be the current one
    .next = Choose a version whose state is normal
error-job-name-taken = There is a training job { $name } already
    .next = Choose another name
error-model-unknown = There is no model { $name }
    .next = List the models to see their names and versions
error-model-version-taken = There is, or was, a model { $name } already
    .next = Leave the version out to get the next one
error-service-unknown = There is no service { $name }
    .next = List the services to see their names
error-service-name-taken = There is a service { $name } already
    .next = Choose another name
error-undo-conflict = What this would take back was changed since, by “{ $edit }” of { $actor } at { $at }
    .next = Take that edit back first, or change the samples by hand

## Foreign formats
error-format-io = Reading or writing broke off after line { $line } ({ $cause }): { $name }
    .next = Check the disk and its connection, then try again
error-manifest-carbondata = This manifest points to CarbonData tables (line { $line }), which Modelier does not read: { $name }
    .next = Publish the version again in the default format and import that manifest
error-manifest-encoding = The manifest is { $encoding }, not UTF-8: { $name }
    .next = Save it as UTF-8
error-manifest-line-broken = The line is not JSON (character { $column }: { $reason }) and was left out
    .next = Mend the line; each line must be one JSON object
error-manifest-line-encoding = The line is not UTF-8 (byte { $byte }) and was left out
    .next = Save the manifest as UTF-8
error-manifest-line-not-object = The line is JSON, but not an object, and was left out
    .next = Each line must be one object like { "{" }"source": …{ "}" }
error-manifest-line-too-long = The line has more than { $limit } bytes and was left out
    .next = Check whether line breaks are missing
error-manifest-no-source = The line has no source and was left out
    .next = Add the field “source” with the file’s address
error-manifest-usage = The usage { $value } is not known; it is kept, but not used
    .next = Use TRAIN, EVAL, TEST or INFERENCE
error-manifest-annotation-not-object = An annotation is not an object; it is kept, but not shown
    .next = Check the line against the format
error-manifest-annotation-type = The annotation type “{ $type }” is not known; it is kept, but not shown
    .next = Nothing is lost: publishing writes it back as it came
error-manifest-annotation-name = An annotation of type { $type } has no usable name; it is kept, but not shown
    .next = Give it a name of 1 to 255 characters
error-manifest-annotation-property = An annotation has an unusable { $property }: { $value }; it is kept, but not shown
    .next = Check the line against the format
error-manifest-detection-file = The annotation file is of a form that cannot be read; the reference is kept: { $file }
    .next = Nothing is lost: publishing writes it back as it came
error-manifest-other-type = An annotation is of type { $found }, but the dataset holds { $expected }; it is kept, but not shown
    .next = Import the manifest into a dataset of its own type
error-labels-damaged = The label list of the version is damaged ({ $reason }): { $name }
    .next = Bring the file back from a backup
error-labels-newer = A newer release of Modelier wrote this label list (form { $found }; this release knows { $known }): { $name }
    .next = Update Modelier
error-import-no-label = The image lies in no label folder; it comes in without a label
    .next = Label it here, or put it into a folder named like its label
error-import-not-an-image = Not an image that Modelier shows; it was left out
    .next = Use JPEG, PNG, BMP, GIF, WebP or TIFF
error-import-case-twin = The name differs from another one only in upper and lower case: { $other }
    .next = Rename one of them: on Windows and macOS they would be one file
error-import-label-not-text = The folder’s name is not readable text, so its images come in without a label: { $folder }
    .next = Rename the folder, then import again
# Media
error-media-empty = The file is empty
    .next = Replace the file, or delete the sample
error-media-unknown-format = The content is none of JPEG, PNG, BMP, GIF, WebP and TIFF, whatever the file is called
    .next = Convert the file to one of them
error-media-truncated = The { $format } image ends too early
    .next = Copy the file again from where it came from
error-media-too-large = The image claims { $width } × { $height } pixels; decoding them would take more than { $limit } MB
    .next = Scale the image down, or split it
error-media-unsupported = This kind of { $format } cannot be read: { $detail }
    .next = Save the image again as a plain JPEG or PNG
error-media-damaged = The { $format } image is damaged: { $detail }
    .next = Copy the file again from where it came from
error-media-mislabeled = The content is { $format }, the name says { $promised }
    .next = Nothing to do; rename the file if other programs refuse it
error-media-unreadable = The image file cannot be read: { $detail }
    .next = Check that the file is there and that you may read it
error-media-changed-while-read = The image changed while it was read: { $path }
    .next = Open it again once no program writes to it
error-tiles-no-room = There is no room on the disk for the tiles of this large image: { $path }
    .next = Free a few gigabytes on that disk, then try again
error-tiles-unwritable = The tiles of this large image cannot be written: { $detail }: { $path }
    .next = Check that the workspace’s cache folder can be written, then try again
error-sample-images-write = The sample images cannot be written: { $reason }: { $path }
    .next = Choose a folder that can be written and has 2 MB free

## Use cases
error-workspace-folder = The workspace folder cannot be used: { $cause } ({ $path })
    .next = Choose another folder with --workspace, or mend its permissions
error-settings-unreadable = Your settings cannot be read: { $cause } ({ $path })
    .next = Defaults are used; mend or delete the file
error-settings-field = The setting “{ $field }” was not understood: { $cause } ({ $path })
    .next = Its default is used; choose it again in the settings
error-settings-unwritable = Your settings cannot be saved: { $cause } ({ $path })
    .next = Check the folder’s permissions and the free space
error-dataset-type-later = Datasets of type { $type } come in a later release
    .next = Choose image-classification, object-detection, text-classification or named-entity
error-dataset-empty = The dataset { $dataset } has no samples
    .next = Sync its input location, or import some
error-input-missing = The input location is not a folder that can be read: { $path }
    .next = Make the folder, or choose another one
error-output-is-input = The output location is the input location: { $path }
    .next = Choose another folder; one inside the input is fine
error-output-above-input = The output location lies above the input { $input }: { $path }
    .next = Choose a folder beside or inside the input
error-import-source-folder = The folder cannot be read: { $path }
    .next = Check the path
error-import-label-foreign = The label “{ $label }” is not in this dataset
    .next = Import the labels too, or add the label first
error-import-kept = The label set here was kept; the import says otherwise
    .next = Change it by hand if the import is right
error-import-other-type = It is labeled for another type of dataset: { $type }
    .next = Import it into a dataset of that type
error-media-missing = The file is not there: { $path }
    .next = Put it back, or map its bucket to a folder
error-media-is-text = This sample is a text, not a file
    .next = Open it in a dataset of texts
error-source-map-form = “{ $text }” is not an entry of a map
    .next = Write it as s3://bucket/prefix=FOLDER
error-source-map-prefix = “{ $prefix }” names no bucket
    .next = Give what the sources begin with, like s3://bucket/photos
error-source-map-folder = There is no folder at { $path }
    .next = Give the folder on this machine that holds the files
error-activity-interrupted = The program ended before this was done
    .next = Start it again; what was done before is kept
error-publish-not-copied = { $count } files could not be reached and are not copied into the version
    .next = Map their buckets to folders or put the files back, then publish again
error-publish-interrupted = Publishing { $version } was cut off
    .next = Publish again; the name { $version } is not used again
error-version-current = Version { $version } is the current one
    .next = Set another version current first
error-version-damaged = The version’s files cannot be understood: { $cause } ({ $path })
    .next = Restore the file, or publish a new version
error-output-filled = The output location holds files already: { $path }
    .next = Results go beside them; choose an empty folder to keep them apart
error-output-is-dataset = The output location belongs to the dataset { $dataset }: { $path }
    .next = Choose a folder outside the dataset’s
error-job-version-unknown = There is no job version { $version }
    .next = List the versions with `modelier train list`
error-job-running = { $job } is still running
    .next = Stop it first
error-job-without-model = { $job } has no model
    .next = Choose a version that succeeded
error-evaluation-damaged = The evaluation cannot be understood: { $cause } ({ $path })
    .next = Run the version again
error-model-config = The model’s config.json cannot be understood: { $cause } ({ $path })
    .next = Choose a folder that holds a model and its config.json
error-model-in-use = The model { $model } is used by the service { $service }
    .next = Delete the service first
error-service-stopped = The service { $name } is not running
    .next = Start it first
error-service-silent = The service did not answer within { $seconds } seconds
    .next = Read its log
error-service-score = A score goes from 0 to 1, not { $value }
    .next = Give a number such as 0.4, or `model` for the model’s own
error-service-score-objects = The service { $service } finds no objects, so it has no score to choose from
    .next = Choose the service of a detector
error-service-ended = The service ended before it answered
    .next = Read its log
error-import-format-empty = No labels in the format { $format } were found in the folder
    .next = Check the folder and the format; a file of labels must be UTF-8 text
error-import-media-missing = { $count ->
    [one] One file is
   *[other] { $count } files are
} not where the manifest says
    .next = The samples are there without a picture; put the files back or import again where they lie
## Labeling
error-no-texts-found = There is no text among these files
    .next = Choose .txt or .csv files, or a folder that holds some
error-no-images-found = No image was found there
    .next = Choose image files, or a folder that holds some


## Learning
error-training-too-few-classes = Training needs samples of two labels at least, there are { $found }
    .next = Label samples with another label, then publish again
error-training-no-entities = None of the { $texts } texts to train on has an entity that can be learned ({ $left_out })
    .next = Mark entities in some texts, publish a version, and train on that
error-training-no-objects = None of the { $images } images to train on shows an object that can be learned ({ $left_out })
    .next = Draw boxes with labels on some images, publish a version, and train on that
error-training-too-few-samples = Only { $usable } samples can be used, { $needed } are needed ({ $left_out } were left out)
    .next = Label more samples, or read the log for why some were left out
error-training-cancelled = The training was stopped
    .next = Start it again when you like
error-training-diverged = The loss became { $loss } in step { $step } at the learning rate { $learning_rate }
    .next = Choose a smaller learning rate and run it again
error-training-output = The result cannot be written ({ $reason }): { $path }
    .next = Check free space and permissions, then run it again
error-weights-unusable = These weights do not fit: { $problem }: { $path }
    .next = Choose safetensors weights with torchvision’s names for this network
error-model-folder-unusable = This folder is not a model that can be used: { $problem }: { $path }
    .next = Choose the folder “model” of a succeeded training
error-auto-label-type = { $model } does not label datasets of the type { $type }
    .next = Choose a model that was trained on texts of this type
error-auto-label-threshold = { $value } is not a score
    .next = Type a number from 0 to 1
error-prediction-text-unreadable = The text cannot be read: it is not UTF-8
    .next = Send the text in UTF-8
error-prediction-image-unreadable = The image cannot be read: { $reason }
    .next = Send a JPEG, PNG, BMP, GIF, WebP or TIFF image

error-format-read = Could not read { $name }: { $cause }
    .next = Check that the file is there and may be read
error-format-write = Could not write { $name }: { $cause }
    .next = Check the disk’s free space and the folder’s permissions
error-format-stopped = The work was stopped before the end
    .next = Start it again
error-format-file-too-large = { $name } is larger than { $limit } bytes
    .next = Split the file

error-voc-encoding = The annotation file is not UTF-8 (it says { $encoding })
    .next = Save it as UTF-8
error-voc-xml = Line { $line } is broken XML: { $cause }
    .next = Correct the line, or write the file again with the tool it came from
error-voc-empty = The annotation file is empty
    .next = Delete it if the image is not labeled yet; an image labeled with nothing names at least its file
error-voc-too-large = The annotation file is too large or too deeply nested
    .next = Check that it is an annotation file
error-voc-root = The file holds “{ $found }” instead of an annotation
    .next = Choose a Pascal VOC file
error-voc-wrongly-closed = Tags are closed by a second opening tag ({ $count } times); they were read as closed
    .next = Nothing to do; publishing writes them right
error-voc-object-name = An object without a name was left out
    .next = Add its name to the annotation file
error-voc-no-shape = An object “{ $label }” without a shape was left out
    .next = Add its bndbox, polygon or other shape to the annotation file
error-voc-two-shapes = An object “{ $label }” with more than one shape was left out
    .next = Make one object of each shape
error-voc-shape = A { $kind } cannot be read ({ $cause }); its object was left out
    .next = Correct its coordinates in the annotation file
error-voc-corners-swapped = A bndbox has its corners the other way round; they were put right
    .next = Nothing to do; publishing writes them right
error-voc-field-empty = The field “{ $field }” is empty
    .next = Nothing to do; publishing fills required fields
error-voc-field-value = The field “{ $field }” says “{ $value }”, which means nothing here; it is kept as it is
    .next = Correct it in the annotation file if it matters
error-voc-properties-empty = An object has an empty list of properties
    .next = Nothing to do
error-voc-property = The property “{ $property }” is nested, unnamed or there twice; it is kept, but not shown
    .next = Give each property a name of its own and a simple value
error-voc-property-empty = The property “{ $property }” has no value
    .next = Give it a value, or remove it
error-voc-size = The image’s width or height is missing
    .next = Nothing to do; publishing writes the true size
error-voc-masks = { $count ->
        [one] One mask
       *[other] { $count } masks
    } of segmentation is left out: only boxes and outlines are read
    .next = Convert masks to COCO with a tool that draws outlines around them
error-voc-image-twice = A second annotation file for { $image } was left out
    .next = Keep one of the two files
error-voc-filename-differs = The file names the image { $said }, but belongs to { $image } by its own name
    .next = Check that the labels fit the image
error-voc-no-image = The file names no image, and none has its name
    .next = Put the image beside it under the same name
error-voc-turned-ambiguous = The image is stored turned, and its size does not tell whether the boxes are; they were taken as upright
    .next = Look at the image; if the boxes are wrong, store the image upright and import again
error-voc-turned = The boxes were of the image as it is stored; they were turned with it
    .next = Nothing to do
error-voc-other-size = The annotation file is of an image of { $said } pixels, but the image has { $found }
    .next = Check that the labels fit the image
error-voc-part-shapes = The part “{ $label }” of an object has more than one shape; it is kept as it is
    .next = Make one part of each shape in the annotation file
error-review-unknown = There is no second pass { $name }
    .next = List the dataset’s second passes to see their names
error-review-share = The share of a second pass must be above 0 and at most 1, not { $value }
    .next = 0.1 draws every tenth labeled sample
error-review-objects-only = A second pass compares objects in images or labels of texts, and this dataset has neither
    .next = Choose a dataset of object detection, text classification or named entities
error-review-nothing-labeled = Nothing is labeled yet, so there is nothing to look at again
    .next = Label some samples first
error-review-not-done = The second pass over { $name } is not done
    .next = Finish it, then settle the differences

error-annotation-file-missing = The annotation file is not where the manifest says: { $file }
    .next = Put it there, or map its bucket to a folder; the reference is kept
error-format-unknown = There is no format { $format } (known: { $known })
    .next = Choose one of those
error-format-unrecognised = The files are of no format that is known: { $path }
    .next = Choose the format yourself, or another folder
error-format-other-type = The format { $format } cannot hold the labels of a dataset of type { $type }
    .next = Choose another format, or a dataset of another type
error-import-label-name = A label’s name is empty, too long or not text; { $count ->
        [one] one object was
       *[other] { $count } objects were
    } left out
    .next = Give the label a name in the file
error-import-image-unknown = { $count ->
        [one] One image that the annotations name is not there: { $image }
       *[other] { $count } images that the annotations name are not there, for example { $image }
    }
    .next = Put the images into the folder, or sync the dataset first

error-export-folder-not-empty = The folder is not empty: { $path }
    .next = Choose a new or an empty folder
error-export-size-unknown = The size of { $count ->
        [one] an image
       *[other] { $count } images
    } is not known, because the file cannot be read
    .next = Formats that need it leave out or misplace those boxes; make the images reachable first
error-export-media-missing = The image cannot be reached and was not copied
    .next = Map its bucket to a folder, or copy it by hand
error-export-labels-missing = { $count ->
        [one] One label is
       *[other] { $count } labels are
    } not in what was written, for example { $label }
    .next = The format knows only labels that have objects
error-export-image-missing = The image is not in what was written
    .next = Tell us: this is a fault of the format’s writer
error-export-image-added = What was written names an image that was not exported
    .next = Export into an empty folder
error-export-state = Labeled and unlabeled are mixed up in what was written
    .next = Tell us: this is a fault of the format’s writer
error-export-usage = What the image is for came back otherwise
    .next = Check the format’s lists of images
error-export-kept = Fields of another format did not come back
    .next = Keep the files that they came from
error-export-object-missing = An object “{ $label }” is not in what was written, or is more than a pixel away
    .next = Check the image in the tool that reads the export
error-export-object-added = What was written has an object “{ $label }” too many
    .next = Check the image in the tool that reads the export
error-export-shape = An object “{ $label }” came back as { $shape }
    .next = Check the image in the tool that reads the export
error-export-attribute = The attribute “{ $attribute }” of an object “{ $label }” came back otherwise
    .next = Check the object in the tool that reads the export
error-loss-unlabeled = { $count ->
        [one] One unlabeled image
       *[other] { $count } unlabeled images
    } cannot be told from images with nothing on them
    .next = Keep the list of unlabeled images, or choose another format
error-loss-several-labels = Only one label of a sample is kept: { $count } samples
    .next = Choose another format to keep all
error-loss-authorship = Who drew { $count ->
        [one] one object
       *[other] { $count } objects
    }, and when, is lost
    .next = Published versions keep it
error-loss-attributes = Hard marks, usages and properties are lost: { $count } samples
    .next = Published versions keep them
error-loss-shape-to-rectangle = Becomes the upright rectangle around it: { $shape } × { $count }
    .next = Choose a format with polygons, such as voc
error-loss-shape-to-polygon = Becomes a polygon: { $shape } × { $count }
    .next = Choose a format that has this shape to keep it
error-loss-shape-left-out = Left out: { $shape } × { $count }
    .next = Choose a format that has them, such as voc
error-loss-holes = The holes of { $count ->
        [one] one polygon
       *[other] { $count } polygons
    } are filled
    .next = Choose a format with holes, such as coco
error-loss-pose = The pose of { $count ->
        [one] one object
       *[other] { $count } objects
    } is lost
    .next = Pascal VOC keeps it
error-loss-truncated = The mark “truncated” of { $count ->
        [one] one object
       *[other] { $count } objects
    } is lost
    .next = Pascal VOC keeps it
error-loss-occluded = The mark “occluded” of { $count ->
        [one] one object
       *[other] { $count } objects
    } is lost
    .next = Pascal VOC keeps it
error-loss-difficult = The mark “difficult” of { $count ->
        [one] one object
       *[other] { $count } objects
    } is lost
    .next = Pascal VOC keeps it
error-loss-group = Which of { $count } shapes are parts of one object is lost
    .next = Pascal VOC keeps it
error-loss-hard = The mark “hard” of { $count ->
        [one] one object
       *[other] { $count } objects
    } is lost
    .next = Published versions keep them
error-loss-confidence = The confidence of { $count ->
        [one] one object
       *[other] { $count } objects
    } is lost
    .next = Pascal VOC keeps it
error-loss-properties = The properties of { $count ->
        [one] one object
       *[other] { $count } objects
    } is lost
    .next = Pascal VOC keeps them
error-loss-usage = What { $count ->
        [one] one image is
       *[other] { $count } images are
    } for (training, evaluation, test) is lost
    .next = Pascal VOC keeps it
error-loss-kept = Fields that only another format understands are lost: { $count } images and objects
    .next = The format that they came from keeps them
argument-shape-rectangle = rectangle
argument-shape-rotated-rectangle = rotated rectangle
argument-shape-polygon = polygon
argument-shape-polyline = polyline
argument-shape-line = line
argument-shape-dashed = dashed line
argument-shape-point = point
argument-shape-circle = circle

error-format-json = { $name } is not JSON, or is cut off: { $cause }
    .next = Export it again with the tool it came from
error-format-images-twice = { $count ->
    [one] One image was described before by another file or record; what is said of it here was left out
   *[other] { $count } images were described before by another file or record; what is said of them here was left out
}
    .next = Keep one description for each image
error-format-objects-without-image = { $count ->
    [one] One object belongs to no image of the file and was left out
   *[other] { $count } objects belong to no image of the file and were left out
}
    .next = Check the numbers of images in the file
error-format-more-warnings = { $count } more records have the same fault ({ $code })
    .next = Correct those that are shown; the others are alike
error-format-ellipse = An ellipse became a polygon
    .next = Nothing to do if the outline is what matters
error-coco-not-coco = { $name } has neither images nor annotations
    .next = Choose a COCO file
error-coco-descriptions = Not kept of the file: { $fields }
    .next = Keep the original file if you need them
error-coco-record = A record ({ $kind }) lacks its number or name and was left out
    .next = Check the record
error-coco-keypoints = { $count ->
    [one] One annotation has key points
   *[other] { $count } annotations have key points
}; they are kept and written back, but not shown
    .next = Nothing to do if only boxes matter
error-coco-panoptic = { $count ->
    [one] One image has a panoptic mask, which is not read
   *[other] { $count } images have panoptic masks, which are not read
}
    .next = Convert them to instances first
error-coco-caption = { $count ->
    [one] One caption was left out
   *[other] { $count } captions were left out
}
    .next = Keep the original file if you need them
error-coco-image-label = { $count ->
    [one] One label of a whole image was left out
   *[other] { $count } labels of whole images were left out
}
    .next = Import them as image classification
error-coco-box = A bbox is not four numbers
    .next = Check the record
error-coco-ring = { $count ->
    [one] One ring has fewer than three points and was left out
   *[other] { $count } rings have fewer than three points and were left out
}
    .next = Check the record
error-coco-mask = A mask cannot be read: { $cause }
    .next = Check the record
error-coco-category-twice = The category { $category } is there twice; the last name counts
    .next = Give each category its own number
error-coco-category-unknown = The category { $category } is not in the list; its number is the label
    .next = Rename the label
error-yolo-image-size = The image { $image } cannot be read, and without its size the boxes mean nothing; they were left out
    .next = Put the image into the folder and import again
error-yolo-line = A line cannot be read ({ $problem }) and was left out
    .next = Check the line
error-yolo-key-points = Key points of a box were left out
    .next = Nothing to do if only boxes matter
error-yolo-class-unnamed = The class { $class } has no name; its number is the label
    .next = Add its name to the list, or rename the label
error-yolo-no-names = No list of names was found (data.yaml, obj.names or classes.txt); the numbers of classes are the labels
    .next = Add the list, or rename the labels
error-yolo-names-gap = { $count ->
    [one] The list of names has none for class { $class }; it is called by its number
   *[other] The list of names has none for { $count } classes, the first is { $class }; they are called by their numbers
}
    .next = Complete the list, or rename the labels
error-yolo-label-without-image = The label file has no image
    .next = Add its image, or delete the file
error-labelme-shape = A shape of the kind “{ $kind }” cannot be read and was left out
    .next = Check its points
error-labelme-label = A shape without a label was left out
    .next = Give it a label in the tool it came from
error-labelme-mask = The mask of “{ $label }” was left out
    .next = Draw it as a polygon
error-labelme-mask-box = The mask of “{ $label }” is a picture of its own; the rectangle around it came in
    .next = Draw it as a polygon if the rectangle is not enough
error-labelme-no-image = The file names no image, and none has its name
    .next = Put the image beside it
error-csv-field = The field “{ $field }” of a row cannot be read; the row was left out
    .next = Check the row
error-csv-record = The table cannot be read further: { $cause }
    .next = Check the quotes and the encoding
error-cvat-left-out = A { $kind } was left out
    .next = Convert it to a box or polygon in the tool it came from
error-cvat-no-label = A { $kind } without a label was left out
    .next = Give it a label in the tool it came from
error-cvat-shape = A { $kind } cannot be read ({ $cause }) and was left out
    .next = Check the record
error-cvat-image = An image without a name was left out
    .next = Check the record
error-cvat-video = { $count ->
    [one] One track of a video was left out
   *[other] { $count } tracks of a video were left out
}
    .next = Export the task as “CVAT for images”
error-cvat-images-without-shapes = { $count ->
    [one] One image has no shapes; it was taken as labeled with nothing
   *[other] { $count } images have no shapes; they were taken as labeled with nothing
}
    .next = Remove the label from those that nobody looked at
error-cvat-xml = { $name } is broken XML or of another kind: { $cause }
    .next = Export it again as “CVAT for images”
error-label-studio-region = A region ({ $kind }) cannot be read ({ $cause }) and was left out
    .next = Check the region in the tool it came from
error-label-studio-left-out = A region of the kind { $kind } was left out
    .next = Draw it as a polygon
error-label-studio-labels = A region has { $count } more labels; the first one counts
    .next = Draw a region for each label
error-label-studio-task = A task without an image was left out
    .next = Check the task
error-label-studio-annotations = { $count } further annotations of the task were left out
    .next = Decide in the tool which one counts, and export again
error-label-studio-predictions = { $count ->
    [one] One prediction of the task was left out; it is no label
   *[other] { $count } predictions of the task were left out; they are no labels
}
    .next = Accept them in the tool it came from if they are right
error-label-studio-whole-image = { $count ->
    [one] One answer about the whole image is kept and written back, but not shown
   *[other] { $count } answers about the whole image are kept and written back, but not shown
}
    .next = Nothing to do if only shapes matter

# The guide's rule: one kind of shape for all images.
error-shape-rule = This dataset takes one kind of shape only: { $shape }
    .next = Draw that kind, or allow others under Modify dataset
error-shape-rule-type = A dataset of type { $type } has no shapes to take one kind of
    .next = Leave the kind of shape out
error-shape-kind-unknown = There is no kind of shape “{ $kind }”
    .next = Use one of { $known }, or any
error-import-shape-rule = { $count ->
    [one] One shape came in that is
   *[other] { $count } shapes came in that are
} of another kind than the one this dataset takes: { $shape }
    .next = They stay as they are; filter the list of shapes by kind to find them
error-text-split-type = A dataset of type { $type } has no texts to be split
    .next = Leave out what of a file is one sample
error-text-unknown = The text of { $sample } is not known: its file could not be read
    .next = See that the file is where the sample’s source says, then sync, or set the folder of its bucket
error-entity-text = An entity from { $start } to { $end } says “{ $said }”, but the text there is “{ $found }”
    .next = Offsets count code points, the end is not included; correct them or the text
error-text-file-stays = The text was deleted, but its file { $source } holds others as well and stays as it is
    .next = Nothing to do; the text stays out of the dataset
error-text-empty = The text is empty
    .next = An empty text is no sample; give it words or leave it out
error-occurrences-type = A dataset of type { $type } has no entities to be labeled
    .next = Open a dataset of named entities
error-occurrences-nothing = There is nothing to look for
    .next = Type a text, a pattern, or a list with a word in it
error-occurrences-pattern = The pattern cannot be used: { $reason }
    .next = Correct the regular expression, or look for the text as it is
error-text-changed = The file changed, and its { $count } entities do not fit the new text: the sample keeps the text that was labeled
    .next = Clear the sample’s labels and sync again to take the new text
error-text-entity-outside = The entity “{ $label }” at { $start }–{ $end } is not in its text of { $length } characters; it was left out
    .next = Check how the file counts offsets: in characters, from 0, the end not included
error-text-encoding = The file was read as { $encoding }
    .next = Nothing to do if the texts look right
error-text-replaced = { $count } characters of the file could not be read as { $encoding } and stand as �
    .next = Save the file as UTF-8 and add it again
error-text-bom = The file begins with a byte order mark of { $encoding }, which is no part of its text
    .next = Nothing to do
error-text-file-empty = There is no text in the file
    .next = Nothing to do unless it should hold some
error-text-file-name = The file is not one of texts by its name, and was left out
    .next = Choose .txt, .csv or .tsv files
error-text-cr-lines = No line feed ends the { $count } lines of the file, only carriage returns: they were taken for one text
    .next = Save the file with line feeds (LF or CRLF) and add it again
error-text-too-long = The text has { $bytes } bytes; one of more than { $limit } was left out
    .next = Split the file into shorter texts
error-text-result-unused = The labels of this file were left out: they are of lines that are classified, and the dataset’s type is { $type }, its texts split by { $split }
    .next = Use a dataset of text classification that is split by line
error-text-label-kept = “{ $text }” has another label in the file; what was set here was kept
    .next = Change it by hand if the file is right
error-csv-longer-text = { $count ->
        [one] A row has
       *[other] { $count } rows have
    } more delimiters than columns: what stands in the last one was taken for the text, delimiters and all
    .next = Nothing to do if the texts look right; else put quotes around texts with delimiters
error-csv-extra-fields = { $count ->
        [one] A row has a field
       *[other] { $count } rows have fields
    } beyond the columns, which were left out; look at { $count ->
        [one] line
       *[other] lines
    } { $lines }
    .next = Put quotes around texts with delimiters, or give every field a column
error-text-columns = The text was taken from the column “{ $text }”, the label from “{ $label }”; fields are parted by “{ $delimiter }”{ $quotes ->
        [yes] , some of them in quotes
       *[no] {""}
    }
    .next = Nothing to do if the texts look right
error-csv-open-quote = A quotation mark is not closed: { $count ->
        [one] a line
       *[other] { $count } lines
    } became one text
    .next = Close the mark, or write it twice where it is part of the text
error-csv-no-text = A row without a text was left out
    .next = Nothing to do unless the row should have one
error-text-record-no-text = A record without a text was left out
    .next = Give it a field “text”
error-text-record-field = The field “{ $field }” of a record is not understood; what it says was left out
    .next = Check the record
error-text-record-labels = The labels were taken from the field “{ $field }”; { $others } stay as they are, beside the text
    .next = If another field holds the labels, rename it to “labels”
error-text-record-empty = { $count ->
        [one] One text has
       *[other] { $count } texts have
    } an empty list of labels. A dataset of entities takes that as labeled with nothing, one of classes as unlabeled
    .next = If nobody has looked at these texts, clear their labels after the import
error-text-record-json = A line is not JSON and was left out: { $cause }
    .next = Check the line
error-text-file-without-texts = The file holds no texts and was passed over
    .next = Choose a file whose records have a field “text”
error-text-pair-no-text = An empty line has labels; they were left out
    .next = Check whether the lines of both files belong together
error-text-label-blank = The label “{ $label }” has a blank in its name, which parts two labels in this format
    .next = Rename the label, or choose another format
error-loss-overlaps = { $count ->
        [one] One overlapping entity is
       *[other] { $count } overlapping entities are
    } left out
    .next = Choose a format with overlaps, such as jsonl
error-loss-blank-edges = { $count ->
        [one] One entity that begins or ends with a blank is
       *[other] { $count } entities that begin or end with a blank are
    } left out
    .next = Choose another format, such as jsonl
error-loss-line-ends = The line ends within { $count ->
        [one] one text
       *[other] { $count } texts
    } become blanks
    .next = Choose a format with texts of several lines, such as jsonl
error-loss-label-blanks = { $count } labels have a blank in their name; nothing can be written
    .next = Rename these labels, or choose another format
error-loss-text-unlabeled = { $count ->
        [one] One unlabeled text is
       *[other] { $count } unlabeled texts are
    } not written
    .next = Choose another format, such as jsonl
error-loss-text-nothing = { $count ->
        [one] One text labeled with nothing becomes
       *[other] { $count } texts labeled with nothing become
    } unlabeled
    .next = Choose another format, such as jsonl
error-loss-text-hard = The mark “hard” of { $count ->
        [one] one label
       *[other] { $count } labels
    } is lost
    .next = Published versions keep it
error-loss-text-confidence = The confidence of { $count ->
        [one] one label
       *[other] { $count } labels
    } is lost
    .next = Published versions keep it
error-loss-text-properties = The properties of { $count ->
        [one] one label
       *[other] { $count } labels
    } are lost
    .next = Published versions keep them
error-loss-text-authorship = Who set { $count ->
        [one] one label
       *[other] { $count } labels
    }, and when, is lost
    .next = Published versions keep it
error-loss-text-usage = What { $count ->
        [one] one text is
       *[other] { $count } texts are
    } for (training, evaluation, test) is lost
    .next = Published versions keep it
error-loss-text-ids = The ids of { $count ->
        [one] one text are lost
       *[other] { $count } texts are lost
    }
    .next = Published versions keep them; JSONL does, too
error-loss-text-fields = Further fields of { $count ->
        [one] one text or label are lost
       *[other] { $count } texts or labels are lost
    }
    .next = Published versions keep them; JSONL does, too
error-conll-scheme = The tags were read as { $scheme }
    .next = Nothing to do if the entities look right
error-conll-joined = The tokens were joined { $joined } to texts
    .next = Nothing to do if the texts look right
argument-joined-with = with blanks between them
argument-joined-without = without blanks
error-conll-broken = { $count } tags do not fit the scheme { $scheme }; each was taken as the beginning of an entity
    .next = Check the tags
error-conll-text = The tokens do not stand in the text that is given for them; the text was made of the tokens
    .next = Check the line “# text”
error-conll-tags = The file has no column of tags and was passed over
    .next = Give each token a tag such as O, B-PER, I-PER
error-brat-discontinuous = The entity “{ $label }” has several parts and was left out
    .next = Give each part an entity of its own
error-brat-line = A line is not understood and was left out
    .next = Check the line
error-brat-left-out = { $count } annotations of the kind { $kind } were left out; only entities are read
    .next = Keep the file if you need them
error-spacy-record = A record is not understood and was left out
    .next = Check the record
error-text-result-lines = { $text } and { $result } have different numbers of lines
    .next = Line n of the second labels line n of the first: give every line of the text one, an empty one for no label
error-text-split-other = The dataset’s texts were split by { $known }, and cannot be split by { $split } as well
    .next = Add the files by { $known }, or make another dataset for them
error-text-split-unknown = A text cannot be split by “{ $split }”
    .next = Use one of { $known }
error-span-form = “{ $span }” names no entity
    .next = Write first code point, code point behind the last and a label: 2..4=city
error-span-beyond = { $span } does not lie within the text of { $length } code points
    .next = Count code points from 0; the end is not included
error-export-text-missing = The text did not come back when what was written was read again
    .next = Keep the dataset; report this with the text if you can
error-export-text-differs = What came back of the text differs: { $part }
    .next = Keep the dataset; another format may carry it
error-export-text-added = Reading what was written brought a text that was not exported
    .next = Keep the dataset; report this with the text if you can
