//! A host that runs steps, each of which fails in each way, forth and back, for every way in which versions lie.

use std::collections::BTreeSet;

use packhorse_model::order::Aftermath;
use packhorse_model::step::{Phase, StepKind};

use super::*;

/// How a step fails.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fault {
    /// It did nothing.
    Nothing,
    /// It did everything, and failed then.
    Done,
    /// It left the instance down, or files half-way between two versions.
    Down,
}

const FAULTS: [Fault; 3] = [Fault::Nothing, Fault::Done, Fault::Down];

/// What lies where files are used that do not lie in the directory of their version.
#[derive(Debug, Clone, PartialEq)]
enum Laid {
    /// Whatever was there before the package came.
    Nothing,
    /// All files of the version in this directory.
    Version(String),
    /// Some of one version, some of another.
    Mix,
}

/// What is on the disk and what runs.
#[derive(Debug, Clone, PartialEq)]
struct Host {
    arrangement: Arrangement,
    directories: BTreeSet<String>,
    current: Option<String>,
    laid: Laid,
    runs: Option<String>,
}

impl Host {
    fn new(arrangement: Arrangement, installed: &Installed) -> Self {
        let current = installed.current.as_ref().map(|version| version.directory.clone());
        Self {
            arrangement,
            laid: Self::laid(arrangement, current.as_ref()),
            directories: installed.versions().map(|version| version.directory.clone()).collect(),
            runs: current.clone().filter(|_| installed.state == InstanceState::Running),
            current,
        }
    }

    /// What lies in its places when a version is used.
    fn laid(arrangement: Arrangement, used: Option<&String>) -> Laid {
        used.filter(|_| arrangement.lays_files()).map_or(Laid::Nothing, |directory| Laid::Version(directory.clone()))
    }

    /// Runs a step, and says whether it succeeded.
    fn run(&mut self, step: &HostStep, plan: &HostPlan, retire: &[String], fault: Option<Fault>) -> bool {
        let place = plan.place(step.of).map(|place| place.directory.clone());
        if step.step.kind == StepKind::StartPrevious {
            assert_eq!(self.current, place, "the old version is started where it lies");
        }
        if fault.is_none() || fault == Some(Fault::Done) {
            match step.step.kind {
                StepKind::Stage => self.directories.extend(place),
                StepKind::Stop | StepKind::StopFailed => self.runs = None,
                StepKind::Start | StepKind::StartPrevious | StepKind::Restart => self.runs = self.current.clone(),
                StepKind::Switch | StepKind::SwitchBack => {
                    self.laid = Self::laid(self.arrangement, place.as_ref());
                    self.current = place;
                    if self.arrangement == Arrangement::Config {
                        // Nothing is stopped and started: whoever reads the files has these.
                        self.runs.clone_from(&self.current);
                    }
                }
                StepKind::Remove => {
                    self.laid = Laid::Nothing;
                    if self.arrangement == Arrangement::Config {
                        self.runs = None;
                    }
                    self.current = None;
                    self.directories.retain(|directory| Some(directory) != place.as_ref());
                }
                StepKind::Retire => self.directories.retain(|directory| !retire.contains(directory)),
                _ => {}
            }
        }
        if fault == Some(Fault::Down)
            && self.arrangement.lays_files()
            && matches!(step.step.kind, StepKind::Switch | StepKind::SwitchBack | StepKind::Remove)
        {
            self.laid = Laid::Mix;
        }
        // What takes an instance down after it was proven healthy is for the monitors to find.
        let may_take_down = step.step.command.is_some()
            && step.step.kind != StepKind::OnRollback
            && self.arrangement != Arrangement::Config;
        if fault == Some(Fault::Down) && may_take_down {
            self.runs = None;
        }
        let validates = matches!(step.step.kind, StepKind::Validate | StepKind::ValidatePrevious);
        fault.is_none() && (!validates || (self.runs.is_some() && self.runs == self.current))
    }

    /// I3: the version that is used is there.
    fn assert_whole(&self) {
        assert!(self.current.as_ref().is_none_or(|current| self.directories.contains(current)), "{self:?}");
    }

    /// I3 where files are laid: at the end they are all of the version that is used.
    fn assert_no_mix(&self) {
        assert_eq!(self.laid, Self::laid(self.arrangement, self.current.as_ref()), "{self:?}");
    }
}

/// Runs an order with one fault on the way forth and one on the way back, and checks what is said of the end against what it is.
/// Returns how many steps there were forth and back.
fn run(
    order: &UnitOrder,
    installed: &Installed,
    forth: Option<(usize, Fault)>,
    back: Option<(usize, Fault)>,
) -> (usize, usize) {
    let plan = steps(order, installed).unwrap();
    let retire = retirable(order, installed);
    let before = Host::new(Arrangement::ordered(order), installed);
    let mut host = before.clone();
    let mut begun = Vec::new();
    let mut is_well = true;
    for (at, step) in plan.steps.iter().enumerate() {
        begun.push(step.step.kind);
        let fault = forth.filter(|(nth, _)| *nth == at).map(|(_, fault)| fault);
        is_well = host.run(step, &plan, &retire, fault) || step.step.phase == Phase::Retire;
        host.assert_whole();
        if step.step.phase == Phase::Prepare {
            assert_eq!(
                (&host.current, &host.runs, &host.laid),
                (&before.current, &before.runs, &before.laid),
                "prepare touches nothing that runs"
            );
        }
        if !is_well {
            break;
        }
    }
    if is_well {
        let new = plan.new.as_ref().map(|place| place.directory.clone());
        assert_eq!(host.current, new);
        host.assert_no_mix();
        assert_eq!(host.runs, new.filter(|_| order.action != UnitAction::Stop));
        return (plan.steps.len(), 0);
    }
    let way = restore(order, installed, &begun);
    let mut runs = Vec::new();
    for (at, step) in way.iter().enumerate() {
        let fault = back.filter(|(nth, _)| *nth == at).map(|(_, fault)| fault);
        let succeeded = host.run(step, &plan, &retire, fault);
        runs.push(StepRun { kind: step.step.kind, succeeded });
        host.assert_whole();
        if !succeeded && !goes_on(step.step.kind) {
            break;
        }
    }
    let aftermath = aftermath(order, installed, &begun, &runs);
    let context = || format!("{:?} after {begun:?} and {runs:?}: {host:?}", order.action);
    match aftermath {
        Aftermath::Untouched | Aftermath::Restored => {
            assert_eq!((&host.current, &host.runs), (&before.current, &before.runs), "{}", context());
            host.assert_no_mix();
        }
        Aftermath::Removed => {
            assert_eq!((&host.current, &before.current), (&None, &None), "{}", context());
            host.assert_no_mix();
        }
        Aftermath::Ran => assert_eq!(order.action, UnitAction::Run, "{}", context()),
        Aftermath::Broken => {
            // A version that was not told to stop is not started a second time.
            let went_down_unasked = begun.last() == Some(&StepKind::PreStop) && host.runs.is_none();
            assert!(back.is_some() || went_down_unasked || cannot_go_back(order), "{}", context());
        }
    }
    (plan.steps.len(), way.len())
}

/// Orders that have no old version to go back to: a restart or stop has nothing but the instance itself.
fn cannot_go_back(order: &UnitOrder) -> bool {
    order.action != UnitAction::Install
        || order.from.as_ref().map(|from| from.tree) == order.to.as_ref().map(|to| to.tree)
}

fn orders() -> Vec<(UnitOrder, Installed)> {
    let install = |from: Option<&str>, to| order(UnitAction::Install, from.map(release), Some(release(to)));
    let same = |action| order(action, Some(release("1.0.0")), Some(release("1.0.0")));
    let with_previous = |now, before| Installed { previous: Some(installed(before)), ..running(now) };
    let uninstall = || order(UnitAction::Uninstall, Some(release("1.0.0")), None);
    let altered = InstalledVersion { condition: Condition::Altered, ..installed("1.0.0") };
    let mut restart = same(UnitAction::Restart);
    restart.to.as_mut().unwrap().manifest.lifecycle.restart = Some(Command::of_file("scripts/restart.sh"));
    let mut orders = vec![
        (install(None, "1.0.0"), Installed::nothing()),
        (install(Some("1.0.0"), "1.0.1"), running("1.0.0")),
        (install(Some("1.0.0"), "1.0.1"), stopped("1.0.0")),
        (install(Some("1.0.1"), "1.0.0"), with_previous("1.0.1", "1.0.0")),
        (install(Some("1.0.0"), "1.0.0"), Installed { current: Some(altered), ..running("1.0.0") }),
        (install(Some("1.0.0"), "1.0.0"), running("1.0.0")),
        (install(Some("1.0.0"), "1.0.0"), stopped("1.0.0")),
        (same(UnitAction::Start), stopped("1.0.0")),
        (same(UnitAction::Stop), running("1.0.0")),
        (same(UnitAction::Restart), running("1.0.0")),
        (restart, running("1.0.0")),
        (uninstall(), running("1.0.0")),
        (uninstall(), stopped("1.0.0")),
    ];
    let symlink = orders.clone();
    for layout in [Layout::Versioned, Layout::Overwrite] {
        let lies = |release: &mut Option<Release>| {
            release.iter_mut().for_each(|release| release.manifest.layout = Some(layout));
        };
        orders.extend(symlink.iter().cloned().map(|(mut order, installed)| {
            order.layout = layout;
            lies(&mut order.from);
            lies(&mut order.to);
            (order, installed)
        }));
    }
    let files = |from: Option<&str>, to| order(UnitAction::Install, from.map(config), Some(config(to)));
    orders.extend([
        (files(None, "1.0.0"), Installed::nothing()),
        (files(Some("1.0.0"), "1.0.1"), running("1.0.0")),
        (files(Some("1.0.1"), "1.0.0"), with_previous("1.0.1", "1.0.0")),
    ]);
    orders
}

#[test]
fn every_step_fails_in_every_way() {
    for (order, installed) in orders() {
        let (forth, _) = run(&order, &installed, None, None);
        for at in 0..forth {
            for fault in FAULTS {
                run(&order, &installed, Some((at, fault)), None);
            }
        }
    }
}

#[test]
fn every_undo_fails_in_every_way() {
    for (order, installed) in orders() {
        let (forth, _) = run(&order, &installed, None, None);
        for at in 0..forth {
            for fault in FAULTS {
                let (_, back) = run(&order, &installed, Some((at, fault)), None);
                for back_at in 0..back {
                    for back_fault in FAULTS {
                        run(&order, &installed, Some((at, fault)), Some((back_at, back_fault)));
                    }
                }
            }
        }
    }
}

#[test]
fn a_package_that_proves_nothing_is_not_said_to_be_restored_in_doubt() {
    let order = order(UnitAction::Install, Some(bare("1.0.0")), Some(bare("1.0.1")));
    let begun = [StepKind::Stop, StepKind::Switch, StepKind::Start];
    let ran = |kind, succeeded| StepRun { kind, succeeded };
    let back = |started| {
        [ran(StepKind::SwitchBack, true), ran(StepKind::StartPrevious, started), ran(StepKind::ValidatePrevious, true)]
    };
    assert_eq!(aftermath(&order, &running("1.0.0"), &begun, &back(true)), Aftermath::Restored);
    assert_eq!(aftermath(&order, &running("1.0.0"), &begun, &back(false)), Aftermath::Broken);
}
