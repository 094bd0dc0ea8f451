"""Chinese personal names, as bylines print them."""

from __future__ import annotations

import re

__all__ = ["is_han", "is_name", "split_names"]

_SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁"
    "柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈"
    "宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗"
    "丁宣贲邓郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊於惠甄曲家封芮羿储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班"
    "仰秋仲伊宫宁仇栾暴甘钭厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳"
    "逄姬申扶堵冉宰郦雍璩桑桂濮牛寿通边扈燕冀郏浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇"
    "广禄阙东欧殳沃利蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾毋沙养鞠须丰巢关蒯相查后荆红游竺权逯盖益桓公展闫肖付代兰岳虎"
    "覃辜鹿苑佟阳丛由刑谌宾蹇仝伦粟佘税邸火苟展原官冼揭占者隋战亓逄矫撒丑迟门卿仉楚墨哈谯笪年爱商牟佘琴归海晋闾法鄢汝涂钦修帅"
    "缑亢况有郈佴伯赏闪买母位禤曼未来吾底敬竹补普但初蔄召回才扎"
)
_COMPOUND_SURNAMES = frozenset(
    (
        *(
            "欧阳",
            "司马",
            "上官",
            "诸葛",
            "东方",
            "皇甫",
            "尉迟",
            "公孙",
            "慕容",
            "令狐",
            "宇文",
            "长孙",
            "司徒",
            "司空",
        ),
        *(
            "端木",
            "夏侯",
            "轩辕",
            "申屠",
            "南宫",
            "独孤",
            "闻人",
            "澹台",
            "呼延",
            "赫连",
            "万俟",
            "濮阳",
            "淳于",
            "单于",
        ),
        *("太史", "公羊", "西门", "百里", "东郭", "第五", "拓跋", "完颜", "纳兰", "钟离", "鲜于"),
    )
)
# Words that begin like a name and follow "记者" in ordinary lines.
_NOT_NAMES = re.compile(
    r"从|在|了解|获悉|采访|来到|来源|走进|看到|调查|观察|手记|连线|直播|探访|热线|日前|近日|昨日|文章|.*(?:[报网社]|媒体|新闻)$"
)


def is_han(text: str) -> bool:
    """Tell whether ``text`` holds nothing but Han characters and the dot of foreign names."""
    return all("\u3400" <= char <= "\u9fff" or char in "·•○〇" for char in text)


def is_name(text: str) -> bool:
    """Tell whether ``text`` (no white space) reads as one Chinese name with a known surname."""
    if not 2 <= len(text) <= 15 or not is_han(text) or _NOT_NAMES.match(text):
        return False
    if "·" in text or "•" in text:
        return True
    if text[:2] in _COMPOUND_SURNAMES:
        return 3 <= len(text) <= 4
    if len(text) == 4:
        return text[0] in _SURNAMES and text[1] in _SURNAMES  # the names of both parents
    return text[0] in _SURNAMES and len(text) <= 3


def split_names(run: str) -> list[str]:
    """Return the names in ``run``, Han characters with no separator between names; ``[run]`` if unclear."""
    if len(run) <= 3 or "·" in run or "•" in run:
        return [run]
    if len(run) == 4 and (run[:2] in _COMPOUND_SURNAMES or run[2] not in _SURNAMES):
        return [run]
    # best[i]: (penalty, names) for run[:i]; three-character names are the likeliest
    best: list[tuple[int, list[str]] | None] = [(0, [])] + [None] * len(run)
    for start in range(len(run)):
        here = best[start]
        if here is None:
            continue
        for size, penalty in ((2, 3), (3, 1), (4, 6)):
            name = run[start : start + size]
            if len(name) < size or not is_name(name) or (size == 4 and name[:2] not in _COMPOUND_SURNAMES):
                continue
            option = (here[0] + penalty, [*here[1], name])
            known = best[start + size]
            if known is None or option[0] < known[0]:
                best[start + size] = option
    found = best[len(run)]
    return found[1] if found else [run]
