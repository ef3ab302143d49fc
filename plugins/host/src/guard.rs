//! Room for what a plug-in writes, with a margin behind it that must stay as it was.

use aftm_exchange_abi::Versioned;

const MARGIN: [u64; 8] = [0xA5A5_5A5A_C3C3_3C3C; 8];

/// A struct for a plug-in to fill.
#[repr(C)]
pub(crate) struct Guarded<T> {
    value: T,
    margin: [u64; 8],
}

impl<T: Versioned> Guarded<T> {
    pub(crate) fn blank() -> Guarded<T> {
        Guarded { value: T::blank(), margin: MARGIN }
    }

    /// Where the plug-in writes. The address is of the whole, so that a plug-in that writes into the
    /// margin writes into memory of this value.
    pub(crate) fn room(&mut self) -> *mut T {
        (&raw mut *self).cast()
    }

    /// What was written. The struct's own size is whatever the plug-in put there.
    pub(crate) fn written(&self) -> &T {
        &self.value
    }

    /// Whether nothing was written behind it.
    pub(crate) fn is_whole(&self) -> bool {
        // The compiler must not know the margin better than the memory does.
        std::hint::black_box(&self.margin) == &MARGIN
    }
}

#[cfg(test)]
mod tests {
    use aftm_exchange_abi::Status;

    use super::*;

    #[test]
    fn what_is_written_behind_a_struct_is_noticed() {
        let mut room = Guarded::<Status>::blank();
        assert!(room.is_whole());
        let behind = room.room().wrapping_add(1).cast::<u8>();
        // SAFETY: the byte behind the struct is the first one of the margin.
        unsafe { behind.write(0) };
        assert!(!room.is_whole());
        assert_eq!(room.written().code, 0);
    }
}
