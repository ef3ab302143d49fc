//! The vendor's libraries: loaded from the paths of the settings, let through by their version, and
//! never unloaded.

use std::ffi::{CStr, CString, c_char};
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};

use aftm_exchange_abi::{E_ARG, E_INTERNAL, E_UNSUPPORTED};
use ctp2rs::v1alpha1::{
    CThostFtdcMdApi, CThostFtdcTraderApi, MDAPI_CREATE_API_SYMBOL, MDAPI_GET_API_VERSION_SYMBOL,
    TDAPI_CREATE_API_SYMBOL, TDAPI_GET_API_VERSION_SYMBOL,
};
use libloading::Library;

use super::market::LiveFeed;
use super::trader::LiveTrader;
use crate::counter::{Counter, Feed, Setting, Trading};
use crate::options::Options;
use crate::session::Limits;
use crate::{Refusal, codes, version};

/// How many flow folders there are: a connection that is being released may still write into its own.
const FLOWS: u32 = 8;

/// The counter of a real front.
///
/// # Errors
///
/// Where the libraries of the settings are missing, cannot be loaded, or are of another version.
pub(crate) fn counter(options: &Options) -> Result<Box<dyn Counter>, Refusal> {
    let Some(path) = &options.trade_library else {
        let text = "the option trade_library is missing: the path of thosttraderapi_se";
        return Err(Refusal::new(E_ARG, text));
    };
    let wanted = options.library_version.as_deref();
    let trade = load(path, (TDAPI_GET_API_VERSION_SYMBOL, TDAPI_CREATE_API_SYMBOL), wanted)?;
    let quote = match (&options.quote_front, &options.quote_library) {
        (None, _) => None,
        (Some(_), None) => {
            let text =
                "quote_front is set, but quote_library is not: the path of thostmduserapi_se";
            return Err(Refusal::new(E_ARG, text));
        }
        (Some(_), Some(path)) => {
            let symbols = (MDAPI_GET_API_VERSION_SYMBOL, MDAPI_CREATE_API_SYMBOL);
            Some(load(path, symbols, wanted)?)
        }
    };
    Ok(Box::new(Live { trade, quote }))
}

/// A library that is loaded, and what makes its objects.
struct Loaded {
    path: PathBuf,
    /// Dropping it would unload the library while its threads still run.
    library: ManuallyDrop<Library>,
    creator: &'static [u8],
}

struct Live {
    trade: Loaded,
    quote: Option<Loaded>,
}

fn load(
    path: &Path,
    (version_symbol, creator): (&[u8], &'static [u8]),
    wanted: Option<&str>,
) -> Result<Loaded, Refusal> {
    let refuse = |why: String| Refusal::new(E_ARG, format!("{}: {why}", path.display()));
    if !path.is_file() {
        return Err(refuse("there is no such library".to_owned()));
    }
    // SAFETY: loading runs the vendor's code, which is what whoever names the path asks for.
    let library = unsafe { open(path) };
    let library = ManuallyDrop::new(library.map_err(|err| refuse(err.to_string()))?);
    // SAFETY: the vendor's header gives the symbol this type in every release.
    let reported = unsafe {
        library.get::<unsafe extern "C" fn() -> *const c_char>(version_symbol).map(|it| it())
    };
    let reported = reported.map_err(|err| refuse(format!("it is no library of CTP: {err}")))?;
    let reported = if reported.is_null() {
        String::new()
    } else {
        // SAFETY: the vendor returns a constant text with its end.
        unsafe { CStr::from_ptr(reported) }.to_string_lossy().into_owned()
    };
    if wanted != Some(reported.as_str()) {
        version::check(codes::API_VERSION, &reported)?;
    }
    // SAFETY: it is looked for and not called.
    let has_creator = unsafe { library.get::<unsafe extern "C" fn()>(creator) }.is_ok();
    if !has_creator {
        return Err(refuse(
            "it has no function that makes a connection of this version".to_owned(),
        ));
    }
    Ok(Loaded { path: path.to_owned(), library, creator })
}

/// Opens a library with every symbol resolved, so that a missing one is an error now.
///
/// # Safety
///
/// Its code runs.
#[cfg(unix)]
unsafe fn open(path: &Path) -> Result<Library, libloading::Error> {
    use libloading::os::unix::{Library as Unix, RTLD_LOCAL, RTLD_NOW};
    // SAFETY: the caller vouches for the library.
    unsafe { Unix::open(Some(path), RTLD_NOW | RTLD_LOCAL) }.map(Library::from)
}

/// Opens a library.
///
/// # Safety
///
/// Its code runs.
#[cfg(not(unix))]
unsafe fn open(path: &Path) -> Result<Library, libloading::Error> {
    // SAFETY: the caller vouches for the library.
    unsafe { Library::new(path) }
}

impl Loaded {
    fn odd(&self, why: &str) -> Refusal {
        Refusal::new(E_INTERNAL, format!("{}: {why}", self.path.display()))
    }

    /// A folder for the flow files of a connection, as the library takes it: with its separator.
    fn flow(&self, setting: &Setting<'_>, channel: &str) -> Result<CString, Refusal> {
        let folder = setting.flow.join(format!("{channel}{}", setting.generation % FLOWS));
        std::fs::create_dir_all(&folder)
            .map_err(|err| self.odd(&format!("{}: {err}", folder.display())))?;
        let text = folder.to_str().map(|it| format!("{it}{}", std::path::MAIN_SEPARATOR));
        let text = text.and_then(|it| CString::new(it).ok());
        text.ok_or_else(|| self.odd("the state folder's name is not UTF-8"))
    }
}

impl Counter for Live {
    fn limits(&self) -> Limits {
        Limits::default()
    }

    fn trading(&mut self, setting: &Setting<'_>) -> Result<Box<dyn Trading>, Refusal> {
        type Create = unsafe extern "C" fn(*const c_char) -> *mut CThostFtdcTraderApi;
        let flow = self.trade.flow(setting, "trade")?;
        // SAFETY: the header of this version, which the library is of, gives the symbol this type.
        let create = unsafe { self.trade.library.get::<Create>(self.trade.creator) };
        let create = create.map_err(|err| self.trade.odd(&err.to_string()))?;
        // SAFETY: the folder exists, and its name lives during the call.
        let at = unsafe { create(flow.as_ptr()) };
        if at.is_null() {
            return Err(self.trade.odd("it makes no connection"));
        }
        Ok(Box::new(LiveTrader::start(at, setting)?))
    }

    fn feed(&mut self, setting: &Setting<'_>) -> Result<Box<dyn Feed>, Refusal> {
        type Create = unsafe extern "C" fn(*const c_char, bool, bool) -> *mut CThostFtdcMdApi;
        let (Some(quote), Some(front)) = (&self.quote, &setting.options.quote_front) else {
            return Err(Refusal::new(E_UNSUPPORTED, "the settings name no market data front"));
        };
        let flow = quote.flow(setting, "quote")?;
        // SAFETY: as above.
        let create = unsafe { quote.library.get::<Create>(quote.creator) };
        let create = create.map_err(|err| quote.odd(&err.to_string()))?;
        // SAFETY: as above; neither UDP nor multicast.
        let at = unsafe { create(flow.as_ptr(), false, false) };
        if at.is_null() {
            return Err(quote.odd("it makes no connection"));
        }
        Ok(Box::new(LiveFeed::start(at, front, setting)))
    }
}
