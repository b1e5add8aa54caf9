//! `POST /api/v1/database/check`

use axum::Json;
use packhorse_content::danger::{MAX_FINDINGS, RuleSet};
use packhorse_content::sql;
use packhorse_content::text::Lines;
use packhorse_model::api::database::{CheckSql, SqlCheck, SqlFinding, SqlStatement};
use packhorse_model::api::packages::Severity;
use packhorse_model::api::scripts::DangerFinding;
use packhorse_model::danger::{DangerAction, DangerLevel};
use packhorse_model::problem::Problem;

use crate::access::CallerRequest;
use crate::api::scripts::require_short;
use crate::error::ApiError;

/// Statements that are listed.
const MOST_STATEMENTS: usize = 1000;

/// Says where the statements of a text of SQL are, and what speaks against running it. Changes nothing.
#[utoipa::path(
    post, path = "/api/v1/database/check", operation_id = "check_sql", tag = "scripts",
    request_body = CheckSql,
    responses((status = 200, body = SqlCheck), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(call: CallerRequest<CheckSql>) -> Result<Json<SqlCheck>, ApiError> {
    require_short(&call.input.text)?;
    let rules = crate::danger::rule_set(&call.app).await?;
    let check = tokio::task::spawn_blocking(move || check(&call.input, &rules));
    check.await.map(Json).map_err(ApiError::internal)
}

fn check(input: &CheckSql, rules: &RuleSet) -> SqlCheck {
    let lines = Lines::of(&input.text);
    let mut statements = Vec::new();
    let (mut total, mut findings, mut dangers) = (0, Vec::new(), Vec::new());
    let each = |statement: &sql::Statement<'_>| {
        total += 1;
        let (start, end) = (statement.start(), statement.end());
        if statements.len() < MOST_STATEMENTS {
            let span = lines.span(start, end);
            statements.push(SqlStatement { verb: statement.verb(), span, start: start as u64, end: end as u64 });
        }
        if dangers.len() < MAX_FINDINGS {
            dangers.extend(rules.statement(&lines, statement).iter().map(dangerous));
        }
    };
    sql::check(&input.text, input.engine, each, |concern| {
        let span = lines.span(concern.start, concern.end);
        let sql::Concern { rule, severity, message, hint, .. } = concern;
        findings.push(SqlFinding { rule, severity, span, message, hint });
    });
    findings.extend(dangers);
    // Those that refuse the text are kept if there are too many; they are shown in the order of the text.
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings.truncate(MAX_FINDINGS);
    findings.sort_by_key(|finding| finding.span);
    let is_refused = findings.iter().any(|finding| finding.severity == Severity::Error);
    SqlCheck { statements, total, findings, is_refused }
}

fn dangerous(finding: &DangerFinding) -> SqlFinding {
    let severity = match (finding.action, finding.level) {
        (DangerAction::Block, _) => Severity::Error,
        (DangerAction::Warn, DangerLevel::Low) => Severity::Advice,
        (DangerAction::Warn, _) => Severity::Warning,
    };
    SqlFinding {
        rule: finding.rule.to_string(),
        severity,
        span: finding.span,
        message: format!("this {}", finding.message),
        hint: "change it, or let whoever keeps the danger rules decide".to_owned(),
    }
}
