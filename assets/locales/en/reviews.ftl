### Second passes of quality control: the list, drawing one, how far the two agree, settling.

reviews-title = Second passes
review-title = Second pass
reviews-empty = A second pass shows how far two people agree: some samples are labeled again without seeing the first labels
reviews-objects-only = Second passes compare objects in images, and labels of texts; this dataset has neither

review-start = Begin a second pass…
    .tip = Draw some labeled samples at random, to be labeled again without seeing the first labels
review-start-title = Begin a second pass
review-start-confirm = Begin
review-start-what = Some of the labeled samples are chosen at random. Whoever labels them again does not see what is there, so the two can be compared.
review-by-share = Share
review-by-count = Number
review-share = Share of the labeled samples, in percent
review-share-fault = Type a number above 0 and up to 100
review-count = Number of samples
review-count-fault = Type a number from 1 to { $total }
review-drawn = { $count ->
    [one] { $count } of { $total } labeled samples is chosen
   *[other] { $count } of { $total } labeled samples are chosen
}
review-seed = Seed, if you like
review-seed-note = The same number chooses the same samples
review-seed-fault = Type a whole number, or nothing

review-extent = { $share } · { $count } samples
review-progress = { $done } of { $total } done
review-by = begun by { $actor }
review-column-begun = Begun
review-column-extent = Extent
review-column-sample = Sample
review-column-differences = Differences

review-open-sample = Open this sample
review-of = Second pass, { $name }
review-open = Show the agreement
review-draw = Label again
    .tip = Label the samples that wait, without seeing the first labels
review-settle = Settle differences
    .tip = Compare the two passes side by side and decide
review-delete = Delete this second pass…
review-delete-title = Delete this second pass?
review-delete-text = { $count ->
    [0] Nobody has labeled a sample again yet. The labels of the dataset stay as they are.
    [one] What was labeled again in { $count } sample goes, and the figures with it. The labels of the dataset stay as they are. This cannot be undone.
   *[other] What was labeled again in { $count } samples goes, and the figures with it. The labels of the dataset stay as they are. This cannot be undone.
}
review-delete-confirm = Delete
review-deleted = The second pass is deleted

review-standing-new = Not begun
review-standing-drawing = In progress
review-standing-differs = { $count ->
    [one] { $count } sample to settle
   *[other] { $count } samples to settle
}
review-standing-settled = Finished
review-state-waiting = Waiting
review-state-done = Looked at again
review-state-differs = Differs
review-state-agrees = Agrees
review-state-settled = Settled

## Drawing
review-banner = Second pass
review-hidden = The first labels are not shown
review-leave = Leave
review-see-agreement = See the agreement
review-all-done = All samples of this second pass are done
review-done = Done
    .tip = This image is done; go to the next one that waits
review-nothing-tip = There is nothing in this image; go to the next one that waits
review-done-text = Done
    .tip = Goes on to the next text that waits
review-nothing-text = Nothing here
review-key-done = Done as it is, and go on
review-key-waiting = Next text that waits
review-no-sample-left = None of the samples of this second pass is there any more

## Agreement
review-agreement = Agreement
    .meaning = The share of what the two marked that is the same in both, with the same label (F1); of entities, from the first character to the last
review-overlap = Mean overlap
    .meaning = Intersection over union (IoU) of the objects that both drew, on average
review-agreed = Agree
    .meaning = What both have, with the same label
review-other-label = Not alike
    .meaning = What both have, but not alike: two labels, or of entities two ends
review-only-first = Only in the first
    .meaning = What only the first pass has
review-only-second = Only in the second
    .meaning = What only the second pass has
review-kappa = Cohen’s kappa
    .meaning = How far the two agree beyond what chance alone would bring: 1 is full agreement, 0 is chance, below 0 is less than chance. A dash: there is nothing to tell apart, as all texts have the same labels
review-overlapping = Overlap
    .meaning = The share of entities that share at least one character with one of the same label (F1), where the agreement asks for the same first and last character
review-exact = Exact
    .meaning = The share of entities that are the same in both passes, from the first character to the last, with the same label (span F1)
review-by-label = By label
review-first = First
review-second = Second
review-both = Both
review-nobody-looked = No sample has been labeled again yet

## Settling
review-settle-title = Settle differences
review-first-pass = First pass
review-second-pass = Second pass
review-settled-of = { $settled } of { $total } settled
review-next-open = Next sample to settle
review-zoom = Zoom to the difference
review-previous = Previous sample
review-next = Next sample
review-difference-label = { $first } or { $second }
review-difference-first = Only in the first: { $label }
review-difference-second = Only in the second: { $label }
review-keep-first = First: { $label }
review-keep-second = Second: { $label }
review-keep-both = Both
review-keep-neither = Neither
review-keep-it = Keep it
review-remove-it = Remove it
review-leave-it-out = Leave it out
review-add-it = Add it
review-open-difference = Not decided
review-differences = { $count ->
    [0] No difference
    [one] { $count } difference
   *[other] { $count } differences
}
review-differences-note = { $agreed } agree · { $decided } decided
review-rest-first = First for the rest
review-rest-second = Second for the rest
review-rest = All others
    .tip = Decides what is still open in this sample, and settles it
review-sample-settled = This sample is settled
review-settled-note = { $keys } takes it back
review-sample-agrees = Both passes agree on this sample
review-no-difference = Nothing is to be settled: the two passes agree, or nobody has labeled again yet
review-all-settled = All differences are settled
review-nothing-to-undo = Nothing has been decided yet
review-settle-all = Settle all samples…
review-settle-all-first = All samples as in the first…
review-settle-all-second = All samples as in the second…
review-settle-all-title = Settle all samples?
review-settle-all-text-first = In every sample that was labeled again, the first labels stay as they are. One undo takes all of them back.
review-settle-all-text-second = In every sample that was labeled again, what the second pass has takes the place of the first wherever they differ. One undo takes all of them back.
review-settle-all-confirm = Settle
review-settled-all = { $count ->
    [one] { $count } sample is settled
   *[other] { $count } samples are settled
}
