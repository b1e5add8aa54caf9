//! Slim pushes: they end as pushes do, and what is wrong about them leaves nothing.

use std::collections::HashSet;
use std::io::Write as _;

use axum::body::Body;
use http::Method;
use packhorse_content::archive::Limits;
use packhorse_content::ingest::{IngestOptions, StoredFile};
use packhorse_content::slim::{SlimArchive, SlimList};
use packhorse_model::Digest;
use packhorse_model::api::slim::{question, read_answer};
use packhorse_model::filename::ArchiveFormat;
use serde_json::Value;
use tower::ServiceExt as _;

use crate::harness::{Reply, TestServer, authorized};

fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, content) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        // The name is set as it is, since some of these archives are wrong on purpose.
        header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
        header.set_cksum();
        builder.append(&header, *content).unwrap();
    }
    builder.into_inner().unwrap()
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    (0..length).map(|_| next()).collect()
}

fn shop(seed: u64) -> Vec<u8> {
    let greeting = format!("hello {seed}");
    tar(&[
        ("a/greeting.txt", greeting.as_bytes()),
        ("a/big.bin", &noise(1, 600_000)),
        ("a/own.bin", &noise(seed, 70_000)),
    ])
}

fn cut(archive: &[u8], format: ArchiveFormat) -> SlimArchive {
    let folder = tempfile::tempdir().unwrap().keep();
    let file = folder.join("archive");
    std::fs::write(&file, archive).unwrap();
    let limits = Limits::default();
    let options =
        IngestOptions { format, file_name: String::new(), package: "shop".into(), version: "1".into(), limits };
    SlimArchive::cut(&file, &options, &folder.join("packs")).unwrap()
}

async fn send(server: &TestServer, path: &str, body: Vec<u8>) -> (u16, Vec<u8>) {
    let path = format!("/api/v1/{path}");
    let request = authorized(Method::POST, &path).body(Body::from(body)).unwrap();
    let response = server.people.clone().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    (status, axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap().to_vec())
}

async fn json(server: &TestServer, path: &str, body: Vec<u8>) -> Reply {
    let (status, bytes) = send(server, path, body).await;
    let body = serde_json::from_slice(&bytes).unwrap();
    Reply { status: status.try_into().unwrap(), headers: http::HeaderMap::new(), body }
}

async fn missing(server: &TestServer, files: &[Digest]) -> HashSet<Digest> {
    let (status, bytes) = send(server, "slim-uploads/missing-files", question(files)).await;
    assert_eq!(status, 200);
    let marks = read_answer(&bytes, files.len()).unwrap();
    files.iter().zip(marks).filter(|(_, mark)| *mark).map(|(digest, _)| *digest).collect()
}

/// Sends these segments; gives how many bytes that took.
async fn send_packs(server: &TestServer, archive: &SlimArchive, wanted: &HashSet<Digest>) -> usize {
    let mut packs = Vec::new();
    archive
        .pack(wanted, |_, bytes| {
            packs.push(bytes);
            Ok(())
        })
        .unwrap();
    let sizes = packs.iter().map(Vec::len).sum();
    for pack in packs {
        json(server, "slim-uploads/packs", pack).await.expect(201);
    }
    sizes
}

/// Everything up to the list; gives the list, and the bytes that packs took.
async fn prepare(server: &TestServer, archive: &SlimArchive) -> (SlimList, usize) {
    let digests: Vec<Digest> = archive.files().iter().map(|stored| stored.file.digest).collect();
    let lacks = missing(server, &digests).await;
    let lacking: Vec<StoredFile> =
        archive.files().iter().filter(|stored| lacks.contains(&stored.file.digest)).copied().collect();
    let recipes: Vec<Digest> = lacking.iter().filter_map(|stored| stored.recipe).collect();
    let mut sent = send_packs(server, archive, &missing(server, &recipes).await).await;
    let named: Vec<Digest> = lacking
        .iter()
        .filter(|stored| stored.recipe.is_some())
        .flat_map(|stored| archive.segments_of(stored).unwrap())
        .collect();
    let (status, bytes) = send(server, "slim-uploads/missing-segments", question(&recipes)).await;
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&bytes));
    let marks = read_answer(&bytes, named.len()).unwrap();
    let mut wanted: HashSet<Digest> =
        named.iter().zip(marks).filter(|(_, mark)| *mark).map(|(digest, _)| *digest).collect();
    wanted.extend(lacking.iter().filter(|stored| stored.recipe.is_none()).map(|stored| stored.file.digest));
    sent += send_packs(server, archive, &wanted).await;
    (archive.list(&lacking), sent)
}

async fn finish(server: &TestServer, file_name: &str, list: &SlimList) -> Reply {
    json(server, &format!("slim-uploads?file_name={file_name}"), list.to_bytes().unwrap()).await
}

/// What the database says of a version and of everything stored.
async fn rows(server: &TestServer) -> String {
    let mut reader = server.app.store.read().await.unwrap();
    let mut text = String::new();
    for sql in [
        "SELECT hex(digest) || hex(pack_id) || frame_offset || '.' || frame_len || '.' || offset_in_frame || '.' || len AS line FROM segments ORDER BY 1",
        "SELECT hex(file) || size || hex(recipe) AS line FROM recipes ORDER BY 1",
        "SELECT hex(id) || size AS line FROM packs ORDER BY 1",
        "SELECT number || hex(tree) || tree_size || files || '.' || size || '.' || new_bytes || archive_name || archive_size || archive_sha256 || archive_md5 || hex(archive_blake3) || hex(archive_recipe) || archive_recipe_size AS line FROM versions ORDER BY 1",
        "SELECT content_bytes || '.' || stored_bytes AS line FROM registry_totals",
    ] {
        for row in reader.query(sql, vec![]).await.unwrap() {
            text += &row.text("line").unwrap();
            text.push('\n');
        }
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slim_push_ends_as_a_push_does() {
    let (whole, slim) = (TestServer::start().await, TestServer::start().await);
    for (version, seed) in [("1.0.0", 7), ("1.0.1", 8), ("1.0.2", 9)] {
        for (format, suffix) in [(ArchiveFormat::Tar, "tar"), (ArchiveFormat::TarGz, "tar.gz")] {
            let archive = if format == ArchiveFormat::Tar { shop(seed) } else { gz(&shop(seed)) };
            let name = format!("shop-{}_{version}.{suffix}", suffix.replace('.', ""));
            json(&whole, &format!("uploads?file_name={name}"), archive.clone()).await.expect(201);
            let (list, sent) = prepare(&slim, &cut(&archive, format)).await;
            assert!(seed == 7 || sent < 90_000, "what did not change is not sent: {sent}");
            let pushed = finish(&slim, &name, &list).await.expect(201);
            assert_eq!(pushed["version"]["archive"]["kept_as"], "recipe");
            finish(&slim, &name, &list).await.expect(200);
            let path = format!("/api/v1/packages/shop-{}/versions/{version}/archive", suffix.replace('.', ""));
            let response = slim.people.clone().oneshot(authorized(Method::GET, &path).body(Body::empty()).unwrap());
            let body = axum::body::to_bytes(response.await.unwrap().into_body(), 1 << 24).await.unwrap();
            assert!(body == archive, "{name} comes back bit for bit");
        }
    }
    assert_eq!(rows(&slim).await, rows(&whole).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_arrived_is_not_sent_again() {
    let server = TestServer::start().await;
    let archive = cut(&shop(7), ArchiveFormat::Tar);
    let (_, first) = prepare(&server, &archive).await;
    assert!(first > 600_000);
    let (digests, small) = (archive.files(), |stored: &&StoredFile| stored.recipe.is_none());
    let digests: Vec<Digest> = digests.iter().filter(small).map(|stored| stored.file.digest).collect();
    assert_eq!(missing(&server, &digests).await, HashSet::new());
    let (list, second) = prepare(&server, &archive).await;
    assert_eq!(second, 0);
    finish(&server, "shop_1.0.0.tar", &list).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_lists_and_packs_leave_nothing() {
    let server = TestServer::start().await;
    let good = cut(&gz(&shop(7)), ArchiveFormat::TarGz);
    let refused = async |reply: Reply, status: u16, code: &str| {
        assert_eq!((reply.status.as_u16(), reply.code()), (status, code), "{:#}", reply.body);
        assert!(reply.body["hint"].is_string(), "{:#}", reply.body);
        assert_eq!(server.get("/api/v1/packages").await.expect(200)["total"], Value::from(0));
    };
    refused(finish(&server, "shop_1.0.0.tar.gz", &good.list(good.files())).await, 409, "slim_incomplete").await;
    let (list, _) = prepare(&server, &good).await;

    let mut wrong = list.clone();
    wrong.archive.digest = Digest::new([7; 32]);
    refused(finish(&server, "shop_1.0.0.tar.gz", &wrong).await, 422, "slim_mismatch").await;
    let mut wrong = list.clone();
    wrong.tree.size = 1 << 50;
    refused(finish(&server, "shop_1.0.0.tar.gz", &wrong).await, 422, "slim_mismatch").await;
    let mut wrong = list.clone();
    wrong.gzip = None;
    refused(finish(&server, "shop_1.0.0.tar.gz", &wrong).await, 422, "slim_format").await;
    refused(json(&server, "slim-uploads?file_name=shop_1.0.0.tar.gz", b"junk".to_vec()).await, 422, "slim_list").await;
    refused(json(&server, "slim-uploads/missing-files", vec![0; 33]).await, 422, "slim_question").await;

    let mut packs = Vec::new();
    let all: HashSet<Digest> = good.files().iter().map(|stored| stored.recipe.unwrap_or(stored.file.digest)).collect();
    good.pack(&all, |_, bytes| {
        packs.push(bytes);
        Ok(())
    })
    .unwrap();
    let mut pack = packs.remove(0);
    let middle = pack.len() / 2;
    pack[middle] ^= 1;
    refused(json(&server, "slim-uploads/packs", pack).await, 422, "slim_pack").await;
    refused(json(&server, "slim-uploads/packs", b"PHpack\x01\n".to_vec()).await, 422, "slim_pack").await;

    // The list and all segments of a good archive are no way around the rules for archives.
    let whole = tar(&[("../evil", b"x")]);
    let mut bytes = shop(7);
    bytes.splice(0..0, whole[..1024].iter().copied());
    let shell = cut(&tar(&[("framing", &bytes)]), ArchiveFormat::Tar);
    let (inner, _) = prepare(&server, &shell).await;
    let framing = shell.files().iter().find(|stored| stored.file.size == bytes.len() as u64).unwrap();
    let recipe = packhorse_content::archive::ArchiveRecipe::Tar { framing: framing.file, parts: Vec::new() };
    let carrier = cut(&tar(&[("recipe", &recipe.to_bytes())]), ArchiveFormat::Tar);
    prepare(&server, &carrier).await;
    let mut evil = inner.clone();
    evil.recipe.digest = recipe.digest();
    evil.recipe.size = recipe.to_bytes().len() as u64;
    evil.archive = framing.file;
    refused(finish(&server, "shop_1.0.0.tar", &evil).await, 422, "PKG_PATH").await;

    finish(&server, "shop_1.0.0.tar.gz", &list).await.expect(201);
}
