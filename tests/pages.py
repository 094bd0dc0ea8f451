"""Unseen pages: stories written from templates, laid out as newspapers and offices print them.

A seeded generator makes both.  What a parser must give back stands beside the text of each page.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

__all__ = [
    "STYLES",
    "Page",
    "Story",
    "Style",
    "english_page",
    "lay_out",
    "markdown_page",
    "write_stories",
    "write_story",
]


@dataclass(frozen=True)
class Story:
    """What an article says, before any layout: ``title`` holds its lines, kicker first."""

    title: tuple[str, ...]
    paragraphs: tuple[str, ...]
    reporters: tuple[str, ...] = ()
    correspondents: tuple[str, ...] = ()


@dataclass(frozen=True)
class Style:
    """How a page is set.

    ``lead`` opens each body (one of those parted by ``|``); ``byline`` says where and how the names stand;
    ``marks`` how headlines are marked; ``place`` where they stand; ``wrap`` is the column width in Han
    characters (0: a paragraph is one line); ``breaks`` is the share of paragraphs broken in mid-sentence, or
    of wrapped lines followed by a stray blank; without ``blank`` paragraphs are parted by the line end alone.
    """

    name: str
    lead: str = "本报讯 "
    byline: str = "alone"
    marks: str = "hash"
    place: str = "before"
    wrap: int = 0
    breaks: float = 0.4
    blank: bool = True
    indent: str = ""
    labels: float = 0.0
    half_width: bool = False
    stories: tuple[int, int] = (3, 7)


@dataclass(frozen=True)
class Page:
    """The text of a page, and the stories in the order of their bodies, each body with its lead."""

    text: str
    stories: tuple[Story, ...]
    style: Style = field(default_factory=lambda: Style(""))


_LEADS = (
    "本报讯 |本报讯（{names}）|{place}日报讯（{names}）|新华社{place}{day}电（{names}）|中新网{place}{day}电 ({names})|{ours} 报道 |"
    "本报{place}{day}电（{names}）|央广网{place}{day}消息（{names}）|{place}晚报讯 |据新华社{place}{day}电 |（{names}）|【本报讯】|"
    "本报讯 （{names}） "
)
STYLES = (
    Style("marked"),
    Style("marked, half-width marks", half_width=True, byline="mixed"),
    Style("plain lines", marks="plain", byline="mixed"),
    Style("kicker and title on one line", marks="one line", byline="glued"),
    Style("section labels", marks="plain", labels=0.6, byline="mixed"),
    Style("hard-wrapped", marks="plain", wrap=18, breaks=0.04, byline="mixed", place="touching"),
    Style(
        "hard-wrapped, headlines elsewhere",
        marks="plain",
        wrap=18,
        breaks=0.03,
        byline="alone",
        place="shuffled",
    ),
    Style("hard-wrapped wide", marks="plain", wrap=34, breaks=0.02, byline="glued"),
    Style("headlines after", marks="plain", place="after", byline="alone"),
    Style("headlines at the end", marks="hash", place="end", byline="mixed"),
    Style("headlines in another order", marks="hash", place="swapped", byline="mixed"),
    Style("no byline", byline="none"),
    Style("no byline, plain lines", byline="none", marks="plain", breaks=0.2),
    Style("byline split over lines", byline="split", marks="plain"),
    Style("names in brackets", byline="bracket", marks="plain"),
    Style("byline above", lead="", byline="above", marks="plain"),
    Style("byline in the lead", lead="本报讯（{names}）", byline="none", marks="plain"),
    Style("agency", lead="新华社{place}{day}电（{names}）", byline="none", marks="plain", breaks=0.1),
    Style(
        "agency, indented",
        lead="据新华社{place}{day}电 ",
        byline="bracket",
        marks="plain",
        indent="　　",
        blank=False,
        breaks=0.0,
    ),
    Style("paper's own wire", lead="{place}日报讯 （{names}） ", byline="none", marks="hash"),
    Style("reported by", lead="{ours} 报道 ", byline="none", marks="plain", breaks=0.2),
    Style("no lead, marked", lead="", byline="mixed"),
    Style("no lead, plain lines", lead="", byline="mixed", marks="plain", breaks=0.2),
    Style("no lead, hard-wrapped", lead="", byline="mixed", marks="plain", wrap=20, breaks=0.02),
    Style("several papers", lead=_LEADS, byline="any", marks="plain", breaks=0.2),
    Style("several papers, marked", lead=_LEADS, byline="any", breaks=0.2),
    Style("several papers, hard-wrapped", lead=_LEADS, byline="any", wrap=22, marks="plain", breaks=0.02),
    Style("lead or none, marked", lead="本报讯 |", byline="mixed", breaks=0.2),
    Style("one paragraph a line", blank=False, breaks=0.2, byline="glued"),
    Style("no blank lines", blank=False, breaks=0.0, byline="any", marks="plain", place="tight"),
    Style(
        "hard-wrapped, no blank lines",
        blank=False,
        breaks=0.0,
        byline="any",
        marks="plain",
        wrap=18,
        place="tight",
    ),
    Style("one article", stories=(1, 1), marks="plain", byline="mixed"),
    Style("web page", lead="", byline="web", marks="plain", breaks=0.0, stories=(1, 1)),
)

_PLACES = (
    "金水",
    "中原",
    "管城",
    "惠济",
    "上街",
    "巩义",
    "新密",
    "登封",
    "荥阳",
    "中牟",
    "城北",
    "临江",
    "东湖",
    "青山",
    "南岭",
)
_OFFICES = (
    "区委宣传部", "区教育局", "区卫健委", "区应急管理局", "区城市管理局", "区农业农村局", "区民政局", "区市场监管局", "区人社局",
    "区退役军人事务局", "区生态环境局", "区住建局", "区文旅局", "区科技局", "区总工会", "团区委", "区妇联", "区残联", "区水利局",
)  # fmt: skip
_THEMES = (
    ("老旧小区改造", "停车位、雨污管网和楼道照明", "小区居民"),
    ("防汛抗旱", "水库、河道和低洼院落", "值守队员"),
    ("义务植树", "侧柏、国槐和连翘", "志愿者"),
    ("夏粮收购", "仓容、烘干设备和检斤秤", "种粮大户"),
    ("普法宣传", "反诈手册、调解案例和法律援助卡", "社区群众"),
    ("乡村旅游", "民宿、采摘园和登山步道", "返乡青年"),
    ("技能培训", "焊工、育婴和电商课程", "待业人员"),
    ("森林防火", "瞭望塔、隔离带和巡护路线", "护林员"),
    ("食品安全", "冷链仓库、后厨和配送箱", "检查人员"),
    ("图书漂流", "绘本、科普读物和地方志", "小学生"),
    ("招商引资", "标准厂房、用地指标和物流园", "企业负责人"),
    ("垃圾分类", "投放点、清运车和积分超市", "督导员"),
    ("冬季供暖", "换热站、老化管线和入户阀门", "供热职工"),
    ("献血活动", "采血车、体检表和纪念品", "机关干部"),
    ("交通整治", "斑马线、护学岗和非机动车道", "交警"),
    ("养老服务", "助餐点、日间照料床位和呼叫器", "老年居民"),
    ("科技创新", "实验室、专利和中试基地", "科研人员"),
    ("文物保护", "古树、碑刻和老宅院", "文保员"),
)
_SURNAMES = "赵钱孙李周吴郑王冯陈张刘杨黄高林何郭马罗梁宋唐许韩邓曹彭曾萧田董潘袁蔡蒋余于杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范石廖贾韦"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚玲桂英华玉萍红娥鹏辉梅鑫波斌宇浩凯雪琳晨曦"
_LABELS = ("■ 短讯", "● 要闻", "【简讯】", "◆ 快讯", "■工作动态", "· 简讯 ·")


def _name(rng: random.Random) -> str:
    return rng.choice(_SURNAMES) + "".join(rng.choice(_GIVEN) for _ in range(rng.choice((1, 2, 2))))


def _day(rng: random.Random) -> str:
    space = rng.choice(("", "", " "))
    return f"{rng.randint(1, 12)}月{space}{rng.randint(1, 28)}日"


def write_stories(rng: random.Random, count: int) -> list[Story]:
    """Return ``count`` stories about different themes in different places."""
    subjects = zip(rng.sample(_PLACES, count), rng.sample(_THEMES, count), strict=True)
    return [_write_story(rng, place, theme) for place, theme in subjects]


def write_story(rng: random.Random) -> Story:
    """Return a story made from templates, its words varied by ``rng``."""
    return write_stories(rng, 1)[0]


def _write_story(rng: random.Random, place: str, subject: tuple[str, str, str]) -> Story:
    theme, things, people = subject
    office, leader = rng.choice(_OFFICES), _name(rng)
    number = rng.randint(3, 980)
    when = rng.choice((_day(rng) + rng.choice(("", "上午", "下午")), "近日", "日前", "连日来"))
    title: tuple[str, ...] = rng.choice(
        (
            (f"{place}区{theme}工作见成效",),
            (f"{place}区召开{theme}工作推进会", f"{office}晒出{number}项清单"),
            (f"聚焦{theme} 服务{people}", f"{place}区{office[1:]}这样干"),
            (f"{theme}怎么抓？", f"{place}区{office[1:]}有办法"),
            (f"“{theme}”走进{place}",),
            (f"{place}区：{theme}跑出“加速度”",),
        )
    )
    opening = rng.choice(
        (
            f"{when}，{place}区召开{theme}工作推进会，{office}主要负责人{leader}参加会议并讲话。",
            f"“{theme}关系每一位{people}。”{when}，{place}区{office}负责人{leader}在{theme}现场说。",
            f"为做好{theme}工作，{when}，{place}区{office}组织{people}{number}余人，实地查看{things}。",
            f"记者从{place}区{office}获悉，{when}，该区{theme}工作全面铺开，涉及{number}个点位。",
        )
    )
    middle = [
        _sentence_group(rng, place, office, leader, theme, things, people) for _ in range(rng.randint(2, 5))
    ]
    names = list(dict.fromkeys(_name(rng) for _ in range(rng.choice((1, 1, 2, 3)))))
    return Story(title, (opening, *middle), tuple(names[:1]), tuple(names[1:]))


def _sentence_group(
    rng: random.Random, place: str, office: str, leader: str, theme: str, things: str, people: str
) -> str:
    n, m = rng.randint(2, 97), rng.randint(100, 9000)
    sentences = [
        f"据了解，今年以来，{place}区已完成{theme}项目{n}个，投入资金{m}万元，惠及{people}{m * 3}人次。",
        f"{leader}表示，要把{theme}作为一项长期任务来抓，盯紧{things}等关键环节，做到件件有着落、事事有回音。",
        f"在现场，{people}仔细察看了{things}，对发现的{n}个问题当场登记，限期整改。",
        f"“以前最发愁的就是{things.split('、', maxsplit=1)[0]}，现在好了！”一位{people}高兴地说。",
        f"会议要求，各镇（街道）要按照《{place}区{theme}实施方案》，建立“一周一调度、一月一通报”机制，压实责任；要加强协调，形成合力。",
        f"{office}先后组织{n}个工作组，深入{place}区{m // 100}个社区，发放宣传册{m}份。",
        f"下一步，{place}区将继续围绕{theme}，补短板、强弱项，让{people}得到更多实惠。",
        f"截至目前，全区{theme}覆盖率达到{n}.{m % 10}%，比去年同期提高{m % 9 + 1}个百分点。",
    ]
    return "".join(rng.sample(sentences, rng.randint(1, 4)))


def lay_out(stories: Sequence[Story], style: Style, rng: random.Random) -> Page:
    """Return ``stories`` set in ``style``."""
    setter = _Setter(style, rng)
    bodies: list[str] = []
    expected: list[Story] = []
    for story in stories:
        body, told = setter.body(story)
        bodies.append(body)
        expected.append(told)
    titles = [setter.title(story.title) for story in stories]
    text = rng.choice(("", "\n", "\n\n")) + _arranged(titles, bodies, setter) + rng.choice(("", "\n", "\n\n"))
    return Page(text, tuple(expected), style)


def _arranged(titles: list[str], bodies: list[str], setter: _Setter) -> str:
    rng, gap = setter.rng, "\n\n"
    place = setter.style.place
    order = list(range(len(bodies)))
    if place == "end":
        rng.shuffle(order)
        return gap.join(bodies) + gap + gap.join(titles[at] for at in order)
    if place == "after":
        return gap.join(body + gap + title for title, body in zip(titles, bodies, strict=True))
    if place == "swapped":
        at = rng.randrange(len(order) - 1)
        order[at], order[at + 1] = order[at + 1], order[at]
    if place == "shuffled":
        return _shuffled(titles, bodies, setter)
    if place == "tight":
        return "\n".join(f"{title}\n{body}" for title, body in zip(titles, bodies, strict=True))
    touch = "\n" if place == "touching" and rng.random() < 0.5 else gap
    parts: list[str] = []
    for number, body in enumerate(bodies):
        label = rng.choice(_LABELS) + gap if rng.random() < setter.style.labels else ""
        parts.append(label + titles[order[number]] + touch + body)
    return gap.join(parts)


def _shuffled(titles: list[str], bodies: list[str], setter: _Setter) -> str:
    """The first two or three bodies without headlines; theirs stand, mixed, above the next headline."""
    rng, gap = setter.rng, "\n\n"
    bare = min(rng.randint(1, 3), len(bodies) - 1)
    stray = list(range(bare))
    rng.shuffle(stray)
    first = rng.choice(("\n", gap)).join(bodies[:bare])
    rest = gap.join(title + gap + body for title, body in zip(titles[bare:], bodies[bare:], strict=True))
    return first + gap + gap.join(titles[at] for at in stray) + gap + rest


class _Setter:
    """Sets titles and bodies in one style."""

    def __init__(self, style: Style, rng: random.Random) -> None:
        self.style = style
        self.rng = rng
        self.place = rng.choice(("北京", "郑州", "洛阳", "武汉", "成都"))

    def title(self, lines: tuple[str, ...]) -> str:
        marks, rng = self.style.marks, self.rng
        if marks == "one line":
            return " ".join(lines)
        if marks == "hash":
            return "\n\n".join(f"{'#' * rng.randint(1, 3)} {line}" for line in lines)
        return (
            rng.choice(("\n", "\n\n")).join(lines)
            if self.style.place not in ("end", "tight")
            else "\n".join(lines)
        )

    def body(self, story: Story) -> tuple[str, Story]:
        """Return the printed body with its byline, and the story that it tells."""
        style, rng = self.style, self.rng
        names = self._names(story)
        ours = f"本报记者 {' '.join(story.reporters)}"
        form = rng.choice(style.lead.split("|"))
        lead = form.format(place=self.place, day=_day(rng).replace(" ", ""), names=names, ours=ours)
        how = self._place_of_names(form)
        if how == "none" and "{names}" not in form and "{ours}" not in form:
            story = replace(story, reporters=(), correspondents=())
        if "{ours}" in form or how == "web":
            story = replace(story, correspondents=())
        paragraphs = (lead + story.paragraphs[0], *story.paragraphs[1:])
        if style.half_width:
            paragraphs = tuple(
                text.replace("，", ",").replace("（", "(").replace("）", ")") for text in paragraphs
            )
        told = replace(story, paragraphs=paragraphs)
        text = self._wrapped(paragraphs) if style.wrap else self._unwrapped(paragraphs)
        return self._signed(text, told, how), told

    def _place_of_names(self, form: str) -> str:
        if "{names}" in form or "{ours}" in form:
            return "none"
        how = self.style.byline
        if how == "mixed":
            return self.rng.choice(("alone", "glued", "glued close", "alone"))
        return self.rng.choice(("alone", "glued", "bracket", "none")) if how == "any" else how

    def _names(self, story: Story) -> str:
        names = "记者 " + self.rng.choice((" ", "、")).join(story.reporters)
        if story.correspondents:
            names += " 通讯员 " + " ".join(story.correspondents)
        return names

    def _signed(self, text: str, story: Story, how: str) -> str:
        names = self._names(story)
        below = "\n" if self.style.wrap or not self.style.blank else "\n\n"
        if how == "above":
            return self.rng.choice(("本报", "□本报", "")) + names + "\n\n" + text
        if how == "web":
            stamp = f"20{self.rng.randint(10, 29)}-0{self.rng.randint(1, 9)}-1{self.rng.randint(0, 9)} 10:2{self.rng.randint(0, 9)}"
            return f"{stamp} 来源：{self.place}日报 作者：{story.reporters[0]}\n\n{text}\n\n责任编辑：{_name(self.rng)}"
        if how == "split":
            words = names.split(" ")
            cut = self.rng.randrange(1, len(words)) if len(words) > 2 else 0
            lines = [" ".join(words[:cut]), " ".join(words[cut:])] if cut else [names]
            return text + below + "\n".join(lines)
        tails = {
            "alone": below + names,
            "glued": " " + names,
            "glued close": names,
            "bracket": f"（{names}）",
            "none": "",
        }
        return text + tails[how]

    def _unwrapped(self, paragraphs: Sequence[str]) -> str:
        style = self.style
        gap = "\n\n" if style.blank else "\n"
        return gap.join(style.indent + self._broken(text, gap) for text in paragraphs)

    def _broken(self, text: str, gap: str) -> str:
        """Break ``text`` once in mid-sentence, as the end of a column does."""
        if self.rng.random() >= self.style.breaks or len(text) < 40:
            return text
        at = self.rng.randint(12, len(text) - 12)
        while at < len(text) - 4 and (text[at - 1] in "。！？”）；：" or text[at] in "，。、；：！？”）》 "):
            at += 1
        return text[:at] + gap + text[at:] if at < len(text) - 4 else text

    def _wrapped(self, paragraphs: Sequence[str]) -> str:
        rng, width = self.rng, self.style.wrap
        lines: list[str] = []
        for text in paragraphs:
            set_lines = _hard_wrapped(text, width)
            for number, line in enumerate(set_lines):
                lines.append(line)
                last = number == len(set_lines) - 1
                sentence_end = line[-1] in "。！？”"
                parts = self.style.blank and (len(line) > width - 4 or rng.random() < 0.7)
                stray = not sentence_end and rng.random() < self.style.breaks
                if parts if last else stray:
                    lines.append("")
        while lines and not lines[-1]:
            lines.pop()
        return "\n".join(lines)


def _hard_wrapped(text: str, width: int) -> list[str]:
    """Cut ``text`` into lines of ``width`` Han characters, the first shorter by an indent that is not printed."""
    lines, line, used = [], "", 4.0
    for char in text:
        wide = 1.0 if char.isascii() else 2.0
        if used + wide > 2 * width and char not in "，。、；：！？”）》,;:)":
            lines.append(line.strip())
            line, used = "", 0.0
        line += char
        used += wide
    return [*lines, line.strip()] if line.strip() else lines


_ENGLISH_TOWNS = ("Ashford", "Milton", "Harrow Bay", "Kingsport", "Elmwood", "Redcliff")
_ENGLISH_THEMES = (
    ("library", "reading rooms", "volunteers"),
    ("harbour", "fishing boats", "dock workers"),
    ("railway", "signal boxes", "passengers"),
    ("orchard", "apple trees", "growers"),
)


def english_page(rng: random.Random, *, wrap: int = 76) -> Page:
    """Return one English article, its paragraphs wrapped at ``wrap`` columns and parted by blank lines."""
    town, (theme, things, people) = rng.choice(_ENGLISH_TOWNS), rng.choice(_ENGLISH_THEMES)
    author = f"{rng.choice(('Jane', 'Tom', 'Maria', 'Omar'))} {rng.choice(('Doe', 'Hill', 'Novak', 'Reyes'))}"
    n = rng.randint(12, 900)
    paragraphs = tuple(
        rng.sample(
            (
                f"The town of {town} opened its new {theme} on Monday, after {n} days of work and two delays. "
                f"Mr. Hill, who led the project, said that {people} had asked for it since 2009.",
                f"The {theme} cost $3.{n % 10} million, about {n % 40 + 2} percent less than planned. It holds {things}, "
                f'a hall and a garden. "We did not expect so many {people}," said one of the guides.',
                f"Not everyone is happy: some {people} fear that the {things} will close in winter, when the town "
                f"has fewer visitors. The council will decide on Nov. {n % 28 + 1}.",
                f"A second building is planned near the old {theme}. Work could begin next year, if the money is found.",
            ),
            k=rng.randint(2, 4),
        )
    )
    title = f"{town} Opens a New {theme.title()} for {people.title()}"
    byline = rng.choice((f"By {author}\n\n", ""))
    blocks = [_english_wrapped(text, wrap) for text in paragraphs]
    told = Story((title,), paragraphs, (author,) if byline else ())
    return Page(f"{title}\n\n{byline}" + "\n\n".join(blocks) + "\n", (told,))


def _english_wrapped(text: str, width: int) -> str:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)


def markdown_page(rng: random.Random) -> Page:
    """Return one Markdown article with sections, a list, a table and code, which stand as they are."""
    theme = rng.choice(("index", "reader", "parser", "cache"))
    n = rng.randint(2, 60)
    paragraphs = (
        f"The {theme} keeps {n} entries and rebuilds itself when a file changes.",
        "## Use",
        "- open the folder",
        f"- ask for at most {n} results",
        f"    $ run --{theme} {n}",
        "| name | value |",
        "| --- | --- |",
        f"| size | {n} |",
        "### Limits",
        "It does not follow links, and reads no file larger than 64 MB.",
    )
    text = (
        f"# The {theme}\n\n{paragraphs[0]}\n\n{paragraphs[1]}\n\n{paragraphs[2]}\n{paragraphs[3]}\n\n```\n"
        f"{paragraphs[4]}\n```\n\n{paragraphs[5]}\n{paragraphs[6]}\n{paragraphs[7]}\n\n{paragraphs[8]}\n\n{paragraphs[9]}\n"
    )
    fenced = (*paragraphs[:4], "```", paragraphs[4], "```", *paragraphs[5:])
    return Page(text, (Story((f"The {theme}",), fenced),))
