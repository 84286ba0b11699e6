//! `connect-sim merge`: the parts of a sweep joined to what one machine would
//! have given.

use std::path::PathBuf;

use clap::Args;

use super::failure::Failure;
use super::sweep::open;
use super::work::Output;
use crate::report::{self, Journal, ReportError};

/// Join the parts of a sweep.
#[derive(Debug, Args)]
pub(super) struct Merge {
    /// The results of sweep --shard K/N, all of them, in any order.
    #[arg(required = true)]
    parts: Vec<PathBuf>,
    /// Where to write; results/sweep-NAME by default.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    output: Output,
}

impl Merge {
    pub(super) fn execute(&self) -> Result<(), Failure> {
        let parts = report::merge_parts(&self.parts)?;
        let Some((_, first)) = parts.first() else {
            return Err(Failure::bad_input("name the directories of the parts"));
        };
        // What is wrong with it may be out of any file that a part names.
        let opened = open(first.scenario_file.as_ref(), &first.overrides).ok();
        let Some(opened) = opened.filter(|opened| opened.key == first.key) else {
            return Err(ReportError::Parts(format!(
                "{}: not what the parts were made from: the scenario, the contracts, the data or \
                 the program has changed since, or this is not the folder in which they were made",
                first.scenario_file
            ))
            .into());
        };
        let name = format!("sweep-{}", opened.plan.base.scenario.about.name);
        let result = self.output.directory(self.out.as_deref(), &name)?;
        let directory = result.path().to_owned();
        // What a merge that fails has read is nothing that the next one may trust.
        let journal = Journal::temporary(&opened.key)?;
        for (from, part) in &parts {
            part.read_into(from, &opened.plan, &journal)?;
        }
        opened.write(&journal, result)?;
        opened.print(&journal, &self.output)?;
        let joined = parts.len();
        self.output.say(format_args!("{joined} parts joined; results in {}", directory.display()));
        Ok(())
    }
}
