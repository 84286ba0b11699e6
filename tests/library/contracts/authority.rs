//! Who may call, where a contract stands between: a proxy that anyone deploys
//! speaks for its caller where his own account is concerned, and never for the
//! certification contract.

use connect_sim::chain::{ContractId, Value, uint};

use super::market::{MOST, Market, address, orders, readings, who};

const PROXY: &str = "
(define-public (certify (producer principal))
  (contract-call? .wattconnect set-producer-status producer true))
(define-public (credit (readings (list 100 {producer: principal, amount: uint})))
  (contract-call? .wattconnect credit-production readings))
(define-public (settle (readings (list 100 {consumer: principal, amount: uint})))
  (contract-call? .wattconnect settle-consumption readings))
(define-public (buy (seller principal) (amount uint))
  (contract-call? .wattconnect buy-energy-from-user seller amount u1000000))
(define-public (buy-for-itself (seller principal) (amount uint))
  (as-contract (contract-call? .wattconnect buy-energy-from-user seller amount u1000000)))
(define-public (buy-many-for-itself
    (orders (list 20 {seller: principal, amount: uint, max-price: uint})))
  (as-contract (contract-call? .wattconnect buy-energy-from-many orders)))
(define-public (hand-back (amount uint))
  (as-contract (contract-call? .wattconnect refund-energy amount)))
(define-public (set-rate (rate uint))
  (contract-call? .wattconnect set-commission-rate rate))
(define-public (set-rate-itself (rate uint))
  (as-contract (contract-call? .wattconnect set-commission-rate rate)))
(define-public (take-office)
  (as-contract (contract-call? .wattconnect accept-owner)))
(define-public (save (amount uint))
  (stx-transfer? amount tx-sender (as-contract tx-sender)))
";

struct Proxied {
    market: Market,
    proxy: ContractId,
}

impl Proxied {
    fn open() -> Self {
        let mut market = Market::with_offer();
        let proxy = market
            .chain
            .deploy(&address("operator"), "proxy", "proxy.clar", PROXY)
            .expect("the proxy is sound");
        Self { market, proxy }
    }

    fn ok(&mut self, sender: &str, function: &str, arguments: &[Value]) {
        let receipt = self
            .market
            .chain
            .call(&address(sender), self.proxy, function, arguments)
            .expect("the chain runs");
        assert!(receipt.is_accepted(), "{function}: {:?}", receipt.status);
        self.market.take_note(&receipt);
    }

    fn refused(&mut self, sender: &str, function: &str, arguments: &[Value], code: u128) {
        let before = self.market.chain.state_digest();
        let receipt = self
            .market
            .chain
            .call(&address(sender), self.proxy, function, arguments)
            .expect("the chain runs");
        assert_eq!(receipt.error_code(), Some(code), "{function}: {:?}", receipt.status);
        assert_eq!(self.market.chain.state_digest(), before);
    }
}

#[test]
fn only_the_certification_contract_itself_speaks_of_production() {
    let mut proxied = Proxied::open();
    for sender in ["stranger", "operator", "supervisor", "meter"] {
        proxied.refused(sender, "certify", &[who("stranger")], 114);
        proxied.refused(sender, "credit", &[readings("producer", &[("seller", 1)])], 114);
        proxied.refused(sender, "settle", &[readings("consumer", &[("seller", 1)])], 114);
        let market = &mut proxied.market;
        let status = [who("stranger"), connect_sim::chain::boolean(true)];
        market.refused(sender, "set-producer-status", &status, 114);
        market.refused(sender, "credit-production", &[readings("producer", &[("seller", 1)])], 114);
        market.refused(
            sender,
            "settle-consumption",
            &[readings("consumer", &[("seller", 1)])],
            114,
        );
    }
    // The guard is the caller, not the signer: a proxy that is named passes.
    proxied.market.ok("operator", "set-certification-contract", &[who("proxy")]);
    proxied.ok("stranger", "certify", &[who("stranger")]);
    proxied.ok("stranger", "credit", &[readings("producer", &[("stranger", 1)])]);
    proxied.market.list("stranger", 1, 1);
}

#[test]
fn a_person_may_act_through_a_contract_on_his_own_account() {
    let mut proxied = Proxied::open();
    proxied.ok("buyer", "buy", &[who("seller"), uint(5)]);
    assert_eq!(proxied.market.of("buyer", "held"), 5);
    proxied.refused("seller", "buy", &[who("seller"), uint(5)], 107);
    proxied.refused("stranger", "set-rate", &[uint(0)], 100);
    proxied.ok("operator", "set-rate", &[uint(0)]);
}

#[test]
fn a_contract_may_hold_energy_of_its_own() {
    let mut proxied = Proxied::open();
    proxied.ok("buyer", "save", &[uint(10_000_000)]);
    proxied.ok("stranger", "buy-for-itself", &[who("seller"), uint(5)]);
    let many = orders(&[("seller", 5, MOST), ("seller", 500, MOST)]);
    proxied.ok("stranger", "buy-many-for-itself", &[many]);
    assert_eq!(proxied.market.of("proxy", "held"), 10);
    assert_eq!(proxied.market.stx("proxy"), 10_000_000 - 10 * 205_000);
    proxied.market.ok("operator", "fund-treasury", &[uint(10_000_000)]);
    proxied.ok("stranger", "hand-back", &[uint(10)]);
    assert_eq!(proxied.market.stx("proxy"), 10_000_000 - 10 * 45_000);
}

#[test]
fn a_contract_may_own_the_market() {
    let mut proxied = Proxied::open();
    proxied.refused("operator", "set-rate-itself", &[uint(1)], 100);
    proxied.market.ok("operator", "propose-owner", &[who("proxy")]);
    proxied.ok("stranger", "take-office", &[]);
    proxied.ok("stranger", "set-rate-itself", &[uint(1)]);
    proxied.market.refused("operator", "set-commission-rate", &[uint(2)], 100);
}
