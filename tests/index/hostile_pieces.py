"""Pieces that a parser might take ever longer over the more often they stand one after another."""

from __future__ import annotations

PIECES = (
    *(
        "记者 ",
        "记者",
        "（记者 张三",
        "（",
        "、张三",
        "# ",
        "#标题\n",
        "\n",
        " \n",
        "a\n\n",
        "本报讯 x\n",
        "本报讯",
        "记者 张三\n",
    ),
    *(
        "标题\n\n",
        "标题？\n\n",
        "标题\n\n本报讯 九月。\n\n记者 张三\n\n",
        "正文一句。\n张三 摄\n",
        "第38个",
        "月9日",
        "一",
        "。",
        "。\n",
    ),
    *(
        "新华社北京9月7日电（",
        "x\n=\n",
        "```\n",
        "|a|b|\n",
        "A. ",
        "“",
        "”",
        "召开2021年",
        "庆祝建党",
        "\r",
        "\u3000",
        "字",
        "a",
    ),
)
