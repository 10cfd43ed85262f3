### Words that several parts share. Numbers are grouped by the program: write { $count }, not a format.

# A failure and what to do about it, on one line.
explanation = { $message } — { $next }

## Time
time-just-now = just now
time-minutes-ago = { $count ->
    [one] { $count } minute ago
   *[other] { $count } minutes ago
}
time-hours-ago = { $count ->
    [one] { $count } hour ago
   *[other] { $count } hours ago
}
time-days-ago = { $count ->
    [one] yesterday
   *[other] { $count } days ago
}
time-months-ago = { $count ->
    [one] { $count } month ago
   *[other] { $count } months ago
}
time-years-ago = { $count ->
    [one] { $count } year ago
   *[other] { $count } years ago
}
time-in-future = in a moment
duration-milliseconds = { $milliseconds } ms
duration-seconds = { $seconds } s
duration-minutes = { $minutes } min { $seconds } s
duration-hours = { $hours } h { $minutes } min

## Counts
count-samples = { $count ->
    [one] { $count } sample
   *[other] { $count } samples
}
count-images = { $count ->
    [one] { $count } image
   *[other] { $count } images
}
count-labels = { $count ->
    [one] { $count } label
   *[other] { $count } labels
}
count-files = { $count ->
    [one] { $count } file
   *[other] { $count } files
}

# Heads of tables, as a screen reader says them
sorted-up = { $name }, sorted ascending
sorted-down = { $name }, sorted descending
