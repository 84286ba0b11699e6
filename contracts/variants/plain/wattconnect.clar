;; The plain form of the trading contract: a market with a ledger of its own in
;; place of STX, rates in per cent, and none of the optional functions.
;;
;; A specimen and no product. It carries, on purpose, the faults that are met in
;; contracts of this form: nothing puts energy or money on an account, two
;; functions abort at run time, the maximum per user is stored and never asked,
;; a purchase leaves the reserve as it was, commission rounds down, and a refund
;; is reckoned from the reference price whatever was paid. `connect-sim check`
;; must find each of them.

(define-constant CONTRACT_OWNER tx-sender)

(define-constant ERR_OWNER_ONLY (err u100))
(define-constant ERR_NOT_ENOUGH_BALANCE (err u101))
(define-constant ERR_INVALID_PRICE (err u103))
(define-constant ERR_INVALID_AMOUNT (err u104))
(define-constant ERR_INVALID_RATE (err u105))
(define-constant ERR_REFUND_FAILED (err u106))
(define-constant ERR_SAME_USER (err u107))
(define-constant ERR_RESERVE_LIMIT_EXCEEDED (err u108))
(define-constant ERR_INVALID_RESERVE_LIMIT (err u109))

(define-data-var energy-price uint u200000)
(define-data-var max-energy-per-user uint u10000)
(define-data-var commission-rate uint u5)
(define-data-var refund-rate uint u90)
(define-data-var energy-reserve-limit uint u1000000)
(define-data-var current-energy-reserve uint u0)

(define-map energy-balances principal uint)
(define-map stx-balances principal uint)
(define-map energy-for-sale {user: principal} {amount: uint, price: uint})

(define-private (energy-of (user principal))
  (default-to u0 (map-get? energy-balances user)))

(define-private (stx-of (user principal))
  (default-to u0 (map-get? stx-balances user)))

(define-private (offer-of (user principal))
  (default-to {amount: u0, price: u0} (map-get? energy-for-sale {user: user})))

(define-private (share-of (amount uint) (rate uint))
  (/ (* amount rate) u100))

;; Aborts on every change below zero: `to-uint` takes no negative number.
(define-private (change-reserve (change int))
  (let ((reserve (+ (var-get current-energy-reserve) (to-uint change))))
    (asserts! (<= reserve (var-get energy-reserve-limit)) ERR_RESERVE_LIMIT_EXCEEDED)
    (ok (var-set current-energy-reserve reserve))))

(define-public (set-energy-price (new uint))
  (begin
    (asserts! (is-eq tx-sender CONTRACT_OWNER) ERR_OWNER_ONLY)
    (asserts! (> new u0) ERR_INVALID_PRICE)
    (ok (var-set energy-price new))))

(define-public (set-commission-rate (new uint))
  (begin
    (asserts! (is-eq tx-sender CONTRACT_OWNER) ERR_OWNER_ONLY)
    (asserts! (<= new u100) ERR_INVALID_RATE)
    (ok (var-set commission-rate new))))

(define-public (set-refund-rate (new uint))
  (begin
    (asserts! (is-eq tx-sender CONTRACT_OWNER) ERR_OWNER_ONLY)
    (asserts! (<= new u100) ERR_INVALID_RATE)
    (ok (var-set refund-rate new))))

(define-public (set-energy-reserve-limit (new uint))
  (begin
    (asserts! (is-eq tx-sender CONTRACT_OWNER) ERR_OWNER_ONLY)
    (asserts! (>= new (var-get current-energy-reserve)) ERR_INVALID_RESERVE_LIMIT)
    (ok (var-set energy-reserve-limit new))))

(define-public (set-max-energy-per-user (new uint))
  (begin
    (asserts! (is-eq tx-sender CONTRACT_OWNER) ERR_OWNER_ONLY)
    (asserts! (> new u0) ERR_INVALID_AMOUNT)
    (ok (var-set max-energy-per-user new))))

(define-public (add-energy-for-sale (amount uint) (price uint))
  (let ((listed (+ amount (get amount (offer-of tx-sender)))))
    (asserts! (> amount u0) ERR_INVALID_AMOUNT)
    (asserts! (> price u0) ERR_INVALID_PRICE)
    (asserts! (>= (energy-of tx-sender) listed) ERR_NOT_ENOUGH_BALANCE)
    (try! (change-reserve (to-int amount)))
    (map-set energy-for-sale {user: tx-sender} {amount: listed, price: price})
    (ok true)))

(define-public (remove-energy-from-sale (amount uint))
  (let ((offer (offer-of tx-sender)))
    (asserts! (>= (get amount offer) amount) ERR_NOT_ENOUGH_BALANCE)
    (try! (change-reserve (- (to-int amount))))
    (map-set energy-for-sale {user: tx-sender}
      (merge offer {amount: (- (get amount offer) amount)}))
    (ok true)))

(define-public (buy-energy-from-user (seller principal) (amount uint))
  (let ((offer (offer-of seller))
        (cost (* amount (get price offer)))
        (commission (share-of cost (var-get commission-rate)))
        (total (+ cost commission)))
    (asserts! (not (is-eq tx-sender seller)) ERR_SAME_USER)
    (asserts! (> amount u0) ERR_INVALID_AMOUNT)
    (asserts! (>= (get amount offer) amount) ERR_NOT_ENOUGH_BALANCE)
    (asserts! (>= (energy-of seller) amount) ERR_NOT_ENOUGH_BALANCE)
    (asserts! (>= (stx-of tx-sender) total) ERR_NOT_ENOUGH_BALANCE)
    (map-set energy-balances seller (- (energy-of seller) amount))
    (map-set energy-balances tx-sender (+ (energy-of tx-sender) amount))
    (map-set energy-for-sale {user: seller}
      (merge offer {amount: (- (get amount offer) amount)}))
    (map-set stx-balances tx-sender (- (stx-of tx-sender) total))
    (map-set stx-balances seller (+ (stx-of seller) cost))
    (map-set stx-balances CONTRACT_OWNER (+ (stx-of CONTRACT_OWNER) commission))
    (ok true)))

(define-public (refund-energy (amount uint))
  (let ((payout (share-of (* amount (var-get energy-price)) (var-get refund-rate))))
    (asserts! (> amount u0) ERR_INVALID_AMOUNT)
    (asserts! (>= (energy-of tx-sender) amount) ERR_NOT_ENOUGH_BALANCE)
    (asserts! (>= (stx-of CONTRACT_OWNER) payout) ERR_REFUND_FAILED)
    (try! (change-reserve (- (to-int amount))))
    (map-set energy-balances tx-sender (- (energy-of tx-sender) amount))
    (map-set energy-balances CONTRACT_OWNER (+ (energy-of CONTRACT_OWNER) amount))
    (map-set stx-balances tx-sender (+ (stx-of tx-sender) payout))
    (map-set stx-balances CONTRACT_OWNER (- (stx-of CONTRACT_OWNER) payout))
    (ok true)))

(define-read-only (get-energy-price) (ok (var-get energy-price)))
(define-read-only (get-commission-rate) (ok (var-get commission-rate)))
(define-read-only (get-refund-rate) (ok (var-get refund-rate)))
(define-read-only (get-energy-reserve-limit) (ok (var-get energy-reserve-limit)))
(define-read-only (get-max-energy-per-user) (ok (var-get max-energy-per-user)))
(define-read-only (get-current-energy-reserve) (ok (var-get current-energy-reserve)))
(define-read-only (get-energy-balance (user principal)) (ok (energy-of user)))
(define-read-only (get-stx-balance (user principal)) (ok (stx-of user)))
(define-read-only (get-energy-for-sale (user principal)) (ok (offer-of user)))
