//! Exchange plug-ins: in a process of their own (`aftm venue`), or straight in this one.

mod apart;
mod child;
mod direct;
mod ear;
mod open;

use apart::Apart;
pub(super) use child::run;
use direct::Direct;
pub(super) use open::open;
