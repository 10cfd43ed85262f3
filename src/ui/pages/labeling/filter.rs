//! What the page shows: the tab, the filter bar, the order.

use crate::domain::query::{SampleFilter, SampleSort};
use crate::domain::{LabelId, SampleState, Usage};

/// A tab of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    #[default]
    Unlabeled,
    Labeled,
    ToConfirm,
    All,
    /// Deleted samples, which can be restored.
    Trash,
}

impl Tab {
    /// All tabs, in order.
    pub const ALL: [Self; 5] = [Self::Unlabeled, Self::Labeled, Self::ToConfirm, Self::All, Self::Trash];

    /// The state it shows; `None` for every state.
    #[must_use]
    pub fn state(self) -> Option<SampleState> {
        match self {
            Self::Unlabeled => Some(SampleState::Unlabeled),
            Self::Labeled => Some(SampleState::Labeled),
            Self::ToConfirm => Some(SampleState::ToConfirm),
            Self::All | Self::Trash => None,
        }
    }

    /// The tab `by` places on, around the end.
    #[must_use]
    pub fn turned(self, by: isize) -> Self {
        let place = Self::ALL.iter().position(|tab| *tab == self).unwrap_or(0);
        let count = Self::ALL.len();
        Self::ALL[(place + count).saturating_add_signed(by) % count]
    }
}

/// What the filter bar holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub tab: Tab,
    pub labels: Vec<LabelId>,
    /// What the field holds.
    pub text: String,
    /// What is looked for: the same, but for what an input method is still composing.
    pub searched: String,
    pub hard: Option<bool>,
    pub usage: Option<Option<Usage>>,
    pub property_key: String,
    pub property_value: String,
    pub missing: Option<bool>,
    pub sort: SampleSort,
}

impl Filter {
    /// The filter bar that asks for this.
    #[must_use]
    pub fn of(filter: &SampleFilter) -> Self {
        let tab = match (filter.deleted, filter.state) {
            (true, _) => Tab::Trash,
            (false, None) => Tab::All,
            (false, Some(SampleState::Unlabeled)) => Tab::Unlabeled,
            (false, Some(SampleState::Labeled)) => Tab::Labeled,
            (false, Some(SampleState::ToConfirm)) => Tab::ToConfirm,
        };
        let (property_key, property_value) = filter.property.clone().unwrap_or_default();
        Self {
            tab,
            labels: filter.labels.clone(),
            text: filter.text.clone(),
            searched: filter.text.clone(),
            hard: filter.hard,
            usage: filter.usage,
            property_key,
            property_value: property_value.unwrap_or_default(),
            missing: filter.missing,
            sort: SampleSort::default(),
        }
    }

    /// What the workbench is asked for, whatever the tab's state: for the counts of the tabs.
    #[must_use]
    pub fn without_state(&self) -> SampleFilter {
        let key = self.property_key.trim();
        let value = self.property_value.trim();
        SampleFilter {
            state: None,
            labels: self.labels.clone(),
            text: self.searched.trim().to_owned(),
            hard: self.hard,
            usage: self.usage,
            property: (!key.is_empty()).then(|| (key.to_owned(), (!value.is_empty()).then(|| value.to_owned()))),
            missing: self.missing,
            deleted: false,
        }
    }

    /// What the workbench is asked for.
    #[must_use]
    pub fn for_view(&self) -> SampleFilter {
        SampleFilter { state: self.tab.state(), deleted: self.tab == Tab::Trash, ..self.without_state() }
    }

    /// Whether anything but the tab and the order is asked for.
    #[must_use]
    pub fn is_narrowed(&self) -> bool {
        self.without_state() != SampleFilter::default()
    }

    /// Asks for nothing but the tab and the order.
    pub fn widen(&mut self) {
        *self = Self { tab: self.tab, sort: self.sort, ..Self::default() };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tabs_turn_around() {
        assert_eq!(Tab::Trash.turned(1), Tab::Unlabeled);
        assert_eq!(Tab::Unlabeled.turned(-1), Tab::Trash);
    }

    #[test]
    fn an_empty_filter_asks_only_for_the_tab() {
        let mut filter = Filter { tab: Tab::Labeled, text: "  ".to_owned(), ..Filter::default() };
        assert!(!filter.is_narrowed());
        assert_eq!(filter.for_view(), SampleFilter { state: Some(SampleState::Labeled), ..SampleFilter::default() });
        filter.property_key = "color".to_owned();
        assert_eq!(filter.for_view().property, Some(("color".to_owned(), None)));
        filter.widen();
        assert!(!filter.is_narrowed());
    }
}
