//! A journal in memory: the same words and bodies as on disk, and a disk that can be full.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use aftm::gateway::fact::Fact;
use aftm::gateway::state::State;
use aftm::gateway::{Ledger, LedgerError};
use aftm_domain::Stamp;

/// Shared between the machine that writes and the test that reads; it outlives the machine.
#[derive(Clone, Default)]
pub(crate) struct Memory {
    rows: Rc<RefCell<Vec<(&'static str, String)>>>,
    is_full: Rc<Cell<bool>>,
    /// The disk failed, for good; and why trading was halted, in the file for the next start.
    has_failed: Rc<Cell<bool>>,
    latch: Rc<RefCell<Option<String>>>,
    /// The most facts that one append was asked to keep, and what a checkpoint would tell.
    largest: Rc<Cell<usize>>,
    trouble: Rc<Cell<bool>>,
    /// What the records fold to, as far as they were folded.
    folded: Rc<RefCell<(usize, State)>>,
}

impl Memory {
    pub(crate) fn fill_disk(&self, is_full: bool) {
        self.is_full.set(is_full);
    }

    pub(crate) fn fail_disk(&self) {
        self.has_failed.set(true);
    }

    /// What the file of a halt says.
    pub(crate) fn latched(&self) -> Option<String> {
        self.latch.borrow().clone()
    }

    pub(crate) fn largest(&self) -> usize {
        self.largest.get()
    }

    pub(crate) fn fail_checkpoint(&self) {
        self.trouble.set(true);
    }

    pub(crate) fn is_full(&self) -> bool {
        self.is_full.get()
    }

    /// Every record's kind, in their order.
    pub(crate) fn kinds(&self) -> Vec<&'static str> {
        self.rows.borrow().iter().map(|(kind, _)| *kind).collect()
    }

    /// The JSON of every record of a kind.
    pub(crate) fn bodies(&self, kind: &str) -> Vec<String> {
        let rows = self.rows.borrow();
        rows.iter().filter(|row| row.0 == kind).map(|row| row.1.clone()).collect()
    }

    /// Whether the records fold to a state. Each record is folded once.
    pub(crate) fn folds_to(&self, state: &State) -> bool {
        let mut folded = self.folded.borrow_mut();
        let rows = self.rows.borrow();
        let (from, known) = &mut *folded;
        rows.iter().skip(*from).for_each(|row| fold(known, row));
        *from = rows.len();
        known == state
    }

    /// Everything folded again, from the first record on.
    pub(crate) fn fold(&self) -> State {
        let mut state = State::default();
        self.rows.borrow().iter().for_each(|row| fold(&mut state, row));
        state
    }
}

fn fold(state: &mut State, (kind, body): &(&str, String)) {
    state.fold(&Fact::decode(kind, body).unwrap_or_else(|it| panic!("{body}: {it}")));
}

impl Ledger for Memory {
    fn append(&mut self, _: Stamp, facts: &[Fact]) -> Result<(), LedgerError> {
        self.largest.set(self.largest.get().max(facts.len()));
        if self.is_full.get() {
            return Err(LedgerError("the disk is full".to_owned()));
        }
        if self.has_failed.get() {
            return Err(LedgerError("cannot flush: Input/output error".to_owned()));
        }
        let rows = facts.iter().map(|it| (it.word(), serde_json::to_string(it).unwrap()));
        self.rows.borrow_mut().extend(rows);
        Ok(())
    }

    fn has_failed(&self) -> bool {
        self.has_failed.get()
    }

    fn latch(&mut self, reason: &str, _flatten: bool) {
        *self.latch.borrow_mut() = Some(reason.to_owned());
    }

    fn unlatch(&mut self) {
        *self.latch.borrow_mut() = None;
    }

    fn trouble(&mut self) -> Option<LedgerError> {
        self.trouble.take().then(|| LedgerError("no room for a checkpoint".to_owned()))
    }
}
