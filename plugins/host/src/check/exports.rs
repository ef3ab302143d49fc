//! What a library exports beside the entry: read from the file, because the loader does not say.

use std::path::Path;

use aftm_exchange_abi::ENTRY;

use super::frame::{Seen, failed, hold, skipped};

/// What linkers put there by themselves.
const LINKER: [&str; 6] = ["_init", "_fini", "_edata", "_end", "__bss_start", "__end__"];

/// The names that are said; a library may export thousands.
const SHOWN: usize = 5;

pub(super) fn only_the_entry(path: &Path, is_ours: bool) -> Seen {
    let bytes = std::fs::read(path).map_err(failed)?;
    let Some(names) = exported(&bytes) else {
        return Err(skipped("the file is no ELF library whose symbols can be listed"));
    };
    let entry = ENTRY.to_string_lossy();
    let others: Vec<_> =
        names.into_iter().filter(|it| **it != *entry && !LINKER.contains(&it.as_str())).collect();
    let shown = others.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    let count = others.len();
    hold(!is_ours || count == 0, || format!("{count} more than the entry: {shown}"))?;
    match count {
        0 => Ok(format!("{entry} and nothing else")),
        _ => Ok(format!("{count} more than the entry, better hidden: {shown}")),
    }
}

fn number<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

fn word(bytes: &[u8], at: usize) -> Option<usize> {
    number(bytes, at).and_then(|it| usize::try_from(u32::from_le_bytes(it)).ok())
}

fn long(bytes: &[u8], at: usize) -> Option<usize> {
    number(bytes, at).and_then(|it| usize::try_from(u64::from_le_bytes(it)).ok())
}

/// The symbols that a 64-bit little-endian ELF library offers to others; `None` for another file.
fn exported(bytes: &[u8]) -> Option<Vec<String>> {
    const DYNAMIC_SYMBOLS: usize = 11;
    if bytes.get(..6)? != b"\x7fELF\x02\x01" {
        return None;
    }
    let (table, size) = (long(bytes, 40)?, u16::from_le_bytes(number(bytes, 58)?));
    let count = u16::from_le_bytes(number(bytes, 60)?);
    let section = |index: usize| {
        let at = table.checked_add(index.checked_mul(usize::from(size))?)?;
        let end = at.checked_add(64)?;
        bytes.get(at..end)
    };
    let symbols = (0..usize::from(count))
        .filter_map(section)
        .find(|it| word(it, 4) == Some(DYNAMIC_SYMBOLS))?;
    let names = section(word(symbols, 40)?)?;
    let part = |it: &[u8]| {
        let (at, size) = (long(it, 24)?, long(it, 32)?);
        bytes.get(at..at.checked_add(size)?)
    };
    let (entries, names) = (part(symbols)?, part(names)?);
    let offered = entries.chunks_exact(24).filter_map(|it| offered(it, names));
    Some(offered.collect())
}

/// The name of a symbol, where it is defined here and seen by others.
fn offered(entry: &[u8], names: &[u8]) -> Option<String> {
    let (info, visibility) = (*entry.get(4)?, *entry.get(5)? & 3);
    let is_defined = number(entry, 6).map(u16::from_le_bytes)? != 0;
    let is_global = matches!(info >> 4, 1 | 2 | 10);
    let is_seen = matches!(visibility, 0 | 3);
    let name = names.get(word(entry, 0)?..)?.split(|it| *it == 0).next()?;
    let name = String::from_utf8_lossy(name).into_owned();
    Some(name).filter(|it| is_defined && is_global && is_seen && !it.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_cut_anywhere_is_read_without_a_panic() {
        let whole = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let head = whole.get(..4_096).unwrap_or(&whole);
        for end in 0..head.len() {
            let names = exported(&head[..end]);
            assert!(names.is_none_or(|it| it.is_empty()), "{end}");
        }
        assert_eq!(exported(b"MZ"), None);
    }
}
