//! Who may help with work whose parts need not wait for each other. This room
//! starts no threads: whoever runs a world may lend it some. What comes of the
//! work is the same with any number of hands.

use std::fmt;
use std::sync::Arc;

/// A part of some work.
pub type Task<'a> = Box<dyn FnOnce() + Send + 'a>;

/// Hands that carry out tasks, at once as far as they can.
pub trait Hands: Send + Sync {
    /// How many there are.
    fn count(&self) -> usize;

    /// The fewest people whose day or decisions are worth handing over.
    fn least(&self) -> usize;

    /// Carries out all of `tasks`, in any order, and returns when all are done.
    fn work(&self, tasks: Vec<Task<'_>>);
}

/// The hands that were lent, or the engine's own one.
#[derive(Clone, Default)]
pub(super) struct Lent(Option<Arc<dyn Hands>>);

impl fmt::Debug for Lent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Lent").field(&self.0.as_ref().map(|hands| hands.count())).finish()
    }
}

/// Parts for each hand, so that one that is slow does not keep the others.
const PARTS_A_HAND: usize = 4;

impl Lent {
    /// Lends these from now on.
    pub(super) fn lend(&mut self, hands: Arc<dyn Hands>) {
        self.0 = Some(hands);
    }

    /// Cuts `items` into parts in their order, has `work` done on each and
    /// returns what came of them, in the order of the parts.
    pub(super) fn share<T: Send, R: Send>(
        &self,
        items: &mut [T],
        work: impl Fn(&mut [T]) -> R + Sync,
    ) -> Vec<R> {
        let hands = self.0.as_ref().filter(|hands| hands.count() > 1);
        let Some(hands) = hands else { return vec![work(items)] };
        let size = items.len().div_ceil(PARTS_A_HAND * hands.count()).max(hands.least());
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
        hands.work(items.chunks_mut(size).zip(&mut results).map(task).collect());
        results.into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Does the last task first.
    struct Backwards;

    impl Hands for Backwards {
        fn count(&self) -> usize {
            3
        }

        fn least(&self) -> usize {
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
        let mut lent = Lent::default();
        let mut alone: Vec<usize> = (0..10_000).collect();
        let one = lent.share(&mut alone, work);
        assert_eq!(one.len(), 1);
        lent.lend(Arc::new(Backwards));
        let mut shared: Vec<usize> = (0..10_000).collect();
        let many = lent.share(&mut shared, work);
        assert_eq!(many.len(), 12);
        assert_eq!((many.concat(), shared), (one.concat(), alone));
        // Few are done at once.
        assert_eq!(lent.share(&mut [1, 2], work), [[2, 4]]);
    }
}
