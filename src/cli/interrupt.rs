//! Ends that come early: Ctrl-C, a polite kill, an output that takes no more.
//!
//! None of them waits for an article in work or for input that does not come, and none leaves a
//! half-written file behind.

use anyhow::Context;
use gloss::draft::discard_drafts;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use signal_hook::low_level::emulate_default_handler;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

/// How often the watcher looks whether a signal has come.
const PATIENCE: Duration = Duration::from_millis(20);

/// The exit code where a signal cannot end the process by itself.
const INTERRUPTED: i32 = 130;

/// Lets the first signal delete the files in the making and then end the process as the signal would; the
/// second ends it at once.
pub(crate) fn watch() -> anyhow::Result<()> {
    let come = Arc::new(AtomicUsize::new(0));
    for signal in [SIGINT, SIGTERM] {
        let raised = Arc::new(AtomicBool::new(false));
        flag::register_conditional_default(signal, raised.clone()).context("cannot watch for signals")?;
        flag::register(signal, raised).context("cannot watch for signals")?;
        let number = usize::try_from(signal)?;
        flag::register_usize(signal, come.clone(), number).context("cannot watch for signals")?;
    }
    let watcher = std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        loop {
            match i32::try_from(come.load(Ordering::Relaxed)) {
                Ok(0) | Err(_) => std::thread::sleep(PATIENCE),
                Ok(signal) => discard_drafts(|| {
                    // Shells tell by the manner of the end whether to go on with the next command.
                    let _ = emulate_default_handler(signal);
                    std::process::exit(INTERRUPTED)
                }),
            }
        }
    });
    watcher.context("cannot start a thread")?;
    Ok(())
}

/// Ends the process for `error`, whatever other threads are doing or waiting for.
pub(crate) fn end(error: &anyhow::Error) -> ! {
    let code = super::report(error);
    discard_drafts(|| std::process::exit(i32::from(code)))
}
