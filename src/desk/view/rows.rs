//! Rows that are sorted by a key that the screen does not show.

/// Puts a row where its key belongs, in place of the one that has the same key. `keys` and `rows`
/// are of the same length; the new row is nearly always the last.
pub(super) fn put<K: Ord, R>(keys: &mut Vec<K>, rows: &mut Vec<R>, key: K, row: R) {
    let place = match keys.last() {
        Some(last) if *last < key => Err(keys.len()),
        Some(_) => keys.binary_search(&key),
        None => Err(0),
    };
    match place {
        Ok(at) => rows.get_mut(at).into_iter().zip([row]).for_each(|(old, row)| *old = row),
        Err(at) => {
            keys.insert(at, key);
            rows.insert(at.min(rows.len()), row);
        }
    }
}

/// The row of a key.
pub(super) fn get<'a, K: Ord, R>(keys: &[K], rows: &'a [R], key: &K) -> Option<&'a R> {
    rows.get(keys.binary_search(key).ok()?)
}

/// Keeps the rows whose key and row are wanted.
pub(super) fn retain<K, R>(
    keys: &mut Vec<K>,
    rows: &mut Vec<R>,
    mut is_wanted: impl FnMut(&K, &R) -> bool,
) {
    let wanted: Vec<bool> =
        keys.iter().zip(rows.iter()).map(|(key, row)| is_wanted(key, row)).collect();
    let mut flags = wanted.iter();
    keys.retain(|_| flags.next().copied().unwrap_or(true));
    let mut flags = wanted.iter();
    rows.retain(|_| flags.next().copied().unwrap_or(true));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_in_the_order_of_their_keys() {
        let (mut keys, mut rows) = (Vec::new(), Vec::new());
        for (key, row) in [(5, 'e'), (9, 'i'), (2, 'b'), (5, 'E'), (7, 'g'), (9, 'I')] {
            put(&mut keys, &mut rows, key, row);
        }
        assert_eq!((keys.clone(), rows.clone()), (vec![2, 5, 7, 9], vec!['b', 'E', 'g', 'I']));
        assert_eq!((get(&keys, &rows, &7), get(&keys, &rows, &8)), (Some(&'g'), None));
        retain(&mut keys, &mut rows, |key, row| *key != 2 && *row != 'g');
        assert_eq!((keys, rows), (vec![5, 9], vec!['E', 'I']));
    }
}
