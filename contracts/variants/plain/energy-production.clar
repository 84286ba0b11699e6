;; The plain form of the certification contract: one level of certifier, no
;; application to approve beyond the list of producers, no audit trail, nothing
;; that records production. A specimen, like its neighbour.

(define-constant CONTRACT_OWNER tx-sender)

(define-constant ERR_OWNER_ONLY (err u200))
(define-constant ERR_NOT_CERTIFIED (err u201))
(define-constant ERR_ALREADY_CERTIFIED (err u202))
(define-constant ERR_INVALID_CERTIFIER (err u203))
(define-constant ERR_INVALID_AMOUNT (err u204))
(define-constant ERR_NO_APPLICATION (err u206))

(define-data-var certification-fee uint u1000000)
(define-data-var minimum-production uint u100)

(define-map certifiers principal bool)
(define-map producers principal
  {total-production: uint, last-certification-date: uint,
   energy-source: (string-ascii 20), certification-status: bool})

(define-private (is-certifier (who principal))
  (default-to false (map-get? certifiers who)))

(define-public (add-certifier (certifier principal))
  (begin
    (asserts! (is-eq tx-sender CONTRACT_OWNER) ERR_OWNER_ONLY)
    (ok (map-set certifiers certifier true))))

(define-public (remove-certifier (certifier principal))
  (begin
    (asserts! (is-eq tx-sender CONTRACT_OWNER) ERR_OWNER_ONLY)
    (ok (map-delete certifiers certifier))))

(define-public (set-certification-fee (new uint))
  (begin
    (asserts! (is-eq tx-sender CONTRACT_OWNER) ERR_OWNER_ONLY)
    (ok (var-set certification-fee new))))

(define-public (set-minimum-production (new uint))
  (begin
    (asserts! (is-eq tx-sender CONTRACT_OWNER) ERR_OWNER_ONLY)
    (ok (var-set minimum-production new))))

(define-public (apply-for-certification (energy-amount uint) (energy-source (string-ascii 20)))
  (begin
    (asserts! (>= energy-amount (var-get minimum-production)) ERR_INVALID_AMOUNT)
    (try! (stx-transfer? (var-get certification-fee) tx-sender CONTRACT_OWNER))
    (ok (map-set producers tx-sender
      {total-production: energy-amount, last-certification-date: block-height,
       energy-source: energy-source, certification-status: false}))))

(define-public (certify-producer (producer principal))
  (let ((entry (unwrap! (map-get? producers producer) ERR_NO_APPLICATION)))
    (asserts! (is-certifier tx-sender) ERR_INVALID_CERTIFIER)
    (asserts! (not (get certification-status entry)) ERR_ALREADY_CERTIFIED)
    (ok (map-set producers producer
      (merge entry {certification-status: true, last-certification-date: block-height})))))

(define-public (revoke-certification (producer principal))
  (let ((entry (unwrap! (map-get? producers producer) ERR_NO_APPLICATION)))
    (asserts! (is-certifier tx-sender) ERR_INVALID_CERTIFIER)
    (asserts! (get certification-status entry) ERR_NOT_CERTIFIED)
    (ok (map-set producers producer (merge entry {certification-status: false})))))

(define-read-only (is-certified (producer principal))
  (default-to false (get certification-status (map-get? producers producer))))

(define-read-only (get-producer-data (producer principal))
  (ok (unwrap! (map-get? producers producer) ERR_NO_APPLICATION)))

(define-read-only (get-certification-fee) (ok (var-get certification-fee)))
