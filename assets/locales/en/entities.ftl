# Marking entities in texts.
entities-text = Text
entities-empty = This dataset has no texts yet
entities-all-labeled = Every text here is labeled
entities-no-labels = No labels yet: add one with +, or import some
entities-already = This stretch has that label already
entities-no-word = No word is here: select what is to be labeled
text-right-to-left = This text has letters that are written from right to left. Words stand in their order, but lines begin at the left here; what you mark is kept exactly
text-without-glyph = { $count ->
    [one] One character of this text is in no font of this machine and drawn as a box ({ $characters }); the text itself is kept exactly
   *[other] { $count } characters of this text are in no font of this machine and drawn as boxes ({ $characters }); the text itself is kept exactly
}
entities-selected = { $count ->
    [one] { $count } character selected
   *[other] { $count } characters selected
}
entities-search = Search the texts
entities-larger = Larger text
entities-smaller = Smaller text
entities-list = { $count ->
    [one] { $count } entity
   *[other] { $count } entities
}
entities-none = Select a word and press a label’s key
entities-filter = Filter entities
entities-chosen = Chosen entity
entities-place = Characters { $start } to { $end }
entities-confidence = Confidence { $confidence }
entities-by = By { $name }
entities-hard = Hard example
entities-delete = Delete
entities-everywhere = Label everywhere…
entities-accept = { $count ->
    [one] Accept { $count } suggestion
   *[other] Accept { $count } suggestions
}
entities-done = Done as it is
entities-clear = Clear labels
entities-keys = Keys
entities-key-select = Select by character, by word
entities-key-label = Give a label to what is selected, or to the word at the caret
entities-key-next = Next, previous entity
entities-key-end = Move its end
entities-key-start = Move its beginning
entities-key-edge-word = Move them by a word
entities-key-delete = Delete it, refuse a suggestion
entities-key-everywhere = Label every occurrence
entities-key-accept = Accept suggestions, and go on
entities-key-nothing = Done as it is, with nothing if it has nothing
entities-key-clear = Clear all labels of the text
entities-key-hard = Hard example
entities-key-texts = Next, previous text
entities-key-undecided = Next text that waits
entities-key-page = A page down, up
entities-key-ends = Beginning, end of the text
entities-key-delete-text = Delete the text
everywhere-title = Label every occurrence
everywhere-find = Find
everywhere-text = This text
everywhere-pattern = Regular expression
everywhere-words = List of words
everywhere-words-note = One word a line. After a tab, = or →, the name of its own label
everywhere-label = Label
everywhere-here = This text only
everywhere-dataset = The whole dataset
everywhere-hits = { $hits ->
    [0] Nothing new to label
    [one] { $hits } place in { $samples ->
        [one] { $samples } text
       *[other] { $samples } texts
    }
   *[other] { $hits } places in { $samples ->
        [one] { $samples } text
       *[other] { $samples } texts
    }
}
everywhere-more = The first { $count } are shown
everywhere-unknown-label = No label is called “{ $name }”
everywhere-confirm = { $hits ->
    [one] Label { $hits } place
   *[other] Label { $hits } places
}
everywhere-done = { $count ->
    [one] { $count } text labeled
   *[other] { $count } texts labeled
}

## Automatic labeling
auto-label-title = Label automatically
auto-label-what = A model proposes labels for the texts that have none. They wait to be confirmed; one undo takes them all back
auto-label-no-model = There is no model for such datasets yet: train one first
auto-label-model = Model
auto-label-job = Job { $job }
auto-label-at-least = Propose from a confidence of
auto-label-confirm = Start
auto-label-done = { $suggested } of { $asked } texts have suggestions
auto-label-unknown = “{ $label }” is no label of this dataset and was left out: { $count }
auto-label-failed = Texts that the model could not read: { $count }
auto-label-see = Confirm them
entities-sure = Suggestions from
entities-sure-here = Accept in this text: { $count }
entities-sure-listed = Accept in all listed texts
entities-refuse = Refuse all in this text
entities-accepted-listed = { $count ->
    [one] Suggestions of { $count } text were accepted
   *[other] Suggestions of { $count } texts were accepted
}
auto-label-texts-only = Only texts can be labeled automatically so far
entities-clear-listed = Clear all listed…
entities-clear-listed-title = Clear the labels of all listed texts
entities-clear-listed-what = All texts that the list shows lose their labels and are unlabeled again. One undo brings them back
entities-clear-listed-confirm = { $count ->
    [one] Clear { $count } text
   *[other] Clear { $count } texts
}
entities-cleared-listed = { $count ->
    [one] Labels of { $count } text were cleared
   *[other] Labels of { $count } texts were cleared
}
