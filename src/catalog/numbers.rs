//! Sets of row numbers.

use super::Result;
use rusqlite::Statement;

/// A set of row numbers, a bit each.
#[derive(Clone, Debug, Default)]
pub(super) struct NumberSet(Vec<u64>);

impl NumberSet {
    pub fn insert(&mut self, number: i64) {
        let number = usize::try_from(number).unwrap_or(0);
        if number / 64 >= self.0.len() {
            self.0.resize(number / 64 + 1, 0);
        }
        self.0[number / 64] |= 1 << (number % 64);
    }

    pub fn contains(&self, number: i64) -> bool {
        let number = usize::try_from(number).unwrap_or(0);
        self.0.get(number / 64).is_some_and(|bits| bits & (1 << (number % 64)) != 0)
    }

    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|bits| *bits == 0)
    }

    /// How many numbers there are.
    pub fn len(&self) -> u64 {
        self.0.iter().map(|bits| u64::from(bits.count_ones())).sum()
    }

    /// Adds the numbers that a statement finds in its first column.
    pub fn extend(&mut self, statement: &mut Statement<'_>, parameters: impl rusqlite::Params) -> Result<()> {
        let mut rows = statement.query(parameters)?;
        while let Some(row) = rows.next()? {
            self.insert(row.get(0)?);
        }
        Ok(())
    }

    /// The numbers that a statement finds in its first column.
    pub fn read(statement: &mut Statement<'_>, parameters: impl rusqlite::Params) -> Result<Self> {
        let mut set = Self::default();
        set.extend(statement, parameters)?;
        Ok(set)
    }

    /// The numbers from low to high.
    pub fn ascending(&self) -> impl Iterator<Item = i64> {
        (0_i64..).step_by(64).zip(&self.0).flat_map(|(first, &bits)| Bits { first, bits })
    }
}

impl FromIterator<i64> for NumberSet {
    fn from_iter<T: IntoIterator<Item = i64>>(numbers: T) -> Self {
        let mut set = Self::default();
        numbers.into_iter().for_each(|number| set.insert(number));
        set
    }
}

/// The numbers of one word, from low to high.
struct Bits {
    first: i64,
    bits: u64,
}

impl Iterator for Bits {
    type Item = i64;

    fn next(&mut self) -> Option<i64> {
        if self.bits == 0 {
            return None;
        }
        let number = self.first + i64::from(self.bits.trailing_zeros());
        self.bits &= self.bits - 1;
        Some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_from_low_to_high() {
        let set: NumberSet = [200, 1, 64, 63, 1].into_iter().collect();
        assert_eq!(set.ascending().collect::<Vec<_>>(), [1, 63, 64, 200]);
        assert!(set.contains(64) && !set.contains(65) && !set.contains(100_000));
        assert!(NumberSet::default().is_empty() && !set.is_empty());
    }
}
