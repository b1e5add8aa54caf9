//! What people ask for while a deployment runs, and how long they wait for it.

use std::time::Instant;

use packhorse_model::ids::DeploymentId;
use reqwest::header::COOKIE;

use crate::site::{Failure, Site};

/// One kind of request, and how long each of them took.
#[derive(Debug)]
pub(crate) struct Probe {
    /// What is asked for.
    pub(crate) name: &'static str,
    path: String,
    millis: Vec<f64>,
}

impl Probe {
    fn new(name: &'static str, path: String) -> Self {
        Self { name, path, millis: Vec::new() }
    }

    /// How many requests were answered.
    pub(crate) fn count(&self) -> usize {
        self.millis.len()
    }

    /// The value in milliseconds below which this share of the answers came.
    pub(crate) fn percentile(&self, share: f64) -> f64 {
        let mut sorted = self.millis.clone();
        sorted.sort_by(f64::total_cmp);
        let at = (sorted.len() as f64 * share).ceil() as usize;
        sorted.get(at.saturating_sub(1).min(sorted.len().saturating_sub(1))).copied().unwrap_or_default()
    }
}

/// Somebody who looks at a deployment.
pub(crate) struct Watcher<'a> {
    site: &'a Site,
    http: reqwest::Client,
    probes: Vec<Probe>,
}

impl<'a> Watcher<'a> {
    /// Of this deployment.
    pub(crate) fn new(site: &'a Site, id: DeploymentId) -> Result<Self, Failure> {
        let probes = vec![
            Probe::new("deployment", format!("deployments/{id}")),
            Probe::new("its units, a page of 100", format!("deployments/{id}/units?limit=100")),
            Probe::new("hosts, a page of 100", "hosts?limit=100".to_owned()),
            Probe::new("deployments, a page of 100", "deployments?limit=100".to_owned()),
        ];
        Ok(Self { site, http: reqwest::Client::builder().tls_certs_only([]).build()?, probes })
    }

    /// Asks for everything once, and gives the answer about the deployment.
    pub(crate) async fn look(&mut self) -> Result<Vec<u8>, Failure> {
        let mut first = None;
        for probe in &mut self.probes {
            let url = format!("{}/api/v1/{}", self.site.client.address(), probe.path);
            let begin = Instant::now();
            let response = self.http.get(url).header(COOKIE, &self.site.cookie).send().await?;
            let status = response.status();
            let body = response.bytes().await?;
            probe.millis.push(begin.elapsed().as_secs_f64() * 1000.0);
            if !status.is_success() {
                return Err(format!("{}: {status}: {}", probe.path, String::from_utf8_lossy(&body)).into());
            }
            first.get_or_insert(body);
        }
        Ok(first.unwrap_or_default().to_vec())
    }

    /// What was found.
    pub(crate) fn found(self) -> Vec<Probe> {
        self.probes
    }
}
