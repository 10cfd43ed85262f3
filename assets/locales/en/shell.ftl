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
status-syncing = Syncing
status-messages = Messages
status-messages-unread = { $count ->
    [one] { $count } new message
   *[other] { $count } new messages
}
jobs-title = Jobs
jobs-empty = Imports, publishing and other long work show here
messages-title = Messages
messages-empty = Nothing has been reported yet
messages-undone = Undone
messages-edited-since = Something was edited since then: use Undo
messages-more = { $count ->
    [one] and { $count } more
   *[other] and { $count } more
}

## Palette
palette-hint = Type a command or the name of a dataset
palette-nothing = Nothing has this name

## Words on many buttons, more of them
save = Save
add = Add
browse = Browse…
browse-none = No file dialog opened: this system seems to have none. Type the path instead
select-all = All
select-none = None
more-actions = More actions
search-clear = Clear the search
copy-of = Copy: { $name }
description = Description
color-of = Colour { $color } { $name }
color-code = Hex code
color-wrong = Write it like #E69F00

## Commands: a name, and what it does
command-palette = Command palette
    .tip = Find any command or dataset by a few letters
command-create-dataset = Create dataset…
    .tip = Make a dataset of a folder
command-import-dataset = Import…
    .tip = Bring in labeled files from a folder or a manifest
command-sync-dataset = Sync
    .tip = Read the input location again
command-publish = Publish…
    .tip = Write the dataset as a version that never changes
command-label-dataset = Label
    .tip = Open the dataset for labeling
command-versions = Versions
    .tip = See, compare and manage published versions
command-reviews = Second passes
    .tip = Label some samples again without seeing the first labels, and compare
command-add-samples = Add files…
    .tip = Copy images or texts into the dataset
command-auto-label = Label automatically…
    .tip = Let a trained model propose labels for texts without any
command-delete-samples = Delete from the dataset…
    .tip = Take what is shown or selected out of the dataset
command-train = Train…
    .tip = Train a model on a version of this dataset
command-modify-dataset = Modify…
    .tip = Change the name, the description and more
command-delete-dataset = Delete…
    .tip = Delete the dataset, after showing what goes
command-undo = Undo
    .tip = Take back the latest edit
command-redo = Redo
    .tip = Do the undone edit again
command-go-datasets = Go to datasets
    .tip = Show all datasets
command-go-training = Go to training
    .tip = Show all training jobs
command-go-models = Go to models
    .tip = Show all models
command-go-services = Go to services
    .tip = Show all services
command-go-settings = Settings
    .tip = Language, theme, scale, name, folders, shortcuts
command-back = Back
    .tip = Go back to the page before
command-jobs = Jobs
    .tip = Show running and ended work
command-messages = Messages
    .tip = Show everything that was reported
command-toggle-navigation = Show or hide the navigation
    .tip = Collapse the navigation to icons
command-toggle-inspector = Show or hide the inspector
    .tip = Give the page more room
command-zoom-in = Zoom in
    .tip = Make everything larger
command-zoom-out = Zoom out
    .tip = Make everything smaller
command-zoom-reset = Reset zoom
    .tip = Use the screen’s own scale
command-toggle-theme = Switch between light and dark
    .tip = Switch the theme
command-toggle-language = Switch the language
    .tip = English or 简体中文
command-tour = Take the tour
    .tip = From files to a running model in six steps

## Jobs
activity-sync = Sync
activity-import = Import
activity-publish = Publish
activity-add-images = Add images
activity-add-texts = Add texts
activity-set-current-version = Set current version
activity-training = Training
activity-deploy = Deploy
activity-settle-review = Settle differences
activity-auto-label = Automatic labeling
activity-label-everywhere = Labeling every occurrence
phase-starting = Starting

## What undo takes back
edit-assign = set labels
edit-assign-add = add labels
edit-assign-remove = remove labels
edit-replace-label = replace a label
edit-confirm = confirm
edit-set-usage = set usage
edit-set-hard = mark as hard
edit-set-property = set a property
edit-annotate = change annotations
edit-annotate-many = annotate samples
edit-suggest = suggest labels
edit-accept = accept suggestions
edit-refuse = refuse suggestions
edit-clear-labels = clear labels
edit-settle-review = settle all differences
edit-delete-samples = delete samples
edit-restore-samples = restore samples
edit-add-label = add a label
edit-rename-label = rename a label
edit-merge-label = merge labels
edit-recolor-label = recolour a label
edit-set-label-key = set a label’s key
edit-modify-label = edit a label
edit-delete-label = delete a label
edit-set-current-version = set the current version
edit-undo = undo
edit-redo = redo

## Settings
settings-as-system = As the system
settings-look = Look
settings-language = Language
settings-theme = Theme
settings-light = Light
settings-dark = Dark
settings-zoom = Scale
settings-person = You
settings-name = Your name
settings-name-note = Labels you set carry this name; without one, the system’s user name
settings-folders = Folders
settings-workspace = Workspace
settings-workspace-note = Start with --workspace DIR to use another workspace
settings-file = Settings file
settings-shortcuts = Keyboard shortcuts
settings-shortcut-search = Search commands or keys
settings-shortcuts-reset = Reset all
settings-keys-of = Keys for { $name }
settings-keys-reset = Default keys for { $name }
settings-no-keys = None
settings-keys-unreadable = Write keys like Ctrl+Shift+K, or leave it empty for none
settings-keys-taken = These keys belong to “{ $name }”

## First run
first-run-title = Welcome to Modelier
first-run-text = Label images and texts, publish versions, train, evaluate and deploy, all on this machine
first-run-sample = Try the sample dataset
    .about = Small pictures, partly labeled, ready to publish and train on
first-run-sample-subject = Sample dataset
first-run-folder = Open a folder
    .about = Make a dataset of your own files
first-run-tour = Take the tour
    .about = Six short steps from files to a running model
first-run-drop = You can also drag a folder onto this window
first-run-type-path = Type a path
drop-here = Drop a folder to make a dataset of it

## Tour
tour-step = { $step } of { $total }
tour-next = Next
tour-back = Back
tour-finish = Done
tour-end = End the tour
tour-data = Bring in your files
    .about = A dataset reads a folder where it is. Drag a folder onto the window, or choose “Create dataset…”. Files in sub-folders named after labels come in labeled; a sync finds new, changed and renamed files.
tour-label = Label
    .about = Open a dataset and go through what is unlabeled. One key sets a label, confirms it and goes on to the next. Select many to label them at once. Every step can be undone, even after a restart.
tour-publish = Publish a version
    .about = Publishing writes all samples and labels as a version that never changes. Train on a version and you always know what the model learned from. Compare two versions to see what was done between them.
tour-train = Train
    .about = Choose a version and an algorithm; good defaults are filled in. Training runs in a process of its own: you can go on labeling or close the window, it will be found again.
tour-evaluate = Evaluate
    .about = Precision, recall and the confusion matrix come from samples the model has not seen. Open a cell to see what was misread, and mend its labels.
tour-serve = Deploy
    .about = Deploy a trained model as a service on this machine. Drop a picture on its test page, or call it over HTTP with the token that is shown once.
command-export-dataset = Export…
    .tip = Write labels in a format of other tools
activity-export = Export
