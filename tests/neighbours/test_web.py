"""`reverie serve`: the real program, over real requests; nothing without the token, nothing under another name."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from tests.cli.conftest import PROGRAM, Cli, cli

__all__ = ["cli"]

TOKEN = "a-token_of-this-test"


@pytest.fixture
def address(home: Path) -> Iterator[str]:
    """http://127.0.0.1:PORT of a server that runs."""
    environment = {**os.environ, "REVERIE_SERVE_TOKEN": TOKEN}
    server = subprocess.Popen(
        [*PROGRAM, "serve", "--port", "0"], stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    )
    assert server.stderr is not None
    try:
        assert "the whole of your Reverie" in server.stderr.readline()
        said = server.stderr.readline()
        assert f"/{TOKEN}/" in said
        yield said.split(f"/{TOKEN}/")[0]
    finally:
        server.terminate()
        out, err = server.communicate(timeout=30)
        assert out == "" and "Traceback" not in err


async def test_the_address_with_its_token_and_without(address: str) -> None:
    async with aiohttp.ClientSession() as http:
        for path in ("/", "/ws", "/static/js/textual.js", f"/{TOKEN[:-1]}/", f"/x{TOKEN}/", f"/{TOKEN}x/ws"):
            async with http.get(address + path) as refused:
                assert refused.status == 403, path
        for name in ("Host", "Origin"):
            async with http.get(f"{address}/{TOKEN}/", headers={name: "http://evil.example"}) as refused:
                assert refused.status == 403, name
        async with http.get(f"{address}/{TOKEN}/") as page:
            text = await page.text()
            assert page.status == 200 and "default-src 'none'" in page.headers["Content-Security-Policy"]
        port = address.rpartition(":")[2]
        assert f"ws://127.0.0.1:{port}/{TOKEN}/ws" in text
        async with http.get(f"{address}/{TOKEN}/static/js/textual.js") as script:
            assert script.status == 200
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await http.ws_connect(f"{address}/ws")
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await http.ws_connect(f"{address}/{TOKEN}/ws", origin="http://evil.example")


async def test_the_chat_itself_is_behind_it(address: str) -> None:
    shown = b""
    async with (
        aiohttp.ClientSession() as http,
        http.ws_connect(f"{address}/{TOKEN}/ws?width=80&height=24", origin=address) as screen,
    ):
        async for message in screen:
            shown += message.data if message.type is aiohttp.WSMsgType.BINARY else b""
            if b"Welcome to Reverie" in shown:
                break
    assert b"Welcome to Reverie" in shown


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "somewhere.example"])
def test_other_hosts_are_refused(cli: Cli, host: str) -> None:
    ended = cli("serve", "--port", "0", "--host", host)
    assert ended.code != 0 and "other machines" in ended.err and ended.out == ""


def test_a_token_that_is_no_part_of_an_address(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVERIE_SERVE_TOKEN", "with/a/slash/in/it/twice")
    ended = cli("serve", "--port", "0")
    assert ended.code == 2 and "REVERIE_SERVE_TOKEN" in ended.err
