//! Texts across the border, and what keeps panics on this side of it.

use std::any::Any;
use std::os::raw::c_char;
use std::panic::{catch_unwind, set_hook, AssertUnwindSafe};
use std::sync::Once;
use std::{ptr, slice};

#[repr(C)]
pub struct PtkText {
    data: *mut c_char,
    size: usize,
}

impl PtkText {
    pub fn none() -> Self {
        Self {
            data: ptr::null_mut(),
            size: 0,
        }
    }

    pub fn of(text: String) -> Self {
        let owned = text.into_bytes().into_boxed_slice();
        let size = owned.len();
        Self {
            data: Box::into_raw(owned).cast(),
            size,
        }
    }

    /// # Safety
    /// Comes from `of` or `none`, and is not used again.
    pub unsafe fn free(self) {
        if !self.data.is_null() {
            let owned = ptr::slice_from_raw_parts_mut(self.data.cast::<u8>(), self.size);
            drop(Box::from_raw(owned));
        }
    }
}

/// # Safety
/// `data` points to `size` bytes, or is anything where `size` is 0.
pub unsafe fn bytes<'a>(data: *const u8, size: usize) -> &'a [u8] {
    if size == 0 {
        &[]
    } else {
        slice::from_raw_parts(data, size)
    }
}

pub fn utf8<'a>(bytes: &'a [u8], what: &str) -> Result<&'a str, String> {
    std::str::from_utf8(bytes)
        .map_err(|error| format!("{what} is not valid UTF-8 at byte {}", error.valid_up_to()))
}

fn panic_message(payload: &(dyn Any + Send)) -> String {
    let words = payload
        .downcast_ref::<&str>()
        .map(|words| words.to_string())
        .or_else(|| payload.downcast_ref::<String>().cloned());
    words.unwrap_or_else(|| "the tokenizer gave up".to_string())
}

/// What `body` gives. Where it fails or panics, `otherwise`, and the reason in `error` (which may be null).
///
/// # Safety
/// `error` is null or points to a text that may be overwritten.
pub unsafe fn guarded<T>(
    error: *mut PtkText,
    otherwise: T,
    body: impl FnOnce() -> Result<T, String>,
) -> T {
    static SILENCE: Once = Once::new();
    SILENCE.call_once(|| set_hook(Box::new(|_| {})));
    let result = catch_unwind(AssertUnwindSafe(body));
    let message = match result {
        Ok(Ok(value)) => return value,
        Ok(Err(message)) => message,
        Err(payload) => panic_message(payload.as_ref()),
    };
    if !error.is_null() {
        *error = PtkText::of(message);
    }
    otherwise
}
