"""Chinese names, alone and run together."""

from __future__ import annotations

import pytest

from yuanwen_index.layout.names import is_name, split_names


@pytest.mark.parametrize(
    "name", ["景静", "张改华", "欧阳修", "司马相如", "阿依古丽·买买提", "张李小明", "王馥香"]
)
def test_a_name_is_known_by_its_surname_and_length(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize(
    "text", ["", "张", "从会议", "了解到", "二七区", "查看更多", "abc", "人民日报", "观察", "的时候"]
)
def test_other_words_are_no_names(text: str) -> None:
    assert not is_name(text)


@pytest.mark.parametrize(
    ("run", "names"),
    [
        ("张改华", ["张改华"]),
        ("张三李四", ["张三", "李四"]),
        ("杨云燕明大军", ["杨云燕", "明大军"]),
        ("王小丽李明张建国", ["王小丽", "李明", "张建国"]),
        ("欧阳修文", ["欧阳修文"]),
        ("甲乙丙丁戊", ["甲乙丙丁戊"]),
        ("阿依古丽·买买提", ["阿依古丽·买买提"]),
    ],
)
def test_names_that_run_together_are_parted(run: str, names: list[str]) -> None:
    assert split_names(run) == names
