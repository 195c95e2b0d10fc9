"""Deleted means deleted: after a purge no byte of the home says it, and nothing brings it back."""

import json

from assistant.purging import purge_from_backups, purge_home
from memory.purge_scope import scope_about
from tests.deletion.life import PASSPHRASE, SECRETS, Life
from tests.deletion.search import found_in, none_left, saying

TOLD_IN = {
    "adapter", "adapter_item", "conversation", "dream", "exam_item", "memory", "message",
    "meta", "nap_note", "profile_line", "revision", "sleep_change", "source", "summary",
}  # fmt: skip
"""Tables that say something about Zbyszek before he is purged: without that the search proved nothing."""


def test_everything_about_somebody_goes_and_nothing_brings_it_back(life: Life) -> None:
    r = life.runtime
    assert not TOLD_IN - saying(life.paths.database, *SECRETS)
    before = found_in(life.folder, *SECRETS)
    for place in ("reverie.db", "backups/", "adapters/", "cartridges/", "reverie.log", "sleep.log"):
        assert any(place in line for line in before), place

    receipt = purge_home(life.paths, r.database, scope_about(r.database, "Zbyszek"), life.clock, reason="asked")
    told = json.dumps([receipt.removed, receipt.fingerprints, receipt.also_said_in])
    assert not any(secret.lower() in told.lower() for secret in SECRETS) and receipt.fingerprints
    for what in ("memories", "messages", "summaries", "dreams", "exam questions", "saved views", "ledger entries"):
        assert receipt.removed[what], what
    named = [line for line in receipt.left_in if "backups" in line or "outside" in line]
    assert len(named) == len(receipt.left_in) == 5, "two nights, two asked for, one export"

    done = purge_from_backups(life.paths, r.database, life.clock, named="Zbyszek", passphrase=PASSPHRASE)
    assert len(done.rewritten) == 4 and done.left == ()
    _nowhere(life)
    assert life.bring().messages_imported == 0 and life.bring(life.outside / "export").messages_imported == 0
    for said in ("I like the sea.", "I drink tea."):
        life.say(said)
        assert life.sleep() == "applied"
    _nowhere(life)
    assert any("nurse" in memory.text for memory in r.memories.list()), "the rest is there"


def _nowhere(life: Life) -> None:
    """The vector index is at rest, and no file says it."""
    life.runtime.vectors.work()
    life.runtime.vectors.close()
    life.runtime.database.compact()
    none_left(life.folder, SECRETS)
