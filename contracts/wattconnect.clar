;; wattconnect: a market for home-made energy, paid in STX.
;; Energy is whole kWh, money uSTX, rates basis points. Design: README.md.

(define-constant ERR_OWNER_ONLY (err u100))
(define-constant ERR_NOT_ENOUGH_BALANCE (err u101))
(define-constant ERR_TRANSFER_FAILED (err u102))
(define-constant ERR_INVALID_PRICE (err u103))
(define-constant ERR_INVALID_AMOUNT (err u104))
(define-constant ERR_INVALID_RATE (err u105))
(define-constant ERR_REFUND_FAILED (err u106))
(define-constant ERR_SAME_USER (err u107))
(define-constant ERR_RESERVE_LIMIT_EXCEEDED (err u108))
(define-constant ERR_INVALID_RESERVE_LIMIT (err u109))
(define-constant ERR_NOT_CERTIFIED (err u110))
(define-constant ERR_USER_LIMIT_EXCEEDED (err u111))
(define-constant ERR_PAUSED (err u112))
(define-constant ERR_PRICE_ABOVE_MAXIMUM (err u113))
(define-constant ERR_NOT_AUTHORISED (err u114))
(define-constant ERR_INVALID_BASIS (err u115))

(define-constant WHOLE u10000)
(define-constant BASIS_REFERENCE u0)
(define-constant BASIS_PAID u1)
;; Most uSTX a kWh, and most kWh a reading. Far above anything real, they keep
;; products below 2^128: what is absurd is refused and cannot abort a batch.
(define-constant MAX_PRICE u1000000000000000)
(define-constant MAX_READING u1000000000000000)
(define-constant TREASURY (as-contract tx-sender))
;; Who has no entry. Calls that many make take them up by `match`, which unlike
;; `default-to` does not evaluate what it has no use for.
(define-constant NO_SELLER {unlisted: u0, listed: u0, price: u0, certified: false})
(define-constant NO_HOLDER {held: u0, paid: u0})

;; What a trade needs, in one read. `reserve`: all that is listed.
(define-data-var market
  {paused: bool, commission-rate: uint, reserve: uint, reserve-limit: uint, max-per-user: uint}
  {paused: false, commission-rate: u250, reserve: u0, reserve-limit: u1000000,
   max-per-user: u10000})
;; What a refund needs, in one read. `returned`: energy handed back and not
;; listed. It goes with the office of the owner, not with the person.
(define-data-var refunds
  {energy-price: uint, refund-rate: uint, refund-basis: uint, returned: uint}
  {energy-price: u300000, refund-rate: u8000, refund-basis: BASIS_PAID, returned: u0})
(define-data-var owner principal tx-sender)
(define-data-var proposed-owner (optional principal) none)
;; This contract never calls itself: until the owner names one, nobody passes.
(define-data-var certification-contract principal TREASURY)

;; `listed` is for sale at `price`, `unlisted` the rest of one's production. What
;; a certified account lists is its own production; without certification only
;; the owner lists, and what he lists is returned energy.
(define-map sellers principal {unlisted: uint, listed: uint, price: uint, certified: bool})
;; Energy bought and not used up, and what its sellers got for it.
(define-map holders principal {held: uint, paid: uint})

(define-private (seller-of (user principal))
  (default-to NO_SELLER (map-get? sellers user)))

(define-private (holder-of (user principal))
  (default-to NO_HOLDER (map-get? holders user)))

(define-private (is-owner)
  (is-eq tx-sender (var-get owner)))

(define-private (check-owner)
  (ok (asserts! (is-owner) ERR_OWNER_ONLY)))

(define-private (is-price (price uint))
  (and (> price u0) (<= price MAX_PRICE)))

(define-private (lesser (a uint) (b uint))
  (if (< a b) a b))

;; Rounds up: dust pays too.
(define-private (commission-on (cost uint) (rate uint))
  (/ (+ (* cost rate) u9999) WHOLE))

;; ---- Trading ----

;; Lists `amount` more, at `price` for all the caller has listed. A certified
;; producer lists his own unsold energy; the owner, if he is not one, returned
;; energy. (ok true). Prints energy-listed, and returned-set for the owner.
(define-public (add-energy-for-sale (amount uint) (price uint))
  (let ((state (var-get market))
        (seller (match (map-get? sellers tx-sender) known known NO_SELLER))
        (certified (get certified seller)))
    (asserts! (not (get paused state)) ERR_PAUSED)
    (asserts! (> amount u0) ERR_INVALID_AMOUNT)
    (asserts! (is-price price) ERR_INVALID_PRICE)
    (asserts! (or certified (is-owner)) ERR_NOT_CERTIFIED)
    (let ((unlisted (get unlisted seller))
          (available (if certified unlisted (get returned (var-get refunds)))))
      (asserts! (<= amount available) ERR_NOT_ENOUGH_BALANCE)
      (let ((left (- available amount))
            (listed (+ (get listed seller) amount))
            (reserve (+ (get reserve state) amount)))
        (asserts! (<= listed (get max-per-user state)) ERR_USER_LIMIT_EXCEEDED)
        (asserts! (<= reserve (get reserve-limit state)) ERR_RESERVE_LIMIT_EXCEEDED)
        (or certified (set-returned left))
        (map-set sellers tx-sender
          {unlisted: (if certified left unlisted), listed: listed, price: price,
           certified: certified})
        (var-set market (merge state {reserve: reserve}))
        (print {event: "energy-listed", seller: tx-sender, amount: amount, price: price,
                old-price: (get price seller), listed: listed, reserve: reserve})
        (ok true)))))

;; Takes `amount` of the caller's listing off the market; also while paused.
;; (ok true). Prints energy-delisted, and returned-set for the owner.
(define-public (remove-energy-from-sale (amount uint))
  (let ((seller (seller-of tx-sender)))
    (asserts! (> amount u0) ERR_INVALID_AMOUNT)
    (asserts! (<= amount (get listed seller)) ERR_NOT_ENOUGH_BALANCE)
    (map-set sellers tx-sender (delist tx-sender seller amount))
    (ok true)))

;; The seller's entry without `amount` of his listing, for the caller to store.
(define-private (delist
    (user principal)
    (seller {unlisted: uint, listed: uint, price: uint, certified: bool})
    (amount uint))
  (let ((state (var-get market))
        (listed (- (get listed seller) amount))
        (reserve (- (get reserve state) amount)))
    (var-set market (merge state {reserve: reserve}))
    (print {event: "energy-delisted", seller: user, amount: amount, listed: listed,
            reserve: reserve})
    (if (get certified seller)
      (merge seller {listed: listed, unlisted: (+ (get unlisted seller) amount)})
      (begin
        (set-returned (+ (get returned (var-get refunds)) amount))
        (merge seller {listed: listed})))))

(define-private (set-returned (new uint))
  (let ((terms (var-get refunds)))
    (log-set "returned-set" (get returned terms) new)
    (var-set refunds (merge terms {returned: new}))))

;; Buys `amount` of what `seller` has listed, if his price is at most
;; `max-price`: the caller pays him amount x price, and the treasury the
;; commission on top. Anyone but the seller. (ok true). Prints energy-bought.
(define-public (buy-energy-from-user (seller principal) (amount uint) (max-price uint))
  (let ((state (var-get market)))
    (asserts! (not (get paused state)) ERR_PAUSED)
    (asserts! (not (is-eq seller tx-sender)) ERR_SAME_USER)
    (asserts! (> amount u0) ERR_INVALID_AMOUNT)
    (let ((offer (unwrap! (map-get? sellers seller) ERR_NOT_ENOUGH_BALANCE))
          (listed (get listed offer))
          (price (get price offer)))
      (asserts! (<= amount listed) ERR_NOT_ENOUGH_BALANCE)
      (asserts! (<= price max-price) ERR_PRICE_ABOVE_MAXIMUM)
      (let ((cost (* amount price))
            (commission (commission-on cost (get commission-rate state)))
            (left (- listed amount))
            (reserve (- (get reserve state) amount)))
        (unwrap! (stx-transfer? cost tx-sender seller) ERR_TRANSFER_FAILED)
        (try! (pay-commission commission))
        (map-set sellers seller (merge offer {listed: left}))
        (log-bought seller amount price cost commission left reserve)
        (receive amount cost)
        (var-set market (merge state {reserve: reserve}))
        (ok true)))))

;; Buys from several sellers at once, each order on the terms of
;; buy-energy-from-user and whole, or skipped. (ok {amount, cost, commission}):
;; kWh bought, uSTX to sellers, uSTX to the treasury. Prints energy-bought or
;; order-skipped an order.
(define-public (buy-energy-from-many
    (orders (list 20 {seller: principal, amount: uint, max-price: uint})))
  (let ((state (var-get market))
        (reserve (get reserve state))
        (purse (stx-get-balance tx-sender)))
    (asserts! (not (get paused state)) ERR_PAUSED)
    (let ((basket
            (fold fill-order orders
              {rate: (get commission-rate state), reserve: reserve, purse: purse,
               commission: u0}))
          (left (get reserve basket))
          (amount (- reserve left))
          (commission (get commission basket))
          (cost (- purse (get purse basket) commission)))
      (and (> amount u0)
        (begin
          (try! (pay-commission commission))
          (receive amount cost)
          (var-set market (merge state {reserve: left}))))
      (ok {amount: amount, cost: cost, commission: commission}))))

;; The commission is paid once, at the end: `purse` is the buyer's STX less all
;; that he owes, so that it cannot fail then. What `reserve` and `purse` have
;; lost in the end is what was bought, and what for.
(define-private (fill-order
    (order {seller: principal, amount: uint, max-price: uint})
    (basket {rate: uint, reserve: uint, purse: uint, commission: uint}))
  (let ((seller (get seller order))
        (amount (get amount order))
        (offer (match (map-get? sellers seller) known known NO_SELLER))
        (listed (get listed offer))
        (price (get price offer))
        (fault
          (if (is-eq seller tx-sender) u107
          (if (is-eq amount u0) u104
          (if (> amount listed) u101
          (if (> price (get max-price order)) u113 u0)))))
        (cost (if (is-eq fault u0) (* amount price) u0))
        (rate (get rate basket))
        (commission (commission-on cost rate))
        (total (+ cost commission))
        (purse (get purse basket)))
    (if (and (is-eq fault u0) (<= total purse) (is-ok (stx-transfer? cost tx-sender seller)))
      (let ((left (- listed amount))
            (reserve (- (get reserve basket) amount)))
        (map-set sellers seller (merge offer {listed: left}))
        (log-bought seller amount price cost commission left reserve)
        {rate: rate, reserve: reserve, purse: (- purse total),
         commission: (+ (get commission basket) commission)})
      (begin
        (print {event: "order-skipped", buyer: tx-sender, seller: seller, amount: amount,
                reason: (if (is-eq fault u0) u102 fault)})
        basket))))

;; `stx-transfer?` refuses to move nothing.
(define-private (pay-commission (commission uint))
  (ok (and (> commission u0)
    (unwrap! (stx-transfer? commission tx-sender TREASURY) ERR_TRANSFER_FAILED))))

(define-private (log-bought
    (seller principal) (amount uint) (price uint) (cost uint) (commission uint)
    (listed uint) (reserve uint))
  (print {event: "energy-bought", buyer: tx-sender, seller: seller, amount: amount,
          price: price, cost: cost, commission: commission, listed: listed,
          reserve: reserve}))

;; The buyer's side. The commission does not count as paid: it is never refunded.
(define-private (receive (amount uint) (cost uint))
  (map-set holders tx-sender
    (match (map-get? holders tx-sender) holder
      {held: (+ (get held holder) amount), paid: (+ (get paid holder) cost)}
      {held: amount, paid: cost})))

;; Hands `amount` of the caller's bought energy back: the treasury pays
;; refund-rate x unit price (see set-refund-basis), rounded down, and the owner
;; may list it. Also while paused. (ok true). Prints energy-refunded.
(define-public (refund-energy (amount uint))
  (begin
    (asserts! (> amount u0) ERR_INVALID_AMOUNT)
    (let ((user tx-sender)
          (holder (unwrap! (map-get? holders user) ERR_NOT_ENOUGH_BALANCE))
          (held (get held holder))
          (paid (get paid holder)))
      (asserts! (<= amount held) ERR_NOT_ENOUGH_BALANCE)
      (let ((terms (var-get refunds))
            (worth (* amount (get energy-price terms)))
            (value
              (if (is-eq (get refund-basis terms) BASIS_REFERENCE)
                worth
                (lesser worth (/ (* paid amount) held))))
            (payout (/ (* value (get refund-rate terms)) WHOLE))
            (left (- held amount))
            (left-paid (/ (* paid left) held))
            (returned (+ (get returned terms) amount)))
        (and (> payout u0)
          (unwrap! (as-contract (stx-transfer? payout tx-sender user)) ERR_REFUND_FAILED))
        (map-set holders user {held: left, paid: left-paid})
        (var-set refunds (merge terms {returned: returned}))
        (print {event: "energy-refunded", holder: user, amount: amount, payout: payout,
                held: left, old-paid: paid, paid: left-paid, returned: returned})
        (ok true)))))

;; Uses `amount` of the caller's bought energy up: it can no longer be handed
;; back. Also while paused. (ok true). Prints energy-consumed.
(define-public (consume-energy (amount uint))
  (begin
    (asserts! (> amount u0) ERR_INVALID_AMOUNT)
    (let ((holder (unwrap! (map-get? holders tx-sender) ERR_NOT_ENOUGH_BALANCE))
          (held (get held holder)))
      (asserts! (<= amount held) ERR_NOT_ENOUGH_BALANCE)
      (use-up tx-sender held (get paid holder) amount amount)
      (ok true))))

;; What counts as paid for the rest of what is held rounds down, here as in a
;; refund: the average paid never rises.
(define-private (use-up
    (consumer principal) (held uint) (paid uint) (metered uint) (amount uint))
  (let ((left (- held amount))
        (left-paid (/ (* paid left) held)))
    (map-set holders consumer {held: left, paid: left-paid})
    (print {event: "energy-consumed", consumer: consumer, metered: metered, amount: amount,
            held: left, old-paid: paid, paid: left-paid})))

;; ---- For the certification contract alone: u114 for others ----

;; Uses up what meters say was consumed, or all a consumer holds if that is
;; less; also while paused. Skips u0 and who holds nothing. (ok {amount,
;; skipped}): kWh used up, readings skipped. Prints energy-consumed or
;; reading-skipped a reading.
(define-public (settle-consumption (readings (list 100 {consumer: principal, amount: uint})))
  (begin
    (try! (check-certification-contract))
    (ok (fold settle-reading readings {amount: u0, skipped: u0}))))

(define-private (settle-reading
    (reading {consumer: principal, amount: uint}) (total {amount: uint, skipped: uint}))
  (let ((consumer (get consumer reading))
        (metered (get amount reading))
        (holder (match (map-get? holders consumer) known known NO_HOLDER))
        (held (get held holder))
        (amount (lesser metered held)))
    (if (is-eq amount u0)
      (skip-reading consumer metered (if (is-eq metered u0) u104 u101) total)
      (begin
        (use-up consumer held (get paid holder) metered amount)
        {amount: (+ (get amount total) amount), skipped: (get skipped total)}))))

;; Adds verified production to what producers have unsold. Skips u0, more than
;; MAX_READING, and who is not certified. (ok {amount, skipped}): kWh credited,
;; readings skipped. Prints production-credited or reading-skipped a reading.
(define-public (credit-production (readings (list 100 {producer: principal, amount: uint})))
  (begin
    (try! (check-certification-contract))
    (ok (fold credit-reading readings {amount: u0, skipped: u0}))))

(define-private (credit-reading
    (reading {producer: principal, amount: uint}) (total {amount: uint, skipped: uint}))
  (let ((producer (get producer reading))
        (amount (get amount reading))
        (seller (match (map-get? sellers producer) known known NO_SELLER))
        (certified (get certified seller)))
    (if (and certified (> amount u0) (<= amount MAX_READING))
      (let ((unlisted (+ (get unlisted seller) amount)))
        (map-set sellers producer (merge seller {unlisted: unlisted}))
        (print {event: "production-credited", producer: producer, amount: amount,
                unlisted: unlisted})
        {amount: (+ (get amount total) amount), skipped: (get skipped total)})
      (skip-reading producer amount (if certified u104 u110) total))))

(define-private (skip-reading
    (user principal) (amount uint) (reason uint) (total {amount: uint, skipped: uint}))
  (begin
    (print {event: "reading-skipped", user: user, amount: amount, reason: reason})
    (merge total {skipped: (+ (get skipped total) u1)})))

;; Says whether `producer` may list. On false, what he has listed is withdrawn
;; at once; it stays his, to list when certified again. (ok true). Prints
;; producer-status-set, and energy-delisted before it if anything was.
(define-public (set-producer-status (producer principal) (certified bool))
  (let ((seller (seller-of producer))
        (old (get certified seller)))
    (try! (check-certification-contract))
    (map-set sellers producer
      (merge (if (and old certified) seller (delist-all producer seller))
        {certified: certified}))
    (print {event: "producer-status-set", producer: producer, old: old, new: certified})
    (ok true)))

(define-private (delist-all
    (user principal) (seller {unlisted: uint, listed: uint, price: uint, certified: bool}))
  (let ((listed (get listed seller)))
    (if (> listed u0) (delist user seller listed) seller)))

(define-private (check-certification-contract)
  (ok (asserts! (is-eq contract-caller (var-get certification-contract)) ERR_NOT_AUTHORISED)))

;; ---- Parameters: the owner alone, u100 for others. All return (ok true). ----

;; The reference price of a kWh, which caps refunds. Prints energy-price-set.
(define-public (set-energy-price (new uint))
  (let ((terms (var-get refunds)))
    (try! (check-owner))
    (asserts! (is-price new) ERR_INVALID_PRICE)
    (var-set refunds (merge terms {energy-price: new}))
    (ok (log-set "energy-price-set" (get energy-price terms) new))))

;; What buyers pay the treasury on top. Prints commission-rate-set.
(define-public (set-commission-rate (new uint))
  (let ((state (var-get market)))
    (try! (check-owner))
    (asserts! (<= new WHOLE) ERR_INVALID_RATE)
    (var-set market (merge state {commission-rate: new}))
    (ok (log-set "commission-rate-set" (get commission-rate state) new))))

;; The share of the unit price that a refund pays. Prints refund-rate-set.
(define-public (set-refund-rate (new uint))
  (let ((terms (var-get refunds)))
    (try! (check-owner))
    (asserts! (<= new WHOLE) ERR_INVALID_RATE)
    (var-set refunds (merge terms {refund-rate: new}))
    (ok (log-set "refund-rate-set" (get refund-rate terms) new))))

;; The unit price of refunds. u0: the reference price, whatever was paid, which
;; who bought below it can drain. u1: the lower of it and the average the holder
;; paid. Prints refund-basis-set.
(define-public (set-refund-basis (basis uint))
  (let ((terms (var-get refunds)))
    (try! (check-owner))
    (asserts! (<= basis BASIS_PAID) ERR_INVALID_BASIS)
    (var-set refunds (merge terms {refund-basis: basis}))
    (ok (log-set "refund-basis-set" (get refund-basis terms) basis))))

;; The most that may be listed in all, not below what is. Prints
;; energy-reserve-limit-set.
(define-public (set-energy-reserve-limit (new uint))
  (let ((state (var-get market)))
    (try! (check-owner))
    (asserts! (>= new (get reserve state)) ERR_INVALID_RESERVE_LIMIT)
    (var-set market (merge state {reserve-limit: new}))
    (ok (log-set "energy-reserve-limit-set" (get reserve-limit state) new))))

;; The most that one may have listed; what is listed already stays. Prints
;; max-energy-per-user-set.
(define-public (set-max-energy-per-user (new uint))
  (let ((state (var-get market)))
    (try! (check-owner))
    (asserts! (> new u0) ERR_INVALID_AMOUNT)
    (var-set market (merge state {max-per-user: new}))
    (ok (log-set "max-energy-per-user-set" (get max-per-user state) new))))

(define-private (log-set (event (string-ascii 24)) (old uint) (new uint))
  (begin
    (print {event: event, old: old, new: new})
    true))

;; Stops listing and buying; refunds, delisting and consumption go on. Prints
;; paused-set.
(define-public (pause) (set-paused true))

;; Ends a pause. Prints paused-set.
(define-public (resume) (set-paused false))

(define-private (set-paused (new bool))
  (let ((state (var-get market)))
    (try! (check-owner))
    (print {event: "paused-set", old: (get paused state), new: new})
    (ok (var-set market (merge state {paused: new})))))

;; Names the contract that alone reports certification and meters; statuses stay
;; as they are. Prints certification-contract-set.
(define-public (set-certification-contract (contract principal))
  (begin
    (try! (check-owner))
    (print {event: "certification-contract-set", old: (var-get certification-contract),
            new: contract})
    (ok (var-set certification-contract contract))))

;; Offers the ownership; nothing changes until it is accepted. Another proposal
;; takes its place. Prints owner-proposed.
(define-public (propose-owner (new principal))
  (begin
    (try! (check-owner))
    (print {event: "owner-proposed", old: (var-get proposed-owner), new: new})
    (ok (var-set proposed-owner (some new)))))

;; Takes the ownership over, with the returned energy; what the last owner had
;; listed of it is withdrawn. The proposed owner alone: u114 for others.
;; (ok true). Prints owner-set, and energy-delisted and returned-set before it.
(define-public (accept-owner)
  (let ((old (var-get owner))
        (seller (seller-of old)))
    (asserts! (is-eq (some tx-sender) (var-get proposed-owner)) ERR_NOT_AUTHORISED)
    (or (get certified seller) (map-set sellers old (delist-all old seller)))
    (var-set owner tx-sender)
    (print {event: "owner-set", old: old, new: tx-sender})
    (ok (var-set proposed-owner none))))

;; ---- Treasury: this contract's own STX ----

;; Gives `amount` uSTX to the treasury. Anyone. (ok true). Prints treasury-funded.
(define-public (fund-treasury (amount uint))
  (begin
    (asserts! (> amount u0) ERR_INVALID_AMOUNT)
    (unwrap! (stx-transfer? amount tx-sender TREASURY) ERR_TRANSFER_FAILED)
    (print {event: "treasury-funded", from: tx-sender, amount: amount,
            balance: (stx-get-balance TREASURY)})
    (ok true)))

;; Pays `amount` uSTX out of the treasury: u102 if there is less. The owner.
;; (ok true). Prints treasury-withdrawn.
(define-public (withdraw-treasury (amount uint) (recipient principal))
  (begin
    (try! (check-owner))
    (asserts! (> amount u0) ERR_INVALID_AMOUNT)
    (unwrap! (as-contract (stx-transfer? amount tx-sender recipient)) ERR_TRANSFER_FAILED)
    (print {event: "treasury-withdrawn", to: recipient, amount: amount,
            balance: (stx-get-balance TREASURY)})
    (ok true)))

;; ---- Read-only ----

(define-read-only (get-energy-price)
  (ok (get energy-price (var-get refunds))))

(define-read-only (get-commission-rate)
  (ok (get commission-rate (var-get market))))

(define-read-only (get-refund-rate)
  (ok (get refund-rate (var-get refunds))))

(define-read-only (get-energy-reserve-limit)
  (ok (get reserve-limit (var-get market))))

(define-read-only (get-max-energy-per-user)
  (ok (get max-per-user (var-get market))))

(define-read-only (get-current-energy-reserve)
  (ok (get reserve (var-get market))))

;; All the energy of `user`: unsold, and bought and held.
(define-read-only (get-energy-balance (user principal))
  (ok (+ (unsold-of user) (get held (holder-of user)))))

(define-read-only (get-stx-balance (user principal))
  (ok (stx-get-balance user)))

(define-read-only (get-energy-for-sale (user principal))
  (let ((seller (seller-of user)))
    (ok {amount: (get listed seller), price: (get price seller)})))

(define-read-only (get-parameters)
  (ok (merge (merge (var-get market) (var-get refunds))
    {owner: (var-get owner), proposed-owner: (var-get proposed-owner),
     certification-contract: (var-get certification-contract)})))

;; `unsold` is all that `user` has not sold: listed, unlisted and, if he is the
;; owner, returned.
(define-read-only (get-account (user principal))
  (ok (merge (merge (seller-of user) (holder-of user)) {unsold: (unsold-of user)})))

(define-private (unsold-of (user principal))
  (let ((seller (seller-of user)))
    (+ (get listed seller) (get unlisted seller)
       (if (is-eq user (var-get owner)) (get returned (var-get refunds)) u0))))

(define-read-only (get-treasury-balance)
  (ok (stx-get-balance TREASURY)))
