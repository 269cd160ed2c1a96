//! Arrow arrays of another library, by the C data interface: nothing is copied.
#![allow(unsafe_code)]

use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi};
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{ArrayRef, make_array};
use pyo3::exceptions::PyValueError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use std::ffi::{CStr, c_int};

/// The chunks of a column of polars, pyarrow, pandas or any other library with the capsule protocol; `None` if `object` does not have it.
pub fn chunks(object: &Bound<'_, PyAny>) -> PyResult<Option<Vec<ArrayRef>>> {
    let py = object.py();
    if let Some(method) = object.getattr_opt(intern!(py, "__arrow_c_stream__"))? {
        let capsule = method.call0()?;
        return of_stream(capsule.cast::<PyCapsule>()?).map(Some);
    }
    let Some(method) = object.getattr_opt(intern!(py, "__arrow_c_array__"))? else { return Ok(None) };
    let (schema, array): (Bound<'_, PyCapsule>, Bound<'_, PyCapsule>) = method.call0()?.extract()?;
    let schema = pointer::<FFI_ArrowSchema>(&schema, c"arrow_schema")?;
    let array = pointer::<FFI_ArrowArray>(&array, c"arrow_array")?;
    // SAFETY: the protocol says that the capsules hold a valid schema and an array of it, which a reader may move out; what remains is
    // marked as released, so that the capsules release nothing.
    let (array, schema) = unsafe { (FFI_ArrowArray::from_raw(array), FFI_ArrowSchema::from_raw(schema)) };
    Ok(Some(vec![imported(array, &schema)?]))
}

fn pointer<T>(capsule: &Bound<'_, PyCapsule>, name: &CStr) -> PyResult<*mut T> {
    Ok(capsule.pointer_checked(Some(name))?.as_ptr().cast())
}

fn of_stream(capsule: &Bound<'_, PyCapsule>) -> PyResult<Vec<ArrayRef>> {
    let stream = pointer::<FFI_ArrowArrayStream>(capsule, c"arrow_array_stream")?;
    // SAFETY: as above, for a stream.
    let mut stream = unsafe { FFI_ArrowArrayStream::from_raw(stream) };
    let mut schema = FFI_ArrowSchema::empty();
    let get_schema = stream.get_schema().ok_or_else(released)?;
    // SAFETY: the stream is valid, and the schema is ours to be written.
    check(&mut stream, |stream| unsafe { get_schema(stream, &mut schema) })?;
    let get_next = stream.get_next().ok_or_else(released)?;
    let mut chunks = Vec::new();
    loop {
        let mut array = FFI_ArrowArray::empty();
        // SAFETY: the stream is valid, and the array is ours to be written.
        check(&mut stream, |stream| unsafe { get_next(stream, &mut array) })?;
        if array.is_released() {
            return Ok(chunks); // the end
        }
        chunks.push(imported(array, &schema)?);
    }
}

fn imported(array: FFI_ArrowArray, schema: &FFI_ArrowSchema) -> PyResult<ArrayRef> {
    // SAFETY: the library that made the array says that it has this schema.
    let data = unsafe { from_ffi(array, schema) };
    data.map(make_array).map_err(|error| PyValueError::new_err(error.to_string()))
}

/// Calls a function of a stream, which returns 0 or an error number.
fn check(stream: &mut FFI_ArrowArrayStream, call: impl FnOnce(*mut FFI_ArrowArrayStream) -> c_int) -> PyResult<()> {
    let code = call(stream);
    if code == 0 {
        return Ok(());
    }
    let last = stream.get_last_error().map(|last_error| {
        // SAFETY: the stream is valid; the text it returns, if any, stays until the next call.
        unsafe {
            let text = last_error(stream);
            if text.is_null() { String::new() } else { CStr::from_ptr(text).to_string_lossy().into_owned() }
        }
    });
    Err(PyValueError::new_err(format!("the Arrow stream failed with error {code}: {}", last.unwrap_or_default())))
}

fn released() -> PyErr {
    PyValueError::new_err("the Arrow stream has been released")
}
