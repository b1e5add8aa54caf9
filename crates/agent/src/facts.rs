//! What the machine is.

use std::collections::BTreeMap;
use std::net::{IpAddr, ToSocketAddrs as _, UdpSocket};
use std::path::Path;

use packhorse_client::agent_api::Endpoint;
use packhorse_model::order::HostFacts;
use packhorse_planner::host::INSTALL_ROOTS;

use crate::install::Instances;
use crate::paths::Paths;

/// Looks at the machine. What cannot be found out is left empty.
#[must_use]
pub fn gather(paths: &Paths, address: Option<IpAddr>) -> HostFacts {
    let names = rustix::system::uname();
    let text = |name: &std::ffi::CStr| name.to_string_lossy().into_owned();
    let memory = rustix::system::sysinfo();
    HostFacts {
        address: address.map(|address| address.to_string()).unwrap_or_default(),
        os: os(Path::new("/etc/os-release")).unwrap_or_else(|| text(names.sysname())),
        arch: text(names.machine()),
        kernel: text(names.release()),
        cpus: std::thread::available_parallelism().map_or(0, |count| u32::try_from(count.get()).unwrap_or(u32::MAX)),
        memory: memory.totalram.saturating_mul(u64::from(memory.mem_unit)),
        disk_free: disk_free(paths.root()).unwrap_or_default(),
        room: room(paths),
        agent_version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

/// Bytes free at each install root, and where further packages lie by default.
fn room(paths: &Paths) -> BTreeMap<String, u64> {
    let instances = Instances::load(paths).unwrap_or_default();
    let roots = instances.roots.into_values().chain([INSTALL_ROOTS.to_owned()]);
    roots.filter_map(|root| free_at(paths, &root).map(|free| (root, free))).collect()
}

/// Bytes free where an install root lies, or would.
fn free_at(paths: &Paths, root: &str) -> Option<u64> {
    let path = paths.on_host(root)?;
    disk_free(path.ancestors().find(|folder| folder.is_dir())?).ok()
}

/// Whether the server should hear how much room there is now: a sixteenth more or less than it was told, and 64 MiB at least.
pub fn has_moved(told: &HostFacts, now: &HostFacts) -> bool {
    const LEAST: u64 = 64 << 20;
    let is_other = |(root, free): (&String, &u64)| {
        told.room.get(root).is_none_or(|told| told.abs_diff(*free) > LEAST.max(told / 16))
    };
    told.room.len() != now.room.len() || now.room.iter().any(is_other)
}

/// Bytes that may be written to the file system on which a path lies.
///
/// # Errors
/// If it cannot be asked.
pub fn disk_free(path: &Path) -> std::io::Result<u64> {
    let disk = rustix::fs::statvfs(path)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// The address from which this machine reaches the server. Nothing is sent: the kernel is asked for the route.
#[must_use]
pub fn local_address(server: &Endpoint) -> Option<IpAddr> {
    if server.from.is_some() {
        return server.from;
    }
    let host = server.url.host_str()?.trim_matches(['[', ']']);
    let target = (host, server.url.port_or_known_default()?).to_socket_addrs().ok()?.next()?;
    let any: IpAddr = if target.is_ipv4() { [0; 4].into() } else { [0; 16].into() };
    let socket = UdpSocket::bind((any, 0)).ok()?;
    socket.connect(target).ok()?;
    socket.local_addr().ok().map(|address| address.ip())
}

fn os(release: &Path) -> Option<String> {
    let text = std::fs::read_to_string(release).ok()?;
    let value = text.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
    Some(value.trim().trim_matches(['"', '\'']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_this_machine() {
        let server = Endpoint::new("https://127.0.0.1:7434", None).unwrap();
        let facts = gather(&Paths::below(Path::new("/")), local_address(&server));
        assert_eq!(facts.address, "127.0.0.1");
        assert!(facts.cpus > 0 && facts.memory > 0 && facts.disk_free > 0, "{facts:?}");
        assert!(!facts.os.is_empty() && !facts.kernel.is_empty() && !facts.arch.is_empty(), "{facts:?}");
    }

    #[test]
    fn tells_the_room_again_when_it_has_changed_much() {
        let facts = |free: u64| HostFacts { room: [("/data/app".to_owned(), free)].into(), ..HostFacts::default() };
        assert!(!has_moved(&facts(10 << 30), &facts((10 << 30) - (1 << 20))));
        assert!(!has_moved(&facts(10 << 20), &facts(60 << 20)), "a little more of very little");
        assert!(has_moved(&facts(10 << 30), &facts(9 << 30)));
        assert!(has_moved(&facts(0), &facts(1 << 30)));
        assert!(has_moved(&HostFacts::default(), &facts(1)));
    }

    #[test]
    fn reads_the_name_of_the_system() {
        let folder = tempfile::tempdir().unwrap();
        let release = folder.path().join("os-release");
        std::fs::write(&release, "ID=debian\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n").unwrap();
        assert_eq!(os(&release).as_deref(), Some("Debian GNU/Linux 12 (bookworm)"));
    }
}
