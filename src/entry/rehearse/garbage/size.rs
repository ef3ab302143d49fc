//! How much a process has.

use std::fs;
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result};

/// How much a process may grow, in KiB.
const GROWN_MAX: u64 = 5 * 1_024;

/// Memory and open files of one process.
pub(super) struct Size {
    pid: u32,
    /// In KiB.
    pub(super) memory: u64,
    /// `None` where the system keeps them from others, as it does for all but the superuser.
    pub(super) files: Option<usize>,
}

impl Size {
    fn of(pid: u32) -> Result<Size> {
        let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
        let line = status.lines().find_map(|it| it.strip_prefix("VmRSS:"));
        let number = line.and_then(|it| it.split_whitespace().next());
        let memory = number.context("the system does not say how large a process is")?.parse()?;
        let files = fs::read_dir(format!("/proc/{pid}/fd")).ok().map(Iterator::count);
        Ok(Size { pid, memory, files })
    }

    /// A process that is at rest: it has as many files as a moment before.
    pub(super) fn at_rest(pid: u32) -> Result<Size> {
        let mut size = Size::of(pid)?;
        for _ in 0..50 {
            thread::park_timeout(Duration::from_millis(200));
            let before = std::mem::replace(&mut size, Size::of(pid)?);
            if size.files == before.files {
                break;
            }
        }
        Ok(size)
    }

    /// The same process once it has noticed that everybody is gone.
    pub(super) fn settled(&self) -> Result<Size> {
        for _ in 0..100 {
            let size = Size::of(self.pid)?;
            if size.files <= self.files {
                return Ok(size);
            }
            thread::park_timeout(Duration::from_millis(50));
        }
        Size::of(self.pid)
    }

    /// How it has grown since `before`, in sentences.
    pub(super) fn beyond(&self, before: &Size) -> Vec<String> {
        let (mut broken, pid) = (Vec::new(), self.pid);
        if self.memory > before.memory + GROWN_MAX {
            broken.push(format!("process {pid} grew by {} KiB", self.memory - before.memory));
        }
        let more = self.files.zip(before.files).map_or(0, |(it, before)| it.saturating_sub(before));
        if more > 0 {
            broken.push(format!("process {pid} has {more} more files open"));
        }
        broken
    }
}
