//! Where facts are kept, and what happens when they cannot be.
//!
//! Owns the order of journal and state. An order that may open waits for the journal and is refused
//! without it; what has happened anyway is folded at once and kept later, in its order.

use aftm_domain::{OrderId, Stamp};

use super::core::Core;
use super::fact::Fact;
use super::venue::Venue;
use crate::failpoint::{Site, reach};
use crate::wire::Event;

/// Why facts could not be kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct LedgerError(pub String);

/// Where facts are kept before anything follows from them.
pub trait Ledger {
    /// Keeps all of the facts, or none of them.
    fn append(&mut self, now: Stamp, facts: &[Fact]) -> Result<(), LedgerError>;

    /// Whether facts can be kept again after a failure, at a cost that does not grow with them.
    fn probe(&mut self) -> Result<(), LedgerError> {
        Ok(())
    }

    /// Whether it failed for good: nothing is kept any more, whatever the disk says.
    fn has_failed(&self) -> bool {
        false
    }

    /// Trading is halted, and every position is to be closed or not: says so where a machine that
    /// starts looks, whatever becomes of the facts.
    fn latch(&mut self, _reason: &str, _flatten: bool) {}

    /// Trading is halted no more.
    fn unlatch(&mut self) {}

    /// What goes wrong though facts are kept, said once.
    fn trouble(&mut self) -> Option<LedgerError> {
        None
    }
}

/// Keeps nothing: a replay is its own record.
pub struct NoLedger;

impl Ledger for NoLedger {
    fn append(&mut self, _: Stamp, _: &[Fact]) -> Result<(), LedgerError> {
        Ok(())
    }
}

/// How long after a failure the journal is tried again, where nobody waits for it.
const RETRY: i64 = Stamp::SECOND;

/// How many facts that waited are kept at once: a try that fails costs no more, however many wait.
const BATCH: usize = 256;

/// The ledger, and the facts that wait for it.
pub(super) struct Keeper<L> {
    ledger: L,
    /// Facts that happened and could not be kept yet: the venue's word cannot be refused.
    unsaved: Vec<Fact>,
    tried: Stamp,
}

impl<L: Ledger> Keeper<L> {
    pub(super) const fn new(ledger: L) -> Keeper<L> {
        Keeper { ledger, unsaved: Vec::new(), tried: Stamp(0) }
    }

    /// Keeps facts after all that wait, or refuses them.
    fn keep(&mut self, now: Stamp, facts: &[Fact]) -> Result<(), LedgerError> {
        self.save(now)?;
        self.ledger.append(now, facts)
    }

    /// Keeps facts now or, while the journal fails, later; why it fails, when it begins to.
    fn keep_or_wait(&mut self, now: Stamp, facts: &[Fact]) -> Option<LedgerError> {
        if !self.unsaved.is_empty() {
            self.unsaved.extend(facts.iter().cloned());
            return None;
        }
        let error = answered(facts).and_then(|()| self.ledger.append(now, facts)).err()?;
        self.unsaved.extend(facts.iter().cloned());
        self.tried = now;
        Some(error)
    }

    fn save(&mut self, now: Stamp) -> Result<(), LedgerError> {
        if !self.unsaved.is_empty() {
            self.tried = now;
            self.ledger.probe()?;
        }
        let (mut kept, mut result) = (0, Ok(()));
        for batch in self.unsaved.chunks(BATCH) {
            result = self.ledger.append(now, batch);
            if result.is_err() {
                break;
            }
            kept += batch.len();
        }
        self.unsaved.drain(..kept);
        result
    }

    pub(super) fn latch(&mut self, reason: &str, flatten: bool) {
        self.ledger.latch(reason, flatten);
    }

    pub(super) fn unlatch(&mut self) {
        self.ledger.unlatch();
    }

    fn is_due(&self, now: Stamp) -> bool {
        !self.unsaved.is_empty() && now.since(self.tried) >= RETRY
    }
}

/// The venue's answer is about to be written down, which a test may let fail.
fn answered(facts: &[Fact]) -> Result<(), LedgerError> {
    let is_answer = |it: &Fact| matches!(it, Fact::OrderReported { .. });
    if cfg!(debug_assertions) && facts.iter().any(is_answer) {
        reach(Site::Answered).map_err(|it| LedgerError(it.to_string()))?;
    }
    Ok(())
}

impl<V: Venue, L: Ledger> Core<V, L> {
    /// Where facts are kept.
    pub const fn ledger(&self) -> &L {
        &self.keeper.ledger
    }

    /// How many facts wait for a journal that cannot be written.
    pub const fn unsaved(&self) -> usize {
        self.keeper.unsaved.len()
    }

    /// Keeps facts and folds them; on failure nothing has happened.
    pub(super) fn commit(&mut self, now: Stamp, mut facts: Vec<Fact>) -> Result<(), LedgerError> {
        self.asker.sign(&mut facts);
        let waited = self.unsaved() > 0;
        let kept = self.keeper.keep(now, &facts);
        if waited && self.unsaved() == 0 {
            self.tell_back();
        }
        if let Err(error) = kept {
            self.judge_ledger(now);
            return Err(error);
        }
        self.fold(facts);
        Ok(())
    }

    /// Folds facts that have happened whether or not they can be kept.
    pub(super) fn settle(&mut self, now: Stamp, mut facts: Vec<Fact>) {
        if facts.is_empty() {
            return;
        }
        self.asker.sign(&mut facts);
        if let Some(error) = self.keeper.keep_or_wait(now, &facts) {
            let text = format!("the journal cannot be written: {error}; free the disk");
            self.told.push(Event::Alert { code: "JOURNAL_UNAVAILABLE".to_owned(), text });
        }
        self.fold(facts);
        self.save(now);
        if self.unsaved() > 0 {
            self.judge_ledger(now);
        }
    }

    /// Clients that name no requests were told of their orders.
    pub fn note_told(&mut self, orders: Vec<OrderId>, now: Stamp) {
        self.settle(now, orders.into_iter().map(|id| Fact::ReplyTold { id }).collect());
    }

    /// Keeps what waits for the journal, where it is time to try again.
    pub fn save(&mut self, now: Stamp) {
        if self.keeper.is_due(now) && self.keeper.save(now).is_ok() {
            self.tell_back();
        }
        if let Some(error) = self.keeper.ledger.trouble() {
            let text = format!("the journal grows and is not tidied up: {error}; check the disk");
            self.told.push(Event::Alert { code: "CHECKPOINT_FAILED".to_owned(), text });
        }
    }

    fn tell_back(&mut self) {
        let text = "the journal is written again, and nothing is missing in it".to_owned();
        self.told.push(Event::Alert { code: "JOURNAL_BACK".to_owned(), text });
    }

    fn fold(&mut self, facts: Vec<Fact>) {
        let mut told = std::mem::take(&mut self.told);
        for fact in facts {
            if moves(&fact) {
                self.unlevel();
            }
            let misfits = self.state.misfits;
            let before = self.limits.before(&self.state, &fact);
            self.state.fold(&fact);
            self.limits.follow(&self.state, &fact, before);
            self.lookout.follow(&self.state, &fact);
            self.events(&fact, &mut told);
            if self.state.misfits > misfits {
                let code = "MISFIT".to_owned();
                let text = format!("the exchange told what makes no sense here: {fact:?}");
                told.push(Event::Alert { code, text });
            }
        }
        self.tell_protections(&mut told);
        self.told = told;
    }
}

/// Whether a fact moves an order or a position.
const fn moves(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::OrderReceived { .. }
            | Fact::OrderReported { .. }
            | Fact::OrderAdopted(_)
            | Fact::OrderRevived { .. }
            | Fact::PositionTaken { .. }
    )
}
