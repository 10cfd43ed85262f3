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
