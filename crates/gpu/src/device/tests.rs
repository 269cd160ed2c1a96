//! What can only be tested on an adapter. Without one these tests say that they skip.

use super::*;
use rapidvec_core::{Matrix, Purpose, Rng};

/// The device to test on. Where there is none, a test says so and passes.
pub(crate) fn device(test: &str) -> Option<Device> {
    match Device::open() {
        Ok(device) => Some(device),
        Err(error) => {
            eprintln!("SKIPPED {test}: {error}");
            None
        }
    }
}

/// Numbers that are all different from each other.
pub(crate) fn random_matrix(rows: usize, cols: usize, scale: f64) -> Matrix {
    let mut rng = Rng::stream(5, Purpose::OutputWeights, (rows * 1_000 + cols) as u64);
    let mut numbers = vec![0.0; rows * cols];
    rng.fill_normal(&mut numbers, scale);
    Matrix::from_rows(rows, cols, &numbers)
}

#[test]
fn an_adapter_says_what_it_is() {
    let Some(device) = device("an_adapter_says_what_it_is") else { return };
    let adapter = device.adapter();
    assert!(!adapter.name.is_empty() && !adapter.driver.is_empty(), "{adapter:?}");
    assert!(adapter.max_binding >= 1 << 20 && adapter.max_bindings >= 4 && adapter.max_workgroup_memory >= 16_384);
    assert!(adapters().iter().any(|other| other.name == adapter.name));
}

#[test]
fn numbers_survive_the_way_there_and_back_in_pieces() {
    let Some(device) = device("numbers_survive_the_way_there_and_back_in_pieces") else { return };
    for count in [0u32, 1, 3, 5_000_000] {
        let numbers: Vec<u32> = (0..count).map(|i| i.wrapping_mul(2_654_435_761)).collect();
        let buffer = device.buffer("numbers", &numbers).unwrap();
        assert_eq!(device.read::<u32>(&buffer).unwrap(), numbers);
    }
}

#[test]
fn a_matrix_survives_in_one_part_and_in_many() {
    let Some(device) = device("a_matrix_survives_in_one_part_and_in_many") else { return };
    for (rows, cols, largest) in [(1, 1, 1 << 20), (7, 5, 64), (1_000, 100, 4_000), (3, 130, 1), (100_000, 61, 1 << 23)]
    {
        let matrix = random_matrix(rows, cols, 1.0);
        let on_device = DeviceRows::in_parts(&device, "a matrix", rows, cols, largest).unwrap();
        on_device.upload(&device, &matrix).unwrap();
        let mut back = Matrix::zeros(rows, cols);
        on_device.download(&device, &mut back).unwrap();
        assert_eq!(matrix, back);
        assert_eq!(on_device.parts().count(), DeviceRows::parts_of(rows, cols, largest));
    }
}

#[test]
fn shaders_find_each_row_in_its_part() {
    let Some(device) = device("shaders_find_each_row_in_its_part") else { return };
    for (rows, cols, largest) in [(11, 6, 1 << 20), (11, 6, 96), (12, 6, 96), (5, 4, 16)] {
        let on_device = DeviceRows::in_parts(&device, "a matrix", rows, cols, largest).unwrap();
        let matrix = random_matrix(rows, cols, 1.0);
        on_device.upload(&device, &matrix).unwrap();
        let source = format!(
            "{}
            @compute @workgroup_size(1) fn main(@builtin(workgroup_id) id: vec3u) {{
                for (var quad = 0u; quad < {}u; quad++) {{
                    store_m(id.x, quad, load_m(id.x, quad) * f32(id.x + 1u));
                }}
            }}",
            on_device.wgsl("m", 0),
            on_device.quads()
        );
        let kernel = device.kernel("scale", &source, &[]).unwrap();
        let bindings = kernel.bind(&device, &on_device.parts().collect::<Vec<_>>());
        device.submit(|pass| kernel.run(pass, &bindings, rows as u32));
        let mut back = Matrix::zeros(rows, cols);
        on_device.download(&device, &mut back).unwrap();
        for row in 0..rows {
            let expected: Vec<f32> = matrix.row(row).iter().map(|x| x * (row + 1) as f32).collect();
            assert_eq!(back.row(row), expected);
        }
    }
}

#[test]
fn a_wrong_shader_and_a_wrong_command_are_errors_and_no_panic() {
    let Some(device) = device("a_wrong_shader_and_a_wrong_command_are_errors_and_no_panic") else { return };
    let wrong = device.kernel("wrong", "fn main() { let x: u32 = 1.5; }", &[]);
    assert!(matches!(wrong, Err(GpuError::Failed { .. })), "{wrong:?}");
    assert_eq!(device.check(), Ok(()));
    let buffer = device.buffer("four bytes", &[1u32]).unwrap();
    assert!(matches!(device.write(&buffer, 2, &[1u32]), Err(GpuError::Failed { .. })));
}

#[test]
fn more_memory_than_there_is_is_refused_before_it_is_taken() {
    let Some(device) = device("more_memory_than_there_is_is_refused_before_it_is_taken") else { return };
    let refused = device.zeros("too much", 1 << 60);
    assert!(matches!(refused, Err(GpuError::NoRoom { .. })), "{refused:?}");
    if device.adapter().memory.is_some() {
        let error = device.check_memory(1 << 60).unwrap_err().to_string();
        assert!(error.contains("1152921504607 MB"), "{error}");
    }
    assert_eq!(device.check_memory(1), Ok(()));
}
