//! Shaders, ready to run.

use super::buffer::DeviceBuffer;
use super::error::GpuError;
use super::open::Device;
use super::ready::ready;

/// A shader that is ready to run: its entry point is `main`.
#[derive(Debug)]
pub struct Kernel {
    pipeline: wgpu::ComputePipeline,
}

/// The buffers that a kernel works on.
#[derive(Debug)]
pub struct Bindings(wgpu::BindGroup);

impl Device {
    /// Compiles a shader in WGSL. `constants` are its `override` values.
    ///
    /// # Errors
    /// [`GpuError::Failed`] if the driver cannot compile it.
    pub fn kernel(&self, name: &str, source: &str, constants: &[(&str, f64)]) -> Result<Kernel, GpuError> {
        let (validation, internal) = (wgpu::ErrorFilter::Validation, wgpu::ErrorFilter::Internal);
        let scopes = [validation, internal].map(|filter| self.device.push_error_scope(filter));
        let module = self.device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some(name),
            source: wgpu::ShaderSource::Wgsl(source.into()),
        });
        let pipeline = self.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some(name),
            layout: None,
            module: &module,
            entry_point: Some("main"),
            compilation_options: wgpu::PipelineCompilationOptions {
                constants,
                zero_initialize_workgroup_memory: false, // each kernel writes what it reads
            },
            cache: None,
        });
        // The last one pushed is the first to be popped.
        let errors = scopes.into_iter().rev().filter_map(|scope| ready(scope.pop()));
        match errors.collect::<Vec<_>>().first() {
            Some(error) => Err(self.faults.failed(error)),
            None => Ok(Kernel { pipeline }),
        }
    }
}

impl Kernel {
    /// Binds buffers to group 0, in the order of their bindings from 0.
    pub fn bind(&self, device: &Device, buffers: &[&DeviceBuffer]) -> Bindings {
        let entries = buffers
            .iter()
            .zip(0..)
            .map(|(buffer, binding)| wgpu::BindGroupEntry { binding, resource: buffer.buffer.as_entire_binding() });
        let entries: Vec<_> = entries.collect();
        let layout = &self.pipeline.get_bind_group_layout(0);
        Bindings(device.device.create_bind_group(&wgpu::BindGroupDescriptor { label: None, layout, entries: &entries }))
    }

    /// Runs this many workgroups.
    pub fn run(&self, pass: &mut wgpu::ComputePass, bindings: &Bindings, workgroups: u32) {
        self.run_numbered(pass, bindings, workgroups, 0);
    }

    /// Runs `number + 1` times as many workgroups, in a second dimension: so a shader learns the number without a buffer for it.
    pub fn run_numbered(&self, pass: &mut wgpu::ComputePass, bindings: &Bindings, workgroups: u32, number: u32) {
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, &bindings.0, &[]);
        pass.dispatch_workgroups(workgroups, number + 1, 1);
    }
}
