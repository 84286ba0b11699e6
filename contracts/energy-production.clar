;; energy-production: who is certified to sell on wattconnect, and what the
;; meters say. Energy is whole kWh, money uSTX. Design: README.md.

(define-constant ERR_OWNER_ONLY (err u200))
(define-constant ERR_NOT_CERTIFIED (err u201))
(define-constant ERR_ALREADY_CERTIFIED (err u202))
(define-constant ERR_INVALID_CERTIFIER (err u203))
(define-constant ERR_INVALID_AMOUNT (err u204))
(define-constant ERR_NOT_AUTHORISED (err u205))
(define-constant ERR_NO_APPLICATION (err u206))
(define-constant ERR_FEE_NOT_PAID (err u207))
(define-constant ERR_INVALID_LEVEL (err u208))
(define-constant ERR_APPLICATION_OPEN (err u209))

(define-constant METER_OPERATOR u1)
(define-constant CERTIFIER u2)
(define-constant SUPERVISOR u3)
(define-constant FEES (as-contract tx-sender))
(define-constant NO_PRODUCER
  {total-production: u0, last-certification-date: u0, energy-source: "",
   certification-status: false, application-open: false, certifier: none, audit-length: u0})

(define-data-var parameters
  {owner: principal, fee: uint, minimum: uint, maximum: uint}
  {owner: tx-sender, fee: u1000000, minimum: u10, maximum: u100000})
(define-data-var proposed-owner (optional principal) none)

;; `level` u0: no longer one. `produced` and `consumed` are what this operator
;; ever recorded: who removes a rogue meter still knows its share.
(define-map certifiers principal {level: uint, produced: uint, consumed: uint})

;; `total-production`: kWh a month, as declared. `last-certification-date`: a
;; block height. `certifier`: who certified last.
(define-map producers principal
  {total-production: uint, last-certification-date: uint, energy-source: (string-ascii 20),
   certification-status: bool, application-open: bool, certifier: (optional principal),
   audit-length: uint})

;; What was done, by whom, at what height, as to how much, and why. Entries are
;; only ever added.
(define-map audit-trail {producer: principal, index: uint}
  {action: (string-ascii 9), actor: principal, height: uint, total-production: uint,
   reason: (string-ascii 64)})

;; ---- Certification ----

;; Applies, for `energy-amount` kWh a month, and pays the fee. Anyone neither
;; certified nor waiting. (ok true). Prints certification-applied.
(define-public (apply-for-certification (energy-amount uint) (energy-source (string-ascii 20)))
  (let ((params (var-get parameters))
        (producer (producer-of tx-sender))
        (fee (get fee params)))
    (asserts! (not (get certification-status producer)) ERR_ALREADY_CERTIFIED)
    (asserts! (not (get application-open producer)) ERR_APPLICATION_OPEN)
    (asserts!
      (and (>= energy-amount (get minimum params)) (<= energy-amount (get maximum params)))
      ERR_INVALID_AMOUNT)
    (and (> fee u0) (unwrap! (stx-transfer? fee tx-sender FEES) ERR_FEE_NOT_PAID))
    (record tx-sender "applied" energy-source
      (merge producer {total-production: energy-amount, energy-source: energy-source,
                       application-open: true}))
    (print {event: "certification-applied", producer: tx-sender,
            old-production: (get total-production producer), total-production: energy-amount,
            energy-source: energy-source, fee: fee})
    (ok true)))

;; Grants `producer`'s open application. A certifier of level 2 or more, not for
;; himself. (ok true). Prints producer-certified.
(define-public (certify-producer (producer principal))
  (let ((applicant (producer-of producer)))
    (try! (check-level CERTIFIER))
    (asserts! (not (is-eq tx-sender producer)) ERR_NOT_AUTHORISED)
    (asserts! (not (get certification-status applicant)) ERR_ALREADY_CERTIFIED)
    (asserts! (get application-open applicant) ERR_NO_APPLICATION)
    (record producer "certified" ""
      (merge applicant {certification-status: true, application-open: false,
                        last-certification-date: block-height, certifier: (some tx-sender)}))
    (try! (contract-call? .wattconnect set-producer-status producer true))
    (print {event: "producer-certified", producer: producer, certifier: tx-sender,
            old-date: (get last-certification-date applicant), date: block-height})
    (ok true)))

;; Turns `producer`'s open application down; the fee stays. A certifier of level
;; 2 or more. (ok true). Prints application-rejected.
(define-public (reject-application (producer principal) (reason (string-ascii 64)))
  (let ((applicant (producer-of producer)))
    (try! (check-level CERTIFIER))
    (asserts! (get application-open applicant) ERR_NO_APPLICATION)
    (record producer "rejected" reason (merge applicant {application-open: false}))
    (print {event: "application-rejected", producer: producer, certifier: tx-sender,
            reason: reason})
    (ok true)))

;; Ends `producer`'s certification; what he has listed is withdrawn at once. A
;; supervisor, or the certifier who certified him. (ok true). Prints
;; certification-revoked.
(define-public (revoke-certification (producer principal) (reason (string-ascii 64)))
  (let ((level (try! (check-level CERTIFIER)))
        (revoked (producer-of producer)))
    (asserts! (get certification-status revoked) ERR_NOT_CERTIFIED)
    (asserts!
      (or (>= level SUPERVISOR) (is-eq (some tx-sender) (get certifier revoked)))
      ERR_NOT_AUTHORISED)
    (record producer "revoked" reason (merge revoked {certification-status: false}))
    (try! (contract-call? .wattconnect set-producer-status producer false))
    (print {event: "certification-revoked", producer: producer, certifier: tx-sender,
            reason: reason})
    (ok true)))

(define-private (producer-of (producer principal))
  (default-to NO_PRODUCER (map-get? producers producer)))

;; The caller's level, if it is `needed` or more.
(define-private (check-level (needed uint))
  (let ((level (get level (certifier-of tx-sender))))
    (asserts! (> level u0) ERR_INVALID_CERTIFIER)
    (asserts! (>= level needed) ERR_NOT_AUTHORISED)
    (ok level)))

(define-private (certifier-of (certifier principal))
  (default-to {level: u0, produced: u0, consumed: u0} (map-get? certifiers certifier)))

;; Stores `data` with one more entry in the producer's trail.
(define-private (record
    (producer principal) (action (string-ascii 9)) (reason (string-ascii 64))
    (data {total-production: uint, last-certification-date: uint,
           energy-source: (string-ascii 20), certification-status: bool,
           application-open: bool, certifier: (optional principal), audit-length: uint}))
  (let ((index (get audit-length data)))
    (map-insert audit-trail {producer: producer, index: index}
      {action: action, actor: tx-sender, height: block-height,
       total-production: (get total-production data), reason: reason})
    (map-set producers producer (merge data {audit-length: (+ index u1)}))))

;; ---- Meters ----

;; Passes production on to wattconnect; readings it does not take are skipped
;; there. A meter operator (level 1) or more.
;; (ok {amount, skipped}): kWh credited, readings skipped.
;; Prints production-recorded with the operator's running total.
(define-public (record-production (readings (list 100 {producer: principal, amount: uint})))
  (let ((operator (certifier-of tx-sender)))
    (try! (check-operator (get level operator)))
    (let ((credited (try! (contract-call? .wattconnect credit-production readings)))
          (produced (+ (get produced operator) (get amount credited))))
      (map-set certifiers tx-sender (merge operator {produced: produced}))
      (print {event: "production-recorded", operator: tx-sender,
              amount: (get amount credited), skipped: (get skipped credited),
              old: (get produced operator), new: produced})
      (ok credited))))

;; Passes consumption on to wattconnect, the same way. A meter operator (level 1)
;; or more. (ok {amount, skipped}): kWh used up, readings skipped.
;; Prints consumption-recorded with the operator's running total.
(define-public (record-consumption (readings (list 100 {consumer: principal, amount: uint})))
  (let ((operator (certifier-of tx-sender)))
    (try! (check-operator (get level operator)))
    (let ((settled (try! (contract-call? .wattconnect settle-consumption readings)))
          (consumed (+ (get consumed operator) (get amount settled))))
      (map-set certifiers tx-sender (merge operator {consumed: consumed}))
      (print {event: "consumption-recorded", operator: tx-sender,
              amount: (get amount settled), skipped: (get skipped settled),
              old: (get consumed operator), new: consumed})
      (ok settled))))

(define-private (check-operator (level uint))
  (if (>= level METER_OPERATOR) (ok true) ERR_INVALID_CERTIFIER))

;; ---- Owner ----
;; All return (ok true) and print the old and the new value.

;; Gives `certifier` a level: 1 meter operator, 2 certifier, 3 supervisor. Prints
;; certifier-set.
(define-public (add-certifier (certifier principal) (level uint))
  (begin
    (try! (check-owner))
    (asserts! (and (>= level METER_OPERATOR) (<= level SUPERVISOR)) ERR_INVALID_LEVEL)
    (ok (set-level certifier (certifier-of certifier) level))))

;; Takes `certifier`'s level away. Whom he certified stays certified. Prints
;; certifier-set.
(define-public (remove-certifier (certifier principal))
  (let ((data (certifier-of certifier)))
    (try! (check-owner))
    (asserts! (> (get level data) u0) ERR_INVALID_CERTIFIER)
    (ok (set-level certifier data u0))))

(define-private (set-level
    (certifier principal) (data {level: uint, produced: uint, consumed: uint}) (level uint))
  (begin
    (print {event: "certifier-set", certifier: certifier, old: (get level data), new: level})
    (map-set certifiers certifier (merge data {level: level}))))

;; What an application costs. Prints certification-fee-set.
(define-public (set-certification-fee (new uint))
  (let ((params (var-get parameters)))
    (try! (check-owner))
    (print {event: "certification-fee-set", old: (get fee params), new: new})
    (ok (var-set parameters (merge params {fee: new})))))

;; The least kWh a month to apply with: above 0, at most the maximum. Prints
;; minimum-production-set.
(define-public (set-minimum-production (new uint))
  (let ((params (var-get parameters)))
    (try! (check-owner))
    (asserts! (and (> new u0) (<= new (get maximum params))) ERR_INVALID_AMOUNT)
    (print {event: "minimum-production-set", old: (get minimum params), new: new})
    (ok (var-set parameters (merge params {minimum: new})))))

;; The most kWh a month to apply with, not below the minimum. Prints
;; maximum-production-set.
(define-public (set-maximum-production (new uint))
  (let ((params (var-get parameters)))
    (try! (check-owner))
    (asserts! (>= new (get minimum params)) ERR_INVALID_AMOUNT)
    (print {event: "maximum-production-set", old: (get maximum params), new: new})
    (ok (var-set parameters (merge params {maximum: new})))))

;; Pays `amount` uSTX of the fees out: u204 if there is less. Prints
;; fees-withdrawn.
(define-public (withdraw-fees (amount uint) (recipient principal))
  (begin
    (try! (check-owner))
    (unwrap! (as-contract (stx-transfer? amount tx-sender recipient)) ERR_INVALID_AMOUNT)
    (print {event: "fees-withdrawn", to: recipient, amount: amount,
            balance: (stx-get-balance FEES)})
    (ok true)))

;; Offers the ownership; nothing changes until it is accepted. Prints
;; owner-proposed.
(define-public (propose-owner (new principal))
  (begin
    (try! (check-owner))
    (print {event: "owner-proposed", old: (var-get proposed-owner), new: new})
    (ok (var-set proposed-owner (some new)))))

;; Takes the ownership over. The proposed owner alone: u205 for others. Prints
;; owner-set.
(define-public (accept-owner)
  (let ((params (var-get parameters)))
    (asserts! (is-eq (some tx-sender) (var-get proposed-owner)) ERR_NOT_AUTHORISED)
    (print {event: "owner-set", old: (get owner params), new: tx-sender})
    (var-set parameters (merge params {owner: tx-sender}))
    (ok (var-set proposed-owner none))))

(define-private (check-owner)
  (if (is-eq tx-sender (get owner (var-get parameters))) (ok true) ERR_OWNER_ONLY))

;; ---- Read-only ----

(define-read-only (is-certified (producer principal))
  (ok (get certification-status (producer-of producer))))

;; u206 for who never applied.
(define-read-only (get-producer-data (producer principal))
  (ok (unwrap! (map-get? producers producer) ERR_NO_APPLICATION)))

(define-read-only (get-certification-fee)
  (ok (get fee (var-get parameters))))

(define-read-only (get-minimum-production)
  (ok (get minimum (var-get parameters))))

(define-read-only (get-maximum-production)
  (ok (get maximum (var-get parameters))))

;; u203 for who never was one; level u0 for who no longer is.
(define-read-only (get-certifier (certifier principal))
  (ok (unwrap! (map-get? certifiers certifier) ERR_INVALID_CERTIFIER)))

;; none past the end.
(define-read-only (get-audit-entry (producer principal) (index uint))
  (ok (map-get? audit-trail {producer: producer, index: index})))

(define-read-only (get-audit-length (producer principal))
  (ok (get audit-length (producer-of producer))))

(define-read-only (get-parameters)
  (ok (merge (var-get parameters) {proposed-owner: (var-get proposed-owner)})))
