//! What a process of ours does to itself, so that others learn nothing of it and it can do no more
//! than it needs.

use anyhow::{Context as _, Result};
use rustix::process::{
    DumpableBehavior, Resource, Rlimit, getrlimit, set_dumpable_behavior, setrlimit,
};

/// Of every process that may hold a key or a password: no core file, nothing of its memory,
/// environment or descriptors for other processes of the same user, and files for their owner alone.
pub(super) fn keep_to_itself() -> Result<()> {
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    setrlimit(Resource::Core, none).context("core files cannot be turned off")?;
    #[cfg(target_os = "linux")]
    set_dumpable_behavior(DumpableBehavior::NotDumpable)
        .context("the memory of this process cannot be closed to others")?;
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
    // A child is started by a path that is no name to be shown.
    rustix::thread::set_name(c"aftm").context("this process cannot be named")?;
    Ok(())
}

/// Of a child: neither it nor what it starts can ever get more rights than it has. Before it has any
/// other thread, because each has its own.
pub(super) fn take_no_privileges() -> Result<()> {
    #[cfg(target_os = "linux")]
    rustix::thread::set_no_new_privs(true).context("privileges cannot be given up")?;
    Ok(())
}

/// Of the machine: whatever it was given open by whoever started it stays with it. What it opens
/// itself is closed to others from the beginning.
pub(super) fn keep_descriptors() {
    close_fds::set_fds_cloexec_threadsafe(3, &[]);
}

/// Of the machine: as many descriptors as the system allows, so that a crowd of silent clients does
/// not keep others out.
pub(super) fn raise_descriptors() {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }) {
        log::warn!("the limit of open files stays where it is: {error}");
    }
}
