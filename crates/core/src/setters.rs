//! Builder methods of option structs.

/// Defines a method for each field, which sets it: `setters!(Options { threads: usize, limit: impl Into<Option<u64>> });`.
#[doc(hidden)]
#[macro_export]
macro_rules! setters {
    ($options:ty { $($field:ident: $value:ty),+ $(,)? }) => {
        /// Builder methods.
        impl $options {
            $(
                #[doc = concat!("Sets [`", stringify!($field), "`](Self#structfield.", stringify!($field), ").")]
                pub fn $field(self, $field: $value) -> Self {
                    Self { $field: $field.into(), ..self }
                }
            )+
        }
    };
}
