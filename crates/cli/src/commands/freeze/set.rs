//! `packhorse freeze set`.

use clap::Args;
use jiff::Timestamp;
use packhorse_model::api::guard_rails::SetFreeze;
use packhorse_model::guard::{ClockTime, FreezeSchedule, GuardScope, TimeZoneName, Weekday};
use packhorse_model::name::FreezeName;

use super::shown;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::words;

/// Make a freeze, or change the one of this name
///
/// While a freeze holds, nothing new starts in its scope; what has begun to switch comes to its end. It holds once, from --from to
/// --until, or every week on the given days.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse freeze set 'Year end' --scope environment:prod -m 'books are closed' \\
    --from 2026-12-20T00:00:00Z --until 2027-01-04T00:00:00Z
  packhorse freeze set Nights --scope business:Shop --days mon,tue,wed,thu,fri \\
    --start 18:00 --end 08:00 --time-zone Asia/Shanghai")]
pub(crate) struct Set {
    /// Its name
    name: FreezeName,
    /// Where it holds: global, environment:prod, business:NAME, system:BUSINESS/SYSTEM or module:BUSINESS/SYSTEM/MODULE
    #[arg(long, default_value = "global")]
    scope: GuardScope,
    /// When it begins, once
    #[arg(long, value_name = "TIME", requires = "until", required_unless_present = "days")]
    from: Option<Timestamp>,
    /// When it ends
    #[arg(long, value_name = "TIME", requires = "from")]
    until: Option<Timestamp>,
    /// The days of the week on which it begins: mon, tue, wed, thu, fri, sat, sun
    #[arg(long, value_delimiter = ',', value_parser = words::one_of::<Weekday>(words::WEEKDAYS), hide_possible_values = true, requires = "start", requires = "end", conflicts_with = "from")]
    days: Vec<Weekday>,
    /// The time of day at which it begins
    #[arg(long, value_name = "HH:MM", requires = "days")]
    start: Option<ClockTime>,
    /// The time of day at which it ends; on the next day, if that is not after the start
    #[arg(long, value_name = "HH:MM", requires = "days")]
    end: Option<ClockTime>,
    /// Whose time of day
    #[arg(long, value_name = "ZONE", default_value = "UTC", requires = "days")]
    time_zone: TimeZoneName,
    /// Why, for those whom it holds up
    #[arg(short, long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    message: String,
}

impl Set {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let schedule = match (self.from, self.until, self.start, self.end) {
            (Some(from), Some(until), ..) => FreezeSchedule::Once { from, until },
            (_, _, Some(start), Some(end)) => {
                FreezeSchedule::Weekly { days: self.days, start, end, time_zone: self.time_zone }
            }
            _ => return Err(CommandError::new(Exit::Usage, "say --from and --until, or --days, --start and --end")),
        };
        let wanted = SetFreeze { scope: self.scope, schedule, message: self.message };
        let set = context.client()?.set_freeze(&self.name, &wanted).await?;
        context.printer.data(&set, || {
            let now = set.holds_until.map(|until| format!("; holds now, until {until}")).unwrap_or_default();
            format!("{}: {} in {}{now}\n", set.name, shown(&set.schedule), set.scope)
        })?;
        Ok(Exit::Done)
    }
}
