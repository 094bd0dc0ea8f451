from __future__ import annotations

import base64
import hashlib
import json
import re

from yuanwen_qa.evaluation.html_pages import header, number, page, table, two, visible


def test_the_script_is_the_one_that_the_policy_names() -> None:
    text = page("title", "<p>body</p>", {})
    script = re.search(r"<script>(.*?)</script>", text, re.S)
    assert script is not None
    digest = base64.b64encode(hashlib.sha256(script[1].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in text


def test_data_cannot_end_the_element_that_it_stands_in() -> None:
    text = page("t", "", {"note": "</script><script>alert(1)</script>\u2028&amp;"})
    stored = re.search(r'id="data">(.*?)</script>', text, re.S)
    assert stored is not None
    assert "<" not in stored[1]
    assert json.loads(stored[1])["note"] == "</script><script>alert(1)</script>\u2028&amp;"


def test_both_languages_stand_side_by_side() -> None:
    assert two("summary") == '<span class="zh">总览</span><span class="en">Summary</span>'
    assert 'data-lang="zh"' in header("report", "x")
    assert 'data-lang="en"' in header("report", "x")


def test_what_is_not_seen_is_made_visible_and_markup_is_text() -> None:
    assert visible("a\u202eb\u200b<i>&") == "a\ufffdb\ufffd&lt;i&gt;&amp;"
    assert number("<1") == '<span class="number">&lt;1</span>'


def test_a_table_without_rows_is_nothing() -> None:
    assert table(["a"], []) == ""
    assert "<td>1</td><td>2</td>" in table(["a", "b"], [["1", "2"]])
