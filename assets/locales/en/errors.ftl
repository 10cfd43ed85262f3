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
error-parameter-value = { $name } is “{ $value }”, but takes { $expected }
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
error-worker-interrupted = The worker vanished: it was killed, or the machine went down
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
    .next = Make a new token
error-service-runtime = The service could not be run: { $reason }
    .next = Close other programs, then start it again
error-service-unreachable = The service does not answer: { $reason }: { $address }
    .next = Start the service, or read its log
error-service-refused = The service refused the call with { $status } { $code }: { $reason }
    .next = Change what was sent, or read the service's log
error-service-answer = What answers there is not a service of Modelier: { $reason }: { $address }
    .next = Check the address

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
    .next = Nothing needs to be done
error-listing-not-a-file = Neither a file nor a folder (a pipe or a device, say); it was left out
    .next = Nothing needs to be done
error-listing-too-deep = More than { $limit } folders within each other; what lies deeper was left out
    .next = Move the files further up

## Command line
error-dataset-type-unknown = There is no dataset type { $type }
    .next = Use one of { $known }
error-color-form = This is no colour: { $color }
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
    .next = Nothing needs to be done
error-nothing-to-redo = There is no edit to do again
    .next = Nothing needs to be done
error-model-source-missing = Nothing to make a model of was named
    .next = Add --job NAME@V001 or --dir FOLDER
error-state-unknown = There is no sample state { $state }
    .next = Use one of { $known }
error-sample-unknown = { $dataset } has no sample { $sample }
    .next = List its samples to see their ids and sources
error-service-takes-file = { $service } answers for files
    .next = Add --file FILE
error-file-unreadable = The file cannot be read ({ $cause }): { $path }
    .next = Check its name and permissions
error-algorithm-unknown = There is no algorithm { $name }
    .next = Use one of { $known }
error-dataset-unpublished = { $dataset } has no published version
    .next = Publish it first
error-parameter-form = This is no parameter: { $parameter }
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
    .next = Your work is saved; try again, and report it if it stays
