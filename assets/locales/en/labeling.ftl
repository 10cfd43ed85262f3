### Labeling: grid, preview, inspector, labels.

labeling-title = Labeling
yes = Yes
no = No

## Tabs, filter, order
labeling-tab-unlabeled = Unlabeled
labeling-tab-labeled = Labeled
labeling-tab-to-confirm = To be confirmed
labeling-tab-all = All
labeling-tab-trash = Trash
labeling-mode-one = One label
    .tip = A key sets the label, confirms and goes on: one key a decision
labeling-mode-several = Several labels
    .tip = Keys put labels on and take them off; Enter confirms and goes on
labeling-filter-text = Filter by name
labeling-filter-labels = Labels
labeling-filter-more = More filters
labeling-any = Any
labeling-usage = Usage
labeling-usage-none = None
labeling-missing = File missing
labeling-property = Property
labeling-property-value = Value
labeling-clear-filter = Clear filter
labeling-sort = Order
labeling-sort-name = Name A–Z
labeling-sort-name-descending = Name Z–A
labeling-sort-added = Oldest first
labeling-sort-added-descending = Newest first
labeling-refresh = Refresh
    .tip = Decided samples stay in their place until the list is refreshed
labeling-refresh-moved = Refresh ({ $count } moved on)

## Grid
labeling-grid-name = { $count ->
    [one] { $count } image
   *[other] { $count } images
}
labeling-shown = { $count ->
    [one] { $count } image
   *[other] { $count } images
}
labeling-selected = { $count } of { $total } selected
labeling-select-page = Select page
labeling-select-all = Select all
labeling-delete-count = Delete { $count }
labeling-restore = Restore
labeling-thumbnail-size = Size of thumbnails
labeling-state-unlabeled = Unlabeled
labeling-state-labeled = Labeled
labeling-state-nothing = Labeled with nothing
labeling-state-to-confirm = To be confirmed
labeling-state-deleted = Deleted
labeling-hard = Hard example
    .tip = Marks what a model is likely to get wrong
labeling-hard-needs-label = A hard example needs a label first

## Empty
labeling-empty-dataset = No images yet: add some, or sync the input folder
labeling-empty-filter = No image passes the filter
labeling-empty-unlabeled = Everything is labeled: publish a version to train on
labeling-empty-labeled = Nothing is labeled yet
labeling-go-unlabeled = Show unlabeled images
labeling-empty-to-confirm = No suggestion waits for you here
labeling-empty-trash = The trash is empty

## Actions and what they tell
labeling-add-images = Add images
    .tip = Copies images into the dataset’s input folder
labeling-shortcuts = Keyboard shortcuts
labeling-no-such-key = No label has the key { $key }
labeling-all-decided = No undecided image is left here
labeling-undone = { $count ->
    [0] Undone: { $edit }
    [one] Undone: { $edit }, { $count } image
   *[other] Undone: { $edit }, { $count } images
}
labeling-redone = { $count ->
    [0] Done again: { $edit }
    [one] Done again: { $edit }, { $count } image
   *[other] Done again: { $edit }, { $count } images
}
labeling-nothing-to-undo = Nothing to undo
labeling-nothing-to-redo = Nothing to redo
labeling-restored = { $count ->
    [one] { $count } image restored
   *[other] { $count } images restored
}

## Labels
labeling-labels = Labels
labeling-no-labels = No labels yet: type one and press Enter
labeling-type-label = Type a label  /
labeling-type-label-name = Label of the selection
labeling-create-label = Create “{ $name }”
labeling-new-label = New label
labeling-new-label-confirm = Create label
labeling-edit-label = Edit label
labeling-edit-label-confirm = Save
labeling-delete-label = Delete label
labeling-label-menu = Change { $name }
labeling-foreign-name = Imported name: some formats refuse it
labeling-label-name = Name
labeling-label-exists = A label has this name already
labeling-label-color = Colour
labeling-label-color-code = Colour code
labeling-label-color-error = Write it like #E69F00
labeling-label-key = Key
labeling-label-key-note = 1 to 9 or a letter; empty for none
labeling-label-key-canvas = A digit, or a letter that no command of the canvas has: { $free }
labeling-label-key-canvas-taken = On the canvas this key is “{ $command }”; free letters: { $free }
labeling-label-key-taken = { $name } loses this key
labeling-label-key-error = A key is one of 1 to 9 or a letter other than H and X
labeling-merge-confirm = Merge labels
labeling-merge-warning = { $count ->
    [one] There is a label “{ $name }” on { $others } images already. Merging gives { $name } to { $count } image more, and this label goes.
   *[other] There is a label “{ $name }” on { $others } images already. Merging gives { $name } to { $count } images more, and this label goes.
}
labeling-merged = { $from } is now part of { $into }
labeling-label-deleted = Label { $name } was deleted
labeling-deleted-undo = Undo brings it back
labeling-delete-label-title = Delete label { $name }
labeling-delete-label-only = Only the label
labeling-delete-label-only-what = { $count ->
    [0] No image carries it
    [one] { $count } image loses it; without another label it returns to unlabeled
   *[other] { $count } images lose it; those without another label return to unlabeled
}
labeling-delete-label-images = The label and the images that carry only it
labeling-delete-label-images-what = { $count ->
    [0] No image carries only this label
    [one] { $count } image goes to the dataset’s trash; its file stays
   *[other] { $count } images go to the dataset’s trash; their files stay
}

## Inspector
labeling-nothing-selected = Select an image to see its labels
labeling-selected-title = { $count ->
    [one] { $count } image selected
   *[other] { $count } images selected
}
labeling-counting = Counting…
labeling-selection-labels = Labels of the selection
labeling-selection-add = Add label
labeling-selection-remove = Take { $name } off the selection
labeling-selection-replace = Replace { $name } in the selection
labeling-properties-show = Show the properties of { $name }
labeling-properties-hide = Hide the properties of { $name }
labeling-property-several = { $count } different values
labeling-property-add = Add the property
labeling-property-remove = Remove the property { $name }
labeling-facts = File
labeling-fact-state = State
labeling-fact-dimensions = Dimensions
labeling-fact-size = Size
labeling-fact-labeled-by = Labeled by
labeling-fact-labeled-at = Labeled
labeling-fact-confidence = Confidence
labeling-fact-added = Added
labeling-fact-path = Path
labeling-fact-missing = The file is missing

## Preview
labeling-preview-back = Grid
labeling-preview-previous = Previous image
labeling-preview-next = Next image
labeling-preview-larger = Zoom in
labeling-preview-smaller = Zoom out
labeling-preview-fit = Fit
labeling-preview-original = Original size

## Adding images
labeling-add-pick = Choose files…
labeling-add-path = Path of a file or folder
labeling-add-path-hint = or type the path of a file or folder
labeling-add-look = Show
labeling-add-note = Images are copied into the input folder; a file that is there is never replaced
labeling-add-looking = Looking at { $done } of { $total } images
labeling-add-found = { $count ->
    [one] { $count } image, { $size }
   *[other] { $count } images, { $size }
}
labeling-add-broken = { $count ->
    [one] { $count } file cannot be read and is left out
   *[other] { $count } files cannot be read and are left out
}
labeling-add-leave-out = Leave out { $name }
labeling-add-confirm = { $count ->
    [one] Add { $count } image
   *[other] Add { $count } images
}
labeling-added = { $count ->
    [0] No image was added
    [one] { $count } image added
   *[other] { $count } images added
}

## Deleting images
labeling-delete-title = { $count ->
    [one] Delete { $count } image
   *[other] Delete { $count } images
}
labeling-delete-confirm = Delete
labeling-delete-only = From the dataset only
    .tip = Files stay where they are; undo brings the images back with their labels
labeling-delete-files = Also move the files to the trash
    .tip = Restoring from the trash puts the files back where they were
labeling-delete-versions = Published versions that lose files: { $versions }
labeling-deleted = { $count ->
    [one] { $count } image deleted
   *[other] { $count } images deleted
}
labeling-files-moved = { $count ->
    [one] { $count } file is in the trash now
   *[other] { $count } files are in the trash now
}

## Keys
labeling-keys-decide = Decide
labeling-keys-move = Move
labeling-keys-select = Select
labeling-keys-look = Look
labeling-key-label = Set the label with this key
labeling-key-enter = Several labels: confirm and go on
labeling-key-confirm = Confirm as it is, with nothing if it has nothing
labeling-key-clear = Take all labels off
labeling-key-type = Type a label
labeling-key-hard = Hard example, on or off
labeling-key-usage = Usage: TRAIN, EVAL, TEST, INFERENCE; none
labeling-key-mode = One label or several
labeling-key-undo = Undo, redo
labeling-key-delete = Delete images
labeling-key-arrows = Move
labeling-key-page = A page, to the start, to the end
labeling-key-undecided = Next undecided image
labeling-key-tabs = Previous, next tab
labeling-key-filter = Filter by name
labeling-key-refresh = Refresh the list
labeling-key-add = Add images
labeling-key-extend = Extend the selection
labeling-key-toggle = Select or deselect one
labeling-key-select-page = Select the page
labeling-key-select-all = Select all
labeling-key-escape = Deselect, close
labeling-key-preview = Large picture and back
labeling-key-zoom = Zoom, size of thumbnails
labeling-key-fit = Large picture: fit, original size
labeling-key-help = This list

## Texts
labeling-texts-name = { $count ->
    [one] { $count } text
   *[other] { $count } texts
}
labeling-search-texts = Search the texts
labeling-empty-filter-texts = No text passes the filter
labeling-empty-dataset-texts = No texts yet: add some, or sync the input folder
labeling-go-unlabeled-texts = Show unlabeled texts
labeling-add-texts = Add texts
    .tip = Copies .txt and .csv files into the dataset’s input folder
labeling-all-decided-texts = No undecided text is left here
labeling-undone-texts = { $count ->
    [0] Undone: { $edit }
    [one] Undone: { $edit }, { $count } text
   *[other] Undone: { $edit }, { $count } texts
}
labeling-redone-texts = { $count ->
    [0] Done again: { $edit }
    [one] Done again: { $edit }, { $count } text
   *[other] Done again: { $edit }, { $count } texts
}
labeling-restored-texts = { $count ->
    [one] { $count } text restored
   *[other] { $count } texts restored
}
labeling-nothing-selected-texts = Select a text to see its labels
labeling-selected-title-texts = { $count ->
    [one] { $count } text selected
   *[other] { $count } texts selected
}
labeling-clear-labels = Clear labels
    .tip = Back to unlabeled; the texts stay
labeling-delete-texts = { $count ->
    [one] Delete text
   *[other] Delete { $count } texts
}
labeling-delete-title-texts = { $count ->
    [one] Delete { $count } text
   *[other] Delete { $count } texts
}
labeling-delete-texts-note = They leave the dataset with their labels; undo brings them back. The files they came from are not changed, and sync does not bring them back.
labeling-deleted-texts = { $count ->
    [one] { $count } text deleted
   *[other] { $count } texts deleted
}
labeling-lines = Lines
labeling-more-lines = More lines of each text
labeling-fewer-lines = Fewer lines of each text
labeling-text-list = List
labeling-text-previous = Previous text
labeling-text-next = Next text
labeling-text-larger = Larger text
labeling-text-smaller = Smaller text

## Suggestions
labeling-sure = Suggestions of at least
labeling-sure-name = How sure the model is, at least
labeling-sure-accept = Accept these ({ $found })
labeling-refuse = Refuse
    .tip = What is suggested for the selection is wrong
labeling-accept-label = Accept { $name }
labeling-refuse-label = Refuse { $name }

## Keys of texts
labeling-keys-confirm = To be confirmed
labeling-key-accept = Accept what is suggested, and go on
labeling-key-refuse = Refuse what is suggested, and go on
labeling-key-accept-label = Several labels: accept this label
labeling-key-refuse-label = Refuse this label
labeling-key-accept-sure = Accept all above the threshold
labeling-key-enter-text = One label: large and back; several: confirm and go on
labeling-key-clear-text = Clear labels: back to unlabeled
labeling-key-delete-text = Delete texts
labeling-key-undecided-text = Next undecided text
labeling-key-filter-text = Search the texts
labeling-key-add-text = Add texts
labeling-key-read = Text large and back
labeling-key-read-page = Large text: a page down, up
labeling-key-lines = Lines of each text, size of a large text

## Adding texts
labeling-add-texts-note = Files are copied into the input folder; a file that is there is never replaced
labeling-texts-found = { $count ->
    [one] { $count } text
   *[other] { $count } texts
}
labeling-texts-found-labeled = { $count ->
    [one] { $count } with a label
   *[other] { $count } with labels
}
labeling-texts-more = { $count ->
    [one] and { $count } file more
   *[other] and { $count } files more
}
labeling-texts-confirm = { $count ->
    [one] Add { $count } text
   *[other] Add { $count } texts
}
labeling-texts-added = { $count ->
    [0] No text was added
    [one] { $count } text added
   *[other] { $count } texts added
}
labeling-texts-labeled = { $count ->
    [one] { $count } of them got labels from the files
   *[other] { $count } of them got labels from the files
}
labeling-texts-result = with { $name }
labeling-texts-known = { $count ->
    [one] { $count } text was there already
   *[other] { $count } texts were there already
}
