"""`reverie backup` and `reverie restore`, as a user types them."""

from pathlib import Path

import pytest

from tests.cli.conftest import Cli


def test_there_and_back(program: Cli, tmp_path: Path) -> None:
    assert program("backup").code == 1, "there is nothing yet"
    program("memory", "add", "You like tea.")
    made = program("backup", "--json").json
    assert made["memories"] == 1 and Path(made["path"]).is_file()
    elsewhere = tmp_path / "my backup.db"
    assert program("backup", str(elsewhere)).out.strip() == str(elsewhere) and elsewhere.is_file()
    assert program("backup", str(elsewhere)).code == 2, "what is there is not written over"
    program("memory", "add", "You like coffee.")
    refused = program("restore", "latest", given="no\n")
    assert refused.code == 3 and "1 memories" in refused.err
    assert program("restore", str(elsewhere), given="restore\n").code == 0
    assert [m["text"] for m in program("memory", "list", "--json").json] == ["You like tea."]
    assert program("restore", "latest", "--yes").code == 0, "a restore is backed up itself"
    assert len(program("memory", "list", "--json").json) == 2
    assert [row["kind"] for row in program("backup", "--list", "--json").json].count("restore") == 2
    assert "asked" in program("backup", "--list").out


def test_an_encrypted_one(program: Cli) -> None:
    program("memory", "add", "You like tea.")
    without = program("backup", "--encrypt")
    assert without.code == 2 and "REVERIE_PASSPHRASE" in without.err
    made = program("backup", "--encrypt", REVERIE_PASSPHRASE="open sesame")
    assert made.out.strip().endswith(".db.age")
    wrong = program("restore", made.out.strip(), "--yes", REVERIE_PASSPHRASE="open barley")
    assert wrong.code == 2 and "does not open" in wrong.err
    assert program("restore", "latest", "--yes", REVERIE_PASSPHRASE="open sesame").code == 0


@pytest.mark.parametrize("damaged", [False, True])
def test_what_was_purged_since_comes_back_only_when_it_is_wanted(program: Cli, home: Path, damaged: bool) -> None:
    """Also where the database is broken by then."""
    program("memory", "add", "Your neighbour is called Wenceslas.")
    program("memory", "add", "You like tea.")
    kept = program("backup").out.strip()
    assert program("purge", "m1", "--yes").code == 0
    if damaged:
        database = next(home.rglob("reverie.db"))
        database.write_bytes(b"broken" * 1_000)
        database.with_name("reverie.db-wal").unlink(missing_ok=True)
    told = program("restore", kept, "--yes")
    assert told.code == 0 and "went from it again: 1 memories" in told.out + told.err
    assert [m["text"] for m in program("memory", "list", "--json").json] == ["You like tea."]
    assert program("restore", kept, "--yes", "--with-purged").code == 0
    assert len(program("memory", "list", "--json").json) == 2


def test_backups_are_rewritten_without_what_was_purged(program: Cli) -> None:
    """Encrypted ones with their passphrase; without it they are named, and stay."""
    program("memory", "add", "Your neighbour is called Wenceslas.")
    program("memory", "add", "You like tea.")
    plain = Path(program("backup").out.strip())
    sealed = Path(program("backup", "--encrypt", REVERIE_PASSPHRASE="open sesame").out.strip())
    was = sealed.read_bytes()
    told = program("purge", "--about", "Wenceslas", "--backups", "--yes")
    assert sealed.name in told.out + told.err and sealed.read_bytes() == was and b"Wenceslas" not in plain.read_bytes()
    done = program("purge", "--backups", "--yes", REVERIE_PASSPHRASE="open sesame")
    assert done.code == 0 and sealed.read_bytes() != was
    assert program("restore", str(sealed), "--yes", "--with-purged", REVERIE_PASSPHRASE="open sesame").code == 0
    assert [m["text"] for m in program("memory", "list", "--json").json] == ["You like tea."]


@pytest.mark.parametrize("which", ["nothing.db", "/etc/hostname", "latest"])
def test_what_is_no_backup(cli: Cli, which: str) -> None:
    result = cli("restore", which, "--yes")
    assert result.code == 1 and which in result.err
