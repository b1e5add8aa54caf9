//! A server with a topology, hosts that joined it, and versions that were pushed to it.

use axum::body::Body;
use http::{Method, Request};
use jiff::SignedDuration;
use packhorse_server::{AgentIdentity, reconcile};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::driver::Driver;
use crate::harness::{Reply, TestServer, authorized};

pub(crate) const WEB: &str = "Shop/Production/Web";

/// Hosts, and the server that they belong to.
pub(crate) struct Fleet {
    pub(crate) server: TestServer,
    pub(crate) hosts: Vec<Driver>,
}

impl Fleet {
    /// `web-1` to `web-N` in one module, and `shop-web` in the versions 1.0.0 and 1.0.1.
    pub(crate) async fn of(hosts: usize) -> Self {
        Self::at(TestServer::start().await, hosts).await
    }

    /// The same at a server of one's own.
    pub(crate) async fn at(server: TestServer, hosts: usize) -> Self {
        let modules = json!([{ "name": "Web" }, { "name": "Empty" }]);
        let spec = json!({ "business": [{ "name": "Shop", "system": [
            { "name": "Production", "environment": "prod", "module": modules },
        ] }] });
        server.put("/api/v1/topology", spec).await.expect(200);
        let mut fleet = Self { server, hosts: Vec::new() };
        for number in 1..=hosts {
            let name = format!("web-{number}");
            let identity = fleet.join(&name).await;
            fleet.hosts.push(Driver::new(&name, identity));
        }
        for version in ["1.0.0", "1.0.1"] {
            fleet.push(version).await;
        }
        fleet.settle().await;
        fleet
    }

    /// The same, with 1.0.0 on every host.
    pub(crate) async fn with_1_0_0(hosts: usize) -> Self {
        Self::of(hosts).await.deployed().await
    }

    /// With 1.0.0 on every host.
    pub(crate) async fn deployed(self) -> Self {
        let mut fleet = self;
        let id = fleet.deploy(json!({ "action": "deploy", "version": "1.0.0" })).await;
        fleet.settle().await;
        assert_eq!(fleet.state(&id).await, "succeeded");
        fleet
    }

    pub(crate) async fn join(&self, name: &str) -> AgentIdentity {
        let made = self.server.post("/api/v1/join-tokens", json!({ "host": name, "modules": [WEB] })).await.expect(201);
        let token = made["token"].as_str().unwrap().split('.').next().unwrap();
        let key = rcgen::KeyPair::generate().unwrap();
        let request = rcgen::CertificateParams::default().serialize_request(&key).unwrap().pem().unwrap();
        let body = json!({
            "token": token, "certificate_request": request, "agent_version": "0.1.0",
            "facts": { "address": "10.0.0.1", "os": "Debian GNU/Linux 12", "arch": "x86_64" },
        });
        let join = Request::builder().method(Method::POST).uri("/agent/v1/join");
        let reply = self.server.send_to_agents(join, body).await.expect(200);
        AgentIdentity {
            host: reply["host"].as_str().unwrap().parse().unwrap(),
            incarnation: u32::try_from(reply["incarnation"].as_u64().unwrap()).unwrap(),
        }
    }

    /// Pushes a version of shop-web.
    pub(crate) async fn push(&self, version: &str) {
        self.push_package("shop-web", version).await;
    }

    /// Pushes a version of a package that is like shop-web.
    pub(crate) async fn push_package(&self, package: &str, version: &str) {
        self.push_with(package, version, "").await;
    }

    /// The same with more in its manifest.
    pub(crate) async fn push_with(&self, package: &str, version: &str, more: &str) {
        let manifest = format!("[[health]]\nhttp = 'http://[@packhorse.host.ip]:8080/healthz'\n{more}");
        let number = format!("{version}\n");
        let mut tar = tar::Builder::new(Vec::new());
        for (path, text, mode) in [
            ("packhorse.toml", manifest.as_str(), 0o644),
            ("conf/version", number.as_str(), 0o644),
            ("scripts/start.sh", "#!/bin/sh\n", 0o755),
            ("scripts/stop.sh", "#!/bin/sh\n", 0o755),
        ] {
            let mut header = tar::Header::new_ustar();
            header.set_size(text.len() as u64);
            header.set_mode(mode);
            tar.append_data(&mut header, path, text.as_bytes()).unwrap();
        }
        let uri = format!("/api/v1/uploads?file_name={package}_{version}.tar");
        let request = authorized(Method::POST, &uri).body(Body::from(tar.into_inner().unwrap())).unwrap();
        let response = self.server.people.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        assert_eq!(status, 201, "{}", String::from_utf8_lossy(&bytes));
    }

    /// A spec for all hosts of the module; `more` goes over it.
    pub(crate) fn spec(&self, more: Value) -> Value {
        let mut spec = json!({ "package": "shop-web", "targets": { "modules": [WEB] } });
        let Value::Object(more) = more else { panic!("a spec is an object") };
        spec.as_object_mut().unwrap().extend(more);
        spec
    }

    /// Starts a deployment.
    pub(crate) async fn deploy(&self, more: Value) -> String {
        let created = self.try_deploy(more).await.expect(201);
        created["summary"]["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn try_deploy(&self, more: Value) -> Reply {
        self.server.post("/api/v1/deployments?bind=true", json!({ "spec": self.spec(more) })).await
    }

    /// Lets the server and all hosts go on until nothing happens any more.
    pub(crate) async fn settle(&mut self) {
        for _ in 0..200 {
            reconcile(&self.server.app).await;
            let mut happens = false;
            for host in &mut self.hosts {
                happens |= host.sync(&self.server).await;
            }
            if !happens {
                // What the last reports led to.
                reconcile(&self.server.app).await;
                let mut is_told = false;
                for host in &mut self.hosts {
                    is_told |= host.sync(&self.server).await;
                }
                if !is_told {
                    return;
                }
            }
        }
        panic!("the deployment neither ends nor waits");
    }

    /// One round: the server decides, every host syncs.
    pub(crate) async fn round(&mut self) {
        reconcile(&self.server.app).await;
        for host in &mut self.hosts {
            host.sync(&self.server).await;
        }
    }

    /// Lets time go by in which these hosts are not heard of, and the others are.
    pub(crate) async fn pass_without(&mut self, silent: &[&str], seconds: i64) {
        for _ in 0..seconds {
            self.server.advance(SignedDuration::from_secs(1));
            for host in self.hosts.iter_mut().filter(|host| !silent.contains(&host.name.as_str())) {
                host.sync(&self.server).await;
            }
        }
        reconcile(&self.server.app).await;
    }

    pub(crate) async fn detail(&self, id: &str) -> Value {
        self.server.get(&format!("/api/v1/deployments/{id}")).await.expect(200)
    }

    pub(crate) async fn state(&self, id: &str) -> String {
        self.detail(id).await["summary"]["state"].as_str().unwrap().to_owned()
    }

    /// What it waits for, in words of the API.
    pub(crate) async fn waiting(&self, id: &str) -> Value {
        self.detail(id).await["waiting"].clone()
    }

    pub(crate) async fn units(&self, id: &str) -> Vec<Value> {
        let page = self.server.get(&format!("/api/v1/deployments/{id}/units")).await.expect(200);
        page["items"].as_array().unwrap().clone()
    }

    /// `web-1 succeeded 1.0.1` for each unit.
    pub(crate) async fn standing(&self, id: &str) -> Vec<String> {
        let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        self.units(id)
            .await
            .iter()
            .map(|unit| format!("{} {}", text(&unit["host_name"]), text(&unit["state"])))
            .collect()
    }

    pub(crate) async fn act(&self, id: &str, verb: &str) -> Reply {
        self.server.post(&format!("/api/v1/deployments/{id}/{verb}"), json!(null)).await
    }

    /// The version on each host, as the server shows it.
    pub(crate) async fn versions(&self) -> Vec<String> {
        let page = self.server.get("/api/v1/instances").await.expect(200);
        let shown = |item: &Value| {
            let text = |key: &str| item[key].as_str().unwrap().to_owned();
            format!("{} {} {} {}", text("host_name"), text("version"), text("state"), text("health"))
        };
        page["items"].as_array().unwrap().iter().map(shown).collect()
    }

    pub(crate) fn host(&mut self, name: &str) -> &mut Driver {
        self.hosts.iter_mut().find(|host| host.name == name).unwrap()
    }

    /// Stops the server and starts it again on the same data.
    pub(crate) async fn restart(self) -> Self {
        Self { server: self.server.restart().await, hosts: self.hosts }
    }
}
