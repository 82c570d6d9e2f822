//! Prints how the figure layer does on the suites of `../shared/data/figures`: `cargo run --release --example
//! figures_report -- [--faults] [--differences]`. With `--marks [--resources DIR]` it prints the figures that remain in
//! each line of its input.
#[path = "../tests/support/figures.rs"]
mod figures;
#[path = "../tests/support/marks.rs"]
mod marks;

use gloss::pipeline::Pipeline;
use gloss::resource::Resources;
use gloss::tag::TagOptions;

#[expect(clippy::print_stdout, reason = "a report is printed")]
fn main() -> gloss::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let asked = |name: &str| arguments.iter().any(|argument| argument == name);
    let overlay = arguments.iter().position(|argument| argument == "--resources").and_then(|at| arguments.get(at + 1));
    let resources =
        overlay.map_or_else(|| Ok(Resources::embedded()), |folder| Resources::with_overlay(folder.as_ref()))?;
    let pipeline = Pipeline::new(&resources, &TagOptions::default())?;
    if asked("--marks") {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            println!("{line}");
            for mark in marks::arbitrated(&pipeline, &line) {
                println!("      {mark}");
            }
        }
        return Ok(());
    }
    if figures::folder().is_none() {
        println!("skipped: ../shared is absent");
        return Ok(());
    }
    let recognizers = |kinds: &[&str]| figures::score_cases(&pipeline, "recognizers", "recognizers_en.jsonl", kinds);
    let reports = [
        ("recognizers values", recognizers(&figures::VALUE_KINDS)),
        ("recognizers money", recognizers(&["CurrencyModel"])),
        ("recognizers numbers", recognizers(&["NumberModel"])),
        ("recognizers ordinals", recognizers(&["OrdinalModel"])),
        ("recognizers dimensions", recognizers(&["DimensionModel"])),
        ("recognizers percentages", recognizers(&["Percent"])),
        ("recognizers ranges", recognizers(&["NumberRange"])),
        ("recognizers ages, degrees", recognizers(&["AgeModel", "TemperatureModel"])),
        ("recognizers sequences", figures::score_sequences(&pipeline)),
        ("quantulum3", figures::score_cases(&pipeline, "quantulum3", "quantulum3_en.jsonl", &[])),
        ("traps", figures::score_cases(&pipeline, "traps", "traps_en.jsonl", &[])),
        ("gum as it is", figures::score_gum(&pipeline, false)),
        ("gum by our guideline", figures::score_gum(&pipeline, true)),
    ];
    for (name, scores) in &reports {
        println!("{}", scores.line(name));
    }
    for (name, scores) in &reports {
        for (reason, count) in scores.reasons() {
            println!("{name}: {count} left out: {reason}");
        }
    }
    for (name, scores) in &reports {
        for fault in scores.faults.iter().filter(|_| asked("--faults")) {
            println!("{name}: fault: {fault}");
        }
        for difference in scores.differences.iter().filter(|_| asked("--differences")) {
            println!("{name}: guideline: {difference}");
        }
    }
    Ok(())
}
