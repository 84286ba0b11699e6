//! Threads that may help with work whose parts need not wait for each other. This
//! room starts none: whoever runs a world may lend it some. The results are the
//! same with any number of them.

use std::fmt;
use std::sync::Arc;

/// A part of some work.
pub type Task<'a> = Box<dyn FnOnce() + Send + 'a>;

/// Threads that carry out tasks, at once as far as they can.
pub trait WorkerPool: Send + Sync {
    /// How many threads there are.
    fn count(&self) -> usize;

    /// The fewest people whose day or decisions are worth handing to a thread.
    fn min_batch(&self) -> usize;

    /// Carries out all of `tasks`, in any order, and returns when all are done.
    fn work(&self, tasks: Vec<Task<'_>>);
}

/// The pool that was lent, or none: then the engine's own thread does all.
#[derive(Clone, Default)]
pub(super) struct Workers(Option<Arc<dyn WorkerPool>>);

impl fmt::Debug for Workers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Workers").field(&self.0.as_ref().map(|pool| pool.count())).finish()
    }
}

/// Parts for each thread, so that one that is slow does not keep the others.
const PARTS_A_THREAD: usize = 4;

impl Workers {
    /// Takes help from this pool from now on.
    pub(super) fn lend(&mut self, pool: Arc<dyn WorkerPool>) {
        self.0 = Some(pool);
    }

    /// Cuts `items` into parts in their order, has `work` done on each and
    /// returns what came of them, in the order of the parts.
    pub(super) fn share<T: Send, R: Send>(
        &self,
        items: &mut [T],
        work: impl Fn(&mut [T]) -> R + Sync,
    ) -> Vec<R> {
        let pool = self.0.as_ref().filter(|pool| pool.count() > 1);
        let Some(pool) = pool else { return vec![work(items)] };
        let size = items.len().div_ceil(PARTS_A_THREAD * pool.count()).max(pool.min_batch());
        if items.len() <= size {
            return vec![work(items)];
        }
        let mut results: Vec<Option<R>> = Vec::new();
        results.resize_with(items.len().div_ceil(size), || None);
        let work = &work;
        let task = |(part, result)| -> Task<'_> {
            let (part, result): (&mut [T], &mut Option<R>) = (part, result);
            Box::new(move || *result = Some(work(part)))
        };
        pool.work(items.chunks_mut(size).zip(&mut results).map(task).collect());
        results.into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Does the last task first.
    struct Backwards;

    impl WorkerPool for Backwards {
        fn count(&self) -> usize {
            3
        }

        fn min_batch(&self) -> usize {
            100
        }

        fn work(&self, tasks: Vec<Task<'_>>) {
            assert!(tasks.len() > 1);
            tasks.into_iter().rev().for_each(|task| task());
        }
    }

    #[test]
    fn what_comes_of_parts_is_in_their_order_however_they_are_done() {
        let work = |part: &mut [usize]| -> Vec<usize> {
            part.iter_mut().for_each(|item| *item *= 2);
            part.to_vec()
        };
        let mut workers = Workers::default();
        let mut alone: Vec<usize> = (0..10_000).collect();
        let one = workers.share(&mut alone, work);
        assert_eq!(one.len(), 1);
        workers.lend(Arc::new(Backwards));
        let mut shared: Vec<usize> = (0..10_000).collect();
        let many = workers.share(&mut shared, work);
        assert_eq!(many.len(), 12);
        assert_eq!((many.concat(), shared), (one.concat(), alone));
        // Few are done at once.
        assert_eq!(workers.share(&mut [1, 2], work), [[2, 4]]);
    }
}
