from __future__ import annotations

import zipfile

import pytest

from data.errors import SourceError
from data.public.fma import ECHONEST, TRACKS, fma_tables, is_fma

FIRST = {
    ("track", "title"): "Food\nand drink",
    ("artist", "name"): "AWOL",
    ("artist", "id"): "1",
    ("album", "title"): "AWOL - A Way Of Life",
    ("album", "date_released"): "2009-01-05 00:00:00",
    ("track", "genre_top"): "Hip-Hop",
    ("track", "genres_all"): "[76, 21, 10]",
    ("track", "duration"): "168",
    ("track", "listens"): "1293",
}
SECOND = {
    ("track", "title"): "Über, alles",
    ("track", "genres_all"): "[]",
    ("track", "duration"): "",
    ("track", "listens"): "",
}
GENRES = "genre_id,#tracks,parent,title,top_level\n21,12693,0,Hip-Hop,21\n10,1,76,Experimental Pop,10\n76,1,21,Pop,21\n"


def cell(text: str) -> str:
    return f'"{text}"' if set(text) & set(",\n") else text


def table(levels: int, names: list[tuple[str, ...]], rows: dict[str, dict[tuple[str, ...], str]]) -> str:
    """A table with several header lines, as pandas writes one with an index named track_id."""
    lines = [",".join(["", *(name[level] for name in names)]) for level in range(levels)]
    lines.append(",".join(["track_id", *[""] * len(names)]))
    lines += [",".join([track, *(cell(row.get(name, "")) for name in names)]) for track, row in rows.items()]
    return "\n".join(lines) + "\n"


@pytest.fixture
def archive(tmp_path):
    """Writes an archive in the layout of fma_metadata.zip, of which a test may replace members."""

    def written(**members: str | None):
        tracks = [("album", "information"), *TRACKS, ("artist", "bio")]
        features = [*ECHONEST, ("echonest", "temporal_features", "000")]
        texts = {
            "tracks": table(2, tracks, {"2": {**FIRST, ("artist", "bio"): "<p>x,\ny</p>"}, "10": SECOND}),
            "echonest": table(3, features, {"2": dict.fromkeys(features, "0.25")}),
            "genres": GENRES,
            **members,
        }
        path = tmp_path / "fma_metadata.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as file:
            file.writestr("fma_metadata/README.txt", "x")
            for name, text in texts.items():
                if text is not None:
                    file.writestr(f"fma_metadata/{name}.csv", text)
        return path

    return written


def test_tables_with_several_header_lines_become_flat_ones(archive):
    tracks = fma_tables(archive())["tracks"]
    assert tracks.column_names[0] == "track_id"
    assert set(tracks.column_names) == {"track_id", *TRACKS.values()}
    first, second = tracks.to_pylist()
    assert first == {
        **dict.fromkeys(TRACKS.values()),
        "track_id": "2",
        "track_name": "Food\nand drink",
        "artists": "AWOL",
        "artist_id": "1",
        "album_name": "AWOL - A Way Of Life",
        "release_date": "2009-01-05",
        "genre": "Hip-Hop",
        "genres": ["Hip-Hop", "Pop", "Experimental Pop"],
        "duration_ms": 168_000.0,
        "listens": 1293.0,
    }
    assert (second["track_name"], second["genres"], second["duration_ms"]) == ("Über, alles", [], None)


def test_echonest_features_share_the_track_ids(archive):
    echonest = fma_tables(archive())["echonest"]
    assert echonest.to_pylist() == [{"track_id": "2", **dict.fromkeys(ECHONEST.values(), 0.25)}]


def test_a_header_without_the_line_of_the_index_is_read_too(archive):
    lines = table(2, list(TRACKS), {"2": FIRST}).split("\n")
    text = "\n".join([lines[0], "track_id" + lines[1], *lines[3:]])
    assert fma_tables(archive(tracks=text))["tracks"]["track_id"].to_pylist() == ["2"]


def test_the_archive_is_known_by_its_members(archive, tmp_path):
    assert is_fma(archive())
    assert not is_fma(archive(echonest=None))
    (tmp_path / "x.csv").write_text("a,b")
    assert not is_fma(tmp_path / "x.csv")
    assert not is_fma(tmp_path / "absent.zip")


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"genres": None}, r"lacks genres\.csv"),
        ({"echonest": "a,b\nc,d\n"}, "does not hold the tables of the Free Music Archive"),
        ({"tracks": table(2, list(TRACKS)[1:], {"2": FIRST})}, r"lacks track_name in tracks\.csv"),
        ({"tracks": table(2, list(TRACKS), {"2": FIRST}) + "3,4\n"}, "does not hold the tables"),
        ({"tracks": table(2, list(TRACKS), {"2": {**FIRST, ("track", "duration"): "long"}})}, "does not hold"),
        ({"tracks": table(2, list(TRACKS), {"2": {**FIRST, ("track", "genres_all"): "[21,"}})}, "does not hold"),
    ],
)
def test_another_archive_is_refused_in_a_sentence(archive, members, said):
    with pytest.raises(SourceError, match=rf"fma_metadata\.zip {said}.* Download it again"):
        fma_tables(archive(**members))


def test_a_damaged_archive_is_refused_in_a_sentence(archive):
    path = archive()
    path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(SourceError, match=r"fma_metadata\.zip is no archive that can be read"):
        fma_tables(path)


def test_damage_within_a_table_is_noticed(archive):
    path = archive()
    contents = bytearray(path.read_bytes())
    place = contents.index(b"tracks.csv") + 200
    contents[place : place + 20] = bytes(20)
    path.write_bytes(contents)
    with pytest.raises(SourceError, match=r"fma_metadata\.zip is no archive that can be read"):
        fma_tables(path)


def test_an_archive_that_unpacks_to_too_much_is_refused(archive):
    with pytest.raises(SourceError, match=r"The tables of fma_metadata\.zip are longer than 0 MB"):
        fma_tables(archive(), most_bytes=100)
