//! Scripts that are run: what they are given, what is told of them, how they are stopped, and how long their output stays.

use axum::body::Body;
use http::Method;
use jiff::SignedDuration;
use packhorse_server::{Fragment, drop_old_outputs};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::fixture::Fleet;
use crate::harness::{Reply, TestServer, authorized};

const MANIFEST: &str = "[script]\nentry = 'clean.sh'\ninterpreter = 'sh'\n\
    [[script.parameter]]\nname = 'DAYS'\ntype = 'integer'\ndefault = '30'\n\
    [[script.parameter]]\nname = 'PASSWORD'\ntype = 'secret'\n";

async fn push(fleet: &Fleet, version: &str, text: &str) {
    let mut tar = tar::Builder::new(Vec::new());
    for (path, text) in [("packhorse.toml", MANIFEST), ("clean.sh", text)] {
        let mut header = tar::Header::new_ustar();
        header.set_size(text.len() as u64);
        header.set_mode(0o755);
        tar.append_data(&mut header, path, text.as_bytes()).unwrap();
    }
    let uri = format!("/api/v1/uploads?file_name=clean_{version}.tar");
    let request = authorized(Method::POST, &uri).body(Body::from(tar.into_inner().unwrap())).unwrap();
    assert_eq!(fleet.server.people.clone().oneshot(request).await.unwrap().status(), 201);
}

async fn with_script(hosts: usize) -> Fleet {
    let fleet = Fleet::of(hosts).await;
    push(&fleet, "1.0.0", "#!/bin/sh\nls\n").await;
    fleet
}

fn run(more: Value) -> Value {
    let mut spec = json!({ "action": "run", "package": "clean", "version": "1.0.0" });
    let Value::Object(more) = more else { panic!("a spec is an object") };
    spec.as_object_mut().unwrap().extend(more);
    spec
}

/// `2 code-0 web-1 of 4 bytes` for each group.
async fn groups(fleet: &Fleet, id: &str) -> Vec<String> {
    let page = fleet.server.get(&format!("/api/v1/deployments/{id}/outputs")).await.expect(200);
    let shown = |group: &Value| {
        let exit = &group["exit"];
        let code = exit["code"].as_i64().map(|code| format!(" {code}")).unwrap_or_default();
        format!("{} {}{code} {}", group["hosts"], exit["how"].as_str().unwrap(), group["first"].as_str().unwrap())
    };
    page["items"].as_array().unwrap().iter().map(shown).collect()
}

async fn write(fleet: &Fleet, id: &str, text: &str) {
    for unit in fleet.units(id).await {
        let host = fleet.hosts.iter().find(|host| unit["host_name"] == host.name.as_str()).unwrap();
        let path = format!("/agent/v1/attempts/{}/steps/2/output?offset=0", unit["attempt"].as_str().unwrap());
        fleet.server.agent(host.identity, Method::POST, &path, json!(text)).await.expect(204);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_script_runs_in_batches_and_hosts_are_grouped_by_its_end() {
    let mut fleet = with_script(4).await;
    let spec = fleet.spec(run(json!({ "strategy": { "batch": "2" } })));
    let plan = fleet.server.post("/api/v1/plans", spec).await.expect(201);
    let kinds = |steps: &Value| steps.as_array().unwrap().iter().map(|step| step["kind"].clone()).collect::<Vec<_>>();
    assert_eq!(kinds(&plan["changes"][0]["steps"]), ["preflight", "fetch", "stage", "run"]);
    assert_eq!((&plan["changes"][0]["action"], plan["batches"].as_array().unwrap().len()), (&json!("run"), 2));

    fleet.hosts[3].script = (3, "no room");
    let created = fleet.server.post("/api/v1/deployments", json!({ "plan": plan["id"] })).await.expect(201);
    let id = created["summary"]["id"].as_str().unwrap().to_owned();
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "halted");
    assert_eq!(fleet.standing(&id).await[2..], ["web-3 succeeded", "web-4 failed"]);
    assert_eq!(fleet.units(&id).await[3]["failure"]["aftermath"], "ran");
    assert_eq!(fleet.versions().await, Vec::<String>::new(), "nothing is installed");
    assert_eq!(groups(&fleet, &id).await, ["3 code 0 web-1", "1 code 3 web-4"]);

    // Again where it failed, and nowhere else.
    fleet.hosts[3].script = (0, "done");
    fleet.act(&id, "retry").await.expect(200);
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "succeeded");
    assert_eq!(groups(&fleet, &id).await, ["4 code 0 web-1"]);
    let tried: Vec<_> = fleet.units(&id).await.iter().map(|unit| unit["attempts"].clone()).collect();
    assert_eq!(tried, [1, 1, 1, 2]);

    let page = fleet.server.get(&format!("/api/v1/deployments/{id}/outputs")).await.expect(200);
    let group = page["items"][0]["id"].as_str().unwrap();
    let hosts = format!("/api/v1/deployments/{id}/outputs/hosts?group={group}&limit=3");
    let first = fleet.server.get(&hosts).await.expect(200);
    assert_eq!((first["items"].as_array().unwrap().len(), &first["total"]), (3, &json!(4)));
    let next = format!("{hosts}&cursor={}", first["next"].as_str().unwrap());
    assert_eq!(fleet.server.get(&next).await.expect(200)["items"][0]["host_name"], "web-4");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_reaches_what_runs() {
    let mut fleet = with_script(2).await;
    fleet.hosts[0].is_stuck = true;
    let id = fleet.deploy(run(json!({}))).await;
    fleet.settle().await;
    assert_eq!(fleet.standing(&id).await, ["web-1 switching", "web-2 succeeded"]);
    let refused = fleet.act(&id, "rollback").await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "script_not_reversible"));
    let path = format!("/api/v1/deployments/{id}/rollback");
    let refused = fleet.server.post(&path, json!({ "hosts": ["web-2"] })).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "script_not_reversible"));
    fleet.act(&id, "abort").await.expect(200);
    fleet.settle().await;
    assert_eq!(fleet.state(&id).await, "aborted");
    assert_eq!(fleet.standing(&id).await, ["web-1 failed", "web-2 succeeded"]);
    assert_eq!(groups(&fleet, &id).await, ["1 code 0 web-2", "1 stopped web-1"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_script_is_given_is_checked_and_a_secret_is_only_named() {
    const SECRET: &str = "correct-horse-battery";
    let mut fleet = with_script(1).await;
    let refused = async |fleet: &Fleet, more: Value| {
        let reply: Reply = fleet.try_deploy(run(more)).await;
        format!("{} {} {}", reply.status.as_u16(), reply.code(), reply.body["detail"].as_str().unwrap_or_default())
    };
    let text = |value: &str| json!({ "type": "text", "value": value });
    let wrong = json!({ "parameters": { "DAYS": text("soon"), "HOUR": text("1"), "PASSWORD": text(SECRET) } });
    insta::assert_snapshot!(refused(&fleet, wrong).await, @r#"
    422 script_parameters HOUR is no parameter of the script, which has DAYS, PASSWORD
    DAYS: "soon" is not a whole number
    PASSWORD is a secret: name one of the vault instead of saying it
    "#);
    let named = json!({ "parameters": { "PASSWORD": { "type": "secret", "value": "db-admin" } } });
    insta::assert_snapshot!(refused(&fleet, named.clone()).await, @"422 script_parameters PASSWORD: there is no secret db-admin");
    insta::assert_snapshot!(refused(&fleet, json!({ "strategy": { "on_failure": "rollback" } })).await, @"422 bad_strategy");
    insta::assert_snapshot!(refused(&fleet, json!({ "action": "deploy" })).await, @"422 script_not_deployable");
    insta::assert_snapshot!(refused(&fleet, json!({ "package": "shop-web" })).await, @"422 not_a_script");
    let wanted = json!({ "action": "stop", "package": "shop-web", "version": null, "parameters": { "A": text("1") } });
    insta::assert_snapshot!(refused(&fleet, wanted).await, @"422 parameters_not_wanted");

    let secret = json!({ "name": "db-admin", "value": SECRET });
    fleet.server.post("/api/v1/vault/secrets", secret).await.expect(201);
    fleet.hosts[0].is_stuck = true;
    let id = fleet.deploy(run(named)).await;
    fleet.settle().await;
    let open = fleet.hosts[0].open().unwrap().clone();
    assert_eq!(open.order.variables["DAYS"], "30", "a default is given");
    assert!(!serde_json::to_string(&open).unwrap().contains(SECRET));
    let path = format!("/agent/v1/attempts/{}/secrets", open.attempt);
    let given = fleet.server.agent(fleet.hosts[0].identity, Method::GET, &path, Value::Null).await.expect(200);
    assert_eq!(given, json!({ "values": { "PASSWORD": SECRET } }));
    for path in [format!("/api/v1/deployments/{id}"), "/api/v1/audit".to_owned()] {
        assert!(!fleet.server.get(&path).await.expect(200).to_string().contains(SECRET), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn danger_rules_look_at_a_script_when_it_is_run() {
    let fleet = with_script(1).await;
    push(&fleet, "1.0.1", "#!/bin/sh\nls\nreboot\n").await;
    let spec = fleet.spec(run(json!({ "version": "1.0.1" })));
    let plan = fleet.server.post("/api/v1/plans", spec.clone()).await.expect(201);
    let warnings = plan["warnings"].to_string();
    assert!(warnings.contains("clean.sh:3: reboot: this") && warnings.contains("[reboot]"), "{warnings}");

    let mut rule = fleet.server.get("/api/v1/danger-rules/reboot").await.expect(200);
    rule["action"] = json!("block");
    fleet.server.put("/api/v1/danger-rules/reboot", rule).await.expect(200);
    for (path, body) in [
        ("/api/v1/plans", spec.clone()),
        ("/api/v1/deployments", json!({ "spec": spec })),
        ("/api/v1/deployments", json!({ "plan": plan["id"] })),
    ] {
        let refused = fleet.server.post(path, body).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (409, "script_blocked"), "{path}");
        assert!(refused.body["detail"].as_str().unwrap().starts_with("clean.sh:3: reboot"), "{}", refused.body);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn outputs_are_downloaded_and_dropped_when_they_are_old() {
    let kept = Fragment { script_output_days: Some(7), script_output_runs: Some(1), ..Fragment::default() };
    let mut fleet = Fleet::at(TestServer::start_with(kept).await, 2).await;
    push(&fleet, "1.0.0", "#!/bin/sh\nls\n").await;
    let mut ids = Vec::new();
    for _ in 0..2 {
        let id = fleet.deploy(run(json!({}))).await;
        fleet.settle().await;
        write(&fleet, &id, "done").await;
        fleet.server.advance(SignedDuration::from_hours(1));
        fleet.settle().await;
        ids.push(id);
    }
    let archive = async |id: &str, form: &str| {
        let uri = format!("/api/v1/deployments/{id}/outputs/download?as={form}");
        let request = authorized(Method::GET, &uri).body(Body::empty()).unwrap();
        let response = fleet.server.people.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        (status, axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap())
    };
    let (status, packed) = archive(&ids[0], "tar.gz").await;
    assert_eq!(status, 200);
    let mut files = tar::Archive::new(flate2::read::GzDecoder::new(packed.as_ref()));
    let mut shown = Vec::new();
    for file in files.entries().unwrap() {
        let mut file = file.unwrap();
        let path = file.path().unwrap().display().to_string();
        let mut text = String::new();
        std::io::Read::read_to_string(&mut file, &mut text).unwrap();
        shown.push(format!("{path}: {text}"));
    }
    insta::assert_snapshot!(shown.join("\n"), @r#"
    results.csv: host,exit,millis,output_bytes
    web-1,code-0,12,4
    web-2,code-0,12,4

    web-1.txt: "done"
    web-2.txt: "done"
    "#);
    let (status, packed) = archive(&ids[0], "zip").await;
    assert_eq!((status, &packed[..2]), (200, b"PK".as_slice()));

    // The older one is one too many.
    assert_eq!(drop_old_outputs(&fleet.server.app).await.unwrap(), 1);
    assert_eq!(archive(&ids[0], "zip").await.0, 410);
    assert_eq!(archive(&ids[1], "zip").await.0, 200);
    let page = fleet.server.get(&format!("/api/v1/deployments/{}/outputs", ids[0])).await.expect(200);
    assert!(page["items"][0]["dropped_at"].is_string());
    let attempt = page["items"][0]["attempt"].as_str().unwrap();
    let gone = fleet.server.get(&format!("/api/v1/attempts/{attempt}/steps/2/output")).await;
    assert_eq!((gone.status.as_u16(), gone.code()), (410, "output_dropped"));
    assert_eq!(groups(&fleet, &ids[0]).await, ["2 code 0 web-1"], "how it ended stays");

    fleet.server.advance(SignedDuration::from_hours(7 * 24));
    assert_eq!(drop_old_outputs(&fleet.server.app).await.unwrap(), 1);
    assert_eq!(drop_old_outputs(&fleet.server.app).await.unwrap(), 0);
    let log = fleet.server.get("/api/v1/audit").await.expect(200);
    assert_eq!(log["items"][0]["action"], "deployment.drop_outputs");
}
