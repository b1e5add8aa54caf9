//! What was measured, as tables.

use std::fmt;

use packhorse_testkit::bench::Kind;

use crate::fleet::Gathering;
use crate::rollout::Rollout;
use crate::usage::Idle;

const MIB: f64 = 1024.0 * 1024.0;

/// Everything that was measured on one database.
pub(crate) struct Report {
    pub(crate) kind: Kind,
    pub(crate) agents: u32,
    pub(crate) batch: String,
    pub(crate) gathering: Gathering,
    pub(crate) idle: Idle,
    pub(crate) rollout: Rollout,
    /// The most bytes that the server had in memory.
    pub(crate) peak: u64,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, agents, batch, gathering, idle, rollout, peak } = self;
        let each = f64::from(*agents);
        let (seconds, used) = (rollout.seconds, rollout.used);
        let mut line = |what: &str, value: String| writeln!(f, "| {what} | {value} |");
        line(&format!("{agents} agents on {kind}"), String::new())?;
        line("---", "--:".to_owned())?;
        line("join tokens, made per second", format!("{:.0}", each / gathering.tokens))?;
        line("hosts that joined per second", format!("{:.0}", each / gathering.joins))?;
        line("then until every inventory was known", format!("{:.1} s", gathering.inventories))?;
        line("idle: processor of the server", format!("{:.1}% of one core", 100.0 * idle.processor / idle.seconds))?;
        line("idle: memory of the server", format!("{:.0} MiB", idle.memory as f64 / MIB))?;
        line("plan", format!("{:.2} s", rollout.plan))?;
        line("start of the deployment", format!("{:.2} s", rollout.create))?;
        line(&format!("deployment in {} batches of {batch}", rollout.batches), format!("{seconds:.1} s"))?;
        line("transitions of units", rollout.transitions.to_string())?;
        line("transitions per second", format!("{:.0}", rollout.transitions as f64 / seconds))?;
        line("requests of agents per second", format!("{:.0}", rollout.syncs as f64 / seconds))?;
        line("requests of agents that failed", rollout.failures.to_string())?;
        line(
            "processor of the server",
            format!("{:.1} s, {:.1} ms for each host", used.server, 1000.0 * used.server / each),
        )?;
        line("processor of the simulated fleet", format!("{:.1} s", used.fleet))?;
        line("processor of the whole machine", format!("{:.1} s", used.machine))?;
        line("most memory of the server", format!("{:.0} MiB", *peak as f64 / MIB))?;
        writeln!(f, "\n| request meanwhile | number | p50 ms | p99 ms | most ms |\n|---|--:|--:|--:|--:|")?;
        for probe in &rollout.probes {
            let at = |share| probe.percentile(share);
            writeln!(f, "| {} | {} | {:.1} | {:.1} | {:.1} |", probe.name, probe.count(), at(0.5), at(0.99), at(1.0))?;
        }
        writeln!(f)
    }
}
