//! The owner's office: proposed, accepted, and what goes with it.

use connect_sim::chain::{ascii, uint};

use super::market::{Market, who};

#[test]
fn ownership_changes_in_two_steps_and_each_says_so() {
    for (prefix, owner_only, not_authorised) in [("", 100, 114), ("energy-production.", 200, 205)] {
        let mut market = Market::open();
        let function = |name: &str| format!("{prefix}{name}");
        let (propose, accept) = (function("propose-owner"), function("accept-owner"));
        market.refused("stranger", &propose, &[who("stranger")], owner_only);
        market.refused("successor", &accept, &[], not_authorised);

        let done = market.ok("operator", &propose, &[who("friend")]);
        assert_eq!(done.answer, "true");
        assert_eq!(done.prints, [r#"(tuple (event "owner-proposed") (new friend) (old none))"#]);
        let done = market.ok("operator", &propose, &[who("successor")]);
        assert_eq!(
            done.prints,
            [r#"(tuple (event "owner-proposed") (new successor) (old (some friend)))"#]
        );
        market.refused("friend", &accept, &[], not_authorised);
        market.refused("operator", &accept, &[], not_authorised);

        let parameters = function("get-parameters");
        assert!(market.look(&parameters, &[]).contains("(owner operator)"));
        let done = market.ok("successor", &accept, &[]);
        assert_eq!(done.answer, "true");
        assert_eq!(done.prints, [r#"(tuple (event "owner-set") (new successor) (old operator))"#]);
        assert!(
            market.look(&parameters, &[]).contains("(owner successor) (paused")
                || market
                    .look(&parameters, &[])
                    .contains("(owner successor) (proposed-owner none)")
        );
        market.refused("successor", &accept, &[], not_authorised);
        market.refused("operator", &propose, &[who("operator")], owner_only);
        market.ok("successor", &propose, &[who("operator")]);
    }
}

#[test]
fn power_goes_with_the_office() {
    let mut market = Market::open();
    market.ok("operator", "propose-owner", &[who("successor")]);
    market.ok("operator", "set-commission-rate", &[uint(1)]);
    market.refused("successor", "set-commission-rate", &[uint(2)], 100);
    market.ok("successor", "accept-owner", &[]);
    market.refused("operator", "set-commission-rate", &[uint(3)], 100);
    market.ok("successor", "set-commission-rate", &[uint(4)]);
    // The other contract has an owner of its own.
    market.ok("operator", "set-certification-fee", &[uint(1)]);
}

/// 40 kWh were handed back, and the owner has 30 of them listed.
fn with_returned_energy_listed() -> Market {
    let mut market = Market::with_offer();
    market.ok("operator", "fund-treasury", &[uint(100_000_000)]);
    market.buy("buyer", "seller", 100);
    market.ok("buyer", "refund-energy", &[uint(40)]);
    market.list("operator", 30, 250_000);
    market
}

#[test]
fn returned_energy_goes_with_the_office_and_is_taken_off_the_market() {
    let mut market = with_returned_energy_listed();
    market.ok("operator", "propose-owner", &[who("successor")]);
    let done = market.ok("successor", "accept-owner", &[]);
    assert_eq!(
        done.prints,
        [
            r#"(tuple (amount u30) (event "energy-delisted") (listed u0) (reserve u400) (seller operator))"#,
            r#"(tuple (event "returned-set") (new u40) (old u10))"#,
            r#"(tuple (event "owner-set") (new successor) (old operator))"#,
        ]
    );
    assert_eq!((market.of("operator", "unsold"), market.of("successor", "unsold")), (0, 40));
    market.refused("operator", "add-energy-for-sale", &[uint(1), uint(1)], 110);
    market.list("successor", 40, 1);
}

#[test]
fn an_owner_who_is_certified_lists_his_own_production() {
    let mut market = with_returned_energy_listed();
    // Certifying the owner takes the returned energy off the market.
    market.ok("operator", "apply-for-certification", &[uint(500), ascii("solar")]);
    let done = market.ok("certifier", "certify-producer", &[who("operator")]);
    assert!(done.prints.iter().any(|print| print.contains("energy-delisted")));
    assert_eq!(market.parameter("returned"), 40);

    market.refused("operator", "add-energy-for-sale", &[uint(1), uint(1)], 101);
    market.produce("operator", 5);
    market.list("operator", 5, 1);
    assert_eq!((market.parameter("returned"), market.of("operator", "unsold")), (40, 45));

    // What he has listed is his own, and stays when he goes.
    market.ok("operator", "propose-owner", &[who("successor")]);
    market.ok("successor", "accept-owner", &[]);
    assert_eq!((market.of("operator", "listed"), market.of("operator", "unsold")), (5, 5));
    market.buy("buyer", "operator", 5);
    market.list("successor", 40, 1);
}

#[test]
fn a_revoked_owner_lists_returned_energy_and_not_his_production() {
    let mut market = with_returned_energy_listed();
    market.ok("operator", "apply-for-certification", &[uint(500), ascii("solar")]);
    market.ok("certifier", "certify-producer", &[who("operator")]);
    market.produce("operator", 5);
    market.list("operator", 3, 1);
    market.ok("certifier", "revoke-certification", &[who("operator"), ascii("moved away")]);
    assert_eq!((market.of("operator", "listed"), market.of("operator", "unlisted")), (0, 5));
    market.refused("operator", "add-energy-for-sale", &[uint(41), uint(1)], 101);
    market.list("operator", 40, 1);
    market.buy("buyer", "operator", 40);
    assert_eq!((market.of("operator", "unsold"), market.parameter("returned")), (5, 0));
}
