//! What the host lends for a call, made into text and structs that can be looked at.

use std::path::PathBuf;

use aftm_exchange_abi::{
    E_ARG, KeyValue, Login, Misfit, OPEN_COUNTS_FILLS, OpenParams, Versioned, look_at, read, slice,
};

use crate::fault::{Done, Fault};
use crate::options::Options;
use crate::seat::Who;

/// The most options or credentials, and the longest of their keys and values.
const PAIRS_MAX: u64 = 256;
const TEXT_MAX: u64 = 65_536;

/// A struct of the host's, copied.
///
/// # Safety
///
/// `at` is NULL, or has as many bytes as it says, of which nobody writes any during the call.
pub(super) unsafe fn copy<T: Versioned>(at: *const T) -> Result<T, Misfit> {
    // SAFETY: the caller vouches for the struct.
    unsafe { read(at, u64::MAX) }
}

/// Acts on a struct of the host's, which is not copied first where that is not needed.
///
/// # Safety
///
/// As of `copy`.
pub(super) unsafe fn shown<T: Versioned>(at: *const T, act: impl FnOnce(&T) -> Done) -> Done {
    // SAFETY: the caller vouches for the struct.
    unsafe { look_at(at, u64::MAX, act) }?
}

/// The pairs of a list. A key or a value that cannot be read is an error that names the list.
///
/// # Safety
///
/// The list and its texts live for as long as `'call`, or `at` is NULL.
unsafe fn pairs<'call>(
    what: &str,
    at: *const KeyValue,
    count: u64,
) -> Done<Vec<(&'call str, &'call str)>> {
    let broken = |why: &str| Fault::new(E_ARG, format!("{what}: {why}"));
    // SAFETY: the caller vouches for the list.
    let list = unsafe { slice(at, count, PAIRS_MAX) };
    let list = list.ok_or_else(|| broken("the list has no address or is too long"))?;
    let text = |pair: &KeyValue| {
        // SAFETY: the caller vouches for the texts.
        unsafe { Some((pair.key.text(TEXT_MAX)?, pair.value.text(TEXT_MAX)?)) }
    };
    let texts: Option<Vec<_>> = list.iter().map(text).collect();
    texts.ok_or_else(|| broken("a key or a value is no UTF-8, too long, or has no address"))
}

/// The options and the folder of a session.
///
/// # Safety
///
/// `at` is NULL, or has as many bytes as it says, and what it lends lives during the call.
pub(super) unsafe fn opening(at: *const OpenParams) -> Done<(PathBuf, Options)> {
    // SAFETY: the caller vouches for the parameters and for what they lend.
    let (flags, folder, options) = unsafe {
        let params = copy(at)?;
        let folder = params.state_dir.text(TEXT_MAX);
        (params.flags, folder, pairs("the options", params.options, params.options_n)?)
    };
    let folder = folder.map(PathBuf::from).filter(|it| it.is_absolute());
    let wrong = || Fault::new(E_ARG, "the state_dir is no absolute path of a folder");
    let folder = folder.ok_or_else(wrong)?;
    if !folder.is_dir() {
        let text = format!("the state_dir {} is no folder that exists", folder.display());
        return Err(Fault::new(E_ARG, text));
    }
    let counts_fills = flags & OPEN_COUNTS_FILLS != 0;
    Ok((folder, Options { counts_fills, ..Options::read(options)? }))
}

/// Who logs in. The password is looked at by nobody.
///
/// # Safety
///
/// As of `opening`.
pub(super) unsafe fn login(at: *const Login) -> Done<Who> {
    // SAFETY: the caller vouches for the login and for what it lends.
    let (login, creds) = unsafe {
        let login = copy(at)?;
        (login, pairs("the credentials", login.creds, login.creds_n)?)
    };
    let user = creds.iter().find(|(key, _)| *key == "user").map(|(_, user)| (*user).to_owned());
    let Login { flags, now_ns, utc_offset_s, .. } = login;
    Ok(Who { user, flags, now_ns, utc_offset_s })
}
