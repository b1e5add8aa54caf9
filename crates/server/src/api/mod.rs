//! The API of people's clients, under `/api/v1`: one folder per noun, one file per endpoint.

mod attempts;
mod audit;
mod config;
mod danger_rules;
mod database;
mod database_targets;
mod deployments;
mod drafts;
mod environments;
mod freezes;
mod hosts;
mod instances;
mod join_tokens;
mod locks;
pub(crate) mod objects;
mod overview;
mod packages;
mod plans;
mod projects;
pub(crate) mod remark;
mod retention;
mod scripts;
mod sessions;
mod slim_uploads;
mod storage;
mod strategies;
mod tokens;
mod topology;
mod units;
mod uploads;
mod users;
mod variables;
mod vault;
mod versions;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

/// Every route under `/api/v1`.
pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(packages::router())
        .merge(versions::router())
        .merge(uploads::router())
        .merge(storage::router())
        .merge(slim_uploads::router())
        .merge(overview::router())
        .merge(topology::router())
        .merge(sessions::router())
        .merge(join_tokens::router())
        .merge(hosts::router())
        .merge(attempts::router())
        .merge(deployments::router())
        .merge(drafts::router())
        .merge(instances::router())
        .merge(plans::router())
        .merge(units::router())
        .merge(audit::router())
        .merge(tokens::router())
        .merge(objects::router())
        .merge(projects::router())
        .merge(danger_rules::router())
        .merge(scripts::router())
        .merge(database::router())
        .merge(database_targets::router())
        .merge(retention::router())
        .merge(config::router())
        .merge(variables::router())
        .merge(vault::router())
        .merge(environments::router())
        .merge(freezes::router())
        .merge(locks::router())
        .merge(strategies::router())
        .merge(users::router())
}
