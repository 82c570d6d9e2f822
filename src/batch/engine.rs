//! Runs work on many threads and hands the results back in order, holding a bounded number at a time.

use std::collections::BTreeMap;
use std::io;
use std::ops::ControlFlow;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The most memory for each thread that tasks in work and results in waiting may take, in bytes, unless
/// a single task takes more: that one is then worked on alone.
const MAX_BYTES_PER_JOB: usize = 64 << 20;

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

/// How much memory things take, in bytes: an estimate for tasks, a count for results.
pub struct Weights<T, R> {
    /// What a task takes while it is worked on, its result included.
    pub task: T,
    /// What a result takes until it is written.
    pub result: R,
}

/// Calls `work` on every task with `jobs` threads; `sink` gets the results on the calling thread in the
/// order of the tasks, and ends all by breaking. Tasks are read as far ahead as their `weights` allow.
///
/// A panic in `work` passes on to the caller: who wants to outlive it catches it in `work`.
pub fn run<T: Send, R: Send>(
    jobs: usize,
    tasks: impl Iterator<Item = T> + Send,
    weights: &Weights<impl Fn(&T) -> usize + Sync, impl Fn(&R) -> usize + Sync>,
    work: impl Fn(T) -> R + Sync,
    mut sink: impl FnMut(Event<R>) -> ControlFlow<()>,
) -> io::Result<()> {
    let jobs = jobs.max(1);
    let window = Window::new(jobs);
    let (send_task, receive_task) = mpsc::channel::<(usize, usize, T)>();
    let (send_result, receive_result) = mpsc::channel();
    let receive_task = Mutex::new(receive_task);
    let (window, work, receive_task) = (&window, &work, &receive_task);
    std::thread::scope(|scope| {
        let reader = move || {
            for (index, task) in tasks.enumerate() {
                let bytes = (weights.task)(&task);
                if window.enter(bytes).is_break() || send_task.send((index, bytes, task)).is_err() {
                    return;
                }
            }
        };
        let worker = move |send_result: mpsc::Sender<(usize, usize, R)>| {
            loop {
                let next = lock(receive_task).recv();
                let Ok((index, estimate, task)) = next else { return };
                if window.is_closed() {
                    return;
                }
                let result = work(task);
                let bytes = (weights.result)(&result);
                window.settle(estimate, bytes);
                if send_result.send((index, bytes, result)).is_err() {
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
    max_bytes: usize,
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
    fn new(jobs: usize) -> Self {
        let (max_tasks, max_bytes) = (jobs * MAX_TASKS_PER_JOB, jobs * MAX_BYTES_PER_JOB);
        Self { max_tasks, max_bytes, state: Mutex::default(), changed: Condvar::new() }
    }

    /// Waits for room; breaks when nothing more is wanted.
    fn enter(&self, bytes: usize) -> ControlFlow<()> {
        let full = |state: &mut State| {
            !state.closed
                && state.tasks > 0
                && (state.tasks >= self.max_tasks || state.bytes.saturating_add(bytes) > self.max_bytes)
        };
        let waited = self.changed.wait_while(lock(&self.state), full);
        let mut state = waited.unwrap_or_else(PoisonError::into_inner);
        state.tasks += 1;
        state.bytes = state.bytes.saturating_add(bytes);
        if state.closed { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// Puts what a result takes in place of what its task was thought to take.
    fn settle(&self, estimate: usize, bytes: usize) {
        let mut state = lock(&self.state);
        state.bytes = state.bytes.saturating_sub(estimate).saturating_add(bytes);
        self.changed.notify_all();
    }

    fn leave(&self, bytes: usize) {
        let mut state = lock(&self.state);
        state.tasks -= 1;
        state.bytes = state.bytes.saturating_sub(bytes);
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
            run(jobs, 0..500, &Weights { task: |_: &usize| 1, result: |_: &usize| 1 }, slow_when_early, |event| {
                if let Event::Done(result) = event {
                    found.push(result);
                }
                ControlFlow::Continue(())
            })
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
            &Weights { task: |_: &usize| MAX_BYTES_PER_JOB / 2, result: |_: &usize| MAX_BYTES_PER_JOB / 2 },
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
    fn light_results_make_room_while_they_wait() {
        let read = AtomicUsize::new(0);
        let tasks = (0..40).inspect(|_| {
            read.fetch_add(1, Ordering::SeqCst);
        });
        // The first task ends when ten others were read, which no window of two heavy ones would let in.
        let work = |n: usize| {
            while n == 0 && read.load(Ordering::SeqCst) < 10 {
                std::thread::sleep(Duration::from_millis(1));
            }
        };
        let weights = Weights { task: |_: &usize| MAX_BYTES_PER_JOB, result: |(): &()| 0 };
        run(2, tasks, &weights, work, |_| ControlFlow::Continue(())).unwrap();
        assert_eq!(read.load(Ordering::SeqCst), 40);
    }

    #[test]
    fn the_sink_can_end_it() {
        let mut written = 0;
        run(
            2,
            0..,
            &Weights { task: |_: &u64| 1, result: |_: &u64| 1 },
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
