//! Structs of the other side, which may be of another version: copied before anyone looks at them,
//! or looked at where they lie, where the other side is trusted to leave them alone.

use std::mem::{MaybeUninit, size_of};

use crate::layout::Versioned;

/// Why a struct of the other side cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// There is none.
    #[error("{name} is missing: its address is NULL")]
    Missing {
        /// Which struct.
        name: &'static str,
    },
    /// Smaller than it ever was.
    #[error("{name} has {bytes} bytes, but never had fewer than {min}; set its struct_size")]
    Short {
        /// Which struct.
        name: &'static str,
        /// How many bytes it says it has, or how many there is room for.
        bytes: u64,
        /// How many it had in version 1.0.
        min: usize,
    },
}

/// Copies a struct of the other side: as much as both know, the rest blank. The copy's
/// `struct_size` is ours.
///
/// # Errors
///
/// Where `at` is NULL, or the struct, or the room for it, is smaller than it was in version 1.0.
///
/// # Safety
///
/// `at` is NULL, or `room` bytes can be read there, of which nobody writes any during the call, and
/// which are as many as the struct says that it has, or fewer. It need not be aligned.
pub unsafe fn read<T: Versioned>(at: *const T, room: u64) -> Result<T, Misfit> {
    let mut copy = MaybeUninit::uninit();
    // SAFETY: the caller vouches for the bytes, and what was read into is whole.
    unsafe {
        read_into(at, room, &mut copy)?;
        Ok(copy.assume_init())
    }
}

/// The same to the place where the copy is kept, which is whole where this succeeds.
///
/// # Errors
///
/// As of `read`.
///
/// # Safety
///
/// As of `read`.
pub unsafe fn read_into<T: Versioned>(
    at: *const T,
    room: u64,
    copy: &mut MaybeUninit<T>,
) -> Result<(), Misfit> {
    // SAFETY: the caller vouches for the bytes.
    let known = unsafe { shared::<T>(at, room) }?;
    if known < size_of::<T>() {
        copy.write(T::blank());
    }
    // SAFETY: `known` bytes can be read at `at`, and `copy` has that many; any bytes are a value of
    // a plain struct, whose size stands first. A size of fewer than 2^32 bytes fits its field.
    unsafe {
        let to = copy.as_mut_ptr().cast::<u8>();
        std::ptr::copy_nonoverlapping(at.cast::<u8>(), to, known);
        to.cast::<u32>().write(u32::try_from(size_of::<T>()).unwrap_or(u32::MAX));
    }
    Ok(())
}

/// Looks at a struct of the other side without a copy, where it has all that ours has and is
/// aligned; its `struct_size` is then the other side's. Otherwise at a copy as of `read`.
///
/// # Errors
///
/// As of `read`.
///
/// # Safety
///
/// As of `read`, for as long as `look` takes.
pub unsafe fn look_at<T: Versioned, R>(
    at: *const T,
    room: u64,
    look: impl FnOnce(&T) -> R,
) -> Result<R, Misfit> {
    // SAFETY: the caller vouches for the bytes.
    let known = unsafe { shared::<T>(at, room) }?;
    let copy;
    let seen = if known == size_of::<T>() && at.is_aligned() {
        // SAFETY: the address is aligned and not NULL, or `shared` had refused it; there are as many
        // bytes as ours has, any bytes are a value of a plain struct, and nobody writes any of them
        // meanwhile.
        unsafe { &*at }
    } else {
        // SAFETY: the caller vouches for the bytes.
        copy = unsafe { read(at, room) }?;
        &copy
    };
    Ok(look(seen))
}

/// Copies a struct into one of the other side, no further than its `struct_size`, which becomes the
/// number of bytes that are meant.
///
/// # Errors
///
/// Where `to` is NULL, or the struct there is smaller than it was in version 1.0.
///
/// # Safety
///
/// `to` is NULL, or as many bytes as the `struct_size` there says can be written, and nobody else
/// uses them during the call. It need not be aligned.
pub unsafe fn write<T: Versioned>(value: &T, to: *mut T) -> Result<(), Misfit> {
    // SAFETY: the caller vouches for the bytes; without another bound, the struct's own holds.
    let known = unsafe { shared::<T>(to, u64::MAX) }?;
    // SAFETY: `known` bytes can be written at `to` and read at `value`, and a value of ours does not
    // overlap one of theirs. A size of fewer than 2^32 bytes fits its field.
    unsafe {
        std::ptr::copy_nonoverlapping((&raw const *value).cast::<u8>(), to.cast(), known);
        to.cast::<u32>().write_unaligned(u32::try_from(known).unwrap_or(u32::MAX));
    }
    Ok(())
}

/// How many bytes of a struct both sides know, which are those of version 1.0 at least.
///
/// # Errors
///
/// As of `read`.
///
/// # Safety
///
/// `at` is NULL, or as many bytes can be read there as the struct says that it has, or `room` where
/// that is less. It need not be aligned.
unsafe fn shared<T: Versioned>(at: *const T, room: u64) -> Result<usize, Misfit> {
    let min = T::SIZE_MIN;
    if at.is_null() || room < min as u64 {
        return Err(misfit(T::LAYOUT.name, at.is_null(), room, min));
    }
    // SAFETY: there is room for the smallest such struct, which begins with its size.
    let claimed = unsafe { at.cast::<u32>().read_unaligned() };
    let bytes = u64::from(claimed).min(room);
    if bytes < min as u64 {
        return Err(misfit(T::LAYOUT.name, false, bytes, min));
    }
    Ok(usize::try_from(bytes).unwrap_or(usize::MAX).min(size_of::<T>()))
}

#[cold]
fn misfit(name: &'static str, is_missing: bool, bytes: u64, min: usize) -> Misfit {
    if is_missing { Misfit::Missing { name } } else { Misfit::Short { name, bytes, min } }
}

#[cfg(test)]
mod tests {
    use crate::{ABSENT, Blank, Layout, Plain, Status, Tick};

    use super::*;

    /// A struct that has grown since its first version, which had sixteen bytes.
    #[repr(C)]
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct Grown {
        struct_size: u32,
        count: u32,
        price: i64,
        later: i64,
        latest: u64,
    }

    impl Blank for Grown {
        const BLANK: Grown =
            Grown { struct_size: 0, count: 0, price: ABSENT, later: ABSENT, latest: 0 };
    }

    // SAFETY: integers only, and no padding between them.
    unsafe impl Plain for Grown {
        const LAYOUT: Layout = Layout { name: "grown", size: 32, fields: &[] };
    }

    // SAFETY: it begins with its size and has more bytes than sixteen.
    unsafe impl Versioned for Grown {
        const SIZE_MIN: usize = 16;

        fn blank() -> Grown {
            Grown { struct_size: 32, ..Grown::BLANK }
        }
    }

    fn grown(struct_size: u32) -> Grown {
        Grown { struct_size, count: 7, price: 8, later: 9, latest: 10 }
    }

    fn taken(from: Grown, room: u64) -> Result<Grown, Misfit> {
        // SAFETY: the struct is larger than any room or size that the tests name below 33, and a
        // copy never takes more than its own thirty-two bytes.
        unsafe { read(&raw const from, room) }
    }

    #[test]
    fn what_the_other_side_does_not_have_is_blank() {
        let first = Grown { struct_size: 32, count: 7, price: 8, ..Grown::BLANK };
        assert_eq!(taken(grown(16), 16), Ok(first));
        assert_eq!(taken(grown(24), 32), Ok(Grown { later: 9, ..first }));
        assert_eq!(taken(grown(32), 24), Ok(Grown { later: 9, ..first }));
        assert_eq!(taken(grown(32), 32), Ok(grown(32)));
        assert_eq!(taken(grown(400), u64::MAX), Ok(grown(32)), "a newer one has more");
    }

    #[test]
    fn one_that_is_missing_or_too_small_is_named() {
        let (name, min) = ("grown", 16);
        for bytes in [0, 4, 15] {
            let short = Err(Misfit::Short { name, bytes: u64::from(bytes), min });
            assert_eq!(taken(grown(bytes), 32), short);
            assert_eq!(taken(grown(32), u64::from(bytes)), short);
        }
        // SAFETY: NULL is asked for.
        let missing = unsafe { read::<Grown>(std::ptr::null(), 32) };
        assert_eq!(missing, Err(Misfit::Missing { name }));
        let said = Misfit::Short { name, bytes: 3, min }.to_string();
        assert_eq!(said, "grown has 3 bytes, but never had fewer than 16; set its struct_size");
    }

    #[test]
    fn nothing_is_written_beyond_what_the_other_side_has() {
        let mut theirs = Grown { struct_size: 24, count: 0, price: 0, later: 0, latest: 99 };
        // SAFETY: twenty-four of its thirty-two bytes are offered.
        unsafe { write(&grown(32), &raw mut theirs) }.unwrap();
        assert_eq!(theirs, Grown { latest: 99, ..grown(24) });
        theirs.struct_size = 8;
        // SAFETY: as above.
        let refused = unsafe { write(&grown(32), &raw mut theirs) };
        assert_eq!(refused, Err(Misfit::Short { name: "grown", bytes: 8, min: 16 }));
        assert_eq!(theirs.price, 8);
    }

    #[test]
    fn an_address_need_not_be_aligned() {
        let mut bytes = [0_u8; size_of::<Status>() + 1];
        let status = Status { code: -7, ..Status::blank() };
        let at = (&raw mut bytes).cast::<u8>().wrapping_add(1).cast::<Status>();
        // SAFETY: a status has room behind the first byte, where its size is put first.
        let copy = unsafe {
            at.cast::<u32>().write_unaligned(status.struct_size);
            write(&status, at).unwrap();
            read(at.cast_const(), u64::MAX)
        };
        assert_eq!(copy.unwrap().code, -7);
    }

    #[test]
    fn what_is_whole_and_aligned_is_looked_at_where_it_lies() {
        for (struct_size, is_copied) in [(16, true), (24, true), (32, false), (400, false)] {
            let theirs = grown(struct_size);
            let look = |it: &Grown| (*it, !std::ptr::eq(it, &raw const theirs));
            // SAFETY: never more than its own thirty-two bytes are looked at.
            let (seen, was_copied) = unsafe { look_at(&raw const theirs, 400, look) }.unwrap();
            assert_eq!(was_copied, is_copied, "{struct_size}");
            let later = if struct_size == 16 { ABSENT } else { 9 };
            assert_eq!((seen.count, seen.price, seen.later), (7, 8, later), "{struct_size}");
            // Whose struct it is, its size is.
            assert_eq!(seen.struct_size, if is_copied { 32 } else { struct_size });
        }
        let mut bytes = [0_u64; size_of::<Grown>() / 8 + 1];
        let at = (&raw mut bytes).cast::<u8>().wrapping_add(1).cast::<Grown>();
        // SAFETY: the struct has room behind the first byte, and nobody else looks at it.
        let seen = unsafe {
            at.write_unaligned(grown(32));
            look_at(at.cast_const(), 32, |it| (*it, std::ptr::eq(it, at)))
        };
        assert_eq!(seen, Ok((grown(32), false)));
        // SAFETY: NULL and a struct that is too small are refused.
        unsafe {
            assert!(look_at::<Grown, ()>(std::ptr::null(), 32, |_| ()).is_err());
            assert!(look_at(&raw const bytes as *const Grown, 8, |_| ()).is_err());
        }
    }

    #[test]
    fn a_blank_struct_says_its_size_and_nothing_else() {
        let tick = Tick::blank();
        assert_eq!(usize::try_from(tick.struct_size), Ok(size_of::<Tick>()));
        assert_eq!((tick.price_e9, tick.sequence, tick.symbol), (ABSENT, 0, [0; 64]));
    }
}
