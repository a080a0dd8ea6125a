"""Uploads: bounded, told by their content, named without a path; nothing is left of what is refused."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from dash_app.api.asking import HEADER
from tests.dash_app.asking import client_of
from tests.dash_app.songs import songs_csv

UPLOADS = "/api/v1/uploads"
ASKED = {HEADER: "upload"}
PDF = b"%PDF-1.7\n" + bytes(5_000)
NAMES = {
    "../../../etc/passwd": "passwd",
    "C:\\music\\songs.csv": "songs.csv",
    "..": "table",
    ".hidden.csv": "hidden.csv",
    "so\x00ngs\n.csv": "songs.csv",
    "שירים.csv": "שירים.csv",
    "🎵.csv": "🎵.csv",
    "a" * 250 + ".csv": "a" * 116 + ".csv",
}


@pytest.fixture
def client(tmp_path):
    with client_of(tmp_path, upload_mb=1) as client:
        yield client


def left_behind(home: Path) -> list[str]:
    return sorted(path.name for path in home.glob("jobs/*/files/*"))


def drafts(home: Path) -> list[Path]:
    return [path for path in home.glob("jobs/*") if path.is_dir()]


def sentence(answer) -> str:
    return answer.json()["error"]["sentence"]


def upload(client, name: str = "songs.csv", content=None, *, job: str = "", headers=ASKED):
    given = songs_csv() if content is None else content
    return client.post(UPLOADS, params={"file": name, "job": job}, content=given, headers=headers)


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("songs.csv", b"0" * 120_000_000)
    return out.getvalue()


def test_a_file_is_kept_as_it_came_and_proposes_a_name(client, tmp_path):
    told = upload(client, "My Songs (2020).csv").json()
    assert told["state"] == "draft"
    assert told["name"] == "my-songs-2020"
    assert told["files"] == [{"name": "My Songs (2020).csv", "bytes": len(songs_csv())}]
    (kept,) = tmp_path.glob(f"jobs/{told['id']}/files/*")
    assert kept.read_bytes() == songs_csv()


def test_several_files_come_into_one_draft_and_equal_names_stay_apart(client):
    job = upload(client).json()["id"]
    upload(client, "artists.csv", job=job)
    told = upload(client, job=job, content=songs_csv(60)).json()
    assert [file["name"] for file in told["files"]] == ["artists.csv", "songs-2.csv", "songs.csv"]
    told = client.delete(f"/api/v1/jobs/{job}/files/songs.csv", headers=ASKED).json()
    assert [file["name"] for file in told["files"]] == ["artists.csv", "songs-2.csv"]


@pytest.mark.parametrize(("given", "kept"), NAMES.items())
def test_a_name_never_leads_out_of_the_folder(given, kept, client, tmp_path):
    told = upload(client, given).json()
    assert [file["name"] for file in told["files"]] == [kept]
    assert left_behind(tmp_path) == [kept]


@pytest.mark.parametrize("job", ["..", "../../bundles", "A" * 22, "%2e%2e", "x"])
def test_a_job_that_is_none_is_not_found(job, client, tmp_path):
    answer = upload(client, job=job)
    assert answer.status_code == 404
    assert sentence(answer).startswith("There is no such build.")
    assert drafts(tmp_path) == []


def test_too_many_bytes_are_refused_before_they_are_sent(client, tmp_path):
    answer = upload(client, headers={**ASKED, "content-length": "1000001"})
    assert answer.status_code == 413
    assert sentence(answer).startswith("At most 1 MB are taken for one catalogue. Compress the table")
    assert drafts(tmp_path) == []


def test_too_many_bytes_are_refused_where_no_length_is_said(client, tmp_path):
    sent = []

    def chunks():
        for _ in range(200):
            sent.append(1)
            yield b"1,2,3\n" * 2_000

    answer = upload(client, content=chunks())
    assert answer.status_code == 413
    assert drafts(tmp_path) == []


def test_the_bound_holds_for_the_files_of_a_draft_together(client, tmp_path):
    job = upload(client, content=b"a,b\n" + b"1,2\n" * 200_000).json()["id"]
    answer = upload(client, "more.csv", content=b"a,b\n" + b"1,2\n" * 100_000, job=job)
    assert answer.status_code == 413
    assert left_behind(tmp_path) == ["songs.csv"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (PDF, "songs.csv looks like a PDF document."),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "songs.csv looks like a PNG image."),
        (b"<!doctype html><html>", "songs.csv looks like a web page."),
        (b"PK\x03\x04 and then nothing", "songs.csv is damaged or cut short."),
        (b"", "songs.csv is empty."),
    ],
    ids=["pdf", "png", "html", "broken zip", "empty"],
)
def test_what_is_no_table_is_refused_by_its_content(content, said, client, tmp_path):
    answer = upload(client, content=content)
    assert answer.status_code == 422
    assert sentence(answer).startswith(said)
    assert drafts(tmp_path) == []


def test_a_zip_bomb_is_refused_without_being_unpacked(client, tmp_path):
    packed = bomb()
    assert len(packed) < 200_000
    answer = upload(client, "songs.zip", packed)
    assert answer.status_code == 422
    assert "grows to more than 200 times its size" in sentence(answer)
    assert drafts(tmp_path) == []


@pytest.mark.parametrize("headers", [{}, {HEADER: ""}, {"X-Requested-With": "upload"}])
def test_pages_of_other_hosts_cannot_upload(headers, client, tmp_path):
    answer = upload(client, headers=headers)
    assert answer.status_code == 403
    assert sentence(answer).startswith("The header X-Songscape is missing.")
    assert drafts(tmp_path) == []


def test_a_form_of_another_page_cannot_upload(client):
    answer = client.post(UPLOADS, params={"file": "songs.csv"}, files={"file": b"a,b\n1,2\n"})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/uploads?file=a.csv"),
        ("POST", "/jobs"),
        ("DELETE", f"/jobs/{'A' * 22}"),
        ("DELETE", f"/jobs/{'A' * 22}/files/a.csv"),
        ("POST", f"/jobs/{'A' * 22}/inspection"),
        ("DELETE", "/catalogues/sample"),
    ],
)
def test_a_server_that_is_switched_off_says_so_everywhere(method, path, tmp_path):
    with client_of(tmp_path, upload_mb=0) as client:
        answer = client.request(method, f"/api/v1{path}", headers=ASKED, json={"source": "sample"})
    assert answer.status_code == 403
    assert sentence(answer).startswith("This server takes no uploads, builds nothing and deletes nothing.")
    assert drafts(tmp_path) == []


class TestInspection:
    def test_it_says_what_the_columns_are_taken_for_and_takes_corrections(self, client):
        job = upload(client).json()["id"]
        path = f"/api/v1/jobs/{job}/inspection"
        found = client.post(path, headers=ASKED, json={}).json()
        (file,) = found["files"]
        columns = {one["column"]: one for one in file["mapping"]["columns"]}
        assert (columns["BPM"]["field"], columns["Length"]["unit"]) == ("tempo", "m:ss")
        assert (found["provenance"]["rows_read"], found["provenance"]["rows_rejected"]) == (121, 1)
        assert found["refusal"] == ""
        assert found["recipes"]["genre"] == ""
        corrected = client.post(path, headers=ASKED, json={"fields": {"Sparkle": "valence"}, "ignored": ["Pop"]}).json()
        assert "files" in corrected, corrected
        columns = {one["column"]: one["field"] for one in corrected["files"][0]["mapping"]["columns"]}
        assert (columns["Sparkle"], columns["Pop"]) == ("valence", "")
        assert corrected["recipes"]["popularity"] != ""

    def test_a_correction_that_cannot_be_is_a_sentence(self, client):
        job = upload(client).json()["id"]
        answer = client.post(f"/api/v1/jobs/{job}/inspection", headers=ASKED, json={"fields": {"Sparkle": "loudnes"}})
        assert answer.status_code == 422
        assert sentence(answer).startswith("There is no field named 'loudnes'.")

    def test_a_draft_without_files_has_nothing_to_read(self, client):
        job = upload(client).json()["id"]
        client.delete(f"/api/v1/jobs/{job}/files/songs.csv", headers=ASKED)
        answer = client.post(f"/api/v1/jobs/{job}/inspection", headers=ASKED, json={})
        assert answer.status_code == 409
