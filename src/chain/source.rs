//! A contract's text on its way to a chain.

use super::principal::StandardPrincipal;
use super::signature::Clarity;

/// A contract to deploy.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source<'a> {
    /// Who deploys it.
    pub(super) issuer: StandardPrincipal,
    /// Its name below that of its issuer.
    pub(super) name: &'a str,
    /// What messages call its text.
    pub(super) file: &'a str,
    /// Its text.
    pub(super) text: &'a str,
    /// The version of the language.
    pub(super) clarity: Clarity,
}
