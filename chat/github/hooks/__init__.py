"""GitHub's webhooks: the door they come in by, the ledger they are kept in, and what becomes of each."""
