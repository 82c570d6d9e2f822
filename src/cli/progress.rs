//! Progress of a batch, drawn on standard error when that is a terminal, and nowhere else.

use gloss::batch::Inputs;
use gloss::batch::open::Meter;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::sync::atomic::Ordering;

/// A line with the articles done, the speed and the time that is left.
pub(crate) struct Progress {
    bar: ProgressBar,
    meter: Meter,
    articles: u64,
}

impl Progress {
    /// Begins; the files are measured only where someone looks on.
    pub(crate) fn new(inputs: &Inputs, meter: Meter) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        if std::io::stderr().is_terminal() {
            let mut template = "{msg} · {binary_bytes_per_sec} · {elapsed}";
            if !inputs.has_stdin() {
                let sizes = inputs.walk(|_| {}).flatten().filter_map(|input| input.path?.metadata().ok());
                bar.set_length(sizes.map(|about| about.len()).sum());
                template = "{bar:24} {msg} · {binary_bytes_per_sec} · {eta} left";
            }
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style);
            }
        }
        Self { bar, meter, articles: 0 }
    }

    /// One article more is done.
    pub(crate) fn article(&mut self) {
        self.articles += 1;
        if !self.bar.is_hidden() {
            self.bar.set_message(format!("{} articles", self.articles));
            self.bar.set_position(self.meter.load(Ordering::Relaxed));
        }
    }

    /// Prints a line on standard error without tearing the bar.
    pub(crate) fn say(&self, line: &str) {
        self.bar.suspend(|| anstream::eprintln!("gloss: {line}"));
    }

    /// Wipes the line.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
