//! The gate for the version of the vendor's library.
//!
//! CTP has no negotiation: the places of its functions and the sizes of its structs move between
//! releases while the symbols keep their names. A library of another version crashes, or reads
//! fields from the wrong place.

use aftm_exchange_abi::E_ABI;

use crate::Refusal;

/// Lets a library through whose reported version has exactly the numbers of `built_for`.
///
/// The vendor reports `v6.7.7_20240607 10:23:01`; what stands around the three numbers does not
/// count.
///
/// # Errors
///
/// Where the numbers differ, or no version can be read.
pub fn check(built_for: &str, reported: &str) -> Result<(), Refusal> {
    let Some(numbers) = numbers(reported) else {
        let text = format!(
            "the library calls itself {reported:?}, which names no version; this plug-in is built \
             for {built_for} alone"
        );
        return Err(Refusal::new(E_ABI, text));
    };
    if numbers == built_for {
        return Ok(());
    }
    let text = format!(
        "the library is CTP {numbers}, but this plug-in is built for {built_for} alone; take that \
         release of the library, or build the plug-in for {numbers}"
    );
    Err(Refusal::new(E_ABI, text))
}

/// The first run of three or more numbers joined by dots.
fn numbers(reported: &str) -> Option<&str> {
    let is_part = |letter: char| letter.is_ascii_digit() || letter == '.';
    let mut runs = reported.split(|letter| !is_part(letter));
    runs.find(|run| {
        let mut parts = run.split('.');
        run.split('.').count() >= 3 && parts.all(|it| !it.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_the_version_that_was_built_for_passes() {
        let rows = [
            ("v6.7.7_20240607 10:23:01.9362", true),
            ("V6.7.7_P1_20240607", true),
            ("6.7.7", true),
            ("v6.7.70_20240607", false),
            ("v6.7.7.1_20240607", false),
            ("v6.7.11_20250617 15:20:30", false),
            ("v6.7.2_20230913 13:45:00", false),
            ("v16.7.7", false),
            ("v6.7_20240607", false),
            ("20240607", false),
            ("v6..7.7", false),
            ("", false),
        ];
        for (reported, passes) in rows {
            assert_eq!(check("6.7.7", reported).is_ok(), passes, "{reported}");
        }
    }

    #[test]
    fn another_version_is_named_with_what_to_do() {
        let refused = check("6.7.7", "v6.7.11_20250617 15:20:30").unwrap_err();
        assert_eq!(refused.code, E_ABI);
        assert_eq!(
            refused.text,
            "the library is CTP 6.7.11, but this plug-in is built for 6.7.7 alone; take that \
             release of the library, or build the plug-in for 6.7.11"
        );
        let odd = check("6.7.7", "?").unwrap_err().text;
        assert!(odd.starts_with("the library calls itself \"?\", which names no version"), "{odd}");
    }
}
