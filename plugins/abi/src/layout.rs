//! How a struct of the header is mirrored: once, with everything that is known of it.

/// A field of a struct, as its bytes lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name, the same in the header.
    pub name: &'static str,
    /// Bytes before it.
    pub offset: usize,
    /// Bytes of it.
    pub size: usize,
}

/// A struct of the header, as its bytes lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Its name in the header.
    pub name: &'static str,
    /// Its bytes.
    pub size: usize,
    /// Its fields, in order.
    pub fields: &'static [Field],
}

/// A number of the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Constant {
    /// Its name in the header.
    pub name: &'static str,
    /// Its value.
    pub value: i128,
}

/// A value that says nothing: absent for an `i64`, zero for the rest.
pub trait Blank {
    /// It.
    const BLANK: Self;
}

macro_rules! blank {
    ($($kind:ty = $value:expr;)*) => {
        $(impl Blank for $kind {
            const BLANK: $kind = $value;
        })*
    };
}

blank! {
    u8 = 0;
    u16 = 0;
    u32 = 0;
    u64 = 0;
    i32 = 0;
    i64 = crate::constants::ABSENT;
}

impl<T: Blank, const N: usize> Blank for [T; N] {
    const BLANK: [T; N] = [T::BLANK; N];
}

impl<T> Blank for *const T {
    const BLANK: *const T = std::ptr::null();
}

impl<T> Blank for *mut T {
    const BLANK: *mut T = std::ptr::null_mut();
}

impl<T> Blank for Option<T> {
    const BLANK: Option<T> = None;
}

/// A struct of the header.
///
/// # Safety
///
/// Any bytes are a value of it, and it has no padding: integers, arrays of them, addresses, and
/// functions that may be absent.
pub unsafe trait Plain: Copy + Blank + 'static {
    /// How its bytes lie.
    const LAYOUT: Layout;
}

/// A struct that may grow at its end.
///
/// # Safety
///
/// Its first field is `struct_size: u32`, and it has no fewer bytes than `SIZE_MIN`.
pub unsafe trait Versioned: Plain {
    /// Its bytes in version 1.0: one with fewer was never valid. It stays when the struct grows.
    const SIZE_MIN: usize;

    /// One that says nothing but its size.
    fn blank() -> Self;
}

macro_rules! layout {
    ($(
        $(#[$doc:meta])*
        $mode:ident $name:ident = $c_name:literal, $size:literal {
            $($(#[$field_doc:meta])* $offset:literal => $field:ident: $kind:ty,)*
        }
    )*) => {
        $(
            $(#[$doc])*
            #[repr(C)]
            #[derive(Clone, Copy, Debug)]
            pub struct $name {
                $($(#[$field_doc])* pub $field: $kind,)*
            }

            const _: () = {
                assert!(size_of::<$name>() == $size, "the size is another one");
                $(assert!(std::mem::offset_of!($name, $field) == $offset, "an offset is another one");)*
                assert!(0 $(+ size_of::<$kind>())* == $size, "there is padding");
            };

            impl crate::layout::Blank for $name {
                const BLANK: $name = $name {
                    $($field: <$kind as crate::layout::Blank>::BLANK,)*
                };
            }

            // SAFETY: the macro is given integers, arrays of them, addresses and optional functions
            // only, and the assertion above leaves no room for padding.
            unsafe impl crate::layout::Plain for $name {
                const LAYOUT: crate::layout::Layout = crate::layout::Layout {
                    name: $c_name,
                    size: $size,
                    fields: &[$(crate::layout::Field {
                        name: stringify!($field),
                        offset: $offset,
                        size: size_of::<$kind>(),
                    },)*],
                };
            }

            crate::layout::growth!($mode $name $size {$($field: $kind,)*});
        )*

        pub(crate) const LAYOUTS: &[crate::layout::Layout] =
            &[$(<$name as crate::layout::Plain>::LAYOUT,)*];
    };
}

macro_rules! growth {
    (fixed $name:ident $size:literal $fields:tt) => {};
    (versioned $name:ident $size:literal {$($field:ident: $kind:ty,)*}) => {
        const _: () = assert!(std::mem::offset_of!($name, struct_size) == 0);

        // SAFETY: `struct_size` comes first, as just asserted, and it is a u32, or `blank` below
        // would not compile. The size is that of the struct.
        unsafe impl crate::layout::Versioned for $name {
            const SIZE_MIN: usize = $size;

            fn blank() -> $name {
                const SIZE: u32 = $size;
                // Field by field: a whole one would be copied out of memory that is seldom at hand.
                let mut blank = $name { $($field: <$kind as crate::layout::Blank>::BLANK,)* };
                blank.struct_size = SIZE;
                blank
            }
        }
    };
}

macro_rules! constants {
    ($($(#[$doc:meta])* $name:ident: $kind:ty = $value:expr;)*) => {
        $($(#[$doc])* pub const $name: $kind = $value;)*

        pub(crate) const CONSTANTS: &[crate::layout::Constant] = &[$(crate::layout::Constant {
            name: concat!("AFTM_", stringify!($name)),
            value: $name as i128,
        },)*];
    };
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $value:literal, $word:literal;)*) => {
        $($(#[$doc])* pub const $name: i32 = $value;)*

        pub(crate) const CODES: &[crate::layout::Constant] = &[$(crate::layout::Constant {
            name: concat!("AFTM_", stringify!($name)),
            value: $name as i128,
        },)*];

        /// What a code means, in a few words; a code that is not listed is named as that.
        pub const fn word(code: i32) -> &'static str {
            match code {
                $($name => $word,)*
                _ => "a code that this version does not know",
            }
        }

        /// The name of a code without its prefix: `E_PRICE`; `E_UNKNOWN` for one that is not listed.
        pub const fn code_name(code: i32) -> &'static str {
            match code {
                $($name => stringify!($name),)*
                _ => "E_UNKNOWN",
            }
        }
    };
}

pub(crate) use {codes, constants, growth, layout};
