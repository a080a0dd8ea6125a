from __future__ import annotations

import hashlib
import json
import shutil
import socket
import threading
import time
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from data.errors import SourceError, SourceNotFound
from data.public import downloads
from data.public.downloads import locked
from data.public.hashes import HASHES, recorded
from data.public.tables import PARTIAL, PUBLIC_TABLES, HashKind, cached, fetch, known_hash

CONTENTS = bytes(range(256)) * 2_000
SHA256 = "sha256:" + hashlib.sha256(CONTENTS).hexdigest()
SHA1 = "sha1:" + hashlib.sha1(CONTENTS, usedforsecurity=False).hexdigest()


@dataclass
class Server:
    """What the loopback server sends, with its faults, and what it was asked."""

    contents: bytes = CONTENTS
    etag: str = '"one"'
    ranges: bool = True
    status: int = 200
    kind: str = "text/csv"
    sent: int | None = None
    """Bytes after which the connection is closed, though more were announced."""
    hangs: bool = False
    with_length: bool = True
    address: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    go_on: threading.Event = field(default_factory=threading.Event)


class Handler(BaseHTTPRequestHandler):
    served: Server

    def do_GET(self):
        served = self.served
        served.asked.append(dict(self.headers.items()))
        start = self.first_byte()
        if start is not None and start >= len(served.contents):
            self.answer(416, {"Content-Range": f"bytes */{len(served.contents)}", "Content-Length": "0"})
            return
        body = served.contents[start or 0 :]
        headers = {"Content-Type": served.kind}
        if served.with_length:
            headers["Content-Length"] = str(len(body))
        if served.ranges:
            headers["Accept-Ranges"] = "bytes"
        if served.etag:
            headers["ETag"] = served.etag
        if start is not None:
            headers["Content-Range"] = f"bytes {start}-{len(served.contents) - 1}/{len(served.contents)}"
        self.answer(served.status if start is None else 206, headers)
        self.wfile.write(body[: served.sent])
        self.wfile.flush()
        if served.hangs:
            served.go_on.wait(10)
        self.close_connection = True

    def first_byte(self) -> int | None:
        served, asked = self.served, self.headers.get("Range")
        same = self.headers.get("If-Range") in {None, served.etag}
        return int(asked.removeprefix("bytes=").rstrip("-")) if asked and served.ranges and same else None

    def answer(self, status, headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "*")
    served = Server()
    http = ThreadingHTTPServer(("127.0.0.1", 0), type("ServedHandler", (Handler,), {"served": served}))
    served.address = f"http://127.0.0.1:{http.server_port}/table.csv"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield served
    served.go_on.set()
    http.shutdown()
    http.server_close()
    thread.join()


@pytest.fixture
def table(server, monkeypatch):
    """Offers the served file under the name "table", with the hash that a test gives it."""

    def offered(known: str = SHA256, kind: HashKind = HashKind.PUBLISHED, size: int = len(CONTENTS)) -> str:
        like = PUBLIC_TABLES["tidytuesday"]
        made = replace(like, name="table", file="table.csv", url=server.address, bytes=size, hash=known, hash_kind=kind)
        monkeypatch.setitem(PUBLIC_TABLES, "table", made)
        return "table"

    return offered


def kept(cache: Path) -> set[str]:
    """Files in a cache, but for locks."""
    return {str(path.relative_to(cache)) for path in cache.rglob("*") if path.is_file() and path.suffix != ".lock"}


@pytest.mark.parametrize("known", [SHA256, SHA1])
def test_a_table_is_downloaded_once_and_checked(server, table, tmp_path, known):
    name = table(known)
    path = fetch(name, tmp_path / "cache")
    assert path == tmp_path / "cache/table.csv"
    assert path.read_bytes() == CONTENTS
    assert fetch(name, tmp_path / "cache") == path
    assert len(server.asked) == 1
    assert kept(tmp_path / "cache") == {"table.csv"}


def test_a_file_with_the_right_hash_needs_no_network_and_no_writing(server, table, tmp_path):
    name = table()
    (tmp_path / "table.csv").write_bytes(CONTENTS)
    assert fetch(name, tmp_path) == tmp_path / "table.csv"
    assert not server.asked
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv"]


def test_a_file_with_another_hash_is_replaced(server, table, tmp_path):
    name = table()
    (tmp_path / "table.csv").write_bytes(b"damaged")
    assert cached(name, tmp_path) is None
    assert fetch(name, tmp_path).read_bytes() == CONTENTS


def test_another_address_may_be_given(server, table, tmp_path, monkeypatch):
    name = table()
    monkeypatch.setitem(PUBLIC_TABLES, name, replace(PUBLIC_TABLES[name], url="http://nowhere.invalid/"))
    assert fetch(name, tmp_path, source=server.address).read_bytes() == CONTENTS


def test_an_unknown_name_lists_the_known_ones(tmp_path):
    with pytest.raises(SourceNotFound, match=r"no public catalogue named 'nothing'\. Known names: tidytuesday, hugg"):
        fetch("nothing", tmp_path)


def test_the_listener_hears_shares_that_rise_to_the_end(server, table, tmp_path):
    heard = []
    fetch(table(), tmp_path, listen=lambda share, doing: heard.append((share, doing)))
    shares = [share for share, _ in heard]
    assert len(shares) > 3
    assert shares == sorted(shares)
    assert heard[-1] == (1.0, "checking its hash")
    assert heard[-2] == (1.0, "0.5 of 0.5 MB")


def test_the_bar_is_drawn_on_standard_error(server, table, tmp_path, capsys):
    fetch(table(), tmp_path, progressbar=True)
    told = capsys.readouterr()
    assert "table.csv" in told.err
    assert not told.out


class TestAHashThatNobodyPublished:
    def test_is_recorded_at_the_first_download_and_checked_from_then_on(self, server, table, tmp_path):
        name = table("", HashKind.RECORDED)
        assert known_hash(name, tmp_path) == ""
        path = fetch(name, tmp_path)
        assert recorded(tmp_path) == {"table.csv": SHA256}
        path.write_bytes(CONTENTS[::-1])
        assert fetch(name, tmp_path).read_bytes() == CONTENTS
        path.unlink()
        server.contents = CONTENTS[::-1]
        with pytest.raises(
            SourceError, match=r"has changed since its hash was recorded .* delete its line in .*hashes"
        ):
            fetch(name, tmp_path)
        assert kept(tmp_path) == {HASHES}

    def test_is_recorded_of_a_file_put_there_by_hand(self, server, table, tmp_path):
        name = table("", HashKind.RECORDED)
        (tmp_path / "table.csv").write_bytes(CONTENTS)
        assert fetch(name, tmp_path) == tmp_path / "table.csv"
        assert known_hash(name, tmp_path) == SHA256
        assert not server.asked

    @pytest.mark.parametrize("contents", [b"version https://git-lfs.github.com/spec/v1\n", b""])
    def test_is_not_recorded_of_something_much_smaller(self, server, table, tmp_path, contents):
        server.contents = contents
        with pytest.raises(SourceError, match=r"table\.csv is not of the size that it should have"):
            fetch(table("", HashKind.RECORDED), tmp_path)
        assert kept(tmp_path) == set()

    def test_leaves_those_of_other_files(self, server, table, tmp_path):
        (tmp_path / HASHES).write_text(json.dumps({"other.csv": "sha256:00"}))
        fetch(table("", HashKind.RECORDED), tmp_path)
        assert recorded(tmp_path) == {"other.csv": "sha256:00", "table.csv": SHA256}

    @pytest.mark.parametrize("text", ["{", "[]", "\xff"])
    def test_is_asked_for_anew_where_its_record_is_damaged(self, server, table, tmp_path, text):
        (tmp_path / HASHES).write_bytes(text.encode("latin-1"))
        with pytest.raises(SourceError, match=r"recorded hashes cannot be read .*hashes\.json\)\. Delete the file"):
            fetch(table("", HashKind.RECORDED), tmp_path)


class TestADownloadThatBreaksOff:
    def test_says_so_and_is_taken_up_again(self, server, table, tmp_path):
        name = table()
        server.sent = 300_000
        with pytest.raises(SourceError, match=r"table\.csv could not be downloaded: only 300,000 of 512,000 bytes arr"):
            fetch(name, tmp_path)
        assert not (tmp_path / "table.csv").exists()
        assert (tmp_path / PARTIAL / "table.csv.part").stat().st_size == 300_000
        server.sent = None
        assert fetch(name, tmp_path).read_bytes() == CONTENTS
        assert server.asked[1]["Range"] == "bytes=300000-"
        assert server.asked[1]["If-Range"] == '"one"'
        assert kept(tmp_path) == {"table.csv"}

    def test_starts_anew_where_the_file_has_changed_meanwhile(self, server, table, tmp_path):
        name = table("", HashKind.RECORDED)
        server.sent = 300_000
        with pytest.raises(SourceError):
            fetch(name, tmp_path)
        server.sent, server.etag, server.contents = None, '"two"', CONTENTS[::-1]
        assert fetch(name, tmp_path).read_bytes() == CONTENTS[::-1]

    def test_starts_anew_where_the_parts_do_not_belong_together(self, server, table, tmp_path):
        server.etag, server.sent = "", 300_000
        name = table()
        with pytest.raises(SourceError):
            fetch(name, tmp_path)
        (tmp_path / PARTIAL / "table.csv.part").write_bytes(b"x" * 300_000)
        server.sent = None
        assert fetch(name, tmp_path).read_bytes() == CONTENTS
        assert ["Range" in asked for asked in server.asked] == [False, True, False]

    def test_needs_only_its_check_where_all_had_arrived(self, server, table, tmp_path):
        name = table()
        server.sent = 300_000
        with pytest.raises(SourceError):
            fetch(name, tmp_path)
        (tmp_path / PARTIAL / "table.csv.part").write_bytes(CONTENTS)
        assert fetch(name, tmp_path).read_bytes() == CONTENTS
        assert len(server.asked) == 2

    @pytest.mark.parametrize("fault", [{"ranges": False}, {"etag": ""}, {"etag": 'W/"one"'}])
    def test_leaves_nothing_where_it_could_not_be_taken_up(self, server, table, tmp_path, fault):
        for name, value in fault.items():
            setattr(server, name, value)
        server.sent = 300_000
        with pytest.raises(SourceError, match="only 300,000 of 512,000 bytes"):
            fetch(table("", HashKind.RECORDED), tmp_path)
        assert kept(tmp_path) == set()

    def test_without_an_announced_length_is_told_by_its_hash(self, server, table, tmp_path):
        server.with_length, server.sent = False, 300_000
        with pytest.raises(SourceError, match="does not have the contents whose hash its authors published"):
            fetch(table(), tmp_path)
        assert kept(tmp_path) == set()

    def test_may_have_been_cancelled(self, server, table, tmp_path):
        class Cancelled(Exception):
            pass

        def cancel(share: float, doing: str) -> None:
            if share > 0.3:
                raise Cancelled

        name = table()
        with pytest.raises(Cancelled):
            fetch(name, tmp_path, listen=cancel)
        assert not (tmp_path / "table.csv").exists()
        assert fetch(name, tmp_path).read_bytes() == CONTENTS
        assert "Range" in server.asked[1]


class TestEveryFailureIsOneSentenceAndLeavesNothing:
    def test_wrong_contents(self, server, table, tmp_path):
        server.contents = CONTENTS[::-1]
        with pytest.raises(
            SourceError, match=r"^table\.csv does not have the contents whose hash its authors published"
        ):
            fetch(table(), tmp_path)
        assert kept(tmp_path) == set()

    @pytest.mark.parametrize(
        ("status", "said"), [(404, "404 Not Found"), (500, "500 Internal Server Error"), (403, "403")]
    )
    def test_a_server_that_refuses(self, server, table, tmp_path, status, said):
        server.status = status
        with pytest.raises(SourceError, match=f"could not be downloaded: 127.0.0.1 answered {said}") as refusal:
            fetch(table(), tmp_path)
        assert f"put the file into {tmp_path} as table.csv" in str(refusal.value)
        assert kept(tmp_path) == set()

    def test_a_page_in_place_of_the_file(self, server, table, tmp_path):
        server.kind = "text/html; charset=utf-8"
        with pytest.raises(SourceError, match="sent a web page in place of the file"):
            fetch(table("", HashKind.RECORDED), tmp_path)
        assert kept(tmp_path) == set()

    @pytest.mark.parametrize("with_length", [True, False])
    def test_a_file_much_too_long(self, server, table, tmp_path, with_length):
        server.with_length = with_length
        with pytest.raises(SourceError, match="longer than 0 MB, twice what it should be"):
            fetch(table(size=200_000), tmp_path)
        assert kept(tmp_path) == set()

    def test_a_server_that_hangs(self, server, table, tmp_path, monkeypatch):
        monkeypatch.setattr(downloads, "READ_S", 0.2)
        server.hangs, server.sent, server.ranges = True, 1_000, False
        with pytest.raises(SourceError, match=r"127\.0\.0\.1 sent nothing for 0\.2 s"):
            fetch(table(), tmp_path)
        assert kept(tmp_path) == set()

    def test_a_server_that_does_not_take_calls(self, server, table, tmp_path, monkeypatch):
        monkeypatch.setattr(downloads, "CONNECT_S", 0.2)
        with socket.create_server(("127.0.0.1", 0), backlog=0) as full, socket.socket() as caller:
            caller.connect(full.getsockname())
            with pytest.raises(SourceError, match=r"127\.0\.0\.1 (did not answer within|sent nothing for)"):
                fetch(table(), tmp_path, source=f"http://127.0.0.1:{full.getsockname()[1]}/")

    def test_nobody_at_the_address(self, table, tmp_path):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            with pytest.raises(SourceError, match=r"127\.0\.0\.1 could not be reached .* Check the connection"):
                fetch(table(), tmp_path, source=f"http://127.0.0.1:{taken.getsockname()[1]}/")

    def test_a_name_that_is_not_found(self, table, tmp_path):
        with pytest.raises(SourceError, match=r"no server of the name nowhere\.invalid was found"):
            fetch(table(), tmp_path, source="http://nowhere.invalid/table.csv")

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full stands for a full disk")
    def test_a_disk_that_gets_full(self, table, tmp_path):
        (tmp_path / PARTIAL).mkdir()
        (tmp_path / PARTIAL / "table.csv.json").write_text('{"etag": ""}')
        (tmp_path / PARTIAL / "table.csv.part").symlink_to("/dev/full")
        with pytest.raises(SourceError, match=r"There is no room for table\.csv, which takes 1 MB .* Free some space"):
            fetch(table(), tmp_path)
        assert kept(tmp_path) == set()

    def test_a_disk_that_is_too_full_to_begin(self, server, table, tmp_path, monkeypatch):
        full = shutil.disk_usage(tmp_path)._replace(free=1_000)
        monkeypatch.setattr(shutil, "disk_usage", lambda _: full)
        with pytest.raises(SourceError, match=r"There is no room for table\.csv"):
            fetch(table(), tmp_path)
        assert kept(tmp_path) == set()

    def test_a_cache_that_cannot_be_written_to(self, table, tmp_path):
        (tmp_path / "file").write_text("")
        with pytest.raises(SourceError, match=r"table\.csv cannot be kept in the cache: .* SONGSCAPE_CACHE"):
            fetch(table(), tmp_path / "file")

    def test_somebody_else_downloading_it(self, server, table, tmp_path):
        (tmp_path / PARTIAL).mkdir()
        with (
            locked(tmp_path / PARTIAL / "table.csv.lock"),
            pytest.raises(SourceError, match=r"table\.csv is being downloaded already\. Wait until"),
        ):
            fetch(table(), tmp_path)
        assert not server.asked


def test_two_downloads_at_once_give_one_whole_file(server, table, tmp_path):
    name, results = table(), []
    server.hangs, server.sent = True, 1_000

    def first() -> None:
        with pytest.raises(SourceError):
            fetch(name, tmp_path)
        results.append("broke off")

    thread = threading.Thread(target=first)
    thread.start()
    while thread.is_alive() and not (tmp_path / PARTIAL / "table.csv.part").exists():
        time.sleep(0.01)
    with pytest.raises(SourceError, match="is being downloaded already"):
        fetch(name, tmp_path)
    server.go_on.set()
    thread.join()
    server.hangs, server.sent = False, None
    assert results == ["broke off"]
    assert fetch(name, tmp_path).read_bytes() == CONTENTS


def test_every_public_table_says_what_it_is():
    assert set(PUBLIC_TABLES) == {"tidytuesday", "huggingface-tracks", "fma"}
    for name, found in PUBLIC_TABLES.items():
        assert found.name == name
        assert found.url.startswith("https://")
        assert found.licence
        assert bool(found.hash) == (found.hash_kind is not HashKind.RECORDED)
