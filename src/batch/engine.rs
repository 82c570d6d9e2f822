//! Runs work on many threads and hands the results back in order, holding a bounded number at a time.

use std::collections::BTreeMap;
use std::io;
use std::ops::ControlFlow;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The most bytes that may be read and not yet written, unless a single task is larger.
const MAX_BYTES_IN_FLIGHT: usize = 64 << 20;

/// The most tasks for each thread that may be read and not yet written.
const MAX_TASKS_PER_JOB: usize = 32;

/// Stack of a worker: parsing web pages goes deep.
const STACK_BYTES: usize = 16 << 20;

/// How often the sink is asked whether to go on while nothing is finished.
const PATIENCE: Duration = Duration::from_millis(50);

/// What the sink is told.
#[derive(Debug)]
pub enum Event<R> {
    /// The next result, in the order of the tasks.
    Done(R),
    /// Nothing was finished for a while.
    Waiting,
}

/// Calls `work` on every task with `jobs` threads; `sink` gets the results on the calling thread in the
/// order of the tasks, and ends all by breaking. `size` is a task's bytes.
///
/// A panic in `work` passes on to the caller: who wants to outlive it catches it in `work`.
pub fn run<T: Send, R: Send>(
    jobs: usize,
    tasks: impl Iterator<Item = T> + Send,
    size: impl Fn(&T) -> usize + Sync,
    work: impl Fn(T) -> R + Sync,
    mut sink: impl FnMut(Event<R>) -> ControlFlow<()>,
) -> io::Result<()> {
    let jobs = jobs.max(1);
    let window = Window::new(jobs * MAX_TASKS_PER_JOB);
    let (send_task, receive_task) = mpsc::channel::<(usize, usize, T)>();
    let (send_result, receive_result) = mpsc::channel();
    let receive_task = Mutex::new(receive_task);
    let (window, work, size, receive_task) = (&window, &work, &size, &receive_task);
    std::thread::scope(|scope| {
        let reader = move || {
            for (index, task) in tasks.enumerate() {
                let bytes = size(&task);
                if window.enter(bytes).is_break() || send_task.send((index, bytes, task)).is_err() {
                    return;
                }
            }
        };
        let worker = move |send_result: mpsc::Sender<(usize, usize, R)>| {
            loop {
                let next = lock(receive_task).recv();
                let Ok((index, bytes, task)) = next else { return };
                if window.is_closed() || send_result.send((index, bytes, work(task))).is_err() {
                    return;
                }
            }
        };
        let thread = || std::thread::Builder::new().stack_size(STACK_BYTES);
        for started in 0..jobs {
            let send_result = send_result.clone();
            let spawned = thread().spawn_scoped(scope, move || worker(send_result));
            // Fewer threads than asked for will do; none will not.
            if let (Err(error), 0) = (spawned, started) {
                return Err(error);
            }
        }
        drop(send_result);
        thread().spawn_scoped(scope, reader)?;
        let mut early = BTreeMap::new();
        let mut next = 0;
        loop {
            let flow = match receive_result.recv_timeout(PATIENCE) {
                Ok((index, bytes, result)) => {
                    early.insert(index, (bytes, result));
                    let mut flow = ControlFlow::Continue(());
                    while let (true, Some((bytes, result))) = (flow.is_continue(), early.remove(&next)) {
                        next += 1;
                        flow = sink(Event::Done(result));
                        window.leave(bytes);
                    }
                    flow
                }
                Err(RecvTimeoutError::Timeout) => sink(Event::Waiting),
                Err(RecvTimeoutError::Disconnected) => break,
            };
            if flow.is_break() {
                window.close();
                break;
            }
        }
        Ok(())
    })
}

/// Counts what is read and not yet written.
struct Window {
    max_tasks: usize,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    tasks: usize,
    bytes: usize,
    closed: bool,
}

impl Window {
    fn new(max_tasks: usize) -> Self {
        Self { max_tasks, state: Mutex::default(), changed: Condvar::new() }
    }

    /// Waits for room; breaks when nothing more is wanted.
    fn enter(&self, bytes: usize) -> ControlFlow<()> {
        let full = |state: &mut State| {
            !state.closed
                && state.tasks > 0
                && (state.tasks >= self.max_tasks || state.bytes + bytes > MAX_BYTES_IN_FLIGHT)
        };
        let waited = self.changed.wait_while(lock(&self.state), full);
        let mut state = waited.unwrap_or_else(PoisonError::into_inner);
        state.tasks += 1;
        state.bytes += bytes;
        if state.closed { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn leave(&self, bytes: usize) {
        let mut state = lock(&self.state);
        state.tasks -= 1;
        state.bytes -= bytes;
        self.changed.notify_all();
    }

    fn close(&self) {
        lock(&self.state).closed = true;
        self.changed.notify_all();
    }

    fn is_closed(&self) -> bool {
        lock(&self.state).closed
    }
}

/// The lock, even when another thread panicked while it held it: counters cannot be half-changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn results_come_in_order_for_any_number_of_threads() {
        for jobs in [1, 2, 8] {
            let mut found = Vec::new();
            let slow_when_early = |n: usize| {
                if n.is_multiple_of(7) {
                    std::thread::sleep(Duration::from_millis(1));
                }
                n * n
            };
            run(
                jobs,
                0..500,
                |_| 1,
                slow_when_early,
                |event| {
                    if let Event::Done(result) = event {
                        found.push(result);
                    }
                    ControlFlow::Continue(())
                },
            )
            .unwrap();
            assert_eq!(found, (0..500).map(|n| n * n).collect::<Vec<_>>());
        }
    }

    #[test]
    fn no_more_is_read_than_fits() {
        let read = AtomicUsize::new(0);
        let mut written = 0;
        let mut most = 0;
        let tasks = (0..100).inspect(|_| {
            read.fetch_add(1, Ordering::SeqCst);
        });
        run(
            2,
            tasks,
            |_| MAX_BYTES_IN_FLIGHT / 4,
            |n| n,
            |event| {
                if let Event::Done(_) = event {
                    written += 1;
                    std::thread::sleep(Duration::from_millis(1));
                    most = most.max(read.load(Ordering::SeqCst) - written);
                }
                ControlFlow::Continue(())
            },
        )
        .unwrap();
        assert_eq!(written, 100);
        // Four in the window, one waiting at its door, one being counted.
        assert!(most <= 6, "{most} were read ahead");
    }

    #[test]
    fn the_sink_can_end_it() {
        let mut written = 0;
        run(
            2,
            0..,
            |_| 1,
            |n: u64| n,
            |event| {
                written += usize::from(matches!(event, Event::Done(_)));
                if written == 10 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            },
        )
        .unwrap();
        assert_eq!(written, 10);
    }
}
