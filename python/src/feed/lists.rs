//! The texts of a list's tokens, without taking a reference to each.
//!
//! Nearly all text comes as lists of `str`. Taking and releasing a reference to each token would cost as much as looking it up.
#![allow(unsafe_code)]

use pyo3::prelude::*;
use pyo3::types::PyList;

/// Letters of the longest text that is copied.
#[cfg(not(Py_GIL_DISABLED))]
const LONGEST: usize = 24;

/// Room for copies of `N` texts.
#[cfg(not(Py_GIL_DISABLED))]
pub struct Copies<const N: usize> {
    room: [[u8; LONGEST * 4]; N],
    /// Whether a text before was copied. Otherwise only every `N`th is asked for its first letter.
    any: bool,
}

#[cfg(not(Py_GIL_DISABLED))]
impl<const N: usize> Default for Copies<N> {
    fn default() -> Self {
        Self { room: [[0; _]; N], any: false }
    }
}

/// Passes the texts of up to `N` tokens of `list`, from place `start`, to `take`; only those before the first that is not exactly a `str`.
/// Returns their number and the result of `take`.
///
/// # Errors
/// UnicodeEncodeError for a lone surrogate.
#[cfg(not(Py_GIL_DISABLED))]
pub fn with_texts<const N: usize, R>(
    list: &Bound<'_, PyList>,
    start: usize,
    copies: &mut Copies<N>,
    take: impl FnOnce(&[&str]) -> R,
) -> PyResult<(usize, R)> {
    use pyo3::ffi;
    use rapidvec_core::kernels::prefetch;
    let count = list.len().saturating_sub(start).min(N);
    let mut items = [std::ptr::null_mut(); N];
    for (place, item) in (start..).zip(&mut items[..count]) {
        // SAFETY: `place` is within the list, whose reference keeps the item alive: the GIL is held, and nothing before the end of `take`, which
        // is ours, runs Python code that could change the list.
        *item = unsafe { ffi::PyList_GetItem(list.as_ptr(), place as ffi::Py_ssize_t) };
        // SAFETY: the item is alive, as above. This prefetches its memory.
        prefetch(unsafe { &**item });
    }
    let (mut texts, mut found, looks) = ([""; N], 0, copies.any);
    copies.any = false;
    for ((&item, text), room) in items[..count].iter().zip(&mut texts).zip(&mut copies.room) {
        // SAFETY: the item is alive, as above.
        if unsafe { ffi::PyUnicode_CheckExact(item) } == 0 {
            break;
        }
        // SAFETY: the item is a `str` and alive, as above.
        let copy = if looks || found == 0 { unsafe { copied(item, room) } } else { None };
        copies.any |= copy.is_some();
        *text = match copy {
            Some(text) => text,
            // SAFETY: as above.
            None => unsafe { lent(item) }.ok_or_else(|| PyErr::fetch(list.py()))?,
        };
        found += 1;
    }
    Ok((found, take(&texts[..found])))
}

/// A copy of the text of a `str` that begins with a letter outside ASCII: to lend it, Python would make a copy that stays for as long as the
/// `str` does, of every word of a Korean text. `None` for other, longer and invalid texts.
///
/// # Safety
/// `item` is a `str` and alive, and the GIL is held.
#[cfg(not(Py_GIL_DISABLED))]
unsafe fn copied(item: *mut pyo3::ffi::PyObject, copy: &mut [u8]) -> Option<&str> {
    use pyo3::ffi;
    if cfg!(windows) {
        return None; // its wide characters are halves
    }
    // SAFETY: the caller vouches for the item. These calls run no Python code.
    let length = unsafe { ffi::PyUnicode_GetLength(item) };
    // SAFETY: as above, and there is a first character.
    if !(1..=LONGEST as ffi::Py_ssize_t).contains(&length) || unsafe { ffi::PyUnicode_ReadChar(item, 0) } < 0x80 {
        return None;
    }
    let mut letters = [0_u32; LONGEST];
    // SAFETY: as above; at most as many characters are written as there is room for.
    unsafe { ffi::PyUnicode_AsWideChar(item, letters.as_mut_ptr().cast(), LONGEST as ffi::Py_ssize_t) };
    let mut end = 0;
    for &letter in &letters[..length as usize] {
        let letter = char::from_u32(letter)?; // `None` for half a surrogate pair
        end += letter.encode_utf8(&mut copy[end..]).len();
    }
    // SAFETY: letters were encoded one after the other up to here.
    Some(unsafe { std::str::from_utf8_unchecked(&copy[..end]) })
}

/// The text of a `str` as Python lends it; `None` after an error of Python's, for a lone surrogate.
///
/// # Safety
/// As [`copied`]; the text must not be used when the item is no longer alive.
#[cfg(not(Py_GIL_DISABLED))]
unsafe fn lent<'a>(item: *mut pyo3::ffi::PyObject) -> Option<&'a str> {
    let mut length = 0;
    // SAFETY: the caller vouches for the item; the call runs no Python code.
    let bytes = unsafe { pyo3::ffi::PyUnicode_AsUTF8AndSize(item, &mut length) };
    // SAFETY: Python returned this many bytes of UTF-8, which live as long as the item.
    let text = || unsafe { std::str::from_utf8_unchecked(std::slice::from_raw_parts(bytes.cast(), length as usize)) };
    (!bytes.is_null()).then(text)
}

/// Nothing is copied without a GIL.
#[cfg(Py_GIL_DISABLED)]
#[derive(Default)]
pub struct Copies<const N: usize> {}

/// Without a GIL another thread may change the list at any time: references are taken.
#[cfg(Py_GIL_DISABLED)]
pub fn with_texts<const N: usize, R>(
    list: &Bound<'_, PyList>,
    start: usize,
    _: &mut Copies<N>,
    take: impl FnOnce(&[&str]) -> R,
) -> PyResult<(usize, R)> {
    use pyo3::types::PyString;
    let items = (start..list.len().min(start + N)).map_while(|place| list.get_item(place).ok());
    let tokens: Vec<_> = items.map_while(|item| item.cast_into_exact::<PyString>().ok()).collect();
    let texts = tokens.iter().map(|token| token.to_str()).collect::<PyResult<Vec<_>>>()?;
    Ok((texts.len(), take(&texts)))
}
