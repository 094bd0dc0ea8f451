from __future__ import annotations

from pathlib import Path

import pytest

from yuanwen_index.errors import UsageError
from yuanwen_index.places import MilvusPlace, place_of


def test_a_path_is_a_folder() -> None:
    assert place_of("a/b") == place_of(Path("a/b")) == Path("a/b")


def test_an_address_names_a_server_and_an_index_on_it() -> None:
    assert place_of("milvus://host/news") == MilvusPlace("http://host:19530", "news")
    assert place_of("milvus://[::1]:1234/n_2") == MilvusPlace("http://[::1]:1234", "n_2")
    assert place_of("milvus+tls://host:443/news") == MilvusPlace("https://host:443", "news")


def test_a_place_is_written_as_it_was_without_what_is_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    for address in ("milvus://host:19530/news", "milvus+tls://[::1]:1/news"):
        assert str(place_of(address)) == address
    place = place_of("milvus://me:s%40cret@host/news")
    assert isinstance(place, MilvusPlace)
    assert place.token == "me:s@cret"
    assert "cret" not in f"{place} {place!r}"
    monkeypatch.setenv("YUANWEN_MILVUS_TOKEN", "hidden")
    place = place_of("milvus://host/news")
    assert isinstance(place, MilvusPlace)
    assert place.token == "hidden"
    assert "hidden" not in f"{place} {place!r}"


def test_a_file_of_milvus_lite_is_one_index(tmp_path: Path) -> None:
    place = place_of(f"milvus:{tmp_path}/some.db")
    assert isinstance(place, MilvusPlace)
    assert (place.uri, place.local, str(place)) == (f"{tmp_path}/some.db", True, f"milvus:{tmp_path}/some.db")


@pytest.mark.parametrize(
    "address",
    [
        "milvus://host",
        "milvus://host/",
        "milvus:///news",
        "milvus://host/a/b",
        "milvus://host/no-dash",
        "milvus://host/1a",
        "milvus://host/新闻",
        "milvus://host/" + "a" * 101,
        "milvus://host:port/news",
        "milvus://host:99999/news",
        "milvus://[::1/news",
        "milvus://host/news?token=x",
        "milvus://host/news#x",
        "milvus:news",
        "milvus:no/such/folder/some.db",
        "milvus+tls:some.db",
    ],
)
def test_an_address_that_cannot_be_meant_is_refused_in_one_sentence(address: str) -> None:
    with pytest.raises(UsageError) as told:
        place_of(address)
    assert "\n" not in str(told.value)


def test_an_address_given_as_a_path_is_not_taken_for_a_folder() -> None:
    with pytest.raises(UsageError):
        place_of(Path("milvus://host/news"))
