//! A library that is loaded, and what is checked before anything is asked of it.

use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use aftm_exchange_abi::{
    ABI_MAJOR, ABI_MINOR, Api, CAP_MULTI_SESSION, ENTRY, Entry, Info, OK, name, read,
};
use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};

use crate::fault::{LoadError, LoadFault, OpenError};
use crate::guard::Guarded;
use crate::read::repaired;

/// Who a plug-in says it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Its short name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Where it trades, for people.
    pub venue: String,
    /// What it can do: `AFTM_CAP_…` joined by or.
    pub caps: u64,
}

/// A loaded plug-in. The library stays in the process for ever: its threads, and what the system
/// runs at their end, may outlive every session.
#[derive(Clone)]
pub struct Plugin(Arc<Loaded>);

struct Loaded {
    path: PathBuf,
    /// Dropping it would unload the library.
    _library: ManuallyDrop<Library>,
    entry: Entry,
    api: Api,
    identity: Identity,
    is_dead: AtomicBool,
    sessions: AtomicUsize,
}

impl Plugin {
    /// Loads a library and checks that it is a plug-in. Loading runs code of the library.
    ///
    /// # Errors
    ///
    /// Where it cannot be loaded or is no plug-in that can be used, and then why.
    pub fn load(path: &Path) -> Result<Plugin, LoadError> {
        let loaded = Plugin::try_load(path);
        loaded.map_err(|fault| LoadError { path: path.to_owned(), fault })
    }

    fn try_load(path: &Path) -> Result<Plugin, LoadFault> {
        if !path.is_absolute() {
            return Err(LoadFault::Relative);
        }
        // Every symbol is resolved now, so that a missing one is an error here and not a crash in
        // the middle of the day.
        // SAFETY: loading a library runs its code, which is what whoever names one asks for.
        let library = unsafe { Library::open(Some(path), RTLD_NOW | RTLD_LOCAL) };
        let library = ManuallyDrop::new(library.map_err(|err| LoadFault::Loader(why(&err)))?);
        // SAFETY: the name of the symbol is that of a function of this type, and of no other.
        let entry = unsafe { library.get::<Entry>(ENTRY.to_bytes_with_nul()) };
        let entry = *entry.map_err(|_| LoadFault::NoEntry)?;
        let api = table(entry)?;
        let identity = identity(&api)?;
        let (is_dead, sessions) = (AtomicBool::new(false), AtomicUsize::new(0));
        let path = path.to_owned();
        let loaded = Loaded { path, _library: library, entry, api, identity, is_dead, sessions };
        Ok(Plugin(Arc::new(loaded)))
    }

    /// Which file it is.
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// Who it says it is.
    pub fn identity(&self) -> &Identity {
        &self.0.identity
    }

    /// The version of the interface that it was built for: major and minor.
    pub fn interface(&self) -> (u16, u16) {
        (self.0.api.abi_major, self.0.api.abi_minor)
    }

    /// Whether it says that it can do something: one or more of `AFTM_CAP_…`.
    pub fn can(&self, caps: u64) -> bool {
        self.identity().caps & caps == caps
    }

    /// Whether a session could not be closed, so that no other is opened.
    pub fn is_dead(&self) -> bool {
        self.0.is_dead.load(Ordering::Acquire)
    }

    /// Whether it wants to be told of the instruments that may be traded.
    pub fn lists_instruments(&self) -> bool {
        self.api().list_instrument.is_some()
    }

    pub(crate) fn api(&self) -> &Api {
        &self.0.api
    }

    /// Whether it refuses a major version, as a plug-in must that does not know it.
    pub(crate) fn refuses(&self, major: u16) -> bool {
        // SAFETY: the entry takes any two numbers.
        unsafe { (self.0.entry)(major, 0) }.is_null()
    }

    pub(crate) fn die(&self) {
        self.0.is_dead.store(true, Ordering::Release);
    }

    /// Counts a session in, where one more may be opened.
    pub(crate) fn occupy(&self) -> Result<(), OpenError> {
        if self.is_dead() {
            return Err(OpenError::Dead);
        }
        let before = self.0.sessions.fetch_add(1, Ordering::AcqRel);
        if before > 0 && !self.can(CAP_MULTI_SESSION) {
            self.vacate();
            return Err(OpenError::Occupied);
        }
        Ok(())
    }

    /// Counts a session out.
    pub(crate) fn vacate(&self) {
        self.0.sessions.fetch_sub(1, Ordering::AcqRel);
    }
}

impl std::fmt::Debug for Plugin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Loaded { path, identity, .. } = &*self.0;
        f.debug_struct("Plugin").field("path", path).field("identity", identity).finish()
    }
}

/// The loader's words, in one line.
fn why(err: &libloading::Error) -> String {
    let source = std::error::Error::source(err).map(ToString::to_string);
    crate::read::line(&source.unwrap_or_else(|| err.to_string()))
}

/// Asks for the table, and checks it.
fn table(entry: Entry) -> Result<Api, LoadFault> {
    // SAFETY: the entry takes any two numbers.
    let table = unsafe { entry(ABI_MAJOR, ABI_MINOR) };
    if table.is_null() {
        return Err(LoadFault::NotServed);
    }
    // SAFETY: the plug-in says how many bytes its table has, and leaves it as it is for ever.
    let api = unsafe { read(table, u64::MAX) }.map_err(LoadFault::Table)?;
    let (major, minor) = (api.abi_major, api.abi_minor);
    if major != ABI_MAJOR {
        return Err(LoadFault::Version { major, minor });
    }
    let required = [
        ("info", api.info.is_some()),
        ("open", api.open.is_some()),
        ("close", api.close.is_some()),
        ("login", api.login.is_some()),
        ("logout", api.logout.is_some()),
        ("send_order", api.send_order.is_some()),
        ("cancel_order", api.cancel_order.is_some()),
        ("query", api.query.is_some()),
    ];
    match required.into_iter().find(|(_, is_there)| !is_there) {
        Some((function, _)) => Err(LoadFault::Lacks(function)),
        None => Ok(api),
    }
}

/// Asks who it is.
fn identity(api: &Api) -> Result<Identity, LoadFault> {
    let Some(info) = api.info else { return Err(LoadFault::Lacks("info")) };
    let mut room = Guarded::<Info>::blank();
    // SAFETY: the room has as many bytes as it says.
    let code = unsafe { info(room.room()) };
    if !room.is_whole() {
        return Err(LoadFault::Overrun);
    }
    let told = room.written();
    if code != OK {
        return Err(LoadFault::Info(code));
    }
    let named = name(&told.name).filter(|it| !it.is_empty() && !it.contains(char::is_control));
    let Some(named) = named else { return Err(LoadFault::Unnamed("name")) };
    let (version, venue) = (repaired(&told.version), repaired(&told.venue));
    if version.is_empty() {
        return Err(LoadFault::Unnamed("version"));
    }
    Ok(Identity { name: named.to_owned(), version, venue, caps: told.caps })
}
