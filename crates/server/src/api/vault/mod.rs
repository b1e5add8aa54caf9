//! The vault: secrets by name. Nothing here ever gives a value back.

mod create;
mod delete;
mod get;
mod list;
mod update;

use packhorse_model::api::vault::LONGEST_SECRET;
use packhorse_model::name::SecretName;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::error::ApiError;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list::handler, create::handler)).routes(routes!(
        get::handler,
        update::handler,
        delete::handler
    ))
}

fn not_found(name: &SecretName) -> ApiError {
    ApiError::not_found("secret", name).hint("`packhorse secret list` shows those that there are")
}

fn check_value(value: &str) -> Result<(), ApiError> {
    let reason = if value.is_empty() {
        "a secret cannot be empty".to_owned()
    } else if value.len() > LONGEST_SECRET {
        format!("a secret may have {LONGEST_SECRET} bytes")
    } else if value.contains('\0') {
        "a secret may not hold the character NUL".to_owned()
    } else {
        return Ok(());
    };
    Err(ApiError::invalid("secret_value", reason)
        .hint("give the secret as text; certificates and keys in PEM are text"))
}

fn check_description(description: &str) -> Result<(), ApiError> {
    const LONGEST: usize = 500;
    if description.chars().count() > LONGEST {
        return Err(ApiError::invalid("description_too_long", format!("a description may have {LONGEST} characters")));
    }
    Ok(())
}
