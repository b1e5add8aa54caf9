//! `GET /agent/v1/attempts/{attempt}/secrets`

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::State;
use packhorse_model::ids::AttemptId;
use packhorse_model::order::{AttemptSecrets, Envelope, SecretVersion};
use packhorse_model::problem::Problem;
use packhorse_store::{Conn, attempts, vault};

use crate::access::Agent;
use crate::app::App;
use crate::envelope::{KeyError, PublicKey, SealError, SigningKey};
use crate::error::ApiError;
use crate::extract::Path;

/// The secrets that an open attempt of the calling host needs, and no others. They are of the versions that its plan was made with. What is
/// encrypted for the application is given in that form alone, and looks different each time.
#[utoipa::path(
    get, path = "/agent/v1/attempts/{attempt}/secrets", operation_id = "agent_get_secrets", tag = "agents",
    params(("attempt" = AttemptId, Path, description = "The attempt.")),
    responses((status = 200, body = AttemptSecrets), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    agent: Agent,
    Path(attempt): Path<AttemptId>,
) -> Result<Json<AttemptSecrets>, ApiError> {
    app.presence.note(agent.host, app.clock.now());
    let mut reader = app.store.read().await?;
    let standing = attempts::standing(&mut reader, attempt).await?;
    let standing = standing.ok_or_else(|| ApiError::not_found("attempt", attempt))?;
    if standing.host != agent.host || standing.incarnation != agent.incarnation {
        return Err(ApiError::forbidden("not_your_attempt", format!("attempt {attempt} is not of this host")));
    }
    if standing.ended_at.is_some() {
        return Err(ApiError::conflict("attempt_ended", format!("attempt {attempt} has ended"))
            .hint("a further attempt has secrets of its own"));
    }
    let own = attempts::particulars(&mut reader, attempt).await?.unwrap_or_default();
    let values = opened(&app, &mut reader, &own.secrets).await?;
    let Some(envelope) = own.envelope else {
        return Ok(Json(AttemptSecrets { values, ..AttemptSecrets::default() }));
    };
    let mut clear = own.variables;
    clear.extend(opened(&app, &mut reader, &envelope.secrets).await?);
    let signing_key = match envelope.signing_key {
        None => None,
        Some(version) => Some(open(&app, &mut reader, "signing key", version).await?),
    };
    drop(reader);
    // RSA takes a processor for milliseconds.
    let sealed = tokio::task::spawn_blocking(move || sealed(&envelope, &clear, signing_key.as_deref()));
    let sealed = sealed.await.map_err(ApiError::internal)??;
    Ok(Json(AttemptSecrets { values, ..sealed }))
}

async fn opened(
    app: &App,
    conn: &mut Conn,
    secrets: &BTreeMap<String, SecretVersion>,
) -> Result<BTreeMap<String, String>, ApiError> {
    let mut values = BTreeMap::new();
    for (name, wanted) in secrets {
        let value = open(app, conn, &format!("variable {name}"), *wanted).await?;
        values.insert(name.clone(), value);
    }
    Ok(values)
}

async fn open(app: &App, conn: &mut Conn, of: &str, wanted: SecretVersion) -> Result<String, ApiError> {
    let sealed = vault::sealed(conn, wanted.secret, wanted.version).await?.ok_or_else(|| {
        ApiError::conflict("secret_gone", format!("the secret of the {of} is not in the vault any more"))
            .hint("make a new plan, which uses what is there now")
    })?;
    app.vault.open(wanted.secret, wanted.version, &sealed).map_err(ApiError::internal)
}

/// What is encrypted of an order.
fn sealed(
    envelope: &Envelope,
    clear: &BTreeMap<String, String>,
    signing_key: Option<&str>,
) -> Result<AttemptSecrets, ApiError> {
    let public_key = PublicKey::read(&envelope.public_key).map_err(|error| unusable("public", error))?;
    let signing_key = signing_key.map(SigningKey::read).transpose().map_err(|error| unusable("signing", error))?;
    let all = |names: &BTreeSet<String>, seal: &dyn Fn(&str) -> Result<String, SealError>| {
        let one = |name: &String| {
            let value = clear.get(name).map(String::as_str).unwrap_or_default();
            Ok::<_, ApiError>((name.clone(), seal(value).map_err(|error| unsealed(name, &error))?))
        };
        names.iter().map(one).collect::<Result<BTreeMap<_, _>, _>>()
    };
    let signed = |value: &str| match &signing_key {
        Some(key) => public_key.signed(key, value),
        None => Err(SealError::Failed("the package names no signing_key".to_owned())),
    };
    Ok(AttemptSecrets {
        values: BTreeMap::new(),
        encrypted: all(&envelope.encrypted, &signed)?,
        single_encrypted: all(&envelope.single_encrypted, &|value| public_key.single(value))?,
    })
}

fn unusable(which: &str, error: KeyError) -> ApiError {
    ApiError::conflict("key_unusable", format!("the {which} key {error}"))
        .hint("give the variable that packhorse.toml names for it another value, and make a new plan")
}

fn unsealed(name: &str, error: &SealError) -> ApiError {
    ApiError::conflict("value_not_encrypted", format!("the variable {name} cannot be encrypted for the application"))
        .detail(error.to_string())
        .hint("give it a shorter value, or change the keys, and make a new plan")
}
