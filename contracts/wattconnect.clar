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
;; Far above anything real. They keep amount x price x rate below 2^128, so
;; that an absurd offer or reading is refused instead of aborting a batch.
(define-constant MAX_PRICE u1000000000000000)
(define-constant MAX_READING u1000000000000000)
(define-constant TREASURY (as-contract tx-sender))
(define-constant NO_ACCOUNT
  {unsold: u0, listed: u0, price: u0, held: u0, paid: u0, certified: false})

;; What a trade, a listing or a refund needs, in one read. `reserve`: all that
;; is listed. `returned`: energy handed back, whoever the owner is his to list.
(define-data-var parameters
  {owner: principal, paused: bool, energy-price: uint, commission-rate: uint,
   refund-rate: uint, refund-basis: uint, reserve: uint, reserve-limit: uint,
   max-per-user: uint, returned: uint}
  {owner: tx-sender, paused: false, energy-price: u300000, commission-rate: u250,
   refund-rate: u8000, refund-basis: BASIS_PAID, reserve: u0, reserve-limit: u1000000,
   max-per-user: u10000, returned: u0})
(define-data-var proposed-owner (optional principal) none)
;; This contract never calls itself: until the owner names one, nobody passes.
(define-data-var certification-contract principal TREASURY)

;; `unsold`: produced, with `listed` of it for sale at `price`.
;; `held`: bought and not used, for which `paid` went to sellers.
(define-map accounts principal
  {unsold: uint, listed: uint, price: uint, held: uint, paid: uint, certified: bool})

(define-private (account-of (user principal))
  (default-to NO_ACCOUNT (map-get? accounts user)))

(define-private (lesser (a uint) (b uint))
  (if (< a b) a b))

;; Rounds up: dust pays too.
(define-private (commission-on (cost uint) (rate uint))
  (/ (+ (* cost rate) u9999) WHOLE))

;; What stays paid when `held` shrinks to `left`. Rounds down: the average paid
;; never rises.
(define-private (paid-for (left uint) (held uint) (paid uint))
  (/ (* paid left) held))

;; Of a seller's listing of `amount`, what comes out of the returned energy.
(define-private (from-returned (seller principal) (amount uint) (owner principal) (returned uint))
  (if (is-eq seller owner) (lesser amount returned) u0))

;; ---- Trading ----

;; Lists `amount` more of the caller's unsold energy; `price` holds for all he
;; has listed. For certified producers, and for the owner as to returned energy.
;; (ok true). Prints energy-listed.
(define-public (add-energy-for-sale (amount uint) (price uint))
  (let ((params (var-get parameters))
        (seller (account-of tx-sender))
        (certified (get certified seller))
        (is-owner (is-eq tx-sender (get owner params)))
        (listed (get listed seller)))
    (asserts! (not (get paused params)) ERR_PAUSED)
    (asserts! (> amount u0) ERR_INVALID_AMOUNT)
    (asserts! (and (> price u0) (<= price MAX_PRICE)) ERR_INVALID_PRICE)
    (asserts! (or certified is-owner) ERR_NOT_CERTIFIED)
    (asserts!
      (<= amount
        (- (+ (if certified (get unsold seller) u0) (if is-owner (get returned params) u0))
           listed))
      ERR_NOT_ENOUGH_BALANCE)
    (let ((new-listed (+ listed amount))
          (reserve (+ (get reserve params) amount)))
      (asserts! (<= new-listed (get max-per-user params)) ERR_USER_LIMIT_EXCEEDED)
      (asserts! (<= reserve (get reserve-limit params)) ERR_RESERVE_LIMIT_EXCEEDED)
      (map-set accounts tx-sender (merge seller {listed: new-listed, price: price}))
      (var-set parameters (merge params {reserve: reserve}))
      (print {event: "energy-listed", seller: tx-sender, amount: amount,
              old-price: (get price seller), price: price,
              listed: new-listed, reserve: reserve})
      (ok true))))

;; Takes `amount` of the caller's listing off the market; also while paused.
;; (ok true). Prints energy-delisted.
(define-public (remove-energy-from-sale (amount uint))
  (let ((params (var-get parameters))
        (seller (account-of tx-sender))
        (listed (get listed seller)))
    (asserts! (> amount u0) ERR_INVALID_AMOUNT)
    (asserts! (<= amount listed) ERR_NOT_ENOUGH_BALANCE)
    (let ((new-listed (- listed amount))
          (reserve (- (get reserve params) amount)))
      (map-set accounts tx-sender (merge seller {listed: new-listed}))
      (var-set parameters (merge params {reserve: reserve}))
      (print {event: "energy-delisted", seller: tx-sender, amount: amount,
              listed: new-listed, reserve: reserve})
      (ok true))))

;; Buys `amount` of what `seller` has listed, if his price is at most
;; `max-price`: the caller pays him amount x price, and the treasury the
;; commission on top. Anyone but the seller. (ok true). Prints energy-bought.
(define-public (buy-energy-from-user (seller principal) (amount uint) (max-price uint))
  (let ((params (var-get parameters))
        (offer (account-of seller))
        (price (get price offer)))
    (asserts! (not (get paused params)) ERR_PAUSED)
    (asserts! (not (is-eq seller tx-sender)) ERR_SAME_USER)
    (asserts! (> amount u0) ERR_INVALID_AMOUNT)
    (asserts! (<= amount (get listed offer)) ERR_NOT_ENOUGH_BALANCE)
    (asserts! (<= price max-price) ERR_PRICE_ABOVE_MAXIMUM)
    (let ((cost (* amount price))
          (commission (commission-on cost (get commission-rate params)))
          (returned (get returned params))
          (drawn (from-returned seller amount (get owner params) returned))
          (reserve (- (get reserve params) amount)))
      (try! (pay-commission commission))
      (unwrap! (stx-transfer? cost tx-sender seller) ERR_TRANSFER_FAILED)
      (deliver seller offer amount drawn cost commission reserve)
      (receive amount cost)
      (var-set parameters (merge params {reserve: reserve, returned: (- returned drawn)}))
      (ok true))))

;; Buys from several sellers at once, each on the terms of buy-energy-from-user
;; and whole or not at all. An order that cannot be filled is skipped.
;; (ok {amount, cost, commission}): what was bought in all, what went to the
;; sellers, what to the treasury. Prints energy-bought or order-skipped an order.
(define-public (buy-energy-from-many
    (orders (list 20 {seller: principal, amount: uint, max-price: uint})))
  (let ((params (var-get parameters)))
    (asserts! (not (get paused params)) ERR_PAUSED)
    (let ((basket
            (fold fill-order orders
              {owner: (get owner params), rate: (get commission-rate params),
               reserve: (get reserve params), returned: (get returned params),
               purse: (stx-get-balance tx-sender), amount: u0, cost: u0, commission: u0}))
          (amount (get amount basket))
          (cost (get cost basket))
          (commission (get commission basket)))
      (and (> amount u0)
        (begin
          (try! (pay-commission commission))
          (receive amount cost)
          (var-set parameters
            (merge params {reserve: (get reserve basket), returned: (get returned basket)}))))
      (ok {amount: amount, cost: cost, commission: commission}))))

;; One order of a batch. The commission is paid once, at the end: `purse` is
;; what the buyer has left when it is set aside, so that it can never fail then.
(define-private (fill-order
    (order {seller: principal, amount: uint, max-price: uint})
    (basket {owner: principal, rate: uint, reserve: uint, returned: uint,
             purse: uint, amount: uint, cost: uint, commission: uint}))
  (let ((seller (get seller order))
        (amount (get amount order))
        (offer (account-of seller))
        (price (get price offer)))
    (if (is-eq seller tx-sender) (skip-order order u107 basket)
    (if (is-eq amount u0) (skip-order order u104 basket)
    (if (> amount (get listed offer)) (skip-order order u101 basket)
    (if (> price (get max-price order)) (skip-order order u113 basket)
    (let ((cost (* amount price))
          (commission (commission-on cost (get rate basket)))
          (purse (get purse basket))
          (returned (get returned basket))
          (drawn (from-returned seller amount (get owner basket) returned))
          (reserve (- (get reserve basket) amount)))
      (if (or (> (+ cost commission) purse)
              (is-err (stx-transfer? cost tx-sender seller)))
        (skip-order order u102 basket)
        (begin
          (deliver seller offer amount drawn cost commission reserve)
          (merge basket
            {reserve: reserve, returned: (- returned drawn), purse: (- purse cost commission),
             amount: (+ (get amount basket) amount), cost: (+ (get cost basket) cost),
             commission: (+ (get commission basket) commission)}))))))))))

(define-private (skip-order
    (order {seller: principal, amount: uint, max-price: uint})
    (reason uint)
    (basket {owner: principal, rate: uint, reserve: uint, returned: uint,
             purse: uint, amount: uint, cost: uint, commission: uint}))
  (begin
    (print {event: "order-skipped", buyer: tx-sender, seller: (get seller order),
            amount: (get amount order), reason: reason})
    basket))

;; `stx-transfer?` refuses to move nothing.
(define-private (pay-commission (commission uint))
  (if (is-eq commission u0)
    (ok true)
    (ok (unwrap! (stx-transfer? commission tx-sender TREASURY) ERR_TRANSFER_FAILED))))

;; The seller's side of a sale.
(define-private (deliver
    (seller principal)
    (offer {unsold: uint, listed: uint, price: uint, held: uint, paid: uint, certified: bool})
    (amount uint) (drawn uint) (cost uint) (commission uint) (reserve uint))
  (let ((listed (- (get listed offer) amount)))
    (map-set accounts seller
      (merge offer {listed: listed, unsold: (- (get unsold offer) (- amount drawn))}))
    (print {event: "energy-bought", buyer: tx-sender, seller: seller, amount: amount,
            price: (get price offer), cost: cost, commission: commission,
            returned: drawn, listed: listed, reserve: reserve})))

;; The buyer's side. The commission is not part of what he paid for energy: it
;; is never refunded, or buying and handing back would be free.
(define-private (receive (amount uint) (cost uint))
  (let ((buyer (account-of tx-sender)))
    (map-set accounts tx-sender
      (merge buyer {held: (+ (get held buyer) amount), paid: (+ (get paid buyer) cost)}))))

;; Hands `amount` of the caller's bought energy back for refund-rate x unit price
;; (see set-refund-basis), rounded down, out of the treasury; also while paused.
;; The energy becomes the owner's to list. (ok true). Prints energy-refunded.
(define-public (refund-energy (amount uint))
  (let ((params (var-get parameters))
        (holder-principal tx-sender)
        (holder (account-of tx-sender))
        (held (get held holder))
        (paid (get paid holder)))
    (asserts! (> amount u0) ERR_INVALID_AMOUNT)
    (asserts! (<= amount held) ERR_NOT_ENOUGH_BALANCE)
    (let ((left (- held amount))
          (worth (* amount (get energy-price params)))
          (value
            (if (is-eq (get refund-basis params) BASIS_REFERENCE)
              worth
              (lesser worth (/ (* paid amount) held))))
          (payout (/ (* value (get refund-rate params)) WHOLE))
          (paid-left (paid-for left held paid))
          (returned (+ (get returned params) amount)))
      (and (> payout u0)
        (unwrap! (as-contract (stx-transfer? payout tx-sender holder-principal))
          ERR_REFUND_FAILED))
      (map-set accounts tx-sender (merge holder {held: left, paid: paid-left}))
      (var-set parameters (merge params {returned: returned}))
      (print {event: "energy-refunded", holder: tx-sender, amount: amount, payout: payout,
              held: left, old-paid: paid, paid: paid-left, returned: returned})
      (ok true))))

;; Uses `amount` of the caller's bought energy up: it can no longer be handed
;; back. Also while paused. (ok true). Prints energy-consumed.
(define-public (consume-energy (amount uint))
  (let ((holder (account-of tx-sender)))
    (asserts! (> amount u0) ERR_INVALID_AMOUNT)
    (asserts! (<= amount (get held holder)) ERR_NOT_ENOUGH_BALANCE)
    (use-up tx-sender holder amount amount)
    (ok true)))

(define-private (use-up
    (consumer principal)
    (holder {unsold: uint, listed: uint, price: uint, held: uint, paid: uint, certified: bool})
    (metered uint)
    (amount uint))
  (let ((held (get held holder))
        (paid (get paid holder))
        (left (- held amount))
        (paid-left (paid-for left held paid)))
    (map-set accounts consumer (merge holder {held: left, paid: paid-left}))
    (print {event: "energy-consumed", consumer: consumer, metered: metered, amount: amount,
            held: left, old-paid: paid, paid: paid-left})))

;; ---- For the certification contract alone ----

;; Uses up what meters say was consumed, or all a consumer holds if that is
;; less; also while paused. A reading of nothing, or of one who holds nothing,
;; is skipped. (ok {amount, skipped}): kWh used up, readings skipped.
;; Prints energy-consumed or reading-skipped a reading.
(define-public (settle-consumption (readings (list 100 {consumer: principal, amount: uint})))
  (begin
    (asserts! (is-certification-contract) ERR_NOT_AUTHORISED)
    (ok (fold settle-reading readings {amount: u0, skipped: u0}))))

(define-private (settle-reading
    (reading {consumer: principal, amount: uint})
    (total {amount: uint, skipped: uint}))
  (let ((consumer (get consumer reading))
        (metered (get amount reading))
        (holder (account-of consumer))
        (amount (lesser metered (get held holder))))
    (if (is-eq amount u0)
      (skip-reading consumer metered (if (is-eq metered u0) u104 u101) total)
      (begin
        (use-up consumer holder metered amount)
        (merge total {amount: (+ (get amount total) amount)})))))

;; Adds verified production to what producers have unsold. A reading of nothing,
;; past MAX_READING, or of one who is not certified, is skipped.
;; (ok {amount, skipped}): kWh credited, readings skipped.
;; Prints production-credited or reading-skipped a reading.
(define-public (credit-production (readings (list 100 {producer: principal, amount: uint})))
  (begin
    (asserts! (is-certification-contract) ERR_NOT_AUTHORISED)
    (ok (fold credit-reading readings {amount: u0, skipped: u0}))))

(define-private (credit-reading
    (reading {producer: principal, amount: uint})
    (total {amount: uint, skipped: uint}))
  (let ((producer (get producer reading))
        (amount (get amount reading))
        (account (account-of producer))
        (unsold (+ (get unsold account) (lesser amount MAX_READING))))
    (if (not (get certified account)) (skip-reading producer amount u110 total)
    (if (or (is-eq amount u0) (> amount MAX_READING)) (skip-reading producer amount u104 total)
    (begin
      (map-set accounts producer (merge account {unsold: unsold}))
      (print {event: "production-credited", producer: producer, amount: amount, unsold: unsold})
      (merge total {amount: (+ (get amount total) amount)}))))))

(define-private (skip-reading
    (user principal) (amount uint) (reason uint) (total {amount: uint, skipped: uint}))
  (begin
    (print {event: "reading-skipped", user: user, amount: amount, reason: reason})
    (merge total {skipped: (+ (get skipped total) u1)})))

;; Says whether `producer` may list. On false, what he has listed is withdrawn
;; at once; what he has unsold stays his, to list if certified again.
;; (ok true). Prints producer-status-set.
(define-public (set-producer-status (producer principal) (certified bool))
  (let ((account (account-of producer)))
    (asserts! (is-certification-contract) ERR_NOT_AUTHORISED)
    (map-set accounts producer (merge account {certified: certified}))
    (print {event: "producer-status-set", producer: producer,
            old: (get certified account), new: certified})
    (and (not certified) (withdraw-listing producer))
    (ok true)))

(define-private (is-certification-contract)
  (is-eq contract-caller (var-get certification-contract)))

;; Takes all that `seller` has listed off the market.
(define-private (withdraw-listing (seller principal))
  (let ((params (var-get parameters))
        (account (account-of seller))
        (listed (get listed account))
        (reserve (- (get reserve params) listed)))
    (and (> listed u0)
      (begin
        (map-set accounts seller (merge account {listed: u0}))
        (var-set parameters (merge params {reserve: reserve}))
        (print {event: "energy-delisted", seller: seller, amount: listed,
                listed: u0, reserve: reserve})
        true))))

;; ---- Parameters: the owner alone ----
;; All return (ok true) and print the old and the new value.

;; The reference price, per kWh, that caps refunds. Prints energy-price-set.
(define-public (set-energy-price (new uint))
  (let ((params (var-get parameters)))
    (asserts! (is-eq tx-sender (get owner params)) ERR_OWNER_ONLY)
    (asserts! (and (> new u0) (<= new MAX_PRICE)) ERR_INVALID_PRICE)
    (var-set parameters (merge params {energy-price: new}))
    (print {event: "energy-price-set", old: (get energy-price params), new: new})
    (ok true)))

;; What buyers pay the treasury on top. Prints commission-rate-set.
(define-public (set-commission-rate (new uint))
  (let ((params (var-get parameters)))
    (asserts! (is-eq tx-sender (get owner params)) ERR_OWNER_ONLY)
    (asserts! (<= new WHOLE) ERR_INVALID_RATE)
    (var-set parameters (merge params {commission-rate: new}))
    (print {event: "commission-rate-set", old: (get commission-rate params), new: new})
    (ok true)))

;; The share of the unit price that a refund pays. Prints refund-rate-set.
(define-public (set-refund-rate (new uint))
  (let ((params (var-get parameters)))
    (asserts! (is-eq tx-sender (get owner params)) ERR_OWNER_ONLY)
    (asserts! (<= new WHOLE) ERR_INVALID_RATE)
    (var-set parameters (merge params {refund-rate: new}))
    (print {event: "refund-rate-set", old: (get refund-rate params), new: new})
    (ok true)))

;; The unit price of refunds. u0: the reference price, whatever was paid, which
;; who bought below it can drain. u1: the lower of it and the average the holder
;; paid. Prints refund-basis-set.
(define-public (set-refund-basis (basis uint))
  (let ((params (var-get parameters)))
    (asserts! (is-eq tx-sender (get owner params)) ERR_OWNER_ONLY)
    (asserts! (<= basis BASIS_PAID) ERR_INVALID_BASIS)
    (var-set parameters (merge params {refund-basis: basis}))
    (print {event: "refund-basis-set", old: (get refund-basis params), new: basis})
    (ok true)))

;; The most that may be listed in all, not below what is. Prints
;; energy-reserve-limit-set.
(define-public (set-energy-reserve-limit (new uint))
  (let ((params (var-get parameters)))
    (asserts! (is-eq tx-sender (get owner params)) ERR_OWNER_ONLY)
    (asserts! (>= new (get reserve params)) ERR_INVALID_RESERVE_LIMIT)
    (var-set parameters (merge params {reserve-limit: new}))
    (print {event: "energy-reserve-limit-set", old: (get reserve-limit params), new: new})
    (ok true)))

;; The most that one may have listed. What is listed stays. Prints
;; max-energy-per-user-set.
(define-public (set-max-energy-per-user (new uint))
  (let ((params (var-get parameters)))
    (asserts! (is-eq tx-sender (get owner params)) ERR_OWNER_ONLY)
    (asserts! (> new u0) ERR_INVALID_AMOUNT)
    (var-set parameters (merge params {max-per-user: new}))
    (print {event: "max-energy-per-user-set", old: (get max-per-user params), new: new})
    (ok true)))

;; Names the contract that alone reports certification and meters. Statuses stay
;; as they are. Prints certification-contract-set.
(define-public (set-certification-contract (contract principal))
  (let ((old (var-get certification-contract)))
    (asserts! (is-eq tx-sender (get owner (var-get parameters))) ERR_OWNER_ONLY)
    (var-set certification-contract contract)
    (print {event: "certification-contract-set", old: old, new: contract})
    (ok true)))

;; Stops listing and buying; refunds, delisting and consumption go on. Prints
;; paused-set.
(define-public (pause) (set-paused true))

;; Ends a pause. Prints paused-set.
(define-public (resume) (set-paused false))

(define-private (set-paused (new bool))
  (let ((params (var-get parameters)))
    (asserts! (is-eq tx-sender (get owner params)) ERR_OWNER_ONLY)
    (var-set parameters (merge params {paused: new}))
    (print {event: "paused-set", old: (get paused params), new: new})
    (ok true)))

;; Offers the ownership; nothing changes until it is accepted. Proposing
;; another, or oneself, takes the offer back. Prints owner-proposed.
(define-public (propose-owner (new principal))
  (let ((owner (get owner (var-get parameters))))
    (asserts! (is-eq tx-sender owner) ERR_OWNER_ONLY)
    (print {event: "owner-proposed", old: (var-get proposed-owner), new: new})
    (var-set proposed-owner (some new))
    (ok true)))

;; Takes the ownership over, with the returned energy. Whatever the last owner
;; had listed is withdrawn. The proposed owner alone: u114 for others. Prints
;; owner-set, and energy-delisted if anything was.
(define-public (accept-owner)
  (let ((old (get owner (var-get parameters))))
    (asserts! (is-eq (some tx-sender) (var-get proposed-owner)) ERR_NOT_AUTHORISED)
    (withdraw-listing old)
    (var-set parameters (merge (var-get parameters) {owner: tx-sender}))
    (var-set proposed-owner none)
    (print {event: "owner-set", old: old, new: tx-sender})
    (ok true)))

;; ---- Treasury: this contract's own STX ----

;; Gives `amount` uSTX to the treasury. Anyone. (ok true). Prints treasury-funded.
(define-public (fund-treasury (amount uint))
  (begin
    (asserts! (> amount u0) ERR_INVALID_AMOUNT)
    (unwrap! (stx-transfer? amount tx-sender TREASURY) ERR_TRANSFER_FAILED)
    (print {event: "treasury-funded", from: tx-sender, amount: amount,
            balance: (stx-get-balance TREASURY)})
    (ok true)))

;; Pays `amount` uSTX out of the treasury. The owner. (ok true). Prints
;; treasury-withdrawn.
(define-public (withdraw-treasury (amount uint) (recipient principal))
  (begin
    (asserts! (is-eq tx-sender (get owner (var-get parameters))) ERR_OWNER_ONLY)
    (asserts! (> amount u0) ERR_INVALID_AMOUNT)
    (unwrap! (as-contract (stx-transfer? amount tx-sender recipient)) ERR_TRANSFER_FAILED)
    (print {event: "treasury-withdrawn", to: recipient, amount: amount,
            balance: (stx-get-balance TREASURY)})
    (ok true)))

;; ---- Read-only ----

(define-read-only (get-energy-price)
  (ok (get energy-price (var-get parameters))))

(define-read-only (get-commission-rate)
  (ok (get commission-rate (var-get parameters))))

(define-read-only (get-refund-rate)
  (ok (get refund-rate (var-get parameters))))

(define-read-only (get-energy-reserve-limit)
  (ok (get reserve-limit (var-get parameters))))

(define-read-only (get-max-energy-per-user)
  (ok (get max-per-user (var-get parameters))))

(define-read-only (get-current-energy-reserve)
  (ok (get reserve (var-get parameters))))

;; All the energy of `user`: unsold, and bought and held.
(define-read-only (get-energy-balance (user principal))
  (let ((account (view-account user)))
    (ok (+ (get unsold account) (get held account)))))

(define-read-only (get-stx-balance (user principal))
  (ok (stx-get-balance user)))

(define-read-only (get-energy-for-sale (user principal))
  (let ((account (account-of user)))
    (ok {amount: (get listed account), price: (get price account)})))

(define-read-only (get-parameters)
  (ok (merge (var-get parameters)
    {proposed-owner: (var-get proposed-owner),
     certification-contract: (var-get certification-contract)})))

;; The account as it is stored, but the owner's `unsold` has the returned energy
;; in it.
(define-read-only (get-account (user principal))
  (ok (view-account user)))

(define-private (view-account (user principal))
  (let ((account (account-of user))
        (params (var-get parameters)))
    (if (is-eq user (get owner params))
      (merge account {unsold: (+ (get unsold account) (get returned params))})
      account)))

(define-read-only (get-treasury-balance)
  (ok (stx-get-balance TREASURY)))
