### The frame of the window: navigation, status bar, palette, settings, first run.

## Words on many buttons
close = Close
cancel = Cancel
loading = Loading…

## Navigation
nav-datasets = Datasets
nav-training = Training
nav-models = Models
nav-services = Services
nav-settings = Settings
navigation-collapse = Collapse the navigation
navigation-expand = Expand the navigation

## Status bar, jobs, messages
status-saved = Saved
status-saving = { $count ->
    [one] Saving { $count } edit
   *[other] Saving { $count } edits
}
status-not-saved = Not saved
status-jobs = { $count ->
    [0] No jobs running
    [one] { $count } job running
   *[other] { $count } jobs running
}
status-jobs-percent = { $count ->
    [one] { $count } job running, { $percent }
   *[other] { $count } jobs running, { $percent }
}
status-messages = Messages
status-messages-unread = { $count ->
    [one] { $count } new message
   *[other] { $count } new messages
}
jobs-title = Jobs
jobs-empty = Imports, publishing and other long work show here
messages-title = Messages
messages-empty = Nothing has been reported yet
messages-more = { $count ->
    [one] and { $count } more
   *[other] and { $count } more
}

## Palette
palette-hint = Type a command or the name of a dataset
palette-nothing = Nothing has this name
