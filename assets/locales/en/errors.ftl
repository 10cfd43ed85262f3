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
