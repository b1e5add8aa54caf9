//! The requests that are measured: what people and the console ask for, with filters that find much, little and nothing.

use crate::fill::{Size, name};

/// One kind of request; each number makes another one of it.
pub(crate) struct Call {
    pub(crate) name: &'static str,
    pub(crate) path: Box<dyn Fn(u32) -> String>,
}

fn call(name: &'static str, path: impl Fn(u32) -> String + 'static) -> Call {
    Call { name, path: Box::new(path) }
}

const SORTS: [&str; 12] = [
    "name",
    "-name",
    "updated",
    "-updated",
    "created",
    "-created",
    "versions",
    "-versions",
    "instances",
    "-instances",
    "kind",
    "-kind",
];
const KINDS: [&str; 6] = ["file", "config", "script", "database", "image", "app"];
const WORDS: [&str; 6] = ["service", "order", "pay", "gate", "ervi", "the"];
const CHINESE: [&str; 5] = ["订单", "支付", "服务", "网关", "中台"];

fn one<T: Copy, const N: usize>(of: [T; N], n: u32) -> T {
    of[n as usize % N]
}

pub(crate) fn calls(size: &Size) -> Vec<Call> {
    let (packages, hosts) = (size.packages, size.hosts());
    vec![
        call("packages", |n| format!("packages?sort={}", one(SORTS, n))),
        call("packages, of a kind", |n| format!("packages?kind={}&sort={}", one(KINDS, n), one(SORTS, n / 6))),
        call("packages, a common word", |n| format!("packages?search={}&sort={}", one(WORDS, n), one(SORTS, n / 6))),
        call("packages, two characters", |n| format!("packages?search={}&sort={}", one(CHINESE, n), one(SORTS, n / 5))),
        call("packages, one name", move |n| format!("packages?search={}&sort=-updated", name(n * 7919 % packages))),
        call("packages, nothing", |n| format!("packages?search=zzz{n}")),
        call("packages, two common words", |n| {
            format!("packages?search=service+{}&kind={}", one(WORDS, n), one(KINDS, n / 6))
        }),
        call("packages, tag", |n| format!("packages?tag=t{}&sort={}", n % 500, one(SORTS, n))),
        call("packages, common tag and kind", |n| {
            format!("packages?tag=all&kind={}&sort={}", one(KINDS, n), one(SORTS, n / 6))
        }),
        call("packages, attribute", |n| format!("packages?meta.team=team{}&meta.arch=x86_64", n % 50)),
        call("packages, creator", |n| format!("packages?creator=user{}&sort=-created", n % 20)),
        call("versions of 100,000", |n| format!("packages/p000000/versions?limit={}", 50 + n % 100)),
        call("versions, a rare state", |_| "packages/p000000/versions?state=yanked".to_owned()),
        call("versions of a few", move |n| format!("packages/{}/versions", name(n * 7919 % packages))),
        call("instances", |n| format!("instances?limit={}", 50 + n % 100)),
        call("instances, of a package", move |n| format!("instances?package={}", name(n * 7919 % packages))),
        call("instances, of the largest", |n| format!("instances?package=p000000&limit={}", 50 + n % 100)),
        call("instances, of a host", move |n| format!("instances?host=h{:05}", n * 31 % hosts)),
        call("instances, of a module", |n| format!("instances?module=Bench/Live/M{:02}", n % 100)),
        call("instances, failed", |_| "instances?state=stopped".to_owned()),
        call("instances, unhealthy", |_| "instances?health=unhealthy".to_owned()),
        call("instances, unknown", |_| "instances?health=unknown".to_owned()),
        call("instances, two conditions", |n| {
            format!("instances?package=p000000&health=unhealthy&limit={}", 50 + n % 100)
        }),
    ]
}
