//! `POST /agent/v1/join`

use std::net::{IpAddr, Ipv4Addr};

use axum::Json;
use axum::extract::{Request, State};
use packhorse_model::ids::HostId;
use packhorse_model::order::{HostFacts, JoinReply, JoinRequest};
use packhorse_model::problem::Problem;
use packhorse_store::audit::NewEntry;
use packhorse_store::{hosts, instances, join_tokens};
use serde_json::json;

use crate::access::{Secret, SecretKind, read_body};
use crate::app::App;
use crate::connections::Peer;
use crate::error::ApiError;
use crate::tls::CertificateRequestError;

/// Longest text of a fact; a machine that says more about itself is cut short.
const LONGEST_FACT: usize = 200;
/// Install roots of which a machine can say how much room there is.
const MOST_ROOTS: usize = 256;

impl From<CertificateRequestError> for ApiError {
    fn from(error: CertificateRequestError) -> Self {
        match error {
            CertificateRequestError::Form | CertificateRequestError::Key => {
                Self::invalid("certificate_request", error.to_string())
            }
            CertificateRequestError::Sign(cause) => Self::internal(cause),
        }
    }
}

/// Lets a host join with a one-time token. A host of that name that exists joins anew, and its earlier certificates are refused from then on.
#[utoipa::path(
    post, path = "/agent/v1/join", operation_id = "join", tag = "agents",
    request_body = JoinRequest,
    responses((status = 200, body = JoinReply), (status = "4XX", body = Problem)), security(()),
)]
pub(crate) async fn handler(State(app): State<App>, request: Request) -> Result<Json<JoinReply>, ApiError> {
    let address = request.extensions().get::<Peer>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip());
    let now = app.clock.now();
    app.throttles.join.admit(&address, now)?;
    let input: JoinRequest = read_body(request.into_body()).await?;
    let refused = || {
        app.throttles.join.failed(&address, now);
        ApiError::forbidden("join_token", "this join token is unknown, was used, or is at its end")
            .hint("make a new one with `packhorse host join-token`")
    };
    let secret = Secret::parse(SecretKind::JoinToken, &input.token).ok_or_else(refused)?;
    let mut facts = input.facts;
    if facts.address.is_empty() {
        facts.address = address.to_string();
    }
    facts.agent_version = input.agent_version;
    let facts = shortened(facts);

    let mut tx = app.store.write().await?;
    let token = join_tokens::take(&mut tx, &secret.hash(), now).await?.ok_or_else(refused)?;
    let new: HostId = app.random.id(now);
    let (host, incarnation) = hosts::join(&mut tx, new, &token.host, &facts, now).await?;
    // What was told of the health of instances was told of another machine.
    instances::forget_health(&mut tx, host, now).await?;
    if !token.modules.is_empty() {
        hosts::set_modules(&mut tx, host, &token.modules).await?;
    }
    let certificate = app.authority.sign_agent(&input.certificate_request, host, incarnation)?;
    hosts::set_certificate(&mut tx, host, incarnation, &certificate.serial).await?;
    tx.audit(NewEntry {
        at: now,
        actor: format!("host:{}", token.host),
        action: "host.join",
        object: token.host.to_string(),
        detail: json!({ "host": host, "incarnation": incarnation, "address": address.to_string(), "join_token": token.id }),
    });
    tx.commit().await?;
    app.presence.note(host, now);
    let authority = app.authority.pem().to_owned();
    Ok(Json(JoinReply { host, name: token.host, incarnation, certificate: certificate.pem, authority }))
}

/// What a machine says about itself, bounded.
pub(crate) fn shortened(mut facts: HostFacts) -> HostFacts {
    for text in [&mut facts.address, &mut facts.os, &mut facts.arch, &mut facts.kernel, &mut facts.agent_version] {
        *text = text.chars().filter(|c| !c.is_control()).take(LONGEST_FACT).collect();
    }
    facts.room.retain(|root, _| root.len() <= LONGEST_FACT && root.starts_with('/'));
    while facts.room.len() > MOST_ROOTS {
        facts.room.pop_last();
    }
    facts
}
