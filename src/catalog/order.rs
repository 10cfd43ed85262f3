//! The order of names. It is the dearest part of a view and changes only when rows come, go or are renamed, so it is
//! kept in memory: valid as long as the dataset's `membership` is the one it was read at, whoever writes.

use super::{Catalog, CatalogError, Result, lock};
use crate::domain::Cancel;
use rusqlite::Connection;
use std::sync::Arc;

/// How many datasets' orders are kept; one of a million samples takes 8 MB.
const KEPT: usize = 3;

/// How many rows pass between two looks at the request to stop.
const CANCEL_STEP: usize = 8_192;

/// Orders of the datasets looked at last, latest first.
#[derive(Debug, Default)]
pub(super) struct Orders(Vec<Order>);

#[derive(Debug)]
struct Order {
    dataset: i64,
    membership: i64,
    numbers: Arc<[i64]>,
}

/// Notes that rows came or went for good, or that one has another name. To be called in the transaction that does it.
pub(super) fn order_changed(connection: &Connection, dataset: i64) -> Result<()> {
    let sql = "UPDATE dataset SET membership = membership + 1 WHERE number = ?1";
    connection.prepare_cached(sql)?.execute([dataset])?;
    Ok(())
}

impl Catalog {
    /// The numbers of all rows of a dataset by name, then by number; tombstones are among them.
    pub(super) fn order_of_names(&self, connection: &Connection, dataset: i64, cancel: &Cancel) -> Result<Arc<[i64]>> {
        let mut statement = connection.prepare_cached("SELECT membership FROM dataset WHERE number = ?1")?;
        let membership = statement.query_row([dataset], |row| row.get(0))?;
        {
            let mut orders = lock(&self.orders);
            let found = orders.0.iter().position(|order| (order.dataset, order.membership) == (dataset, membership));
            if let Some(found) = found {
                orders.0[..=found].rotate_right(1);
                return Ok(Arc::clone(&orders.0[0].numbers));
            }
        }
        let numbers: Arc<[i64]> = read_order(connection, dataset, cancel)?.into();
        let mut orders = lock(&self.orders);
        orders.0.retain(|order| order.dataset != dataset);
        orders.0.insert(0, Order { dataset, membership, numbers: Arc::clone(&numbers) });
        orders.0.truncate(KEPT);
        Ok(numbers)
    }
}

fn read_order(connection: &Connection, dataset: i64, cancel: &Cancel) -> Result<Vec<i64>> {
    let mut statement =
        connection.prepare_cached("SELECT number FROM sample WHERE dataset = ?1 ORDER BY name, number")?;
    let mut rows = statement.query([dataset])?;
    let mut numbers = Vec::new();
    while let Some(row) = rows.next()? {
        numbers.push(row.get(0)?);
        if numbers.len().is_multiple_of(CANCEL_STEP) && cancel.is_cancelled() {
            return Err(CatalogError::Cancelled);
        }
    }
    Ok(numbers)
}
