//! What people say beside what they do: messages, comments, reasons.

use packhorse_model::guard::LONGEST_REMARK;
use packhorse_model::name::is_direction_override;

use crate::error::ApiError;

/// A remark that may be empty, without blanks around it.
///
/// # Errors
/// 422 if it is too long, or holds characters that make a text read otherwise than it is.
pub(crate) fn optional(text: &str) -> Result<String, ApiError> {
    let text = text.trim();
    let is_bad = |c: char| (c.is_control() && c != '\n') || is_direction_override(c);
    if text.chars().count() > LONGEST_REMARK || text.chars().any(is_bad) {
        return Err(ApiError::invalid(
            "bad_remark",
            format!("a remark has at most {LONGEST_REMARK} characters, none of them for control"),
        )
        .hint("say it in fewer words"));
    }
    Ok(text.to_owned())
}

/// A remark that has to be there.
///
/// # Errors
/// 422 as for [`optional`], or if there is none; `hint` says what it is for.
pub(crate) fn required(text: &str, hint: &str) -> Result<String, ApiError> {
    let text = optional(text)?;
    if text.is_empty() {
        return Err(ApiError::invalid("remark_missing", "this needs a reason").hint(hint));
    }
    Ok(text)
}
