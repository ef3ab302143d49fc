//! A list that grows and never moves what it holds: one that did would copy hundreds of bytes of
//! each order of the day while an order waits.

/// How many stand together.
const BLOCK: usize = 64;

/// See the module.
#[derive(Debug)]
pub(crate) struct Blocks<T>(Vec<Vec<T>>);

impl<T> Default for Blocks<T> {
    fn default() -> Blocks<T> {
        Blocks(Vec::new())
    }
}

impl<T> Blocks<T> {
    pub(crate) fn len(&self) -> usize {
        let full = self.0.len().saturating_sub(1) * BLOCK;
        full + self.0.last().map_or(0, Vec::len)
    }

    /// Adds what is made where it stays.
    pub(crate) fn push_with(&mut self, make: impl FnOnce() -> T) {
        if self.0.last().is_none_or(|it| it.len() == BLOCK) {
            self.0.push(Vec::with_capacity(BLOCK));
        }
        if let Some(block) = self.0.last_mut() {
            block.extend(std::iter::once_with(make));
        }
    }

    pub(crate) fn pop(&mut self) -> Option<T> {
        let last = self.0.last_mut()?.pop();
        self.0.pop_if(|it| it.is_empty());
        last
    }

    pub(crate) fn get(&self, at: usize) -> Option<&T> {
        self.0.get(at / BLOCK)?.get(at % BLOCK)
    }

    pub(crate) fn get_mut(&mut self, at: usize) -> Option<&mut T> {
        self.0.get_mut(at / BLOCK)?.get_mut(at % BLOCK)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.iter().flatten()
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.0.iter_mut().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_added_stays_where_it_is_and_in_its_order() {
        let mut blocks = Blocks::default();
        blocks.push_with(|| 0);
        let first = std::ptr::from_ref(blocks.get(0).unwrap());
        (1..1_000).for_each(|it| blocks.push_with(|| it));
        assert!(std::ptr::eq(first, blocks.get(0).unwrap()));
        assert_eq!(blocks.len(), 1_000);
        assert!(blocks.iter().copied().eq(0..1_000));
        assert!((0..1_000).all(|it| blocks.get(it) == Some(&it)));
        assert_eq!(blocks.get(1_000), None);
        blocks.iter_mut().for_each(|it| *it += 1);
        assert_eq!(blocks.get_mut(BLOCK).copied(), Some(BLOCK + 1));
        assert!((1..=1_000).rev().all(|it| blocks.pop() == Some(it)));
        assert_eq!((blocks.len(), blocks.pop()), (0, None));
    }
}
