"""Watches the sockets of every Python process that finds this folder first: what leaves the machine is refused."""

import ipaddress
import os
import pathlib
import sys

_EVENTS = {"socket.connect": 1, "socket.bind": 1, "socket.sendto": 1, "socket.sendmsg": 1, "socket.getaddrinfo": 0,
           "socket.gethostbyname": 0, "socket.gethostbyaddr": 0}  # fmt: skip


def _stays(host: object) -> bool:
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host is None or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(str(host).partition("%")[0]).is_loopback
    except ValueError:
        return False


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    at = _EVENTS.get(event)
    if at is None:
        return
    address = arguments[at]
    if at and not isinstance(address, tuple):  # a Unix socket, or none at all
        return
    host = address[0] if isinstance(address, tuple) else address
    if not _stays(host):
        with pathlib.Path(os.environ["SOCKETS_SEEN"]).open("a") as seen:
            seen.write(f"{event} {host!r}\n")
        raise OSError(f"{event}: {host!r} is not this machine")


if os.environ.get("SOCKETS_SEEN"):
    sys.addaudithook(_watch)
