//! The texts of a list's tokens, without taking a reference to each.
//!
//! Nearly all text comes as lists of `str`. Taking and releasing a reference to each token would cost as much as looking it up.
#![allow(unsafe_code)]

use pyo3::prelude::*;
use pyo3::types::PyList;

/// Passes the texts of up to `N` tokens of `list`, from place `start`, to `take`; only those before the first that is not exactly a `str`.
/// Returns their number and the result of `take`.
///
/// # Errors
/// UnicodeEncodeError for a lone surrogate.
#[cfg(not(Py_GIL_DISABLED))]
pub fn with_texts<const N: usize, R>(
    list: &Bound<'_, PyList>,
    start: usize,
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
    let (mut texts, mut found) = ([""; N], 0);
    for (&item, text) in items[..count].iter().zip(&mut texts) {
        // SAFETY: the item is alive, as above.
        if unsafe { ffi::PyUnicode_CheckExact(item) } == 0 {
            break;
        }
        let mut length = 0;
        // SAFETY: the item is a `str`; the call runs no Python code.
        let bytes = unsafe { ffi::PyUnicode_AsUTF8AndSize(item, &mut length) };
        if bytes.is_null() {
            return Err(PyErr::fetch(list.py()));
        }
        // SAFETY: Python returned this many bytes of UTF-8, which live as long as the item, which is alive, as above.
        *text = unsafe { std::str::from_utf8_unchecked(std::slice::from_raw_parts(bytes.cast(), length as usize)) };
        found += 1;
    }
    Ok((found, take(&texts[..found])))
}

/// Without a GIL another thread may change the list at any time: references are taken.
#[cfg(Py_GIL_DISABLED)]
pub fn with_texts<const N: usize, R>(
    list: &Bound<'_, PyList>,
    start: usize,
    take: impl FnOnce(&[&str]) -> R,
) -> PyResult<(usize, R)> {
    use pyo3::types::PyString;
    let items = (start..list.len().min(start + N)).map_while(|place| list.get_item(place).ok());
    let tokens: Vec<_> = items.map_while(|item| item.cast_into_exact::<PyString>().ok()).collect();
    let texts = tokens.iter().map(|token| token.to_str()).collect::<PyResult<Vec<_>>>()?;
    Ok((texts.len(), take(&texts)))
}
