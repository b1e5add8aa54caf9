//! How types that are written as text appear in the OpenAPI document.

/// Says that a type is a string on the wire.
macro_rules! text_schema {
    ($($name:ty),+ $(,)?) => {$(
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                utoipa::openapi::ObjectBuilder::new().schema_type(utoipa::openapi::schema::Type::String).into()
            }
        }
        impl utoipa::ToSchema for $name {}
    )+};
}

text_schema!(crate::api::drafts::Expectation, crate::variables::Scope);
text_schema!(crate::selector::LabelSelector, crate::strategy::HostOrder);
text_schema!(crate::guard::ClockTime, crate::guard::GuardScope, crate::guard::TimeZoneName);
text_schema!(crate::strategy::Amount, crate::strategy::BatchExpression, crate::topology::ModulePath);
