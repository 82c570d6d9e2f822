//! `gloss check`: files of annotations against every law that documents keep.

use super::interrupt;
use super::picture::{Picture, draw};
use super::settings::ReadingArgs;
use gloss::batch::engine::{Event, Weights, run as run_all};
use gloss::batch::open::Meter;
use gloss::batch::{Inputs, Kind, Reading, Task, Tasks, Texts};
use gloss::error::Error;
use gloss::format::json::ReadOptions;
use gloss::format::json_check::{Checked, WireFault, check_record};
use gloss::text::{OffsetMap, OffsetUnit};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt::Write as _;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What `gloss check` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct CheckArgs {
    /// Files of annotations: files, folders, globs, or - for standard input.
    #[arg(required = true)]
    inputs: Vec<PathBuf>,
    /// How many documents are checked at a time. [default: all cores]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    #[command(flatten)]
    reading: ReadingArgs,
}

/// How many faults of one document are drawn: more help nobody, and each costs a look through its text.
const MOST_PICTURES: usize = 200;

/// How many bytes a record takes while it is checked, for each of its own.
const WORKING_BYTES: usize = 16;

/// What is reported of one record.
#[derive(Default)]
struct Report {
    pictures: String,
    faults: usize,
    annotations: usize,
    id: Option<OwnId>,
}

/// The id that a document says it has.
struct OwnId {
    id: String,
    /// The JSON Lines file or the folder within which the id must be the only one.
    batch: String,
    /// The document's own place.
    place: String,
}

/// Checks every document and prints its faults.
pub(crate) fn run(args: &CheckArgs) -> anyhow::Result<ExitCode> {
    let reading = args.reading.reading()?;
    let inputs = Inputs::new(&args.inputs, None)?;
    let jobs = match args.jobs {
        Some(jobs) => usize::from(jobs),
        None => std::thread::available_parallelism().map_or(1, usize::from),
    };
    let mut out = anstream::stdout().lock();
    let (mut documents, mut annotations, mut faults) = (0u64, 0, 0);
    // Pages and texts of a folder hold no annotations; named alone they are a mistake.
    let walked = inputs.walk(|_| {}).filter(|input| {
        let Ok(input) = input else { return true };
        reading.from.is_some() || !matches!(input.kind, Some(Kind::Plain | Kind::Html))
    });
    let tasks = Tasks::new(walked, reading.from, &reading.fields.id, Meter::default());
    let weights = Weights {
        task: |task: &Result<Task, Error>| {
            task.as_ref().map_or(0, |task| task.record.bytes.len().saturating_mul(WORKING_BYTES))
        },
        result: |report: &Report| report.pictures.len(),
    };
    let texts = Texts::default();
    let mut ids = Ids::default();
    let work = |task| report(task, &reading, &texts);
    run_all(jobs, tasks, &weights, work, |event| {
        let Event::Done(mut report) = event else { return ControlFlow::Continue(()) };
        if let Some(picture) = report.id.take().and_then(|id| ids.picture_of_second(id)) {
            report.pictures += &picture;
            report.faults += 1;
        }
        documents += 1;
        annotations += report.annotations;
        faults += report.faults;
        if let Err(error) = out.write_all(report.pictures.as_bytes()) {
            interrupt::end(&error.into());
        }
        ControlFlow::Continue(())
    })?;
    if documents == 0 {
        anyhow::bail!("no document was found; gloss check takes .json and .jsonl files");
    }
    let plural = |count: u64, noun: &str| format!("{count} {noun}{}", if count == 1 { "" } else { "s" });
    writeln!(
        out,
        "{}, {}: {}",
        plural(documents, "document"),
        plural(annotations as u64, "annotation"),
        if faults == 0 { "no faults".to_owned() } else { plural(faults as u64, "fault") }
    )?;
    out.flush()?;
    Ok(ExitCode::from(u8::from(faults > 0)))
}

/// Where each id was met first.
#[derive(Default)]
struct Ids(HashMap<(String, String), String>);

impl Ids {
    /// The picture of a fault where the id was met before in the same batch.
    fn picture_of_second(&mut self, own: OwnId) -> Option<String> {
        match self.0.entry((own.batch, own.id)) {
            Entry::Vacant(entry) => {
                entry.insert(own.place);
                None
            }
            Entry::Occupied(entry) => {
                let shown = format!("{{\"id\":{}}}", serde_json::Value::from(entry.key().1.as_str()));
                let title = format!("its id was given before, to the document at {}", entry.get());
                let span = Some(key_range(&shown, "id"));
                Some(draw(&Picture { title: &title, place: &own.place, source: &shown, span }))
            }
        }
    }
}

fn report(task: Result<Task, Error>, reading: &Reading, texts: &Texts) -> Report {
    let task = match task {
        Ok(task) if task.kind == Kind::Json => task,
        Ok(task) => {
            let message = "this is no file of annotations; gloss check takes .json and .jsonl files";
            return failed(&format!("{}: {message}", task.place));
        }
        Err(error) => return failed(&error.to_string()),
    };
    let text_of = texts.finder(&task.file, reading);
    let options = ReadOptions { fields: reading.fields.clone(), text_of: &text_of, ..ReadOptions::default() };
    let checked = check_record(&task.record, &options);
    let offsets = checked.text.as_deref().map(OffsetMap::new);
    let shown = checked.faults.iter().take(MOST_PICTURES);
    let mut pictures: String = shown.map(|fault| picture(&task.place, &checked, offsets.as_ref(), fault)).collect();
    if let Some(more) = checked.faults.len().checked_sub(MOST_PICTURES).filter(|more| *more > 0) {
        let title = format!("{more} more faults in this document are counted, but not drawn");
        pictures += &draw(&Picture { title: &title, place: &task.place, source: "", span: None });
    }
    let batch = match task.record.line {
        Some(_) => task.file.clone(),
        None => Path::new(&task.file).parent().map(|folder| folder.display().to_string()).unwrap_or_default(),
    };
    let id = checked.id.map(|id| OwnId { id, batch, place: task.place });
    Report { pictures, faults: checked.faults.len(), annotations: checked.annotations, id }
}

/// What could not be read at all counts as one fault.
fn failed(message: &str) -> Report {
    let pictures = draw(&Picture { title: message, place: "", source: "", span: None });
    Report { pictures, faults: 1, ..Report::default() }
}

/// A fault with the line it is in: the text's, else the annotation's own.
fn picture(place: &str, checked: &Checked, offsets: Option<&OffsetMap>, fault: &WireFault) -> String {
    let mut place = match &checked.id {
        Some(id) if id != place => format!("{place} ({id})"),
        _ => place.to_owned(),
    };
    let (source, span) = match (fault.span, &checked.text, &fault.annotation) {
        (Some(span), Some(text), _) => {
            let position =
                |byte: u32| offsets.map_or(0, |offsets| offsets.from_byte(text, byte, OffsetUnit::Codepoint));
            if span.get(text).is_some() {
                let _ = write!(place, ": code points {}..{}", position(span.start()), position(span.end()));
            }
            (text.as_str(), span.get(text).map(|_| span.range()))
        }
        (_, _, Some((json, key))) => (json.as_str(), Some(key_range(json, key))),
        _ => ("", None),
    };
    draw(&Picture { title: &fault.message, place: &place, source, span })
}

/// Where `key` and its value stand in the JSON of an annotation; its end where there is no such key.
fn key_range(json: &str, key: &str) -> std::ops::Range<usize> {
    let last = json.char_indices().next_back().map_or(0, |(at, _)| at);
    let Some(start) = json.find(&format!("{key:?}:")).filter(|_| !key.is_empty()) else { return last..json.len() };
    let value = start + key.len() + 3;
    let mut depth = 0;
    let (mut quoted, mut escaped) = (false, false);
    for (at, character) in json[value..].char_indices() {
        if std::mem::take(&mut escaped) {
            continue;
        }
        match character {
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            '[' | '{' if !quoted => depth += 1,
            ']' | '}' | ',' if !quoted && depth == 0 => return start..value + at,
            ']' | '}' if !quoted => depth -= 1,
            _ => {}
        }
    }
    start..json.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carets_stand_under_the_key_at_fault() {
        let json = r#"{"layer":"figure","start":5,"extent":[0,99],"label":"a,b"}"#;
        let check = |key, expected| assert_eq!(&json[key_range(json, key)], expected);
        check("start", r#""start":5"#);
        check("extent", r#""extent":[0,99]"#);
        check("label", r#""label":"a,b""#);
        check("end", "}");
        check("", "}");
        let json = r#"{"text":"say \"a, b\"","label":"A"}"#;
        assert_eq!(&json[key_range(json, "text")], r#""text":"say \"a, b\"""#);
    }
}
