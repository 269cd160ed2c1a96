//! The two matrices on the card: for each, its weights and, where they are kept, gradients and moments.

use crate::device::{Device, DeviceRows, GpuError};
use rapidvec_core::Matrix;
use rapidvec_textbook::{Field, Parameters, Side};

/// The fields of a row, in their order.
const FIELDS: [Field; 4] = [Field::Weight, Field::Gradient, Field::FirstMoment, Field::SecondMoment];

/// The sides of a model, in their order.
pub const SIDES: [Side; 2] = [Side::In, Side::Out];

/// The matrices of both sides, field by field.
#[derive(Debug)]
pub struct Fields {
    sides: [Vec<DeviceRows>; 2],
}

impl Fields {
    /// Room for those fields that `host` keeps.
    ///
    /// # Errors
    /// [`GpuError::NoRoom`].
    pub fn like(device: &Device, host: &Parameters) -> Result<Self, GpuError> {
        let (rows, cols) = (host.w_in.rows(), host.w_in.cols());
        let field = |_| DeviceRows::zeros(device, "weights and moments", rows, cols);
        let fields = || (0..host.w_in.fields()).map(field).collect::<Result<Vec<_>, _>>();
        Ok(Self { sides: [fields()?, fields()?] })
    }

    /// Bytes that the fields of `host` take on a card.
    pub fn bytes_of(host: &Parameters) -> u64 {
        2 * host.w_in.fields() as u64 * DeviceRows::bytes_of(host.w_in.rows(), host.w_in.cols())
    }

    /// How many buffers of at most `largest` bytes a field of `host` takes.
    pub fn parts_of(host: &Parameters, largest: u64) -> usize {
        DeviceRows::parts_of(host.w_in.rows(), host.w_in.cols(), largest)
    }

    /// A field of a side.
    ///
    /// # Panics
    /// If it is not kept.
    pub fn get(&self, side: Side, field: Field) -> &DeviceRows {
        &self.sides[side as usize][field as usize]
    }

    /// Copies everything to the card.
    ///
    /// # Errors
    /// [`GpuError::Lost`], [`GpuError::Failed`].
    pub fn upload(&self, device: &Device, host: &Parameters) -> Result<(), GpuError> {
        for (side, rows, field) in self.all() {
            if let Some(matrix) = side.of(host).get(field) {
                rows.upload(device, &matrix)?;
            }
        }
        Ok(())
    }

    /// Copies everything back, after all that was sent is done. If it fails, some of `host` is old.
    ///
    /// # Errors
    /// As [`upload`](Self::upload).
    pub fn download(&self, device: &Device, host: &mut Parameters) -> Result<(), GpuError> {
        let mut matrix = Matrix::zeros(host.w_in.rows(), host.w_in.cols());
        for (side, rows, field) in self.all() {
            rows.download(device, &mut matrix)?;
            side.of_mut(host).set(field, &matrix);
        }
        Ok(())
    }

    fn all(&self) -> impl Iterator<Item = (Side, &DeviceRows, Field)> {
        SIDES
            .into_iter()
            .zip(&self.sides)
            .flat_map(|(side, rows)| FIELDS.into_iter().zip(rows).map(move |(field, rows)| (side, rows, field)))
    }
}
